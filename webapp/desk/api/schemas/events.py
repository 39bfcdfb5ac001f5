"""The events of a job's log, a schema for each kind (docs/reference/events.md)."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, RootModel, create_model

from webapp.desk.api.schemas.enums import ClosedStatus, JobState, MediaType, ToldJobState
from webapp.desk.api.schemas.parts import Moment, ResponseModel
from webapp.desk.api.schemas.responses import AgreedDeadline, Option
from webapp.events.kinds import Kind
from webapp.live.catch_up import PRUNED
from webapp.rules.categories import Category


class Entry(ResponseModel):
    "The fields of every event."

    project_id: str = Field(description="The project of the job.", examples=["shop"])
    job_id: str = Field(description="The job of the event.", examples=["build-1"])
    seq: int = Field(description="Its number in the job's log: 1, 2, 3, and so on.")
    at: Moment = Field(description="When it happened.")


_WHO = "The name of the person who did it."
_MESSAGE = "The message. Of a long text, the beginning."
_QUESTION = {"escalation_id": (UUID, "The question.")}
_PROBLEM = {"error_signature": (str, "The identity of the problem.")}
_NOTE = _QUESTION | {"note": (str | None, "The agent's note about it.")}
_FAILURE = _PROBLEM | {
    "error_type": (str, "The kind of error, as the agent reported it."),
    "category": (Category, "What can fix the error."),
    "family": (str | None, "The group of errors it belongs to."),
    "attempt": (int | None, "How many attempts at this problem have failed."),
    "max_attempts": (int | None, "How many attempts are allowed before Unstuck asks the founder."),
    "retry_after_s": (float | None, "Seconds to wait before trying again."),
}
_SECRET = _QUESTION | {"name": (str, "The name of the secret, as the question asked for it.")}
_WORDS: dict[str, tuple[Any, str]] = {
    "plain_english_problem": (str, "The question the founder reads. Of a long text, the beginning.")
}

_PAYLOADS: dict[str, dict[str, tuple[Any, str]]] = {
    Kind.RETRYING: _FAILURE,
    Kind.BACKING_OFF: _FAILURE,
    Kind.ERROR_HEALED: _PROBLEM | {"attempts": (int, "How many attempts had failed.")},
    Kind.CATEGORY_CORRECTED: _QUESTION
    | _PROBLEM
    | {
        "category": (Category, "The corrected category."),
        "corrected_by": (str, _WHO),
        "rule": (
            str | None,
            "The rule whose problems are all of that category from now on. Null if it counts for "
            "this problem alone.",
        ),
    },
    Kind.CORRECTION_REMOVED: {
        "rule": (str, "The rule whose own category counts again."),
        "category": (Category, "The category that no longer counts."),
        "removed_by": (str, _WHO),
    },
    Kind.WAITING_FOR_INPUT: _QUESTION
    | _PROBLEM
    | _WORDS
    | {
        "recommended_action": (str, "What the agent suggests."),
        "options": (list[Option], "The options. Empty if the founder answers in free text."),
        "recommended": (str | None, "The value of the recommended option, if any."),
        "deadline": (AgreedDeadline | None, "Until when the founder can answer, if limited."),
    },
    Kind.ESCALATION_JOINED: _QUESTION
    | _PROBLEM
    | _WORDS
    | {
        "occurrences": (int, "How many jobs ran into this problem until then."),
        "newly_waiting": (bool, "False if this job was already waiting for the question."),
    },
    Kind.QUESTION_ASKED_BACK: _QUESTION | {"text": (str, _MESSAGE), "asked_by": (str, _WHO)},
    Kind.REPLIED: _QUESTION
    | {"text": (str, _MESSAGE), "replied_by": (str, "The name of the agent's token.")},
    Kind.FILE_ATTACHED: _QUESTION
    | {
        "attachment_id": (UUID, "The UUID of the file."),
        "media_type": (MediaType, "What the file is."),
        "size": (int, "Bytes of the file."),
        "attached_by": (str, "The name of the agent's token."),
    },
    Kind.QUESTION_ASSIGNED: _QUESTION
    | {
        "assigned_to": (str | None, "The name of the person; null for everyone."),
        "assigned_by": (str, _WHO),
    },
    Kind.NOTE_ADDED: _QUESTION
    | {"text": (str, "The note. Of a long text, the beginning."), "added_by": (str, _WHO)},
    Kind.DEADLINE_EXTENDED: _QUESTION
    | {"deadline": (Moment | None, "The new deadline; null for none."), "extended_by": (str, _WHO)},
    Kind.ESCALATION_EXPIRED: _QUESTION
    | {
        "resolution": (str, "The value of the default; `expired` without one."),
        "label": (str | None, "The label of that option."),
        "digest": (str, "The digest of the question."),
        "status": (Literal["expired"], "Always `expired`."),
        "guidance": (None, "Always null."),
        "answers": (None, "Always null."),
        "resolved_at": (Moment, "When the question expired."),
        "resolved_by": (str, "Always `deadline`."),
    },
    Kind.ESCALATION_WITHDRAWN: _QUESTION | {"reason": (str | None, "Why it was withdrawn.")},
    Kind.ANSWER_HELD: _QUESTION
    | {"answered_by": (str, _WHO), "until": (Moment, "When the answer is released.")},
    Kind.ANSWER_UNDONE: _QUESTION | {"undone_by": (str, _WHO)},
    Kind.ESCALATION_RESOLVED: _QUESTION
    | {
        "resolution": (str, "The value of the chosen option, or `skipped`."),
        "label": (str | None, "The label of that option."),
        "digest": (str, "The digest of the answered question."),
        "status": (ClosedStatus, "How the question was closed."),
        "guidance": (str | None, "The founder's note with the decision."),
        "answers": (
            dict[str, Any] | None,
            "The values that came with the decision, by the names of `answer_schema`. "
            "A secret is only named.",
        ),
        "resolved_at": (Moment, "When the question was closed."),
        "resolved_by": (str, "The name of the person or standing rule that answered."),
        "rule_maker": (str | None, "The name of the person who made that rule."),
    },
    Kind.SECRET_HANDED_OVER: _SECRET | {"handed_over_by": (str, _WHO)},
    Kind.SECRET_TAKEN: _SECRET
    | {
        "taken_by": (str, "The name of the agent's token."),
        "taken_for": (str, "The `job_id` of the job."),
    },
    Kind.SECRET_REVOKED: _SECRET | {"revoked_by": (str, _WHO)},
    Kind.RULE_ENDED: _QUESTION
    | _PROBLEM
    | {
        "resolution": (str, "The value of the option that the rule chose, or `skipped`."),
        "ended_by": (str, _WHO),
        "because": (str | None, "Why it ended: `stopped`, `maker_left` or `failed`."),
    },
    Kind.TEXT_ERASED: _QUESTION | {"erased_by": (str, _WHO)},
    Kind.DECISION_DELIVERED: _NOTE,
    Kind.DECISION_PICKED_UP: _NOTE,
    Kind.DECISION_WORKED: _NOTE,
    Kind.DECISION_FAILED: _NOTE,
    Kind.BUILD_PAUSED: {
        "reason": (str, "Why, in plain words."),
        "escalation_ids": (list[UUID], "The questions that led to it, newest first."),
    },
    Kind.BUILD_RESUMED: {"resumed_by": (str, _WHO)},
    Kind.JOB_CHANGED: {
        "title": (str | None, "The new title. Left out if it stayed."),
        "summary": (str | None, "The new summary. Left out if it stayed."),
        "result_url": (str | None, "Where people find the result. Left out if it stayed."),
        "preview": (str | None, "A picture of the result. Left out if it stayed."),
        "state": (ToldJobState | None, "The new state. Left out if it stayed."),
    },
    PRUNED: {
        "state": (JobState, "The state of the job now."),
        "pending": (int, "Questions that are pending."),
        "answered": (int, "Questions that are closed."),
    },
}


def _model(kind: str, payload: dict[str, tuple[Any, str]]) -> type[Entry]:
    """Make the schema of one kind: `agent.build_paused` is BuildPausedEvent."""
    name = "".join(part.capitalize() for part in kind.partition(".")[2].split("_")) + "Event"
    said: dict[str, Any] = {"description": "What happened.", "examples": [kind]}
    fields: dict[str, Any] = {"type": (Literal[kind], Field(**said))}
    default = None if kind == Kind.JOB_CHANGED else ...  # only what changed is there
    for field, (of, text) in payload.items():
        fields[field] = (of, Field(default, description=text))
    doc = f"The event `{kind}`."
    return create_model(name, __base__=Entry, __doc__=doc, **fields)


MODELS = {kind: _model(kind, payload) for kind, payload in _PAYLOADS.items()}
"""The schema of each kind of event."""


class Event(RootModel[Annotated[reduce(or_, MODELS.values()), Field(discriminator="type")]]):  # type: ignore[misc]
    "One event of a job's log. Ignore types you don't know: later versions may add some."
