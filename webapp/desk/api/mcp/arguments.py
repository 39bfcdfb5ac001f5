"""What the tools take and give. `tools/list` shows these models to the language model."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field

from webapp.desk.api.schemas.parts import (
    LONGEST_TEXT,
    NOT_BLANK,
    Choices,
    Name,
    RequestModel,
    ResponseModel,
    Signature,
    Text,
)
from webapp.desk.api.schemas.requests import LONGEST_MESSAGE
from webapp.rules.answer_schema import LONGEST_WORDS, MOST_FIELDS

LONGEST_REPLY: Final = 4_000
"""Characters; as in the JSON API."""

LONGEST_WAIT_S = 50
"""Clients give a tool 60 seconds."""

Seconds = Annotated[
    float,
    Field(ge=0, le=LONGEST_WAIT_S, description="Seconds to wait for the answer. 0: don't wait."),
]
_JOB = "Your own stable name for this task. Left out: the one in the header X-Unstuck-Job."
_PROJECT = "Only if your token has several projects."


class OfJob(RequestModel):
    """The part that says whose question it is."""

    job_id: Name | None = Field(default=None, description=_JOB)
    project_id: Name | None = Field(default=None, description=_PROJECT)


class Failure(OfJob):
    """A failure."""

    what_failed: Name = Field(
        description="The kind of failure in a few words, such as ModuleNotFoundError."
    )
    error: str = Field(max_length=LONGEST_MESSAGE, description="The error message as it came.")
    approach: Text | None = Field(default=None, description="What you tried.")
    intent: Text | None = Field(default=None, description="What you wanted to reach.")
    report_id: Name | None = Field(
        default=None, description="An id of your own for this report; the same again counts once."
    )
    question: Text | None = Field(
        default=None, description="What to ask the founder if it must be asked, in plain words."
    )
    options: Choices | None = Field(
        default=None, description="The choices that go with the question."
    )


class KeyWanted(RequestModel):
    """A key, password or other secret to ask for."""

    name: str = Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="The environment variable that holds it, such as STRIPE_API_KEY.",
    )
    description: str | None = Field(
        default=None, max_length=LONGEST_WORDS, description="Where the founder finds it."
    )


class Question(OfJob):
    """A question."""

    question: str = Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        pattern=NOT_BLANK,
        description="In plain words, for a person who does not see your code. No secrets.",
    )
    text_format: Literal["plain", "markdown"] = Field(
        default="plain", description="How the question is written; options are always plain."
    )
    options: Choices | None = Field(
        default=None, description="Up to 10 choices. Left out: the founder answers freely."
    )
    recommended: Name | None = Field(
        default=None, description="The value of the option you recommend."
    )
    secrets: list[KeyWanted] | None = Field(
        default=None,
        max_length=MOST_FIELDS,
        description="Keys to hand over. You never see a value: a program of yours takes it.",
    )
    question_id: UUID | None = Field(
        default=None, description="A UUID of your own; asking the same again under it is safe."
    )
    wait_s: Seconds = 25


class Waiting(RequestModel):
    """A wait."""

    escalation_id: Name = Field(description="The id of the question, as ask_founder gave it.")
    reply: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_REPLY,
        pattern=NOT_BLANK,
        description="Only if the last result has founder_asks: your reply to that. No secrets.",
    )
    reply_to: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="founder_asks_id of what you reply to; sending the reply again is then safe.",
    )
    wait_s: Seconds = 25


class Outcome(OfJob):
    """What became of an answer, or of a failure."""

    escalation_id: Name | None = Field(
        default=None, description="The question whose answer you followed."
    )
    error_signature: Signature | None = Field(
        default=None, description="Or the failure that is over, as report_failure named it."
    )
    worked: bool = Field(description="Whether it works now.")
    note: Text | None = Field(default=None, description="A sentence for the founder.")


class Answer(ResponseModel):
    """How a question stands."""

    status: Literal["answered", "pending", "skipped", "withdrawn", "expired"] = Field(
        description="pending: nobody has answered yet."
    )
    escalation_id: str = Field(description="The id of the question.")
    founder_asks: str | None = Field(
        default=None,
        exclude_if=lambda asked: asked is None,
        description="What the founder asks you before deciding. Reply with wait_for_decision.",
    )
    founder_asks_id: int | None = Field(
        default=None,
        exclude_if=lambda number: number is None,
        description="The number of that message, for `reply_to`.",
    )
    decision: str | None = Field(default=None, description="What the founder decided.")
    guidance: str | None = Field(default=None, description="What the founder wrote about it.")
    option_chosen: str | None = Field(
        default=None, description="The label of the option; null if the founder chose none of them."
    )
    answers: dict[str, Any] | None = Field(
        default=None,
        exclude_if=lambda answers: answers is None,
        description="Values that the founder entered, by name.",
    )
    secrets: list[str] | None = Field(
        default=None,
        exclude_if=lambda secrets: secrets is None,
        description="Names of the keys that the founder handed over; `message` says how a program "
        "takes them.",
    )
    message: str = Field(description="What that means for you.")


class Noted(ResponseModel):
    """What was noted."""

    noted: bool = Field(description="Whether there was such a failure or question.")
    message: str = Field(description="What that means for you.")
