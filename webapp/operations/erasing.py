"""Texts that should never have been written: erased by an owner, with every copy that is kept.

What stays: that there was an answer, of whom, when, and which option. What was copied elsewhere
before (a backup, what an agent was told) is out of reach, and the page says so.
"""

import uuid
from dataclasses import dataclass
from typing import Final, Self

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.actors import OWNING, Actor
from webapp.clock import now
from webapp.errors import Conflict
from webapp.events import log
from webapp.events.kinds import Kind
from webapp.models import (
    Action,
    AgentEscalation,
    Attachment,
    EscalationWaiter,
    Problem,
    StandingRule,
)
from webapp.operations import audit, memory
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries

ERASED: Final = "(erased)"
"""What stands in the place of a free answer: without one, the question would look skipped."""

_VERDICTS: Final = text(
    """
    update report_verdicts set verdict = verdict || jsonb_build_object(
        'guidance', case when verdict->>'guidance' = :guidance then null
            else verdict->>'guidance' end,
        'decision', case when verdict->>'decision' = :free then :erased
            else verdict->>'decision' end,
        'label', case when verdict->>'label' = :free then :erased else verdict->>'label' end,
        'instruction', replace(replace(verdict->>'instruction',
            coalesce(:guidance, ''), :erased), coalesce(:free, ''), :erased))
    from jobs where jobs.id = report_verdicts.job and jobs.project_id = :project_id
        and (verdict->>'guidance' = :guidance or verdict->>'decision' = :free)
    """
)
"""Verdicts that are kept for reports that are delivered again; null is equal to nothing."""


@dataclass(frozen=True)
class Words:
    """What a person wrote: beside an option, and in the place of one."""

    project_id: str
    error_signature: str
    guidance: str | None
    free: str | None

    @classmethod
    def of(cls, asked: AgentEscalation) -> Self:
        free = None if asked.options else asked.founder_decision
        return cls(asked.project_id, asked.error_signature, asked.founder_guidance or None, free)


def has_text(asked: AgentEscalation) -> bool:
    """Whether there is something that could be erased."""
    free = not asked.options and asked.founder_decision not in (None, ERASED)
    texts = (asked.founder_guidance, asked.outcome_note, asked.reason)
    values = [value for value in (asked.answers or {}).values() if not isinstance(value, dict)]
    said = any(each["text"] != ERASED for each in [*asked.messages, *asked.notes])
    attached = any(file["name"] != ERASED for file in asked.attachments)
    return not asked.is_pending and (free or any(texts) or bool(values) or said or attached)


def erase(escalation_id: uuid.UUID, *, by: Actor) -> AgentEscalation:
    """Erase what was written with an answer, what the agent wrote back about it, and the files of
    the question. Erasing again changes nothing."""
    with transaction("erase") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(OWNING, escalation.project_id, lazy_gettext("delete this text"))
        memory.lock(session, escalation.project_id, escalation.error_signature)
        session.refresh(escalation, with_for_update={"key_share": True})
        if escalation.is_pending:
            raise Conflict(
                lazy_gettext("This question is still open. Take the answer back instead.")
            )
        if not has_text(escalation):
            return escalation
        words = Words.of(escalation)
        copies = [escalation.id, *_answered_alike(session, words)]
        _erase_answers(session, copies)
        _erase_files(session, escalation.id)
        _erase_memory(session, words)
        log.erase(session, copies, words.free, ERASED)
        _tell_jobs(session, copies, by)
        audit.note(
            session,
            by=by,
            action=Action.TEXT_ERASED,
            project_id=escalation.project_id,
            subject=f"question:{escalation.id}",
        )
        session.refresh(escalation)
    return escalation


def _tell_jobs(session: Session, keys: list[uuid.UUID], by: Actor) -> None:
    """Say so in every job that waited for one of these answers, so that open pages change in place
    and whoever follows the log can forget the text as well."""
    waited = select(EscalationWaiter).where(EscalationWaiter.escalation_id.in_(keys))
    for waiter in session.scalars(waited.order_by(EscalationWaiter.job)):
        named = str(waiter.escalation_id)
        log.record(session, waiter.job, Kind.TEXT_ERASED, escalation_id=named, erased_by=by.name)


def _says(column: InstrumentedAttribute[str | None], words: str | None) -> ColumnElement[bool]:
    """Whether the column holds those words. No words are in no column, also not in empty ones."""
    return false() if words is None else column == words


def _answered_alike(session: Session, words: Words) -> list[uuid.UUID]:
    """The questions of the same problem that got the same words, as by a standing rule."""
    free = and_(
        func.jsonb_array_length(AgentEscalation.options) == 0,
        _says(AgentEscalation.founder_decision, words.free),
    )
    query = select(AgentEscalation.id).where(
        AgentEscalation.project_id == words.project_id,
        AgentEscalation.error_signature == words.error_signature,
        AgentEscalation.status != "pending",
        or_(_says(AgentEscalation.founder_guidance, words.guidance), free),
    )
    return list(session.scalars(query.order_by(AgentEscalation.id)))


def _erase_answers(session: Session, keys: list[uuid.UUID]) -> None:
    rows = update(AgentEscalation).where(AgentEscalation.id.in_(keys))
    rows = rows.execution_options(synchronize_session=False)
    session.execute(rows.values(founder_guidance=None, outcome_note=None, reason=None, held=None))
    free = func.jsonb_array_length(AgentEscalation.options) == 0
    answered = AgentEscalation.founder_decision.is_not(None)
    session.execute(rows.where(free, answered).values(founder_decision=ERASED))
    session.execute(_VALUES, {"ids": keys})
    session.execute(_TOLD_NOTES, {"ids": keys})
    for column in ("messages", "notes"):
        session.execute(_SAID[column], {"ids": keys, "erased": ERASED})


_SAID: Final = {
    column: text(
        f"""
        update agent_escalations set {column} = (
            select jsonb_agg(each || jsonb_build_object('text', cast(:erased as text)) order by nth)
            from jsonb_array_elements({column}) with ordinality as said(each, nth))
        where id = any(:ids) and {column} <> '[]'
        """  # noqa: S608 - the names of two columns
    )
    for column in ("messages", "notes")
}
"""What founder and agent said to each other before, and what was added after the answer."""


def _erase_files(session: Session, key: uuid.UUID) -> None:
    """What the agent attached; that there were files stays."""
    session.execute(delete(Attachment).where(Attachment.escalation_id == key))
    session.execute(_FILES, {"id": key, "erased": ERASED})


_FILES: Final = text(
    """
    update agent_escalations set attachments = (
        select jsonb_agg(file || jsonb_build_object('name', cast(:erased as text)) order by nth)
        from jsonb_array_elements(attachments) with ordinality as attached(file, nth))
    where id = :id and attachments <> '[]'
    """
)


_VALUES: Final = text(
    """
    with erased as (
        update agent_escalations set answers = (
            select jsonb_object_agg(key, value) from jsonb_each(answers)
            where jsonb_typeof(value) = 'object')
        where id = any(:ids) and answers is not null returning id
    )
    update report_verdicts set verdict = verdict - 'answers' from erased
    where verdict->>'escalation_id' = erased.id::text and verdict->'answers' is not null
    """
)
"""Values that were typed into fields; that a secret was handed over stays."""

_TOLD_NOTES: Final = text(
    """
    update report_verdicts set verdict = verdict - 'notes' from unnest(:ids) as erased(id)
    where verdict->>'escalation_id' = erased.id::text and verdict->'notes' is not null
    """
)
"""Notes that a kept verdict told."""


def _erase_memory(session: Session, words: Words) -> None:
    """What the project remembers of the answer. A rule that would go on giving a free answer ends:
    there is nothing left that it could say."""
    for table in (Problem, StandingRule):
        same = and_(
            table.project_id == words.project_id,
            table.error_signature == words.error_signature,
        )
        rows = update(table).where(same).execution_options(synchronize_session=False)
        session.execute(rows.where(_says(table.guidance, words.guidance)).values(guidance=None))
        ended = {"decision_label": ERASED, "revoked_at": now()} if table is StandingRule else {}
        session.execute(
            rows.where(_says(table.decision, words.free)).values(decision=ERASED, **ended)
        )
    values = {"project_id": words.project_id, "guidance": words.guidance, "free": words.free}
    session.execute(_VERDICTS, values | {"erased": ERASED})
