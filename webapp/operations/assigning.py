"""A question becomes one person's, or everyone's again: messages about it then go to them."""

import uuid
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from webapp import statements
from webapp.actors import ANSWERING, Actor
from webapp.clock import now
from webapp.errors import Invalid
from webapp.events import notify
from webapp.events.kinds import Kind
from webapp.models import Action, AgentEscalation
from webapp.operations import answers, audit
from webapp.operations.transaction import transaction
from webapp.queries import assignees
from webapp.queries import escalations as queries

# Sends the messages to whoever the question is assigned to right away, even if they were planned
# for later. Someone who got no message about it yet gets the first one.
_TELL: Final = """
    with channel as (
        select id, kind from personal_channels where position is not null and off_since is null
            and is_told(person_id, %(question)s, %(at)s)
    ), first as (
        insert into deliveries (message_id, channel, kind, project_id, personal_channel_id,
            escalation_id, due_at, created_at, moved_at)
        select concat_ws('-', 'question', %(question)s, channel.id, 0), channel.kind, 'question',
            %(project)s, channel.id, %(question)s, %(at)s, %(at)s, %(at)s
        from channel
        on conflict do nothing
    )
    update deliveries set due_at = %(at)s from channel
    where escalation_id = %(question)s and personal_channel_id = channel.id and state = 'waiting'
        and deliveries.kind <> 'last_call'
"""


def assign(escalation_id: uuid.UUID, person_id: int | None, *, by: Actor) -> AgentEscalation:
    """Make a waiting question that person's, or everyone's with None. Everyone may still answer it.
    The same once more changes nothing. Raises Invalid for someone who may not answer here,
    AlreadyAnswered once nobody needs to."""
    with transaction("assign") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("assign this question"))
        session.refresh(escalation, with_for_update={"key_share": True})
        if not escalation.is_pending or escalation.is_held:
            raise answers.already_answered(escalation)
        if escalation.assigned_to == person_id:
            return escalation
        able = assignees.able(session, escalation.project_id)
        if person_id is not None and person_id not in able:
            message = lazy_gettext("Choose someone who can answer questions in this project.")
            raise Invalid(message, {"person": "may not answer questions in this project"})
        escalation.assigned_to = person_id
        _tell(session, escalation, able.get(person_id or 0), by)
    return escalation


def _tell(session: Session, escalation: AgentEscalation, name: str | None, by: Actor) -> None:
    session.flush()
    answers.tell_waiters(
        session, escalation, Kind.QUESTION_ASSIGNED, assigned_to=name, assigned_by=by.name
    )
    audit.note(
        session,
        by=by,
        action=Action.QUESTION_ASSIGNED,
        project_id=escalation.project_id,
        subject=f"question:{escalation.id}",
        to=f"person:{escalation.assigned_to}" if escalation.assigned_to else "everyone",
    )
    if escalation.assigned_to not in (None, by.person_id):
        statements.run(
            session, _TELL, question=escalation.id, project=escalation.project_id, at=now()
        )
        notify.deliveries_stored(session)
