"""A message names the time of the next try in many ways; what a program says of itself is none."""

import time
from datetime import UTC, datetime

import pytest

from webapp.clock import zone_offset_s
from webapp.rules.classification import classify
from webapp.rules.named_time import named_wait_s, wait_named_by

AT = datetime(2026, 11, 28, 11, 30, tzinfo=UTC).timestamp()
NOON = 1800.0


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("429 Too Many Requests: please retry after 45 seconds", 45),
        ("Rate limit reached. Please try again in 20s. Visit the page of limits.", 20),
        ("Rate limit reached for tokens per day. Please try again in 6m0s.", 360),
        ("Please try again in 1.262s.", 1.262),
        ("Please try again in 340ms.", 0.34),
        ("HTTP 429\nRetry-After: 120\nServer: nginx", 120),
        ('{"error": "slow down", "retry_after": 0.64}', 0.64),
        ("{'retry-after': '30', 'x-request-id': 'a1'}", 30),
        ("retry-after-ms: 1500", 1.5),
        ('"retryDelay": "34s"', 34),
        ("Retry-After: Sat, 28 Nov 2026 12:00:00 GMT", NOON),
        ("API rate limit exceeded, resets at 12:00 UTC", NOON),
        ("You've hit your limit · resets 1pm (Europe/Berlin)", NOON),
        ("limit will reset at 12pm (UTC)", NOON),
        ("Quota exceeded. It resets at 2026-11-28T12:00:00Z.", NOON),
        ("Try again after 2026-11-28 13:00:00 +0100", NOON),
        ("x-ratelimit-remaining: 0\nx-ratelimit-reset: 1795867200", NOON),
        ("x-ratelimit-reset-requests: 6m0s", 360),
        ("RateLimit-Reset: 60", 60),
        ("Usage limit reached. Please try again in 5 hours.", 18_000),
        ("Usage limit reached for this week. It resets in 3 days 4 hours.", 273_600),
        ("Your quota will reset after 1h34m5s", 5645),
        ("You have to wait 30 seconds before the next request", 30),
        ("Please wait at least 2 minutes and try again", 120),
        ("Too many attempts: account locked for 15 minutes", 900),
        ("please retry in a minute", 60),
        ("try your request again in about an hour", 3600),
    ],
)
def test_the_time_of_the_next_try_is_found(message: str, seconds: float) -> None:
    assert named_wait_s(message, AT, zone_offset_s) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "message",
    [
        "Command timed out after 30 seconds",
        "Lock wait timeout exceeded after 50 seconds; try restarting transaction",
        "Retrying in 5 seconds (attempt 2 of 3)",
        "will retry in 5 seconds",
        "connection reset by peer after 3 seconds",
        "Waited 120s for the pod",
        "Please try again later.",
        "resets at 12:00",
        "resets at 25:99 UTC",
        "Retry-After: Sat, 99 Nov 2026 12:00:00 GMT",
        "resets 3pm (Nowhere/Atlantis)",
        "Retry-After: 0",
        "It resets at 2026-11-27T12:00:00Z.",
        "try again in 400 days",
        "step 3 of retry: 12 tests failed in 4s",
        "wait-for-it.sh: timeout occurred after waiting 15 seconds for db:5432",
        "",
    ],
)
def test_what_names_no_time_of_the_next_try_names_none(message: str) -> None:
    assert named_wait_s(message, AT, zone_offset_s) is None


def test_what_is_wrong_with_the_program_does_not_pass_with_time() -> None:
    found = classify("ModuleNotFoundError", "No module named 'requests'. Try again in 20 seconds.")
    assert (
        wait_named_by(
            found, "No module named 'requests'. Try again in 20 seconds.", AT, zone_offset_s
        )
        is None
    )
    odd = "Zorp: come back in 20 seconds"
    assert wait_named_by(classify("Odd", odd), odd, AT, zone_offset_s) == 20


@pytest.mark.parametrize(
    "message",
    [
        "retry " * 4000,
        "retry after " + "1 s " * 3000,
        "try " + "a " * 5000 + "again",
        "reset at " + "9" * 9000,
        "wait for another " * 2000,
        "retry-after: " * 2000,
        "blocked until 2026-11-28 " * 1000,
    ],
)
def test_no_message_takes_long(message: str) -> None:
    started = time.process_time()
    named_wait_s(message, AT, zone_offset_s)
    assert time.process_time() - started < 0.1
