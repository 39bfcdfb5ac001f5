"""One message in place of many: it takes along what waits for the same channel."""

from sqlalchemy import Boolean, ColumnElement, Interval, and_, func, or_, select, text, true, update

from webapp.clock import now
from webapp.models import (
    AgentEscalation,
    Delivery,
    NotificationSettings,
    PersonalChannel,
    Snooze,
)
from webapp.operations.deliveries import Claimed
from webapp.operations.transaction import transaction
from webapp.queries.reach import LAST_CALL
from webapp.rules.reach import LAST_CALL_AT, Reason


def bundle(claimed: Claimed, reason: Reason) -> None:
    """Let this delivery tell of all questions that wait for the same channel: one message in place
    of many, also after a downtime. In quiet hours a critical question takes along only others that
    are critical. `reason` says why it is sent now, and is kept with it."""
    critical = AgentEscalation.urgency == "critical" if reason is Reason.CRITICAL else true()
    with transaction("bundle deliveries") as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == claimed.id, Delivery.attempts == claimed.attempts)
            .values(reason=reason.value)
        )
        session.execute(
            update(Delivery)
            .where(
                Delivery.personal_channel_id == claimed.personal_channel_id,
                Delivery.escalation_id.is_not(None),
                Delivery.id != claimed.id,
                Delivery.state == "waiting",
                or_(Delivery.due_at <= now(), Delivery.step == 0),
                ~_is_snoozed(),
                ~_is_for_others_first(),
                _waits(critical),
                _is_theirs(),
            )
            .values(
                state="not_needed",
                due_at=None,
                reason=Reason.BUNDLED.value,
                bundled_into=claimed.id,
                moved_at=now(),
            )
        )


def _is_snoozed() -> ColumnElement[bool]:
    """The condition that the person of a message wants to see its question later."""
    query = select(Snooze.person_id).join(
        PersonalChannel, PersonalChannel.person_id == Snooze.person_id
    )
    asleep = query.where(
        PersonalChannel.id == Delivery.personal_channel_id,
        Snooze.escalation_id == Delivery.escalation_id,
        Snooze.until > now(),
    )
    return asleep.correlate(Delivery).exists()


def _waits(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that the question of a message is one of `which` and waits for a person:
    nobody's answer is held, and the agent wasn't asked something back. A last call waits for the
    deadline that the question has now."""
    lasts = AgentEscalation.deadline_at - AgentEscalation.created_at
    until_last_call = lasts.op("*", precedence=8, return_type=Interval())(LAST_CALL_AT)
    waiting = select(AgentEscalation.id).where(
        AgentEscalation.id == Delivery.escalation_id,
        AgentEscalation.status == "pending",
        or_(Delivery.kind != LAST_CALL, AgentEscalation.created_at + until_last_call <= now()),
        AgentEscalation.held_until.is_(None),
        AgentEscalation.turned_at.is_(None),
        which,
    )
    return waiting.correlate(Delivery).exists()


def _is_for_others_first() -> ColumnElement[bool]:
    """The condition that others are to answer the question of a message first, or that this was not
    looked at yet and may be so."""
    asked = (
        select(AgentEscalation.id)
        .join(PersonalChannel, PersonalChannel.id == Delivery.personal_channel_id)
        .join(NotificationSettings, NotificationSettings.person_id == PersonalChannel.person_id)
        .where(
            AgentEscalation.id == Delivery.escalation_id,
            AgentEscalation.created_at
            > now() - NotificationSettings.others_first_min * text("interval '1 minute'"),
        )
    )
    unsure = func.coalesce(Delivery.reason, Reason.OTHERS_FIRST.value) == Reason.OTHERS_FIRST.value
    return and_(Delivery.kind != LAST_CALL, unsure, asked.correlate(Delivery).exists())


def _is_theirs() -> ColumnElement[bool]:
    """The condition that a message is for this person, and not for whom its question is assigned
    to."""
    person = select(PersonalChannel.person_id).where(
        PersonalChannel.id == Delivery.personal_channel_id
    )
    told = person.correlate(Delivery).scalar_subquery()
    return func.is_told(told, Delivery.escalation_id, now(), type_=Boolean)
