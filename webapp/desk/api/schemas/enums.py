"""The closed lists of the API, each with a name: clients that are generated keep it."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from webapp.desk.api.schemas.parts import HOOK_AGENTS
from webapp.operations.receipts import Stage

Status = TypeAliasType(
    "Status",
    Annotated[
        Literal["pending", "resolved", "skipped", "expired", "withdrawn"],
        Field(description="The states of a question: open, or how it was closed."),
    ],
)
ClosedStatus = TypeAliasType(
    "ClosedStatus",
    Annotated[
        Literal["resolved", "skipped"], Field(description="How a question was closed by an answer.")
    ],
)
Outcome = TypeAliasType(
    "Outcome",
    Annotated[Literal["worked", "failed"], Field(description="Whether an answer worked.")],
)
Decider = TypeAliasType(
    "Decider",
    Annotated[Literal["person", "rule", "deadline"], Field(description="What decided a question.")],
)
Side = TypeAliasType(
    "Side",
    Annotated[Literal["founder", "agent"], Field(description="The side whose turn it is.")],
)
TextFormat = TypeAliasType(
    "TextFormat",
    Annotated[Literal["plain", "markdown"], Field(description="How an agent wrote its texts.")],
)
Urgency = TypeAliasType(
    "Urgency",
    Annotated[Literal["normal", "critical"], Field(description="How urgent a question is.")],
)
MediaType = TypeAliasType(
    "MediaType",
    Annotated[
        Literal["image/png", "image/jpeg", "image/webp", "text/plain"],
        Field(description="What a file can be that is attached to a question."),
    ],
)
WaitUntil = TypeAliasType(
    "WaitUntil",
    Annotated[Literal["answer", "turn"], Field(description="What a wait for an answer ends with.")],
)
ReceiptStage = TypeAliasType(
    "ReceiptStage", Annotated[Stage, Field(description="What happened with an answer.")]
)
JobState = TypeAliasType(
    "JobState",
    Annotated[
        Literal["working", "waiting_for_input", "paused", "finished", "failed"],
        Field(description="The state of a job."),
    ],
)
ToldJobState = TypeAliasType(
    "ToldJobState",
    Annotated[
        Literal["working", "finished", "failed"],
        Field(description="The states an agent can give its job."),
    ],
)
Reach = TypeAliasType(
    "Reach",
    Annotated[
        Literal["notified", "someone_is_looking", "quiet_hours", "nobody_notified"],
        Field(description="Whether anyone learns of a question now."),
    ],
)
NextStep = TypeAliasType(
    "NextStep",
    Annotated[
        Literal["retry", "wait", "escalate", "pause", "skip"],
        Field(description="What the agent should do next."),
    ],
)
Role = TypeAliasType(
    "Role",
    Annotated[
        Literal["agent", "founder", "observer"],
        Field(description="What a token can do in a project."),
    ],
)
Scope = TypeAliasType(
    "Scope",
    Annotated[Literal["agent", "founder"], Field(description="What a token was created for.")],
)

HOOK_AGENT = {
    "description": "An agent whose hooks Unstuck accepts.",
    "enum": [*HOOK_AGENTS],
    "title": "HookAgent",
    "type": "string",
}
"""The schema of a path parameter, which no model holds."""
