"""An example for each field of the API that states none itself."""

from typing import Any, Final

_ID: Final = "1b4e28ba-2fa1-4d1d-883f-0016d3cca427"
_SIGNATURE: Final = "shop:ModuleNotFoundError:v1-0a1b2c3d4e5f6071"
_OPTION: Final = {
    "value": "skip_feature",
    "label": "Skip this feature",
    "description": "I finish everything else without it.",
}
_PROBLEM: Final = "I need a key for the payment service before customers can pay."

EXAMPLES: Final[dict[str, Any]] = {
    "added_by": "Anna",
    "agent_state": {"task": "payments"},
    "answer_schema": {"type": "object", "properties": {"days": {"type": "integer"}}},
    "answered": 2,
    "answered_by": "Anna",
    "answers": {"STRIPE_API_KEY": {"secret": "STRIPE_API_KEY"}},
    "approaches_tried": ["installed the package with pip"],
    "asked_by": "Anna",
    "assigned_by": "Anna",
    "assigned_to": "Ben",
    "attached_by": "build-agent",
    "attachment_id": "6fa459ea-ee8a-4ca4-894e-db77e160355e",
    "attempt": 2,
    "attempts": 2,
    "attempts_summary": ["I looked for a key in the settings."],
    "because": "failed",
    "code": -32600,
    "corrected_by": "Anna",
    "cursor": "12345.67",
    "data": {"supported": ["2026-07-28"]},
    "decision": "skip_feature",
    "detail": "This question was answered already.",
    "digest": "5f0c1e9ab34d7788",
    "ended_by": "Anna",
    "erased_by": "Olivia",
    "error_message": "No module named stripe",
    "error_signature": _SIGNATURE,
    "error_type": "ModuleNotFoundError",
    "escalation_id": _ID,
    "escalation_ids": [_ID],
    "escalations_since_resume": 1,
    "extended_by": "Anna",
    "family": "missing_package",
    "field": "options.1.value",
    "founder_decision": "skip_feature",
    "founder_guidance": "We take payments by invoice for now.",
    "guidance": "We take payments by invoice for now.",
    "handed_over_by": "Anna",
    "id": _ID,
    "include_other_jobs": False,
    "instruction": "Attempt 1 of 3 has failed. The next approach must be fundamentally different.",
    "intent": "set up the payment page",
    "irreversible": False,
    "job_id": "build-1",
    "jsonrpc": "2.0",
    "known": True,
    "label": "Skip this feature",
    "last_seq": 7,
    "lease_s": 60,
    "matched_rule": "python.missing_module",
    "max_attempts": 3,
    "message": "is missing: add it",
    "method": "tools/list",
    "name": "STRIPE_API_KEY",
    "newly_waiting": True,
    "note": "The shop takes orders by invoice.",
    "occurrences": 1,
    "options": [_OPTION],
    "outcome_note": "The shop takes orders by invoice.",
    "params": {},
    "pending": 1,
    "plain_english_problem": _PROBLEM,
    "preview": "https://shop.example.com/preview.png",
    "project_id": "shop",
    "reason": "I found the key myself.",
    "recommended": "skip_feature",
    "recommended_action": "Create a key and add it to my environment.",
    "remember_days": 30,
    "removed_by": "Anna",
    "repeated": True,
    "replied_by": "build-agent",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 48213,
    "width": 1280,
    "height": 720,
    "resolution": "skip_feature",
    "resolved_by": "Anna",
    "result": {},
    "result_url": "https://shop.example.com",
    "resumed_by": "Anna",
    "retry_after_s": 8.0,
    "revoked_by": "Anna",
    "rule": "python.missing_module",
    "rule_maker": None,
    "seq": 7,
    "session_id": "session-1",
    "signature": "payments",
    "status": 409,
    "summary": "The shop takes orders. Next is the payment page.",
    "taken_by": "build-agent",
    "taken_for": "build-1",
    "text": "Is this the key for test mode?",
    "text_format": "plain",
    "times_healed": 1,
    "title": "Build the shop",
    "undone_by": "Anna",
    "urgency": "normal",
    "url": "https://agent.example.com/answers",
    "value": "skip_feature",
    "warnings": ["The problem names a file: say it in plain words."],
    "AttachedFile.name": "checkout.png",
    "Counts.answered": 2,
    "Problem.title": "Conflict",
    "InvalidProblem.title": "Unprocessable content",
    "AnsweredProblem.title": "Conflict",
    "AgreedDeadline.then": "skip_feature",
    "EscalationExpiredEvent.answers": None,
    "EscalationExpiredEvent.guidance": None,
    "FollowUpNote.id": 1,
    "FollowUpNote.text": "Use the blue logo.",
    "NoteAddedEvent.text": "Use the blue logo.",
    "QuestionMessage.id": 1,
    "RepliedEvent.text": "Test mode is on until Friday.",
    "TakenSecret.value": "sk_live_…",
    "Choice.description": "I finish everything else without it.",
    "Option.description": "I finish everything else without it.",
    "InvalidProblem.detail": "Correct the fields that are named, then send it again.",
    "InvalidProblem.status": 422,
}
"""By the name of the field, or by its schema and name."""


def add_examples(schemas: dict[str, Any]) -> None:
    """Give an example to each property that has none. What refers to another schema shows that
    one's."""
    for name, schema in schemas.items():
        for field, told in schema.get("properties", {}).items():
            if has_example(told):
                continue
            example = EXAMPLES.get(f"{name}.{field}", EXAMPLES.get(field, ...))
            if example is not ...:
                told["examples"] = [example]


def has_example(told: dict[str, Any]) -> bool:
    """Whether the property shows an example, in itself or in the schema that it refers to."""
    if "examples" in told or "$ref" in told or "const" in told or "enum" in told:
        return True
    kinds = [*told.get("anyOf", ()), *([told["items"]] if "items" in told else ())]
    return any(has_example(kind) for kind in kinds)
