"""The closed list of event kinds; docs/reference/events.md documents each with its payload."""

from enum import StrEnum


class Kind(StrEnum):
    """What can happen to a job. The value is the `event:` name on the wire."""

    RETRYING = "agent.retrying"
    BACKING_OFF = "agent.backing_off"
    WAITING_FOR_INPUT = "agent.waiting_for_input"
    ESCALATION_JOINED = "agent.escalation_joined"
    ANSWER_HELD = "agent.answer_held"
    ANSWER_UNDONE = "agent.answer_undone"
    ESCALATION_RESOLVED = "agent.escalation_resolved"
    ESCALATION_WITHDRAWN = "agent.escalation_withdrawn"
    ESCALATION_EXPIRED = "agent.escalation_expired"
    DEADLINE_EXTENDED = "agent.deadline_extended"
    QUESTION_ASKED_BACK = "agent.question_asked_back"
    REPLIED = "agent.replied"
    FILE_ATTACHED = "agent.file_attached"
    QUESTION_ASSIGNED = "agent.question_assigned"
    NOTE_ADDED = "agent.note_added"
    DECISION_DELIVERED = "agent.decision_delivered"
    DECISION_PICKED_UP = "agent.decision_picked_up"
    DECISION_WORKED = "agent.decision_worked"
    DECISION_FAILED = "agent.decision_failed"
    SECRET_HANDED_OVER = "agent.secret_handed_over"  # noqa: S105 - a name, not a secret; as below
    SECRET_TAKEN = "agent.secret_taken"  # noqa: S105
    SECRET_REVOKED = "agent.secret_revoked"  # noqa: S105
    ERROR_HEALED = "agent.error_healed"
    CATEGORY_CORRECTED = "agent.category_corrected"
    CORRECTION_REMOVED = "agent.correction_removed"
    RULE_ENDED = "agent.rule_ended"
    TEXT_ERASED = "agent.text_erased"
    BUILD_PAUSED = "agent.build_paused"
    BUILD_RESUMED = "agent.build_resumed"
    JOB_CHANGED = "agent.job_changed"


CLOSING = frozenset({Kind.ESCALATION_RESOLVED, Kind.ESCALATION_WITHDRAWN, Kind.ESCALATION_EXPIRED})
"""After these a question is no longer pending."""
