"""Which texts of a question a report brought itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.models.escalations import WORDED
from webapp.operations.reports.context import Report
from webapp.rules.deadlines import fault_of_default
from webapp.rules.plain_language import warnings_for


def own_words(report: Report) -> dict[str, Any]:
    """The founder-facing fields that the agent worded."""
    own = {name: getattr(report, name) for name in WORDED}
    return {name: value for name, value in own.items() if value is not None}


def warnings_of(own: Mapping[str, Any]) -> list[str]:
    """What to improve about the agent's own texts."""
    return warnings_for({name: text for name, text in own.items() if isinstance(text, str)})


def format_of(report: Report) -> str | None:
    """How the agent wrote its own texts; the server's are plain."""
    own = report.plain_english_problem or report.recommended_action
    return report.text_format if own else None


def then_of(
    report: Report, choices: Sequence[dict[str, Any]], schema: dict[str, Any] | None
) -> str | None:
    """The option that holds when nobody answers, as far as the question has it."""
    then = report.deadline_then
    return None if fault_of_default(then, choices, schema) else then
