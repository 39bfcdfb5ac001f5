"""What is done with second factors: an app that shows codes, and codes for when it is lost."""

import base64
import hmac
import secrets
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import AppError, Conflict, Invalid
from webapp.models import Action, Person, Proof, RecoveryCode, SecondFactor
from webapp.operations import audit, proofs
from webapp.operations.passwords import CODE_MISSING
from webapp.operations.people import CODE_AFTER_LINK
from webapp.operations.sealing import Keys, seal, unseal
from webapp.operations.secrets import digest
from webapp.operations.sessions import actor, begin_session, own_id, require_fresh
from webapp.operations.transaction import transaction

STEP_S: Final = 30
CODES: Final = 10
CODE_BYTES: Final = 15
"""120 bits: so many need no slow hash, and are 24 letters without padding."""
MOST_MISSES: Final = 10
PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(days=1)
_TRIES: Final = 5  # wrong codes after one right password


class StepOver(AppError):
    status, code, title = 410, "step-over", _("It took too long")


class WrongCode(AppError):
    status, code, title = 422, "wrong-code", _("Wrong code")


def begin(session_secret: str, keys: Keys, *, by: Actor) -> None:
    """Make a secret for the caller's app. It counts once a code of it was shown."""
    import pyotp

    sealed = seal(pyotp.random_base32(), keys)
    with transaction("begin_second_factor") as session:
        require_fresh(session, session_secret, by)
        person = session.get_one(Person, own_id(by), with_for_update=True)
        if person.password_hash is None:
            raise Conflict(_("Set a password first. Two-step verification adds a code to it."))
        if _is_on(session.get(SecondFactor, person.id)):
            raise Conflict(
                _("Two-step verification is already on. Turn it off first to use another app.")
            )
        session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
        session.add(SecondFactor(person_id=person.id, secret=sealed, created_at=now()))


def pending_secret(session_secret: str, keys: Keys, *, by: Actor) -> str | None:
    """The secret that waits for its first code. Whoever finds an open browser does not get it."""
    with transaction() as session:
        require_fresh(session, session_secret, by)
        factor = session.get(SecondFactor, own_id(by))
        return None if factor is None or _is_on(factor) else unseal(factor.secret, keys)


def address(secret: str, email: str) -> str:
    """What an app reads from the picture."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Unstuck")


def turn_on(code: str, session_secret: str, keys: Keys, *, by: Actor) -> list[str]:
    """Show a code of the new app: from then on one is asked for after the password. Returns the
    recovery codes, which are nowhere to be read again."""
    with transaction("turn_on_second_factor") as session:
        require_fresh(session, session_secret, by)
        factor = session.get(SecondFactor, own_id(by), with_for_update=True)
        if factor is None or factor.confirmed_at is not None:
            raise Conflict(_("The setup was interrupted. Start over."))
        step = matching_step(factor, code, keys)
        if step is None:
            raise Invalid(
                _("Wrong code. Wait for the next one, and check the clock of your phone."),
                {"code": "did not fit"},
            )
        factor.confirmed_at, factor.last_step = now(), step
        audit.note(session, by=by, action=Action.SECOND_FACTOR_ON, subject=by.ref)
        return _new_codes(session, factor.person_id)


def turn_off(session_secret: str, *, by: Actor) -> None:
    """Ask for no code any more."""
    with transaction("turn_off_second_factor") as session:
        require_fresh(session, session_secret, by)
        factor = session.get(SecondFactor, own_id(by), with_for_update=True)
        if factor is None:
            return
        if factor.confirmed_at is not None:
            audit.note(session, by=by, action=Action.SECOND_FACTOR_OFF, subject=by.ref)
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == factor.person_id))
        proofs.forget(session, factor.person_id)
        session.delete(factor)


def renew_codes(session_secret: str, *, by: Actor) -> list[str]:
    """Other recovery codes; those before no longer work."""
    with transaction("renew_recovery_codes") as session:
        require_fresh(session, session_secret, by)
        factor = session.get(SecondFactor, own_id(by), with_for_update=True)
        if factor is None or not _is_on(factor):
            raise Conflict(_("Two-step verification is off. Turn it on first."))
        audit.note(session, by=by, action=Action.RECOVERY_CODES_MADE, subject=by.ref)
        return _new_codes(session, factor.person_id)


def sign_in(step_secret: str, code: str, user_agent: str | None, keys: Keys) -> str:
    """The step after the password or a mailed link: a code of the app, or a recovery code. Returns
    the secret of the new browser session."""
    with transaction("sign_in") as session:
        proof = proofs.held(session, CODE_MISSING, step_secret)
        proof = proof or proofs.held(session, CODE_AFTER_LINK, step_secret)
        if proof is None or proof.person_id is None:
            raise StepOver(
                _("Enter your password again. If you came by an emailed link, ask for a new one.")
            )
        person = session.get_one(Person, proof.person_id)
        factor = session.get_one(SecondFactor, person.id, with_for_update=True)
        if _paused(factor):
            raise WrongCode(_too_many(factor))
        if _takes(session, factor, code, keys):
            factor.misses = 0
            session.delete(proof)
            how = "totp" if proof.kind == CODE_MISSING else "link"
            return begin_session(session, person, user_agent, how=how)
        _miss(session, factor, proof)
    # The miss is kept: the transaction has ended.
    audit.failed_sign_in("totp", by=actor(person))
    raise WrongCode(_("The code is wrong or was already used. Try the next one."))


def matching_step(factor: SecondFactor, code: str, keys: Keys) -> int | None:
    """The time step of the code, one before or after the present one at most and none that was
    taken already; None if there is none."""
    import pyotp

    secret = unseal(factor.secret, keys)
    digits = "".join(code.split())
    if secret is None or len(digits) != 6 or not digits.isascii():
        return None
    app, present = pyotp.TOTP(secret), int(now().timestamp()) // STEP_S
    for step in (present, present - 1, present + 1):
        if step > factor.last_step and hmac.compare_digest(app.generate_otp(step), digits):
            return step
    return None


def _takes(session: Session, factor: SecondFactor, code: str, keys: Keys) -> bool:
    step = matching_step(factor, code, keys)
    if step is not None:
        factor.last_step = step
        return True
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == factor.person_id,
            RecoveryCode.code_hash == digest(plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    if session.scalar(used) is None:
        return False
    who = actor(session.get_one(Person, factor.person_id))
    audit.note(session, by=who, action=Action.RECOVERY_CODE_USED, subject=who.ref)
    return True


def _miss(session: Session, factor: SecondFactor, proof: Proof) -> None:
    factor.misses += 1
    if factor.misses % MOST_MISSES == 0:
        # Twice as long each time: who knows the password and tries for a year must not get in.
        times = factor.misses // MOST_MISSES - 1
        factor.paused_until = now() + min(PAUSE * 2 ** min(times, 10), LONGEST_PAUSE)
    proof.misses += 1
    if proof.misses >= _TRIES:
        session.delete(proof)


def _paused(factor: SecondFactor) -> bool:
    return factor.paused_until is not None and factor.paused_until > now()


def _too_many(factor: SecondFactor) -> str:
    assert factor.paused_until is not None, "who asks found a pause"  # noqa: S101 - tells the type checker
    minutes = -(-(factor.paused_until - now()) // timedelta(minutes=1))
    sentence: str = _(
        "Too many wrong codes. Wait %(minutes)s minutes, then try again.",
        minutes=minutes,
    )
    return sentence


def _is_on(factor: SecondFactor | None) -> bool:
    return factor is not None and factor.confirmed_at is not None


def _new_codes(session: Session, person_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    plain = [
        base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()
        for _number in range(CODES)
    ]
    session.add_all(RecoveryCode(person_id=person_id, code_hash=digest(code)) for code in plain)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in plain]
