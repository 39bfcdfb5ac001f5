"""Quiet hours on real clocks: across midnight, on some days, and where the clocks change."""

from datetime import UTC, datetime

import pytest

from webapp.quiet_hours import EVERY_DAY, end_of, latest, zones

NIGHT = (22 * 60, 7 * 60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "end"),
    [
        ("2026-11-28T21:30", "Europe/Berlin", "2026-11-29T06:00"),
        ("2026-11-28T05:59", "Europe/Berlin", "2026-11-28T06:00"),
        ("2026-11-28T06:00", "Europe/Berlin", None),
        ("2026-11-28T20:59", "Europe/Berlin", None),
        # The clocks go forward: the night is an hour shorter.
        ("2027-03-27T21:30", "Europe/Berlin", "2027-03-28T05:00"),
        ("2027-03-28T01:30", "Europe/Berlin", "2027-03-28T05:00"),
        # They go back: it is an hour longer, and 2:30 comes twice.
        ("2027-10-30T20:30", "Europe/Berlin", "2027-10-31T06:00"),
        ("2027-10-31T00:30", "Europe/Berlin", "2027-10-31T06:00"),
        ("2027-10-31T01:30", "Europe/Berlin", "2027-10-31T06:00"),
        ("2026-11-28T16:30", "Asia/Kolkata", "2026-11-29T01:30"),
        ("2026-11-28T16:29", "Asia/Kolkata", None),
        ("2026-11-28T23:30", "Pacific/Kiritimati", None),
    ],
)
def test_the_night_ends_at_seven_on_the_persons_own_clock(
    moment: str, zone: str, end: str | None
) -> None:
    assert end_of(at(moment), zone, *NIGHT) == (at(end) if end else None)


def test_a_span_within_a_day_crosses_no_midnight() -> None:
    lunch = (12 * 60, 13 * 60)
    assert end_of(at("2026-11-28T12:30"), "UTC", *lunch) == at("2026-11-28T13:00")
    assert end_of(at("2026-11-28T00:30"), "UTC", *lunch) is None


def test_the_same_start_and_end_is_a_whole_day() -> None:
    assert end_of(at("2026-11-28T11:00"), "UTC", 600, 600) == at("2026-11-29T10:00")


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    friday, saturday = 4, 5
    weekdays = [day for day in EVERY_DAY if day < saturday]
    # The night from Friday to Saturday is quiet, that from Saturday to Sunday is not.
    assert at("2026-11-27T23:00").weekday() == friday
    assert end_of(at("2026-11-28T02:00"), "UTC", *NIGHT, weekdays) == at("2026-11-28T07:00")
    assert end_of(at("2026-11-28T23:00"), "UTC", *NIGHT, weekdays) is None
    assert end_of(at("2026-11-29T02:00"), "UTC", *NIGHT, weekdays) is None


def test_all_zones_are_known_by_the_name_of_a_place() -> None:
    assert {"localtime", "GMT0", "EST"}.isdisjoint(zones())
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata"} <= set(zones())


@pytest.mark.parametrize(
    ("moment", "zone", "when"),
    [
        ("2026-11-28T07:00", "Europe/Berlin", "2026-11-28T07:00"),
        ("2026-11-28T06:59", "Europe/Berlin", "2026-11-27T07:00"),
        ("2027-03-28T06:00", "Europe/Berlin", "2027-03-28T06:00"),
        ("2027-10-31T06:30", "Europe/Berlin", "2027-10-30T06:00"),
        ("2026-11-28T03:00", "Asia/Kolkata", "2026-11-28T02:30"),
    ],
)
def test_a_time_of_the_day_is_that_of_the_person(moment: str, zone: str, when: str) -> None:
    found = latest(at(moment), zone, 8 * 60)
    assert found == at(when)
    assert f"{found:%H:%M}" == "08:00"
