"""How long ago and how long something took, in words."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from webapp.clock import now
from webapp.templating.words import ago, duration, hours, span

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (59, "just now", "gerade eben"),
        (60, "1 minute ago", "vor 1 Minute"),
        (119, "1 minute ago", "vor 1 Minute"),
        (HOUR - 1, "59 minutes ago", "vor 59 Minuten"),
        (2 * HOUR - 1, "1 hour ago", "vor 1 Stunde"),
        (6.9 * DAY, "6 days ago", "vor 6 Tagen"),
        (20 * DAY, "2 weeks ago", "vor 2 Wochen"),
    ],
)
def test_a_moment_is_as_long_ago_as_a_clock_would_count(
    app: Flask, time_machine, seconds: float, english: str, german: str
) -> None:
    time_machine.move_to("2026-03-03T12:00:00Z", tick=False)
    with app.app_context():
        for language, words in (("en", english), ("de", german)):
            with force_locale(language):
                assert f">{words}</time>" in ago(now() - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "a moment"), (300, "5 minutes"), (23.9 * HOUR, "23 hours"), (15 * DAY, "2 weeks")],
)
def test_a_wait_is_as_long_as_a_clock_would_count(
    app: Flask, time_machine, seconds: float, words: str
) -> None:
    time_machine.move_to("2026-03-03T12:00:00Z", tick=False)
    with app.app_context():
        assert f">{words}</time>" in span(now() - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 seconds"), (5700, "95 minutes"), (5 * HOUR, "5 hours"), (3 * DAY, "3 days")],
)
def test_a_duration_is_said_in_the_unit_that_fits(app: Flask, seconds: int, words: str) -> None:
    with app.app_context():
        assert duration(seconds) == words


def test_a_sum_of_times_stays_in_hours(app: Flask) -> None:
    with app.app_context():
        assert hours(54 * HOUR) == "54 hours"
        assert hours(5700) == "95 minutes"
        with force_locale("de"):
            assert hours(54 * HOUR) == "54 Stunden"
