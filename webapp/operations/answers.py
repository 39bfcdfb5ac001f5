"""A founder answers, or skips. The first answer wins, and the loser is told who, when and what."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

from flask_babel import lazy_gettext
from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now, rfc3339
from webapp.errors import Conflict, Invalid
from webapp.events.kinds import Kind
from webapp.models import Action, AgentEscalation
from webapp.operations import audit, closing, expiring, handed, memory, standing_rules
from webapp.operations.transaction import single_statement, transaction
from webapp.queries import escalations as queries
from webapp.rules import options
from webapp.rules.answer_schema import secrets_of
from webapp.rules.keys import holds_key


@dataclass(frozen=True)
class Answer:
    """What the founder says. Without a decision the question is skipped: the agent goes on without.

    `remember_days` makes it a standing rule for this problem, for so long. `key` is the caller's
    Idempotency-Key: its own repetition gets the same answer again. `digest` is that of the question
    as it was shown: one that has changed since is not answered. `answers` are the values of the
    fields that the question asks for. `channel` is where it was given, if not on a page.
    """

    decision: str | None
    guidance: str | None = None
    remember_days: int | None = None
    key: str | None = None
    digest: str | None = None
    answers: dict[str, Any] | None = None
    channel: str | None = None

    @property
    def status(self) -> str:
        return "skipped" if self.decision is None else "resolved"

    def as_json(self) -> dict[str, Any]:
        """For keeping it in a row."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What `as_json` kept."""
        kept = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        return cls(**kept)


Also = Callable[[Session], None]
"""What is stored together with an answer, or not at all."""


class AlreadyAnswered(Conflict):
    """The question had left `pending`, or was taken; `escalation` is the stored one."""

    code, title = "already-answered", lazy_gettext("Already answered")

    def __init__(self, detail: str, escalation: AgentEscalation) -> None:
        super().__init__(detail)
        self.escalation = escalation


class Changed(Conflict):
    """The question is not the one that was shown; `escalation` is the present one."""

    code, title = "changed", lazy_gettext("The question has changed")

    def __init__(self, escalation: AgentEscalation) -> None:
        detail = lazy_gettext(
            "This question changed after you read it. Read it again, then send your answer."
        )
        super().__init__(detail)
        self.escalation = escalation


def resolve(
    escalation_id: uuid.UUID,
    decision: str,
    guidance: str | None = None,
    *,
    by: Actor,
    key: str | None = None,
    remember_days: int | None = None,
) -> AgentEscalation:
    """Answer, and release the answer at once."""
    return give(escalation_id, Answer(decision, guidance, remember_days, key), by=by)


def skip(
    escalation_id: uuid.UUID,
    guidance: str | None = None,
    *,
    by: Actor,
    key: str | None = None,
    remember_days: int | None = None,
) -> AgentEscalation:
    """Close without a decision, and let the agent know at once."""
    return give(escalation_id, Answer(None, guidance, remember_days, key), by=by)


def give(
    escalation_id: uuid.UUID, answer: Answer, *, by: Actor, also: Also | None = None
) -> AgentEscalation:
    """Give an answer. Raises AlreadyAnswered when another one was first. `also` is done in the same
    transaction.

    One statement does it, unless more is to be done, a rule is to be kept as well, the answer may
    carry secrets, or a job joined the question in the very moment: then the problem is locked
    first.
    """
    if answer.remember_days is None and also is None:
        with single_statement("answer") as session:
            escalation = queries.find(session, escalation_id, by=by)
            if escalation.answer_schema is None:
                if _given(session, escalation, answer, by=by):
                    return escalation
                if not escalation.is_pending or escalation.is_held:
                    raise already_answered(escalation)
    with transaction("answer") as session:
        if also is not None:
            also(session)
        escalation = queries.find(session, escalation_id, by=by)
        memory.lock(session, escalation.project_id, escalation.error_signature)
        session.refresh(escalation)
        given = _given(session, escalation, answer, by=by)
        if not given:
            expiring.expire(session, escalation)
    if not given:
        raise already_answered(escalation)
    return escalation


def _given(session: Session, escalation: AgentEscalation, answer: Answer, *, by: Actor) -> bool:
    by.require(ANSWERING, escalation.project_id, lazy_gettext("answer this question"))
    check(session, escalation, answer)
    if close(session, escalation, answer, by=by, audited=_noted(escalation, answer, by)):
        return True
    session.refresh(escalation)
    return _repeated(escalation, answer, by)


def note(session: Session, escalation: AgentEscalation, answer: Answer, *, by: Actor) -> None:
    """Write down for the owner who decided what. What they said with it is in the history."""
    audit.note(session, **_what(escalation, answer, by))


def _noted(escalation: AgentEscalation, answer: Answer, by: Actor) -> dict[str, Any]:
    return audit.row(**_what(escalation, answer, by))


def _what(escalation: AgentEscalation, answer: Answer, by: Actor) -> dict[str, Any]:
    skipped = answer.decision is None
    return {
        "by": by,
        "action": Action.QUESTION_SKIPPED if skipped else Action.QUESTION_ANSWERED,
        "project_id": escalation.project_id,
        "subject": f"question:{escalation.id}",
        # A free answer is a text, which may have to be erased; nothing in this table can be.
        "decision": answer.decision if escalation.options else None,
        "channel": answer.channel,
    }


def require_shown(escalation: AgentEscalation, digest: str | None) -> None:
    """Raise Changed when a pending question is not the one whose digest was shown."""
    if digest is not None and escalation.is_pending and digest != escalation.digest:
        raise Changed(escalation)


def check(session: Session, escalation: AgentEscalation, answer: Answer) -> None:
    """Raise Changed when another question was shown, and Invalid for a decision that is none of the
    options, an answer that says nothing, one that can't be repeated but should be, one that lacks
    a secret, or one with a key in its text: that would stay readable for everybody in the project,
    for their agents, and in backups."""
    require_shown(escalation, answer.digest)
    if answer.remember_days is not None:
        standing_rules.check(escalation)
    decision, choices = answer.decision, escalation.options
    if decision is not None:
        values = [option["value"] for option in choices]
        if values and decision not in values:
            listed = ", ".join(values)
            raise Invalid(
                lazy_gettext("Choose one of these options: %(choices)s.", choices=listed),
                {"decision": f"is none of the options ({listed})"},
            )
        if not decision.strip():
            message = lazy_gettext("Write your answer, then send it.")
            raise Invalid(message, {"decision": "must not be blank"})
        if options.needs_words(choices, decision) and not (answer.guidance or "").strip():
            message = lazy_gettext("Write what the agent should do, then send it.")
            raise Invalid(message, {"guidance": "is required with this decision"})
    if answer.remember_days is not None and not options.is_repeatable(choices, decision):
        raise Invalid(
            lazy_gettext(
                "This answer needs you each time, so it can't be given "
                "automatically. Turn that off, then send it."
            ),
            {"remember_days": "is not possible with this answer"},
        )
    _refuse_key(escalation, "guidance", answer.guidance)
    if not choices:
        _refuse_key(escalation, "decision", answer.decision)
    handed.require(session, escalation, decision, answer.answers)


def _refuse_key(escalation: AgentEscalation, name: str, text: str | None) -> None:
    """Raise Invalid when there is something in the text of that field that looks like a key."""
    if text is None or not holds_key(text):
        return
    if escalation.is_pending and secrets_of(escalation.answer_schema):
        message = lazy_gettext(
            "This looks like a key. Everyone in the project could read it here. Delete it, then "
            "enter it under “Hand over the key safely”."
        )
        raise Invalid(message, {name: "looks like a key: hand it over on the question's page"})
    message = lazy_gettext(
        "This looks like a secret key. Don't send it here: everyone in the project "
        "could read it. Put it where your agent keeps its secrets, then answer that "
        "it's there."
    )
    raise Invalid(message, {name: "looks like a key: put it where the agent keeps its secrets"})


def close(
    session: Session,
    escalation: AgentEscalation,
    answer: Answer,
    *,
    by: Actor,
    from_hold: bool = False,
    audited: dict[str, Any] | None = None,
) -> bool:
    """Store the answer, remember it, tell the waiters. Returns False, and changes nothing, when
    the question had left `pending`, is held, or was joined since it was read."""
    carried = handed.carried(session, escalation, answer.decision, answer.answers)
    values = {
        "status": answer.status,
        "founder_decision": answer.decision,
        "founder_guidance": answer.guidance,
        "resolve_key": answer.key,
        "answers": carried,
    }
    closed = closing.close(session, escalation, values, by=by, from_hold=from_hold, audited=audited)
    if closed and escalation.answer_schema is not None:
        handed.wipe_unused(session, escalation, carried)
    if closed and answer.remember_days is not None:
        standing_rules.keep(session, escalation, answer.remember_days, by=by)
    return closed


def withdraw(
    session: Session,
    escalation: AgentEscalation,
    by: Actor,
    reason: str | None,
    key: str | None = None,
) -> bool:
    """Leave `pending` without an answer. Returns whether this call was the one; an answer that a
    founder can still take back counts, so that it is never dropped."""
    won = session.scalar(
        update(AgentEscalation)
        .where(
            AgentEscalation.id == escalation.id,
            AgentEscalation.status == "pending",
            AgentEscalation.held_until.is_(None),
        )
        .values(
            status="withdrawn",
            reason=reason,
            resolve_key=key,
            resolved_at=now(),
            resolved_by=by.name,
            resolved_by_ref=by.ref,
            held=None,
            held_until=None,
        )
        .returning(AgentEscalation.id)
        .execution_options(synchronize_session=False)
    )
    if won is not None and escalation.answer_schema is not None:
        handed.wipe_unused(session, escalation, None)
    session.refresh(escalation)
    return won is not None


def withdrawn_by_this(
    stored: AgentEscalation, by: Actor, reason: str | None, key: str | None
) -> bool:
    """Whether the very same call withdrew it already."""
    given = ("withdrawn", reason, key, by.ref)
    kept = (stored.status, stored.reason, stored.resolve_key, stored.resolved_by_ref)
    return key is not None and given == kept


def _repeated(stored: AgentEscalation, answer: Answer, by: Actor) -> bool:
    given = (answer.status, answer.decision, answer.guidance, answer.key, by.ref)
    kept = (
        stored.status,
        stored.founder_decision,
        stored.founder_guidance,
        stored.resolve_key,
        stored.resolved_by_ref,
    )
    return answer.key is not None and given == kept and handed.same(stored, answer.answers)


def said_already(stored: AgentEscalation, answer: Answer, *, by: Actor) -> bool:
    """Whether that person has given the same answer already: the first time it was sent, only the
    response was lost."""
    if stored.held is not None and stored.is_held:
        if stored.held.get("answers") != answer.answers:
            return False
        kept = tuple(stored.held.get(name) for name in ("by_ref", "decision", "guidance"))
    elif stored.status in ("resolved", "skipped"):
        if not handed.same(stored, answer.answers):
            return False
        kept = (stored.resolved_by_ref, stored.founder_decision, stored.founder_guidance)
    else:
        return False
    return kept == (by.ref, answer.decision, answer.guidance)


def already_answered(escalation: AgentEscalation) -> AlreadyAnswered:
    """The error that tells the second one who answered, when and what."""
    if escalation.held is not None and escalation.is_held:
        who, when = escalation.held["by"], escalation.held["at"]
        what = escalation.held["decision"] or "skipped"
        return AlreadyAnswered(_answered_by(who, when, what), escalation)
    if escalation.status == "expired":
        return AlreadyAnswered(_expired(escalation), escalation)
    what = escalation.founder_decision or escalation.status
    who, when = escalation.resolved_by or lazy_gettext("someone"), rfc3339(escalation.resolved_at)
    if escalation.status == "withdrawn":
        detail = lazy_gettext("%(who)s withdrew this question at %(when)s.", who=who, when=when)
    else:
        detail = _answered_by(who, when, what)
    return AlreadyAnswered(detail, escalation)


def _expired(escalation: AgentEscalation) -> str:
    when = rfc3339(escalation.deadline_at or escalation.resolved_at)
    then = escalation.label_of(escalation.deadline_then)
    if then is None:
        text: str = lazy_gettext(
            "The deadline of this question passed at %(when)s, so it expired.", when=when
        )
    else:
        text = lazy_gettext(
            "The deadline of this question passed at %(when)s, so the agent continues with: "
            "%(then)s.",
            when=when,
            then=then,
        )
    return text


def _answered_by(who: str, when: str | None, what: str) -> str:
    detail: str = lazy_gettext(
        "%(who)s answered this question at %(when)s: %(what)s.",
        who=who,
        when=when,
        what=what,
    )
    return detail


def tell_answer(session: Session, escalation: AgentEscalation) -> None:
    """Put the answer into the log of every job that waits for it."""
    payload = closing.payload_of(escalation, vars(escalation))
    del payload["escalation_id"]
    tell_waiters(session, escalation, Kind.ESCALATION_RESOLVED, **payload)


def tell_waiters(session: Session, escalation: AgentEscalation, kind: Kind, **payload: Any) -> None:
    """Put an event about the question into the log of every job that waits for its answer."""
    closing.tell_waiters(session, escalation, kind, **payload)
