"""The next message about a question that nobody answered: a row with a time, so that nothing is
missed while no worker runs."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.rules.reach import LAST_REMINDER, next_reminder_s

# For all questions that the message told of. Those it gathered are of its channel: an index finds
# them.
_PLAN: Final = """
    insert into deliveries (message_id, channel, kind, project_id, personal_channel_id,
        escalation_id, step, due_at, created_at, moved_at)
    select concat_ws('-', 'question', told.escalation_id, told.personal_channel_id, told.step + 1),
        told.channel, 'reminder', told.project_id, told.personal_channel_id, told.escalation_id,
        told.step + 1, %(at)s + pauses.pause, %(at)s, %(at)s
    from deliveries as told
    join unnest(%(steps)s::int[], %(pauses)s::interval[]) as pauses(step, pause)
        on pauses.step = told.step
    where told.id = %(delivery)s or told.bundled_into = %(delivery)s and told.personal_channel_id
        = (select personal_channel_id from deliveries where id = %(delivery)s)
    on conflict do nothing
"""


def plan(session: Session, delivery: int) -> None:
    """Store the reminder that follows a message, also where that failed for good: the next one may
    arrive."""
    pauses = {step: next_reminder_s(step) for step in range(LAST_REMINDER)}
    statements.run(
        session,
        _PLAN,
        delivery=delivery,
        at=now(),
        steps=list(pauses),
        pauses=[timedelta(seconds=pause or 0) for pause in pauses.values()],
    )
