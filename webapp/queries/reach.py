"""What is known when a message about a question is due: the facts, and what it says."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import quiet_hours, statements
from webapp.clock import now
from webapp.events.kinds import Kind
from webapp.models import (
    AgentEscalation,
    BrowserSession,
    Delivery,
    NotificationSettings,
    Person,
    PersonalChannel,
)
from webapp.rules.reach import PRESENT_S, Facts, Reach

TOLD: Final = ("question", "reminder")
"""Kinds of deliveries that tell somebody of questions."""

_FACTS: Final = """
    select asked.status, asked.held_until, settings.time_zone, settings.quiet_from,
        settings.quiet_until, settings.quiet_days, presences.seen_at, channel.off_since,
        channel.position, snoozes.until as snoozed_until,
        exists (select from memberships where person_id = channel.person_id
            and project_id in ('*', asked.project_id)
            and role in ('founder', 'owner')) as is_member,
        is_told(channel.person_id, asked.id, %(at)s) as is_theirs,
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
    with asked as (select project_id from agent_escalations where id = %(question)s)
    select memberships.person_id, channels.id is not null as is_reached, presences.seen_at,
        settings.time_zone, settings.quiet_from, settings.quiet_until, settings.quiet_days
    from asked
    join memberships on memberships.project_id in ('*', asked.project_id)
        and role in ('founder', 'owner')
    left join personal_channels as channels on channels.person_id = memberships.person_id
        and channels.position is not null and channels.off_since is null
        and (%(mail)s or channels.kind <> 'email')
    left join presences on presences.person_id = memberships.person_id
    left join notification_settings as settings on settings.person_id = memberships.person_id
    union all
    select null, true, null, null, null, null, null
    from asked join webhooks on webhooks.project_id in ('*', asked.project_id)
        and off_since is null and %(asks)s = any(events)
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
                and channels.off_since is null and (%(mail)s or channels.kind <> 'email'))
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


def facts(session: Session, channel_id: int, question: uuid.UUID | None, step: int) -> Facts:
    """The facts by which a message about the question is sent, held or dropped."""
    moment = now()
    values = {"question": question, "channel": channel_id, "told": list(TOLD), "at": moment}
    row = statements.one(session, _FACTS, **values)
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
    )


def _since(then: datetime | None, moment: datetime) -> float | None:
    return None if then is None else max(0.0, (moment - then).total_seconds())


def _quiet_s(row: Any, moment: datetime) -> float:
    if row.quiet_from is None:
        return 0.0
    end = quiet_hours.end_of(moment, row.time_zone, row.quiet_from, row.quiet_until, row.quiet_days)
    return (end - moment).total_seconds() if end else 0.0


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


def questions(session: Session, delivery: int) -> Sequence[AgentEscalation]:
    """The questions that a message tells of which still wait, the oldest first."""
    channel = select(Delivery.personal_channel_id).where(Delivery.id == delivery).scalar_subquery()
    gathered = (Delivery.bundled_into == delivery) & (Delivery.personal_channel_id == channel)
    told = select(Delivery.escalation_id).where((Delivery.id == delivery) | gathered)
    query = select(AgentEscalation).where(
        AgentEscalation.id.in_(told), AgentEscalation.status == "pending"
    )
    return session.scalars(query.order_by(AgentEscalation.created_at)).all()


def of_question(session: Session, question: uuid.UUID, *, mail: bool) -> Reach:
    """Whether anyone learns of a question that is asked now. `mail` says whether a mail server is
    set up."""
    asks = Kind.WAITING_FOR_INPUT.value
    rows = statements.rows(session, _PROJECT, question=question, asks=asks, mail=mail)
    moment = now()
    seen = [_since(row.seen_at, moment) for row in rows]
    if any(each is not None and each < PRESENT_S for each in seen):
        return Reach.LOOKING
    reached = [row for row in rows if row.is_reached]
    if any(_quiet_s(row, moment) == 0 for row in reached):
        return Reach.NOTIFIED
    return Reach.QUIET_HOURS if reached else Reach.NOBODY


def unreached(session: Session, *, mail: bool) -> dict[str, int]:
    """How many questions wait in each project in which nobody gets a message: no person who may
    answer has a channel that works, and no webhook is told. `mail` says whether a mail server is
    set up."""
    asks = Kind.WAITING_FOR_INPUT.value
    rows = statements.rows(session, _UNREACHED, mail=mail, asks=asks)
    return {row.project_id: row.questions for row in rows}
