"""Daily summaries: a message a day, at the time a person chose, of what waits for them."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from webapp import quiet_hours
from webapp.clock import now
from webapp.extensions import db
from webapp.models import Delivery, NotificationSettings, PersonalChannel
from webapp.operations import mailing
from webapp.operations.transaction import transaction

SUMMARY: Final = "summary"
_LATEST: Final = timedelta(hours=3)
"""After a downtime a summary still comes so long after its time, and then with the next one."""


_FIRST: Final = (
    select(func.min(PersonalChannel.position))
    .where(
        PersonalChannel.person_id == NotificationSettings.person_id,
        PersonalChannel.kind == mailing.EMAIL,
        PersonalChannel.off_since.is_(None),
    )
    .correlate(NotificationSettings)
    .scalar_subquery()
)
_PEOPLE: Final = (
    select(NotificationSettings, PersonalChannel.id)
    .join(PersonalChannel, PersonalChannel.person_id == NotificationSettings.person_id)
    .where(
        NotificationSettings.summary_at.is_not(None),
        PersonalChannel.kind == mailing.EMAIL,
        PersonalChannel.position == _FIRST,
    )
    .order_by(PersonalChannel.id)
)


def plan() -> int:
    """Store the summaries that are due by now, each once; they go to the first email address of
    their person. Returns how many there are."""
    moment = now()
    due = []
    for settings, channel in db.session().execute(_PEOPLE):
        at = quiet_hours.latest(moment, settings.time_zone, settings.summary_at or 0)
        if moment - at < _LATEST:
            due.append(
                {
                    "message_id": f"summary-{channel}-{at:%Y-%m-%d}",
                    "channel": mailing.EMAIL,
                    "kind": SUMMARY,
                    "project_id": "",
                    "personal_channel_id": channel,
                    "due_at": moment,
                    "created_at": moment,
                    "moved_at": moment,
                }
            )
    db.session().rollback()
    if not due:
        return 0
    with transaction("plan summaries") as session:
        new = insert(Delivery).on_conflict_do_nothing().returning(Delivery.id)
        return len(session.scalars(new, due).all())
