"""What of a question comes from the report that asks it."""

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.models import AgentEscalation
from webapp.models.escalations import NORMAL, PLAIN, WORDED
from webapp.operations.reports.context import Report, ReportContext
from webapp.rules.deadlines import fault_of_default
from webapp.rules.plain_language import warnings_for


def own_words(report: Report) -> dict[str, Any]:
    """The founder-facing fields that the agent worded."""
    own = {name: getattr(report, name) for name in WORDED}
    return {name: value for name, value in own.items() if value is not None}


def question_of(
    context: ReportContext, report: Report, words: dict[str, Any], **more: Any
) -> AgentEscalation:
    """The question that a report asks in these words, as far as every question has it; `more` are
    the fields of one kind of question."""
    own = own_words(report)
    return AgentEscalation(
        **words,
        **more,
        text_format=format_of(report) or PLAIN,
        urgency=report.urgency or NORMAL,
        deadline_at=report.deadline_at,
        deadline_then=then_of(report, words["options"], words["answer_schema"]),
        session_id=report.session_id,
        job_id=context.job_id,
        project_id=context.project_id,
        error_type=report.error_type,
        intent=report.intent,
        error_message=report.error_message,
        warnings=warnings_of(own),
        agent_state=report.agent_state,
        from_report=True,
        agent_worded=list(own),
    )


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
