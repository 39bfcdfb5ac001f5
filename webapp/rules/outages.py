"""An outage of the model provider: how long an agent waits, and when a person hears of it."""

from dataclasses import dataclass, replace
from typing import Final

from webapp.rules.categories import Category, Family
from webapp.rules.classification import Classification

WAITS_S: Final = (8.0, 20.0, 60.0, 120.0, 300.0)
"""Back-off in seconds; the last of them from then on."""

ASK_AFTER_S: Final = 30 * 60.0
"""An outage that lasts so many seconds becomes a question."""

OVER_AFTER_S: Final = 15 * 60.0
"""After so many seconds without a report the next one is another outage."""

ERROR_TYPE: Final = "ModelProvider"
SUBJECT: Final = "The model provider is not available"
"""What the signature of an outage is made of: each failed request words it differently."""


@dataclass(frozen=True, slots=True)
class Outage:
    """How often a job has waited in this outage, and for how many seconds it lasts."""

    waits: int
    lasts_s: float

    @property
    def wait_s(self) -> float:
        return WAITS_S[min(self.waits, len(WAITS_S) - 1)]

    @property
    def is_long(self) -> bool:
        return self.lasts_s >= ASK_AFTER_S


def needs_a_person(
    found: Classification, reported: Category | None, named_s: float | None = None
) -> bool:
    """Say whether waiting is useless: an invalid key, a used-up quota, a closed account, or a time
    that is named and too far away. What the agent itself `reported` about the category counts
    more."""
    if reported is not None:
        return reported is Category.NEVER_RETRY
    if named_s is not None and named_s > ASK_AFTER_S:
        return True
    return found.category is Category.NEVER_RETRY and found.family is not Family.RATE_LIMIT


def as_outage(found: Classification) -> Classification:
    """Return the classification of an outage, whatever the failed request said."""
    if found.category is Category.ENV_ERROR:
        return replace(found, family=Family.MODEL_UNAVAILABLE)
    return replace(
        found,
        category=Category.ENV_ERROR,
        family=Family.MODEL_UNAVAILABLE,
        rule="reported_as_model_trouble",
        reason="the agent said that its model provider has trouble",
    )
