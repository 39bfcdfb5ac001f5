"""A person is away until a day, and names a deputy who gets their messages meanwhile."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Invalid
from webapp.models import Action, NotificationSettings, Person
from webapp.operations import audit, notification_settings
from webapp.operations.transaction import transaction
from webapp.queries import assignees

LONGEST: Final = timedelta(days=366)


def leave(until: str, deputy: int, *, by: Actor) -> None:
    """Be away until that day (as 2026-12-24, on the person's own clock). Raises Invalid for a day
    that is past or more than a year away, and for a deputy who may not answer."""
    with transaction("away") as session:
        person = _person(session, by)
        if deputy not in assignees.deputies(session, by=by):
            message = lazy_gettext("Choose someone who can answer your questions.")
            raise Invalid(message, {"deputy": "may not answer questions in your projects"})
        person.away_until = _moment(session, person, until)
        person.deputy = deputy
        _note(session, by, until)


def come_back(*, by: Actor) -> None:
    """Get one's own messages again."""
    with transaction("away") as session:
        person = _person(session, by)
        if person.away_until is not None:
            person.away_until = None
            _note(session, by, "back")


def _person(session: Session, by: Actor) -> Person:
    return session.get_one(Person, notification_settings.person_of(by))


def _moment(session: Session, person: Person, day: str) -> datetime:
    settings = session.get(NotificationSettings, person.id)
    zone = ZoneInfo(settings.time_zone if settings else "UTC")
    message = lazy_gettext("Choose a day from tomorrow on, within a year.")
    try:
        back = datetime.combine(date.fromisoformat(day), time(), zone)
        if not now() < back < now() + LONGEST:
            raise Invalid(message, {"until": "is not within a year from now"})
    except (ValueError, OverflowError):
        raise Invalid(message, {"until": "must be a day such as 2026-12-24"}) from None
    return back


def _note(session: Session, by: Actor, until: str) -> None:
    audit.note(session, by=by, action=Action.SETTING_CHANGED, subject="away", until=until)
