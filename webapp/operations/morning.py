"""A person has seen what happened up to a moment."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, update

from webapp.actors import Actor
from webapp.clock import now
from webapp.models import Person
from webapp.operations.sessions import own_id
from webapp.operations.transaction import transaction

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A moment in the year 1 becomes one that can't be read again, in another time zone."""


def seen(until: datetime, *, by: Actor) -> None:
    """Note up to which moment the person has looked. It never goes back, nor past now: what another
    tab shows later is news still."""
    moment = max(_EARLIEST, min(until, now()))
    with transaction("morning") as session:
        session.execute(
            update(Person)
            .where(Person.id == own_id(by))
            .values(morning_at=func.greatest(Person.morning_at, moment))
        )
