"""What is known when a message about a question is due: the facts, and what it says."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp import quiet_hours, statements
from webapp.actors import ALL_PROJECTS
from webapp.clock import now
from webapp.events.kinds import Kind
from webapp.models import (
    AgentEscalation,
    BrowserSession,
    Delivery,
    Membership,
    NotificationSettings,
    Person,
    PersonalChannel,
    Snooze,
)
from webapp.rules.reach import LAST_CALL_AT, PRESENT_S, Facts, Reach

LAST_CALL: Final = "last_call"
SUMMARY: Final = "summary"
ANSWERED: Final = "answered"
TOLD: Final = ("question", "reminder", LAST_CALL)
"""Kinds of deliveries that tell somebody of questions."""

_FACTS: Final = """
    select asked.status, asked.held_until, asked.turned_at, asked.created_at, asked.deadline_at,
        asked.urgency, settings.wakes_for_critical,
        channel.person_id, settings.others_first_min, settings.summary_at,
        settings.time_zone, settings.quiet_from,
        settings.quiet_until, settings.quiet_days, presences.seen_at, channel.off_since,
        channel.position, snoozes.until as snoozed_until,
        exists (select from memberships where person_id = channel.person_id
            and project_id in ('*', asked.project_id)
            and role in ('founder', 'owner')) as is_member,
        is_told(channel.person_id, asked.id, %(at)s) as is_theirs,
        exists (select from personal_channels as post where post.person_id = channel.person_id
            and post.kind = 'email' and post.position is not null and post.off_since is null
            and post.kind <> all(%(unset)s::text[])) as has_post,
        (select max(moved_at) from deliveries where personal_channel_id = channel.id
            and state = 'accepted' and kind = any(%(told)s)) as told_at
    from personal_channels as channel
    left join agent_escalations as asked on asked.id = %(question)s
    left join notification_settings as settings on settings.person_id = channel.person_id
    left join presences on presences.person_id = channel.person_id
    left join snoozes on snoozes.person_id = channel.person_id
        and snoozes.escalation_id = asked.id
    where channel.id = %(channel)s
"""

# Everyone who may answer, once for each of their channels; and a row for a webhook that is told.
_PROJECT: Final = """
    with asked as (select project_id, urgency from agent_escalations where id = %(question)s)
    select memberships.person_id, channels.id is not null as is_reached, presences.seen_at,
        settings.time_zone, settings.quiet_from, settings.quiet_until, settings.quiet_days,
        asked.urgency, settings.wakes_for_critical
    from asked
    join memberships on memberships.project_id in ('*', asked.project_id)
        and role in ('founder', 'owner')
    left join personal_channels as channels on channels.person_id = memberships.person_id
        and channels.position is not null and channels.off_since is null
        and channels.kind <> all(%(unset)s::text[])
    left join presences on presences.person_id = memberships.person_id
    left join notification_settings as settings on settings.person_id = memberships.person_id
    union all
    select null, true, null, null, null, null, null, null, null
    from asked join webhooks on webhooks.project_id in ('*', asked.project_id)
        and off_since is null and %(asks)s = any(events)
"""

# Everyone else who gets messages about the question, and sooner than this person wants to.
_OTHERS: Final = """
    select settings.time_zone, settings.quiet_from, settings.quiet_until, settings.quiet_days,
        asked.urgency, settings.wakes_for_critical
    from agent_escalations as asked
    join memberships on memberships.project_id in ('*', asked.project_id)
        and role in ('founder', 'owner') and memberships.person_id <> %(person)s
    join personal_channels as channels on channels.person_id = memberships.person_id
        and channels.position is not null and channels.off_since is null
        and channels.kind <> all(%(unset)s::text[])
    left join notification_settings as settings on settings.person_id = memberships.person_id
    where asked.id = %(question)s
        and coalesce(settings.others_first_min, 0) < %(minutes)s
        and is_told(memberships.person_id, asked.id, %(at)s)
"""

# How many questions wait in each project in which nobody gets a message.
_UNREACHED: Final = """
    with waiting as (
        select project_id, count(*) as questions from agent_escalations
        where status = 'pending' group by project_id
    )
    select project_id, questions from waiting
    where not exists (select from memberships
            join personal_channels as channels on channels.person_id = memberships.person_id
            where memberships.project_id in ('*', waiting.project_id)
                and role in ('founder', 'owner') and channels.position is not null
                and channels.off_since is null and channels.kind <> all(%(unset)s::text[]))
        and not exists (select from webhooks
            where webhooks.project_id in ('*', waiting.project_id) and off_since is null
                and %(asks)s = any(events))
    order by project_id
"""


@dataclass(frozen=True)
class Receiver:
    """Who gets a message, where, in which language, and whether it may show the question."""

    channel: PersonalChannel
    person: Person
    shows_question: bool


def facts(
    session: Session,
    channel_id: int,
    question: uuid.UUID | None,
    step: int,
    *,
    is_last_call: bool = False,
    unset: Collection[str] = (),
) -> Facts:
    """The facts by which a message about the question is sent, held or dropped. `unset` are the
    kinds of channels that the server isn't set up for."""
    moment = now()
    values = {"question": question, "channel": channel_id, "told": list(TOLD), "at": moment}
    row = statements.one(session, _FACTS, **values, unset=list(unset))
    if row is None:
        return Facts(channel_on=False)
    return Facts(
        is_pending=row.status == "pending",
        is_held=row.held_until is not None,
        may_answer=row.is_member,
        channel_on=row.off_since is None and row.position is not None,
        step=step,
        seen_s=_since(row.seen_at, moment),
        told_s=_since(row.told_at, moment),
        quiet_s=_quiet_s(row, moment),
        is_theirs=row.is_theirs,
        snoozed_s=max(0.0, (row.snoozed_until - moment).total_seconds())
        if row.snoozed_until
        else 0.0,
        is_agents_turn=row.turned_at is not None,
        others_first_s=_others_first_s(session, row, question, moment, unset=unset),
        is_last_call=is_last_call,
        last_call_s=_last_call_s(row, moment),
        has_summary=row.summary_at is not None and row.has_post,
        wakes=_wakes(row),
    )


def _last_call_s(row: Any, moment: datetime) -> float | None:
    if row.deadline_at is None:
        return None
    at: datetime = row.created_at + (row.deadline_at - row.created_at) * LAST_CALL_AT
    return max(0.0, (at - moment).total_seconds())


def _others_first_s(
    session: Session,
    row: Any,
    question: uuid.UUID | None,
    moment: datetime,
    *,
    unset: Collection[str],
) -> float:
    """For how long somebody else is to answer: 0 where nobody else can be told now, such as of a
    question that is assigned to this person."""
    if not row.others_first_min or row.created_at is None:
        return 0.0
    left = row.created_at + timedelta(minutes=row.others_first_min) - moment
    if left <= timedelta(0):
        return 0.0
    others = statements.rows(
        session,
        _OTHERS,
        question=question,
        person=row.person_id,
        minutes=row.others_first_min,
        unset=list(unset),
        at=moment,
    )
    return left.total_seconds() if any(_is_told_now(each, moment) for each in others) else 0.0


def _since(then: datetime | None, moment: datetime) -> float | None:
    return None if then is None else max(0.0, (moment - then).total_seconds())


def _quiet_s(row: Any, moment: datetime) -> float:
    if row.quiet_from is None:
        return 0.0
    end = quiet_hours.end_of(moment, row.time_zone, row.quiet_from, row.quiet_until, row.quiet_days)
    return (end - moment).total_seconds() if end else 0.0


def _wakes(row: Any) -> bool:
    """Whether the question is critical and the person allows those in their quiet hours."""
    return bool(row.urgency == "critical" and row.wakes_for_critical)


def _is_told_now(row: Any, moment: datetime) -> bool:
    return _wakes(row) or _quiet_s(row, moment) == 0


def receiver(session: Session, channel_id: int) -> Receiver | None:
    """Who gets what goes to this channel; None where it was removed."""
    channel = session.get(PersonalChannel, channel_id)
    if channel is None:
        return None
    person = session.get_one(Person, channel.person_id)
    settings = session.get(NotificationSettings, person.id)
    return Receiver(channel, person, settings is None or settings.shows_question)


def is_signed_out(session: Session, channel: PersonalChannel) -> bool:
    """Whether the session is over in which this device was added: ended, too old, or forgotten."""
    if channel.browser_session_id is None:
        return True
    browser = session.get(BrowserSession, channel.browser_session_id)
    return browser is None or browser.ended_at is not None or browser.expires_at <= now()


def waiting_for(session: Session, person_id: int) -> Sequence[AgentEscalation]:
    """The questions that wait for a person's answer, the oldest first: not those that they want to
    see later, that are assigned to someone else, or that the agent was asked something about. The
    first 50."""
    later = select(Snooze.escalation_id).where(Snooze.person_id == person_id, Snooze.until > now())
    projects = select(Membership.project_id).where(
        Membership.person_id == person_id, Membership.role.in_(("founder", "owner"))
    )
    everywhere = exists(projects.where(Membership.project_id == ALL_PROJECTS))
    query = select(AgentEscalation).where(
        AgentEscalation.status == "pending",
        AgentEscalation.turned_at.is_(None),
        AgentEscalation.id.not_in(later),
        AgentEscalation.held_until.is_(None),
        or_(everywhere, AgentEscalation.project_id.in_(projects)),
        func.is_told(person_id, AgentEscalation.id, now(), type_=Boolean),
    )
    return session.scalars(query.order_by(AgentEscalation.created_at).limit(50)).all()


def summary_quiet_s(session: Session, person_id: int) -> float:
    """Seconds until the person's quiet hours end, 0 outside of them."""
    settings = session.get(NotificationSettings, person_id)
    return 0.0 if settings is None else _quiet_s(settings, now())


def _told_by(delivery: int) -> ColumnElement[bool]:
    """The condition that a delivery is this message, or went along in it. An index finds those."""
    channel = select(Delivery.personal_channel_id).where(Delivery.id == delivery).scalar_subquery()
    gathered = (Delivery.bundled_into == delivery) & (Delivery.personal_channel_id == channel)
    return (Delivery.id == delivery) | gathered


def tells_deadline(session: Session, delivery: int) -> bool:
    """Whether a message, or one that it took along, is the one before a deadline."""
    query = select(Delivery.id).where(_told_by(delivery), Delivery.kind == LAST_CALL)
    return session.scalar(query.limit(1)) is not None


def questions(session: Session, delivery: int) -> Sequence[AgentEscalation]:
    """The questions that a message tells of which still wait, the oldest first."""
    told = AgentEscalation.id.in_(select(Delivery.escalation_id).where(_told_by(delivery)))
    query = select(AgentEscalation).where(told, AgentEscalation.status == "pending")
    return session.scalars(query.order_by(AgentEscalation.created_at)).all()


def of_question(session: Session, question: uuid.UUID, *, unset: Collection[str]) -> Reach:
    """Whether anyone learns of a question that is asked now. `unset` are the kinds of
    channels that the server isn't set up for."""
    asks = Kind.WAITING_FOR_INPUT.value
    rows = statements.rows(session, _PROJECT, question=question, asks=asks, unset=list(unset))
    moment = now()
    seen = [_since(row.seen_at, moment) for row in rows]
    if any(each is not None and each < PRESENT_S for each in seen):
        return Reach.LOOKING
    reached = [row for row in rows if row.is_reached]
    if any(_is_told_now(row, moment) for row in reached):
        return Reach.NOTIFIED
    return Reach.QUIET_HOURS if reached else Reach.NOBODY


def unreached(session: Session, *, unset: Collection[str]) -> dict[str, int]:
    """How many questions wait in each project in which nobody gets a message: no person who may
    answer has a channel that works, and no webhook is told. `unset` are the kinds of
    channels that the server isn't set up for."""
    asks = Kind.WAITING_FOR_INPUT.value
    rows = statements.rows(session, _UNREACHED, unset=list(unset), asks=asks)
    return {row.project_id: row.questions for row in rows}
