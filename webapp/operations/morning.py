"""A person has seen what happened up to a moment."""

from datetime import datetime

from sqlalchemy import func, update

from webapp.actors import Actor
from webapp.clock import now
from webapp.models import Person
from webapp.operations.sessions import own_id
from webapp.operations.transaction import transaction


def seen(until: datetime, *, by: Actor) -> None:
    """Note up to which moment the person has looked. It never goes back, nor past now: what another
    tab shows later is news still."""
    moment = min(until, now())
    with transaction("morning") as session:
        session.execute(
            update(Person)
            .where(Person.id == own_id(by))
            .values(morning_at=func.greatest(Person.morning_at, moment))
        )
