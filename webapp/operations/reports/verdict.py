"""What an agent tells of a failure, and the verdict that it gets."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from webapp.operations.reports.context import ReportContext
from webapp.operations.reports.failure import Failure
from webapp.rules.categories import VerdictKind
from webapp.rules.decisions import Given
from webapp.rules.instructions import Case, instruction, what_failed, within_limit
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
    notes: list[str] = field(default_factory=list)


_FOLLOWS = (VerdictKind.RETRY, VerdictKind.WAIT, VerdictKind.SKIP)
"""Verdicts that an answer in force decides, or that are given within it."""


def verdict_on(
    context: ReportContext, failure: Failure, decision: Decision, escalation_id: uuid.UUID | None
) -> Verdict:
    """The verdict on a failure of the work. `escalation_id` is the question that was opened or
    joined; a verdict that follows an answer names the question that was answered."""
    found, context = failure.found, context.heard
    followed = context.given if decision.verdict in _FOLLOWS else None
    if escalation_id is None and followed is not None and followed.waited:
        escalation_id = uuid.UUID(followed.escalation_id)
    case = _case(context, failure, decision)
    return Verdict(
        verdict=decision.verdict.value,
        category=found.category.value,
        matched_rule=found.rule,
        error_signature=context.error_signature,
        attempt=decision.attempt,
        max_attempts=decision.max_attempts,
        instruction=instruction(case),
        approaches_tried=within_limit(case.approaches),
        retry_after_s=decision.retry_after_s,
        escalation_id=str(escalation_id) if escalation_id else None,
        guidance=case.guidance,
        **_answer(followed),
    )


def _case(context: ReportContext, failure: Failure, decision: Decision) -> Case:
    report = failure.report
    return Case(
        decision,
        failure.found,
        what_failed(report.error_type, report.error_message),
        approaches=context.tried(report),
        of_other_jobs=context.of_other_jobs if report.include_other_jobs else (),
        intent=report.intent,
        given=context.given if decision.verdict in _FOLLOWS else None,
        is_news=context.is_news,
        guidance=None if context.answer and context.given is None else context.guidance,
        repeated=bool(report.approach) and already_tried(report.approach or "", context.approaches),
        origin=report.origin,
    )


def _answer(followed: Given | None) -> dict[str, Any]:
    """The fields that tell of the answer in force."""
    if followed is None:
        return {}
    return {
        "decision": followed.decision,
        "label": followed.label,
        "digest": followed.digest,
        "answers": dict(followed.answers) if followed.answers else None,
        "notes": list(followed.notes),
    }
