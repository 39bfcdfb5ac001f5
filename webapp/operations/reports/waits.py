"""How long the message of a report says to wait."""

from webapp.clock import now, zone_offset_s
from webapp.operations.reports.context import Report
from webapp.rules.classification import Classification
from webapp.rules.named_time import wait_named_by


def named_s(found: Classification, report: Report) -> float | None:
    """In how many seconds to try again as the message says; None if it names no time."""
    return wait_named_by(found, report.error_message, now().timestamp(), zone_offset_s)


def named_until(found: Classification, report: Report) -> float | None:
    """When to try again as the message says, in seconds since 1970; None if it names no time."""
    seconds = named_s(found, report)
    return None if seconds is None else now().timestamp() + seconds
