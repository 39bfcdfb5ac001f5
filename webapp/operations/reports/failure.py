"""A report as it was recognised, with what the server is set up to do about failures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from webapp.clock import now, zone_offset_s
from webapp.operations.reports.context import Report, ReportContext
from webapp.rules.categories import Category
from webapp.rules.classification import Classification
from webapp.rules.named_time import wait_named_by
from webapp.rules.outages import Outage
from webapp.rules.retry_policy import MAX_TASK_ATTEMPTS, WAITS_S


@dataclass(frozen=True)
class Policy:
    """`most_open` questions may be pending in a project, None for any number; `waits_s` is how long
    to wait for the environment, time after time; after `task_attempts` retries within a task the
    founder is asked about it."""

    most_open: int | None = None
    waits_s: Sequence[float] = WAITS_S
    task_attempts: int = MAX_TASK_ATTEMPTS


@dataclass(frozen=True)
class Failure:
    """What happened, what it was recognised as, and what holds for it. `outage` is that of the
    model provider, for trouble of that origin."""

    report: Report
    found: Classification
    policy: Policy
    outage: Outage | None = None

    @cached_property
    def named_s(self) -> float | None:
        """In how many seconds to try again as the message says; None if it names no time."""
        return wait_named_by(
            self.found, self.report.error_message, now().timestamp(), zone_offset_s
        )

    @property
    def named_until(self) -> float | None:
        """When to try again as the message says, in seconds since 1970; None without a time."""
        return None if self.named_s is None else now().timestamp() + self.named_s

    def in_effect(self, context: ReportContext) -> "Failure":
        """The failure with the category that counts: the founder's correction most, then what the
        agent says, then the rules. An outage is what it is."""
        if self.outage is not None:
            return self
        if context.corrected_category:
            category = Category(context.corrected_category)
            rule, reason = "corrected_by_founder", "a founder of this project said so"
        elif self.report.category is not None:
            category = self.report.category
            rule, reason = "reported_by_agent", "the agent said so"
        else:
            return self
        found = replace(self.found, category=category, rule=rule, reason=reason)
        return replace(self, found=found)
