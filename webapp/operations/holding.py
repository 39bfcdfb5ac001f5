"""A moment to take an answer back: held for a short grace, then released to the agent, or undone.

A held question is still pending for its agent and taken for everybody else. The answer waits in the
row itself, so that a crash in between loses neither the answer nor the undo. An answer of somebody
who was taken out of the project in that moment is not released: the question waits again.
"""

import logging
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import literal, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, ANSWERING, DESK, Actor
from webapp.clock import now, rfc3339
from webapp.disk import DiskFull
from webapp.errors import Conflict
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.models import Action, AgentEscalation, Membership
from webapp.operations import answers, audit, expiring, memory
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries

_log = logging.getLogger(__name__)


def hold(
    escalation_id: uuid.UUID,
    answer: answers.Answer,
    grace_s: float,
    *,
    by: Actor,
    also: answers.Also | None = None,
) -> AgentEscalation:
    """Take an answer now and release it in `grace_s` seconds; 0 releases it at once. `also` is done
    in the same transaction.

    The first answer wins, held or not: a later one is AlreadyAnswered.
    """
    if grace_s <= 0:
        return answers.give(escalation_id, answer, by=by, also=also)
    with transaction("hold") as session:
        if also is not None:
            also(session)
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("answer this question"))
        answers.check(session, escalation, answer)
        moment = now()
        held = answer.as_json() | {"by": by.name, "by_ref": by.ref, "at": rfc3339(moment)}
        until = moment + timedelta(seconds=grace_s)
        claimed = _claim(session, escalation, held, until)
        answers.require_shown(escalation, answer.digest)  # a file came in this very moment
        if claimed:
            answers.tell_waiters(session, escalation, Kind.ANSWER_HELD, **_held_by(by, until))
            answers.note(session, escalation, answer, by=by)
        else:
            expiring.expire(session, escalation)
    if not claimed:
        raise answers.already_answered(escalation)
    return escalation


def _held_by(by: Actor, until: datetime) -> dict[str, Any]:
    return {"answered_by": by.name, "until": rfc3339(until)}


def undo(escalation_id: uuid.UUID, *, by: Actor) -> answers.Answer | None:
    """Take a held answer back. Once it is released: Conflict. Taken back already: fine.

    Nothing of it stays in the database: perhaps it should never have been written. What it was is
    returned, for the form of who took it back; None where it was taken back already.
    """
    with transaction() as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("take this answer back"))
        session.refresh(escalation, with_for_update={"key_share": True})
        held, until = escalation.held, escalation.held_until
        if held is not None and until is not None and until > now():
            _let_go(session, escalation, held, by=by)
            return answers.Answer.from_json(held)
        if escalation.status == "withdrawn":
            raise Conflict(
                lazy_gettext(
                    "The agent no longer needs an answer, so there's nothing to take back."
                )
            )
        if escalation.taken_back is None:
            raise Conflict(
                lazy_gettext(
                    "It's too late to take the answer back. The agent is already getting it."
                )
            )
    return None


def _let_go(
    session: Session, escalation: AgentEscalation, held: dict[str, Any], *, by: Actor
) -> None:
    """Let the question wait again, and keep only whose answer it was and who undid it."""
    undone = {"undone_by": by.name, "undone_by_ref": by.ref, "undone_at": rfc3339(now())}
    escalation.held = {name: held[name] for name in ("by", "by_ref", "at")} | undone
    escalation.held_until = None
    answers.tell_waiters(session, escalation, Kind.ANSWER_UNDONE, undone_by=by.name)
    _note_undo(session, escalation, by)


def _note_undo(session: Session, escalation: AgentEscalation, by: Actor) -> None:
    audit.note(
        session,
        by=by,
        action=Action.ANSWER_TAKEN_BACK,
        project_id=escalation.project_id,
        subject=f"question:{escalation.id}",
    )


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
        except (OperationalError, InterfaceError, DiskFull):
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
        if not _may_still_answer(session, due):
            _let_go(session, due, due.held, by=DESK)
            return False
        answer = answers.Answer.from_json(due.held)
        by = Actor(ref=due.held["by_ref"], name=due.held["by"], grants=DESK.grants)
        return answers.close(session, due, answer, by=by, from_hold=True)


def _may_still_answer(session: Session, due: AgentEscalation) -> bool:
    """Whether who answered could still do so. Only people's answers are held."""
    person_id = Actor(ref=(due.held or {})["by_ref"], name="").person_id
    if person_id is None:
        return True
    places = (due.project_id, ALL_PROJECTS)
    still = select(Membership.person_id).where(
        Membership.person_id == person_id,
        Membership.project_id.in_(places),
        Membership.role.in_(ANSWERING),
    )
    return session.scalar(still.limit(1)) is not None


def _claim(
    session: Session, escalation: AgentEscalation, held: dict[str, Any], until: datetime
) -> bool:
    won = session.scalar(
        update(AgentEscalation)
        .where(
            AgentEscalation.id == escalation.id,
            AgentEscalation.status == "pending",
            AgentEscalation.held_until.is_(None),
            or_(
                AgentEscalation.deadline_at.is_(None),
                AgentEscalation.deadline_at > now(),
                AgentEscalation.turned_at.is_not(None),
            ),
            or_(
                literal(held["digest"] is None),
                AgentEscalation.attached_digest.is_not_distinct_from(escalation.attached_digest),
            ),
        )
        .values(held=held, held_until=until)
        .returning(AgentEscalation.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(escalation)
    return won is not None
