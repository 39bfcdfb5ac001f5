"""When a person wants no messages, and what a message may show."""

import re
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext
from sqlalchemy.dialects.postgresql import insert

from webapp import quiet_hours
from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Forbidden, Invalid
from webapp.models import NotificationSettings, Presence
from webapp.operations.transaction import single_statement, transaction

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
OTHERS_FIRST_MIN: Final = (0, 15, 60, 240)
"""The choices for how long others are to answer, in minutes."""

_NOTE_EVERY: Final = timedelta(seconds=20)


def save(
    *,
    zone: str,
    quiet: tuple[str, str] | None,
    days: Collection[str],
    shows_question: bool,
    summary: str | None = None,
    others_first_min: int = 0,
    wakes_for_critical: bool = False,
    by: Actor,
) -> None:
    """Keep a person's settings. `quiet` holds two times such as 22:00; None: no quiet hours.
    `days` are numbers, Monday is 0. `summary` is the time of the daily summary, or None. For
    `others_first_min` minutes others are to answer. `wakes_for_critical` lets critical questions
    through in quiet hours. Raises Invalid."""
    if zone not in quiet_hours.zones():
        raise Invalid(lazy_gettext("Choose a time zone from the list."), {"zone": "is not known"})
    if others_first_min not in OTHERS_FIRST_MIN:
        raise Invalid(
            lazy_gettext("Choose one of the times in the list."), {"others_first": "is not known"}
        )
    start, end = (None, None) if quiet is None else (_minutes(quiet[0]), _minutes(quiet[1]))
    chosen = [day for day in quiet_hours.EVERY_DAY if str(day) in days]
    if quiet is not None and not chosen:
        raise Invalid(lazy_gettext("Choose at least one day."), {"days": "is required"})
    values = {
        "time_zone": zone,
        "quiet_from": start,
        "quiet_until": end,
        "quiet_days": chosen or list(quiet_hours.EVERY_DAY),
        "shows_question": shows_question,
        "summary_at": None if summary is None else _minutes(summary),
        "others_first_min": others_first_min,
        "wakes_for_critical": wakes_for_critical,
    }
    with transaction("notification settings") as session:
        row = insert(NotificationSettings).values(person_id=person_of(by), **values)
        session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))


def _minutes(text: str) -> int:
    read = _CLOCK.fullmatch(text.strip())
    if not read:
        raise Invalid(lazy_gettext("Enter times like 22:00."), {"from": "must be like 22:00"})
    return int(read[1]) * 60 + int(read[2])


def seen(*, by: Actor) -> None:
    """Note that a person uses an open page right now."""
    moment = now()
    with single_statement("presence") as session:
        row = insert(Presence).values(person_id=person_of(by), seen_at=moment)
        session.execute(
            row.on_conflict_do_update(
                index_elements=["person_id"],
                set_={"seen_at": moment},
                where=Presence.seen_at < moment - _NOTE_EVERY,
            )
        )


def person_of(by: Actor) -> int:
    """Whose notification settings the caller may change: their own."""
    if by.person_id is None:
        raise Forbidden(lazy_gettext("Only people have notification settings."))
    return by.person_id
