"""What is done with passkeys: added, used to sign in or to confirm who one is, removed.

A passkey is asked to see its owner (by a fingerprint, a face or a PIN), so it stands for both
factors. Each challenge is used up by its first answer, whether that is right or not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Conflict, Invalid, NotFound
from webapp.models import Action, Passkey, Person
from webapp.operations import audit, proofs
from webapp.operations.passkey_answers import (
    NotThisPasskey,
    Site,
    as_bytes,
    as_text,
    handle,
    parsed,
    refusals,
    unknown,
)
from webapp.operations.sessions import begin_session, confirm, own_id, require_fresh
from webapp.operations.transaction import transaction

LONGEST_NAME = 80
MOST = 20
_ADD, _SHOW = "passkey-add", "passkey-show"


def begin_adding(site: Site, session_secret: str, *, by: Actor) -> tuple[str, str]:
    """What a browser needs to make a passkey for the caller, as JSON, and its challenge."""
    import webauthn
    from webauthn.helpers import structs

    with transaction("begin_passkey") as session:
        require_fresh(session, session_secret, by)
        person = session.get_one(Person, own_id(by))
        known = session.scalars(select(Passkey).where(Passkey.person_id == person.id)).all()
        if len(known) >= MOST:
            raise Conflict(_("You already have many passkeys. Remove one first."))
        options = webauthn.generate_registration_options(
            rp_id=site.id,
            rp_name="Unstuck",
            user_name=person.email,
            user_display_name=person.name,
            user_id=handle(person.id),
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in known
            ],
        )
        challenge = as_text(options.challenge)
        proofs.make(session, _ADD, person.id, challenge)
    return webauthn.options_to_json(options), challenge


def add(
    site: Site, challenge: str, credential: str, name: str, session_secret: str, *, by: Actor
) -> None:
    """Keep the public half of a passkey that was just made."""
    import webauthn

    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Invalid(
            _("Give the passkey a name, such as the name of its device."), {"name": "missing"}
        )
    _use_up(_ADD, challenge, own_id(by))
    try:
        made = webauthn.verify_registration_response(
            credential=parsed(credential),
            expected_challenge=as_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except refusals() as error:
        raise NotThisPasskey(_("The passkey wasn't added. Try again.")) from error
    with transaction("add_passkey") as session:
        require_fresh(session, session_secret, by)
        if session.scalar(select(Passkey).where(Passkey.credential_id == made.credential_id)):
            raise Conflict(_("You've already added this passkey."))
        passkey = Passkey(
            person_id=own_id(by),
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name,
            created_at=now(),
        )
        session.add(passkey)
        try:
            session.flush()
        except IntegrityError as error:  # it was added at the same moment, in another window
            raise Conflict(_("You've already added this passkey.")) from error
        _note(session, passkey, Action.PASSKEY_ADDED, by)


def remove(passkey_id: int, session_secret: str, *, by: Actor) -> None:
    """Let a passkey of the caller work no longer."""
    with transaction("remove_passkey") as session:
        require_fresh(session, session_secret, by)
        passkey = session.get(Passkey, passkey_id)
        if passkey is None or passkey.person_id != own_id(by):
            raise NotFound(_("Passkey not found. Reload the page."))
        _note(session, passkey, Action.PASSKEY_REMOVED, by)
        session.delete(passkey)


def begin_showing(site: Site) -> tuple[str, str]:
    """What a browser needs to show whatever passkey it has for this desk, and its challenge."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=site.id, user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    challenge = as_text(options.challenge)
    with transaction("show_passkey") as session:
        proofs.make(session, _SHOW, secret=challenge)
    return webauthn.options_to_json(options), challenge


def sign_in(site: Site, challenge: str, credential: str, user_agent: str | None) -> str:
    """Sign in by a passkey. Returns the secret of the new browser session."""
    try:
        with _shown(site, challenge, credential) as (session, person):
            return begin_session(session, person, user_agent, how="passkey")
    except NotThisPasskey:
        audit.failed_sign_in("passkey")
        raise


def confirm_by_passkey(
    site: Site, challenge: str, credential: str, session_secret: str, *, by: Actor
) -> None:
    """Prove once more who one is, so that ways to sign in can be changed."""
    try:
        with _shown(site, challenge, credential) as (session, person):
            if person.id != own_id(by):
                raise NotThisPasskey(_("This passkey belongs to someone else. Use one of yours."))
            confirm(session, person.id, session_secret)
    except NotThisPasskey:
        audit.failed_sign_in("passkey", by=by)
        raise


@contextmanager
def _shown(site: Site, challenge: str, credential: str) -> Iterator[tuple[Session, Person]]:
    """Whose passkey it is that answered the challenge, within a transaction."""
    import webauthn

    _use_up(_SHOW, challenge, None)
    payload = parsed(credential)
    with transaction("show_passkey") as session:
        passkey = _find(session, payload)
        try:
            proved = webauthn.verify_authentication_response(
                credential=payload,
                expected_challenge=as_bytes(challenge),
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except refusals() as error:
            raise unknown() from error
        passkey.sign_count, passkey.last_used_at = proved.new_sign_count, now()
        yield session, session.get_one(Person, passkey.person_id)


def _find(session: Session, payload: dict[str, Any]) -> Passkey:
    """The passkey, locked: its counter decides whether it was copied."""
    named, response = payload.get("rawId"), payload.get("response")
    if not isinstance(named, str) or not isinstance(response, dict):
        raise unknown()
    query = select(Passkey).where(Passkey.credential_id == as_bytes(named))
    passkey = session.scalar(query.with_for_update())
    if passkey is None:
        raise unknown()
    owner = response.get("userHandle")
    if owner is not None and owner != as_text(handle(passkey.person_id)):
        raise unknown()
    return passkey


def _use_up(kind: str, challenge: str, person_id: int | None) -> None:
    with transaction("show_passkey") as session:
        proof = proofs.held(session, kind, challenge)
        if proof is None or proof.person_id != person_id:
            raise NotThisPasskey(_("It took too long. Try again."))
        session.delete(proof)


def _note(session: Session, passkey: Passkey, action: Action, by: Actor) -> None:
    subject = f"passkey:{passkey.id}"
    audit.note(session, by=by, action=action, subject=subject, name=passkey.name)
