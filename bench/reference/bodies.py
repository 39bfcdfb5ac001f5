"""The bodies of answers, the same in both references."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from webapp.desk.api.schemas import requests, responses
from webapp.rules.classification import Classification
from webapp.rules.instructions import Case, instruction
from webapp.rules.retry_policy import Decision


def nothing(model: type[BaseModel]) -> dict[str, Any]:
    """None for each field that must be given."""
    return dict.fromkeys(name for name, field in model.model_fields.items() if field.is_required())


def verdict_on(
    body: requests.ErrorReport,
    found: Classification,
    key: str,
    decision: Decision,
    tried: Sequence[str],
) -> responses.Verdict:
    """The answer to a report of an error."""
    failed = f"{body.error_type}: {body.error_message}"
    case = Case(decision, found, failed, approaches=tried, intent=body.intent)
    return responses.Verdict.model_validate(
        nothing(responses.Verdict)
        | {
            "verdict": decision.verdict.value,
            "category": found.category.value,
            "matched_rule": found.rule,
            "error_signature": key,
            "attempt": decision.attempt,
            "max_attempts": decision.max_attempts,
            "instruction": instruction(case),
            "approaches_tried": list(tried),
            "retry_after_s": decision.retry_after_s,
        }
    )
