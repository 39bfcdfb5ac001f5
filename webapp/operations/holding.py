"""A moment to take an answer back: held for a short grace, then released to the agent, or undone.

A held question is still pending for its agent and taken for everybody else. The answer waits in the
row itself, so that a crash in between loses neither the answer nor the undo.
"""

import logging
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, cast, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, DESK, Actor
from webapp.clock import now, rfc3339
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.models import Action, AgentEscalation
from webapp.operations import answers, audit, memory
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries

_log = logging.getLogger(__name__)


def hold(
    escalation_id: uuid.UUID, answer: answers.Answer, grace_s: float, *, by: Actor
) -> AgentEscalation:
    """Take an answer now and release it in `grace_s` seconds; 0 releases it at once.

    The first answer wins, held or not: a later one is AlreadyAnswered.
    """
    if grace_s <= 0:
        return answers.give(escalation_id, answer, by=by)
    with transaction("hold") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("answer this question"))
        answers.check(escalation, answer)
        moment = now()
        held = answer.as_json() | {"by": by.name, "by_ref": by.ref, "at": rfc3339(moment)}
        until = moment + timedelta(seconds=grace_s)
        if not _claim(session, escalation, held, until):
            raise answers.already_answered(escalation)
        answers.tell_waiters(session, escalation, Kind.ANSWER_HELD, **_held_by(by, until))
        answers.note(session, escalation, answer, by=by)
    return escalation


def _held_by(by: Actor, until: datetime) -> dict[str, Any]:
    return {"answered_by": by.name, "until": rfc3339(until)}


def undo(escalation_id: uuid.UUID, *, by: Actor) -> AgentEscalation:
    """Take a held answer back. Once it is released: Conflict. Taken back already: fine.

    What was answered stays in the row, for the form of whoever wants to change it and send again.
    """
    with transaction() as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("take this answer back"))
        undone = session.scalar(
            update(AgentEscalation)
            .where(AgentEscalation.id == escalation_id, AgentEscalation.held_until > now())
            .values(held=AgentEscalation.held.op("||")(_undone(by)), held_until=None)
            .returning(AgentEscalation.id)
            .execution_options(synchronize_session=False)
        )
        session.refresh(escalation)
        if undone is not None:
            answers.tell_waiters(session, escalation, Kind.ANSWER_UNDONE, undone_by=by.name)
            _note_undo(session, escalation, by)
        elif escalation.status == "withdrawn":
            raise Conflict(
                lazy_gettext("There is nothing to take back: the agent needs no answer any more.")
            )
        elif escalation.taken_back is None:
            raise Conflict(
                lazy_gettext("Too late to take it back: the answer is on its way to the agent.")
            )
    return escalation


def _note_undo(session: Session, escalation: AgentEscalation, by: Actor) -> None:
    audit.note(
        session,
        by=by,
        action=Action.ANSWER_TAKEN_BACK,
        project_id=escalation.project_id,
        subject=f"question:{escalation.id}",
    )


def _undone(by: Actor) -> ColumnElement[Any]:
    told = {"undone_by": by.name, "undone_by_ref": by.ref, "undone_at": rfc3339(now())}
    return cast(told, JSONB)


def release_due(aside: set[uuid.UUID] | None = None) -> int:
    """Release every answer whose grace is over. Safe to run anywhere, at any time, twice at once.
    Returns how many were released.

    An answer that cannot be released is logged and never keeps the later ones waiting. It joins
    `aside`, whose answers are passed over. Raises what the loss of the database raises.
    """
    aside = set() if aside is None else aside
    count = 0
    while (key := _next_due(aside)) is not None:
        try:
            count += _release(key)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            _log.exception("the answer held for question %s cannot be released", key)
            aside.add(key)
    return count


def _next_due(aside: Collection[uuid.UUID]) -> uuid.UUID | None:
    return db.session().scalar(
        select(AgentEscalation.id)
        .where(AgentEscalation.held_until <= now(), AgentEscalation.id.not_in(aside))
        .order_by(AgentEscalation.held_until)
        .limit(1)
    )


def _release(key: uuid.UUID) -> bool:
    """Whether it was released here, and not by another process or undone meanwhile."""
    with transaction("release") as session:
        due = session.get_one(AgentEscalation, key)
        memory.lock(session, due.project_id, due.error_signature)
        session.refresh(due, with_for_update={"key_share": True})
        if due.held is None or due.held_until is None or due.held_until > now():
            return False
        answer = answers.Answer.from_json(due.held)
        by = Actor(ref=due.held["by_ref"], name=due.held["by"], grants=DESK.grants)
        return answers.close(session, due, answer, by=by, from_hold=True)


def _claim(
    session: Session, escalation: AgentEscalation, held: dict[str, Any], until: datetime
) -> bool:
    won = session.scalar(
        update(AgentEscalation)
        .where(
            AgentEscalation.id == escalation.id,
            AgentEscalation.status == "pending",
            AgentEscalation.held_until.is_(None),
        )
        .values(held=held, held_until=until)
        .returning(AgentEscalation.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(escalation)
    return won is not None
