"""What an agent tells of a failure, and the verdict that it gets."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from webapp.operations.reports.context import Report, ReportContext
from webapp.rules.categories import VerdictKind
from webapp.rules.classification import Classification
from webapp.rules.instructions import instruction, within_limit
from webapp.rules.retry_policy import Decision, already_tried


@dataclass(frozen=True)
class Verdict:
    """What the agent is told to do next. A field that does not apply is None. `repeated` says that
    the report was known already, and that this was the verdict on it then."""

    verdict: str
    category: str
    matched_rule: str
    error_signature: str
    attempt: int
    max_attempts: int
    instruction: str
    approaches_tried: list[str] = field(default_factory=list)
    retry_after_s: float | None = None
    escalation_id: str | None = None
    decision: str | None = None
    label: str | None = None
    digest: str | None = None
    guidance: str | None = None
    answers: dict[str, Any] | None = None
    repeated: bool = False
    warnings: list[str] = field(default_factory=list)


_FOLLOWS = (VerdictKind.RETRY, VerdictKind.WAIT, VerdictKind.SKIP)
"""Verdicts that an answer in force decides, or that are given within it."""


def verdict_on(
    report: Report,
    found: Classification,
    context: ReportContext,
    decision: Decision,
    escalation_id: uuid.UUID | None,
) -> Verdict:
    """The verdict on a failure of the work. `escalation_id` is the question that was opened or
    joined; a verdict that follows an answer names the question that was answered."""
    tried = context.tried(report)
    followed = context.given if decision.verdict in _FOLLOWS else None
    guidance = None if context.answer is not None and context.given is None else context.guidance
    if escalation_id is None and followed is not None and followed.waited:
        escalation_id = uuid.UUID(followed.escalation_id)
    text = instruction(
        decision,
        found,
        _what_failed(report),
        approaches=tried,
        of_other_jobs=context.of_other_jobs if report.include_other_jobs else (),
        intent=report.intent,
        given=followed,
        is_news=context.is_news,
        guidance=guidance,
        repeated=bool(report.approach) and already_tried(report.approach or "", context.approaches),
        origin=report.origin,
    )
    return Verdict(
        verdict=decision.verdict.value,
        category=found.category.value,
        matched_rule=found.rule,
        error_signature=context.error_signature,
        attempt=decision.attempt,
        max_attempts=decision.max_attempts,
        instruction=text,
        approaches_tried=within_limit(tried),
        retry_after_s=decision.retry_after_s,
        escalation_id=str(escalation_id) if escalation_id else None,
        decision=None if followed is None else followed.decision,
        label=None if followed is None else followed.label,
        digest=None if followed is None else followed.digest,
        guidance=guidance,
        answers=None if followed is None or not followed.answers else dict(followed.answers),
    )


def _what_failed(report: Report) -> str:
    if report.error_message.startswith(f"{report.error_type}:"):
        return report.error_message  # it names its type already
    return f"{report.error_type}: {report.error_message}"
