"""What an answer carries beside its decision: values of fields, and secrets handed over."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.clock import now
from webapp.errors import Invalid
from webapp.models import AgentEscalation, HandedSecret
from webapp.rules.answer_schema import fields_of, missing, secrets_of
from webapp.rules.answer_values import Fault, checked

Answers = Mapping[str, Any]

SECRET_MISSING: Final = "is handed over on the question's page"  # noqa: S105 - a message
_SENTENCES: Final[dict[str, Any]] = {
    "not_asked": _("The question doesn’t ask for this with that answer."),
    "secret": _("A key is handed over on the question’s page."),
    "missing": _("Fill this in."),
    "boolean": _("Answer yes or no."),
    "number": _("Enter a number."),
    "integer": _("Enter a whole number."),
    "too_small": _("Enter a number of at least %(least)s."),
    "too_large": _("Enter a number of at most %(most)s."),
    "choice": _("Choose from the list."),
    "too_few": _("Choose at least %(least)s."),
    "too_many": _("Choose at most %(most)s."),
    "text": _("Enter a text."),
    "too_short": _("Enter at least %(least)s characters."),
    "too_long": _("Enter at most %(most)s characters."),
    "key": _("This looks like a key. Everyone in the project could read it here. Leave it out."),
    "pattern": _("This doesn’t have the form that the agent asked for."),
    "email": _("Enter an email address, such as name@example.com."),
    "uri": _("Enter a whole address, such as https://example.com."),
    "date": _("Enter a date that exists, such as 2026-03-31."),
    "date-time": _("Enter a date and a time, such as 2026-03-31T09:30Z."),
}
"""What a founder reads beside a field, by the code of its fault."""


def present(session: Session, escalation_id: uuid.UUID) -> dict[str, str]:
    """The refs of the secrets of a question that can still be taken, by name."""
    query = select(HandedSecret.name, HandedSecret.ref).where(
        HandedSecret.escalation_id == escalation_id,
        HandedSecret.wiped_at.is_(None),
        HandedSecret.expires_at > now(),
    )
    return {row.name: row.ref for row in session.execute(query)}


def carried(
    session: Session, escalation: AgentEscalation, decision: str | None, given: Answers | None
) -> dict[str, Any] | None:
    """The answers as they are stored: the values that were given, and of each secret that it is
    stored, and under which ref. None where there is nothing to say."""
    fields = fields_of(escalation.answer_schema)
    if not fields:
        return None
    values, _faults = checked(fields, decision, given or {})
    refs = present(session, escalation.id) if secrets_of(escalation.answer_schema) else {}
    stubs = {
        each.name: {"secret": "stored", "ref": refs[each.name]}
        for each in fields
        if each.name in refs and each.belongs_to(decision)
    }
    return values | stubs or None


def require(
    session: Session, escalation: AgentEscalation, decision: str | None, given: Answers | None
) -> None:
    """Raise Invalid, with a sentence for each field, unless the answer carries what the question
    asks for with that decision, and nothing else."""
    if not escalation.is_pending:
        return
    _values, faults = checked(fields_of(escalation.answer_schema), decision, given or {})
    if faults:
        told = {f"answers.{name}": _sentence(fault) for name, fault in faults.items()}
        raise Invalid(next(iter(told.values())), told)
    secrets = [each for each in secrets_of(escalation.answer_schema) if each.required]
    lacking = missing(secrets, decision, present(session, escalation.id)) if secrets else []
    if lacking:
        names = ", ".join(field.title for field in lacking)
        raise Invalid(
            _("Hand over %(names)s first, then send your answer.", names=names),
            {f"answers.{field.name}": SECRET_MISSING for field in lacking},
        )


def _sentence(fault: Fault) -> str:
    sentence = str(_SENTENCES[fault.code])
    return sentence % fault.more if fault.more else sentence


def same(stored: AgentEscalation, given: Answers | None) -> bool:
    """Whether these are the values that were stored with an answer; secrets do not count."""
    kept = {name: value for name, value in (stored.answers or {}).items() if not _is_stub(value)}
    return kept == {name: value for name, value in (given or {}).items() if value is not None}


def _is_stub(value: Any) -> bool:
    return isinstance(value, dict)


def wipe_unused(session: Session, escalation: AgentEscalation, carried: Answers | None) -> None:
    """Wipe what was entered for a question and does not go along with its answer."""
    stubs = [said for said in (carried or {}).values() if _is_stub(said)]
    kept: Collection[str] = [said["ref"] for said in stubs]
    session.execute(
        update(HandedSecret)
        .where(
            HandedSecret.escalation_id == escalation.id,
            HandedSecret.wiped_at.is_(None),
            HandedSecret.ref.not_in(kept),
        )
        .values(sealed=None, wiped_at=now(), wiped_why="unused")
        .execution_options(synchronize_session=False)
    )
