"""What is done to people: made, named, let in by a one-time link."""

import re
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, DESK, Actor, Role
from webapp.clock import now
from webapp.errors import AppError, Invalid, NotFound
from webapp.extensions import db
from webapp.models import Action, Membership, Person, SecondFactor, SignInLink
from webapp.operations import audit, notices, proofs, ways_in
from webapp.operations.secrets import digest, new_secret
from webapp.operations.sessions import begin_session, own_id
from webapp.operations.transaction import transaction
from webapp.queries import accounts
from webapp.queries import ways_in as queries
from webapp.rules.languages import LANGUAGES
from webapp.rules.limits import clean_text
from webapp.rules.names import is_reserved, likeness

LINK_LIVES = timedelta(hours=24)
FIRST_FOUNDER = "founder@localhost"
LONGEST_NAME = 80
CODE_AFTER_LINK: Final = "code-link"
"""The step between a mailed link and the verification code."""

_NEW_LINK: Final = (
    "It was used already, or it is too old. Make a new one on the server with: "
    "flask --app wsgi founder link EMAIL"
)
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


class LinkUsed(AppError):
    status, code, title = 410, "link-used", lazy_gettext("This link no longer works")


class CodeMissing(Exception):
    """The link was right, and a verification code is still missing; `step` is the secret of that
    step."""

    def __init__(self, step: str) -> None:
        super().__init__("a verification code is missing")
        self.step = step


def make_link(
    email: str,
    *,
    role: Role = "owner",
    project_id: str = ALL_PROJECTS,
    by: Actor = DESK,
    create: bool = True,
    startup: bool = False,
    alone: bool = False,
) -> str:
    """A secret for a one-time sign-in link, for 24 hours. With `create` a person who is new or was
    removed from all projects becomes a member; without it that raises NotFound. A `startup` link
    ends with the first sign-in of anybody. With `alone` nothing else lets the person in any more:
    their password, passkeys, sessions and own tokens end."""
    email = address(email)
    secret = new_secret()
    with transaction() as session:
        if not create and not accounts.is_member(session, email):
            raise NotFound(f"Nobody here signs in with the address {email}.")
        person = find_or_make(session, email)
        if session.scalar(select(Membership).where(Membership.person_id == person.id)) is None:
            _add_member(session, person, project_id, role, by)
        if alone:
            ways_in.end_all(session, person.id, by=by)
        moment = now()
        link = SignInLink(
            person_id=person.id,
            secret_hash=digest(secret),
            created_at=moment,
            expires_at=moment + LINK_LIVES,
            startup=startup,
        )
        session.add(link)
        audit.note(session, by=by, action=Action.LINK_MADE, subject=f"person:{person.id}")
    return secret


def make_first_link() -> str:
    """A secret for a link that signs the first owner in: the one that was created by command, or
    the one that everything starts with."""
    owner = accounts.first_owner(db.session())
    return make_link(owner.email if owner else FIRST_FOUNDER, startup=True)


def _add_member(session: Session, person: Person, project_id: str, role: Role, by: Actor) -> None:
    session.add(Membership(person_id=person.id, project_id=project_id, role=role))
    subject = f"person:{person.id}"
    audit.note(
        session,
        by=by,
        action=Action.MEMBER_ADDED,
        project_id=project_id,
        subject=subject,
        role=role,
    )
    if role == "owner":
        notices.tell_owners(session, person.id, project_id, by=by)


def find_or_make(session: Session, email: str, name: str = "") -> Person:
    """The person with that address, made within the caller's transaction if new."""
    found = select(Person).where(Person.email == email)
    person = session.scalar(found)
    if person is not None:
        return person
    # Somebody else may make the same person at this moment: the address decides, and is waited for.
    values = {"email": email, "name": name or name_from(email), "created_at": now()}
    session.execute(insert(Person).values(**values).on_conflict_do_nothing())
    return session.scalars(found).one()


def name_or_from(name: str, email: str) -> str:
    """The name that somebody else gave a person, if it is one, else one made of the address."""
    try:
        return plain_name(clean_text(name))
    except Invalid:
        return name_from(email)


def name_from(email: str) -> str:
    """What somebody may be called as long as they have not said: "Anna Berg"."""
    name = email.split("@")[0].replace(".", " ").title()[:LONGEST_NAME]
    return "Member" if is_reserved(name) else name


def address(email: str) -> str:
    """The address in lower case, or Invalid."""
    email = email.strip().lower()
    if not _ADDRESS.fullmatch(email):
        raise Invalid(
            lazy_gettext(
                "“%(email)s” isn't an email address. Write it like anna@example.com.",
                email=email[:80],
            ),
            {"email": "is not an e-mail address"},
        )
    return email


def sign_in(link_secret: str, user_agent: str | None) -> str:
    """Use up a one-time link. Returns the secret of the new browser session. Raises LinkUsed, and
    CodeMissing after a link that was mailed to a person with two-step verification."""
    try:
        with transaction("sign_in") as session:
            link = _use_up(session, link_secret)
            person = session.get_one(Person, link.person_id)
            if link.mailed:
                _prove_address(session, person)
            factor = session.get(SecondFactor, person.id) if link.mailed else None
            if factor is None or factor.confirmed_at is None:
                return begin_session(session, person, user_agent, how="link")
            step = proofs.make(session, CODE_AFTER_LINK, person.id)
    except LinkUsed:
        audit.failed_sign_in("link")
        raise
    raise CodeMissing(step)


def _prove_address(session: Session, person: Person) -> None:
    """The link was mailed, so its address is theirs. Somebody else may have got into the account
    since then: both would share it."""
    if not queries.is_owner_of_address(session, person):
        raise LinkUsed(_NEW_LINK)
    person.proved_email = person.email


def note_proof(session: Session, person_id: int, email: str) -> None:
    """Note that the person gets what is mailed to that address, if they sign in with it."""
    mine = update(Person).where(Person.id == person_id, Person.email == email)
    session.execute(mine.values(proved_email=email))


def _use_up(session: Session, link_secret: str) -> SignInLink:
    moment = now()
    link: SignInLink | None = session.scalar(
        update(SignInLink)
        .where(
            SignInLink.secret_hash == digest(link_secret),
            *accounts.usable(),
        )
        .values(used_at=moment)
        .returning(SignInLink)
    )
    if link is None:
        raise LinkUsed(_NEW_LINK)
    return link


def rename(name: str, *, by: Actor) -> None:
    """Change the caller's own name, which others and agents read. What is on record stays."""
    name = plain_name(name)
    with transaction("rename") as session:
        refuse_likeness(session, name, own_id(by), list(by.grants))
        session.execute(update(Person).where(Person.id == own_id(by)).values(name=name))
        audit.note(session, by=by, action=Action.PERSON_RENAMED, subject=by.ref, name=name)


def speak(language: str | None, *, by: Actor) -> None:
    """Change in which language the caller reads pages; None leaves that to each browser."""
    if language is not None and language not in LANGUAGES:
        raise Invalid(
            lazy_gettext("Choose one of the languages in the list."),
            {"language": f"is none of {', '.join(LANGUAGES)}"},
        )
    with transaction("speak") as session:
        mine = update(Person).where(Person.id == own_id(by))
        session.execute(mine.values(language=language))
        audit.note(
            session, by=by, action=Action.SETTING_CHANGED, subject="language", language=language
        )


def plain_name(name: str) -> str:
    """The name without needless spaces, or Invalid."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or "@" in name:
        raise Invalid(
            lazy_gettext(
                "Use a name of 1 to %(most)s characters. Others and agents see it, "
                "so it can't be an email address.",
                most=LONGEST_NAME,
            ),
            {"name": "is not a name"},
        )
    if is_reserved(name):
        raise Invalid(
            lazy_gettext("This name is reserved for Unstuck. Choose another one."),
            {"name": "is reserved"},
        )
    return name


def refuse_likeness(session: Session, name: str, person_id: int, project_ids: list[str]) -> None:
    """Raise Invalid when somebody else in these projects has that name, or one that looks like it:
    whoever reads who answered has to know."""
    query = (
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.id != person_id)
    )
    if ALL_PROJECTS not in project_ids:
        query = query.where(Membership.project_id.in_([*project_ids, ALL_PROJECTS]))
    mine = likeness(name)
    if any(likeness(other) == mine for other in set(session.scalars(query))):
        raise Invalid(
            lazy_gettext("Someone in your projects has this name. Add your last name."),
            {"name": "is another member's"},
        )
