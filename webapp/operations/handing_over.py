"""A founder hands a secret over: entered, replaced, revoked. It is never shown again."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import log_masking
from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.errors import Conflict, Invalid, NotFound
from webapp.events.kinds import Kind
from webapp.models import Action, AgentEscalation, HandedSecret
from webapp.operations import answers, audit, vault
from webapp.operations.sessions import require_fresh
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries
from webapp.rules.answer_schema import LONGEST_SECRET, Field, is_like, secrets_of

UNKNOWN: Final = lazy_gettext("Secret not found. It may not exist, or you may not have access.")


@dataclass(frozen=True)
class Keeping:
    """How secrets are kept: the master keys, the newest first, and for how many hours."""

    keys: tuple[str, ...]
    hours: int


def hand_over(
    escalation_id: uuid.UUID,
    values: Mapping[str, str],
    session_secret: str,
    keeping: Keeping,
    *,
    by: Actor,
    digest: str | None = None,
) -> AgentEscalation:
    """Store the secrets of a question that still waits, sealed; a name that was stored before is
    replaced. They go to the agent with the answer. Raises Invalid with a message for each name,
    ConfirmFirst when the person's sign-in isn't recent, Changed when another question was shown."""
    for value in values.values():
        log_masking.remember(value.strip())
    with transaction("hand_over") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("hand over a secret"))
        require_fresh(session, session_secret, by)
        session.refresh(escalation, with_for_update={"key_share": True})
        if not escalation.is_pending or escalation.is_held:
            raise answers.already_answered(escalation)
        answers.require_shown(escalation, digest)
        for name, value in _checked(escalation, values).items():
            _store(session, escalation, name, value, keeping, by=by)
    return escalation


def _checked(escalation: AgentEscalation, values: Mapping[str, str]) -> dict[str, str]:
    """The values as they are stored: without spaces around them, as pasting adds some."""
    asked = {field.name: field for field in secrets_of(escalation.answer_schema)}
    given = {name: value.strip() for name, value in values.items() if name in asked}
    given = {name: value for name, value in given.items() if value}
    if not given:
        message = lazy_gettext("Enter the key, then hand it over.")
        raise Invalid(message, {name: str(message) for name in asked} or {"": str(message)})
    wrong = {name: fault for name, value in given.items() if (fault := _fault(asked[name], value))}
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    return given


def _fault(field: Field, value: str) -> str | None:
    if len(value) > LONGEST_SECRET:
        most = LONGEST_SECRET
        return str(lazy_gettext("This is too long: enter at most %(most)s characters.", most=most))
    if any(ord(letter) < 32 and letter not in "\r\n\t" for letter in value):
        return str(lazy_gettext("This holds characters that no key has. Copy the key once more."))
    if not is_like(field, value):
        return str(
            lazy_gettext(
                "This doesn’t look like %(name)s. Check that you copied the right one.",
                name=field.title,
            )
        )
    return None


def _store(
    session: Session,
    escalation: AgentEscalation,
    name: str,
    value: str,
    keeping: Keeping,
    *,
    by: Actor,
) -> None:
    moment, master = now(), keeping.keys[0]
    row = session.scalar(
        select(HandedSecret)
        .where(
            HandedSecret.escalation_id == escalation.id,
            HandedSecret.name == name,
            HandedSecret.wiped_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        row = HandedSecret(
            ref=f"sec_{secrets.token_urlsafe(18)}", escalation_id=escalation.id, name=name
        )
        session.add(row)
    row.sealed = vault.seal(value, place(escalation, row), master)
    row.key_id = vault.key_id(master)
    row.stored_at, row.stored_by, row.stored_by_ref = moment, by.name, by.ref
    row.expires_at = moment + timedelta(hours=keeping.hours)
    _tell(session, escalation, Kind.SECRET_HANDED_OVER, Action.SECRET_STORED, row, by)


def _tell(
    session: Session,
    escalation: AgentEscalation,
    kind: Kind,
    action: Action,
    row: HandedSecret,
    by: Actor,
) -> None:
    verb = "handed_over" if kind == Kind.SECRET_HANDED_OVER else "revoked"
    answers.tell_waiters(session, escalation, kind, name=row.name, **{f"{verb}_by": by.name})
    audit.note(
        session,
        by=by,
        action=action,
        project_id=escalation.project_id,
        subject=f"question:{escalation.id}",
        name=row.name,
    )


def place(escalation: AgentEscalation, row: HandedSecret) -> vault.Place:
    """What the sealed value of this row is bound to."""
    return vault.Place(
        ref=row.ref,
        escalation_id=str(escalation.id),
        project_id=escalation.project_id,
        job_id=escalation.job_id,
        name=row.name,
    )


def revoke(escalation_id: uuid.UUID, ref: str, *, by: Actor) -> None:
    """Wipe a secret before it is taken, or for jobs that have not taken it yet. What an agent has
    taken it has: Conflict says so. Revoking again changes nothing."""
    with transaction("revoke_secret") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("revoke a secret"))
        session.refresh(escalation, with_for_update={"key_share": True})
        row = session.scalar(
            select(HandedSecret)
            .where(HandedSecret.ref == ref, HandedSecret.escalation_id == escalation.id)
            .with_for_update()
        )
        if row is None:
            raise NotFound(UNKNOWN)
        if row.wiped_why == "taken":
            raise Conflict(
                lazy_gettext(
                    "Too late to delete it: the agent has it. Make a new key where this one came "
                    "from, and switch the old one off."
                )
            )
        if row.wiped_at is None:
            wipe(row, "revoked", by=by)
            _tell(session, escalation, Kind.SECRET_REVOKED, Action.SECRET_REVOKED, row, by)


def wipe(row: HandedSecret, why: str, *, by: Actor | None = None) -> None:
    """Forget the value for good; what is known about it stays."""
    row.sealed, row.wiped_at, row.wiped_why = None, now(), why
    row.wiped_by = None if by is None else by.name


def wipe_due() -> int:
    """Wipe each secret whose time is over. Returns how many; safe to run anywhere, at any time."""
    with transaction("wipe_secrets") as session:
        wiped = session.scalars(
            update(HandedSecret)
            .where(HandedSecret.wiped_at.is_(None), HandedSecret.expires_at <= now())
            .values(sealed=None, wiped_at=now(), wiped_why="expired")
            .returning(HandedSecret.id)
            .execution_options(synchronize_session=False)
        )
        return len(wiped.all())


def reseal(keys: tuple[str, ...]) -> tuple[int, int]:
    """Seal every secret that is kept with the first key. Returns how many were sealed
    again, and how many none of the keys opens."""
    done = closed = 0
    with transaction("reseal_handed") as session:
        rows = session.scalars(
            select(HandedSecret)
            .where(HandedSecret.wiped_at.is_(None), HandedSecret.key_id != vault.key_id(keys[0]))
            .order_by(HandedSecret.id)
            .with_for_update()
        )
        for row in rows.all():
            escalation = session.get_one(AgentEscalation, row.escalation_id)
            where = place(escalation, row)
            value = vault.unseal(row.sealed or b"", where, row.key_id, keys)
            if value is None:
                closed += 1
                continue
            row.sealed, row.key_id = vault.seal(value, where, keys[0]), vault.key_id(keys[0])
            done += 1
    return done, closed
