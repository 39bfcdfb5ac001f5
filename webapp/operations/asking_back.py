"""A founder asks the agent something before deciding; the agent replies, and it is the founder's
turn again. Nothing is decided by it, and the deadline rests meanwhile.

The row lock of the question decides whose turn it is. The same message again, as after a lost
response, is the one that is stored. A message that names the one before it (`after`) is found again
even when the other side has written or decided since, and never counts as a reply to what came
later.
"""

import uuid
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, REPORTING, Actor
from webapp.clock import now, rfc3339
from webapp.errors import OTHERS, Conflict, Forbidden, Invalid
from webapp.events.kinds import Kind
from webapp.models import Action, AgentEscalation, Snooze
from webapp.operations import answers, audit, expiring, memory
from webapp.operations.reports.cleaning import agent_text
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries
from webapp.queries import ownership
from webapp.rules.excerpts import short
from webapp.rules.keys import holds_key
from webapp.rules.limits import MOST_ROUNDS

LONGEST: Final = 4_000
"""Characters of a message."""


def say(
    escalation_id: uuid.UUID, text: str, *, after: int | None = None, by: Actor
) -> tuple[dict[str, Any], bool]:
    """Ask the agent, or reply to the founder, whichever the caller is. `after` is the number of the
    last message that the caller has seen, 0 for none. Returns the message as it is stored, and
    whether it is new. Raises Conflict when it isn't their turn or there is a later message,
    AlreadyAnswered once the question is closed."""
    with transaction("say") as session:
        escalation = queries.find(session, escalation_id, by=by)
        is_agent = by.role_in(escalation.project_id) == "agent"
        text = _checked(session, escalation, text, is_agent=is_agent, by=by)
        memory.lock(session, escalation.project_id, escalation.error_signature)
        session.refresh(escalation, with_for_update={"key_share": True})
        if (stored := _stored(escalation, text, after, by)) is not None:
            return stored, False
        overdue = escalation.is_overdue
        if overdue:
            expiring.expire(session, escalation)
        elif escalation.is_pending and not escalation.is_held:
            _require_seen(escalation, after)
            _require_turn(escalation, is_agent=is_agent)
            _add(session, escalation, text, is_agent=is_agent, by=by)
            return escalation.messages[-1], True
    raise answers.already_answered(escalation)


def _checked(
    session: Session, escalation: AgentEscalation, text: str, *, is_agent: bool, by: Actor
) -> str:
    if is_agent:
        by.require(REPORTING, escalation.project_id, "reply to this question")
        if not ownership.waits(session, escalation, by=by):
            raise Forbidden(OTHERS)
        text = agent_text(text) or ""
    else:
        by.require(ANSWERING, escalation.project_id, lazy_gettext("ask the agent"))
        if holds_key(text):
            message = lazy_gettext(
                "This looks like a secret key. Everyone in the project could read it here. Leave "
                "it out."
            )
            raise Invalid(message, {"text": "looks like a key: leave it out"})
    text = text.strip()
    if not text:
        message = lazy_gettext("Write your question to the agent.")
        raise Invalid(message, {"text": "must not be blank"})
    if len(text) > LONGEST:
        message = lazy_gettext("This is too long: write at most %(most)s characters.", most=LONGEST)
        raise Invalid(message, {"text": f"has more than {LONGEST} characters"})
    return text


def _stored(
    escalation: AgentEscalation, text: str, after: int | None, by: Actor
) -> dict[str, Any] | None:
    """The message that this one repeats: the one right after `after`, or else the last one."""
    messages = escalation.messages
    said = messages[-1:] if after is None else messages[after : after + 1]
    return next((one for one in said if (one.get("ref"), one.get("text")) == (by.ref, text)), None)


def _require_seen(escalation: AgentEscalation, after: int | None) -> None:
    if after is not None and after != len(escalation.messages):
        raise Conflict(lazy_gettext("There's a later message. Read it first."))


def _require_turn(escalation: AgentEscalation, *, is_agent: bool) -> None:
    if is_agent and escalation.turn != "agent":
        raise Conflict("It's the founder's turn. Wait for an answer or another question.")
    if not is_agent and escalation.turn == "agent":
        raise Conflict(lazy_gettext("It's the agent's turn. Wait for its reply, or answer now."))
    if not is_agent and escalation.rounds >= MOST_ROUNDS:
        raise Conflict(
            lazy_gettext("You've asked the agent %(most)s times. Answer now.", most=MOST_ROUNDS)
        )


def _add(
    session: Session, escalation: AgentEscalation, text: str, *, is_agent: bool, by: Actor
) -> None:
    moment = now()
    message: dict[str, Any] = {
        "id": len(escalation.messages) + 1,
        "by": "agent" if is_agent else "founder",
        "name": by.name,
        "ref": by.ref,
        "text": text,
        "at": rfc3339(moment),
    }
    escalation.messages = [*escalation.messages, message]
    if is_agent:
        _turn_to_founder(session, escalation)
        told = {"text": short(text), "replied_by": by.name}
        answers.tell_waiters(session, escalation, Kind.REPLIED, **told)
        return
    escalation.turned_at = moment
    told = {"text": short(text), "asked_by": by.name}
    answers.tell_waiters(session, escalation, Kind.QUESTION_ASKED_BACK, **told)
    audit.note(
        session,
        by=by,
        action=Action.ASKED_BACK,
        project_id=escalation.project_id,
        subject=f"question:{escalation.id}",
    )


def _turn_to_founder(session: Session, escalation: AgentEscalation) -> None:
    """The deadline goes on where it rested, and whoever put the question off sees it again."""
    if escalation.deadline_at is not None and escalation.turned_at is not None:
        escalation.deadline_at += now() - escalation.turned_at
    escalation.turned_at = None
    session.execute(delete(Snooze).where(Snooze.escalation_id == escalation.id))
