"""The schemas of requests."""

from typing import Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from webapp.desk.api.schemas.parts import (
    LONGEST_TEXT,
    NOT_BLANK,
    Choices,
    Days,
    Digest,
    Name,
    OwnSignature,
    RequestModel,
    Schema,
    Signature,
    State,
    Text,
    fits_a_question,
    one_of,
)
from webapp.desk.api.schemas.responses import Status
from webapp.operations.receipts import Stage
from webapp.rules.categories import Category, Origin

LONGEST_MESSAGE = 1_048_576

_WHICH_PROJECT = (
    "The project of the job; may be left out when the token has only one, or only one of its "
    "projects has a job of this id."
)


_CHOICES = "0 to 10 choices, each with a value of its own; none: the founder answers freely."
_STATE = "Anything the agent wants back with the decision: at most 64 kB of JSON."
_OPTIONS = [
    {"value": "provide_credentials", "label": "I’ve added the key"},
    {
        "value": "skip_feature",
        "label": "Skip this feature",
        "description": "I finish everything else without payments.",
    },
]


_SCHEMA = (
    "What the answer has to carry: a flat JSON Schema object, at most 8 properties: strings "
    "(`format` email, uri, date, date-time), numbers, integers, booleans, one or several of a "
    "list, and secrets (`format` secret), which a founder hands over safely. `x-options` names the "
    "options that a property belongs to (all if left out). An unknown keyword is 422."
)
_SCHEMA_EXAMPLE = {
    "type": "object",
    "properties": {
        "STRIPE_API_KEY": {
            "type": "string",
            "format": "secret",
            "description": "You can find it in the Stripe dashboard, under API keys.",
            "pattern": "^sk_(live|test)_[A-Za-z0-9]+$",
        }
    },
    "required": ["STRIPE_API_KEY"],
}


class WithOptions(RequestModel):
    """The part of a body that offers choices."""

    options: Choices | None = Field(None, description=_CHOICES, examples=[_OPTIONS])
    recommended: Name | None = Field(
        None,
        description="The value of the option that the agent recommends.",
        examples=["skip_feature"],
    )

    answer_schema: Schema | None = Field(None, description=_SCHEMA, examples=[_SCHEMA_EXAMPLE])

    @field_validator("recommended")
    @classmethod
    def _is_offered(cls, value: str | None, read: ValidationInfo) -> str | None:
        # Options that were refused are told of by themselves.
        return one_of(value, read.data["options"]) if "options" in read.data else value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        texts = [
            getattr(self, name, None) for name in ("plain_english_problem", "recommended_action")
        ]
        fits_a_question(self.options, *texts, tried=getattr(self, "attempts_summary", None))
        return self


class Callback(RequestModel):
    """Where the answer is sent."""

    url: str = Field(
        min_length=1,
        max_length=2000,
        description="A public https address.",
        examples=["https://agent.example.com/answers"],
    )


_CALLBACK = (
    "Where this job is told the answer, so that it need not wait: the event that closes the "
    "question, signed by Standard Webhooks. The response holds the secret."
)


class OfProject(RequestModel):
    """The part of a body that says which project is meant."""

    project_id: Name | None = Field(None, description=_WHICH_PROJECT, examples=["shop"])


class NewEscalation(OfProject, WithOptions):
    """A question that the agent words itself."""

    id: UUID | None = Field(
        None,
        description="A UUID of the agent's own: sending the same question again is then safe.",
    )
    session_id: Name = Field(examples=["session-1"])
    error_type: Name = Field(examples=["MissingCredential"])
    error_signature: Signature | None = Field(
        None, description="The identity of the problem; computed from the texts if left out."
    )
    error_message: str | None = Field(
        None, max_length=LONGEST_MESSAGE, description="The raw message, for the technical details."
    )
    plain_english_problem: str = Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        pattern=NOT_BLANK,
        description="What the founder reads. No file names, no stack traces.",
        examples=["I need a key for the payment service before customers can pay."],
    )
    attempts_summary: list[Text] | None = Field(
        None, max_length=200, examples=[["I looked for a key in the settings."]]
    )
    recommended_action: Text | None = Field(
        None, examples=["Create a key and add it to my environment."]
    )
    agent_state: State | None = Field(None, description=_STATE, examples=[{"task": "payments"}])
    callback: Callback | None = Field(None, description=_CALLBACK)


_DIGEST = (
    "The `digest` of the question as it was shown. If the question differs by now, the answer is "
    "refused with 409 and the type `urn:unstuck:changed`."
)


class Resolution(RequestModel):
    """An answer."""

    decision: Name = Field(
        description="The value of one of the options; any text when there are none.",
        examples=["skip_feature"],
    )
    guidance: Text | None = Field(None, examples=["We take payments by invoice for now."])
    remember_days: Days | None = Field(
        None,
        description="Answer the same problem of this project like this by itself, for so many "
        "days. Only for questions that the server worded. A founder sees and ends such rules under "
        "Problems.",
    )
    digest: Digest | None = Field(None, description=_DIGEST)
    answers: Schema | None = Field(
        None,
        description="The values that the question asks for (`answer_schema`), by name. Secrets are "
        "handed over on the question's page instead.",
    )


class Skip(RequestModel):
    """Closing without a decision."""

    guidance: Text | None = Field(None, examples=["Not needed any more."])
    digest: Digest | None = Field(None, description=_DIGEST)


class Take(RequestModel):
    """Taking a secret."""

    job_id: Name = Field(
        description="The job that waited for the answer, and takes the secret.",
        examples=["build-1"],
    )


class Ack(RequestModel):
    """Confirming a secret."""

    job_id: Name | None = Field(
        None,
        description="The job that took it; needed only if several jobs of the token did.",
        examples=["build-1"],
    )


class Withdrawal(RequestModel):
    """Taking a question back."""

    reason: Text | None = Field(None, examples=["I found the key myself."])


class Receipt(RequestModel):
    """What became of an answer."""

    stage: Stage = Field(description="picked_up, then worked or failed.", examples=["worked"])
    note: Text | None = Field(None, examples=["The shop takes orders by invoice."])


class JobNews(OfProject):
    """What is told about a job. What is left out stays as it is."""

    session_id: Name | None = Field(None, examples=["session-1"])
    title: Name | None = Field(None, examples=["Build the shop"])
    state: Literal["working", "finished", "failed"] | None = Field(None, examples=["working"])


class ErrorReport(OfProject, WithOptions):
    """A failure that the agent met."""

    id: Name | None = Field(
        None,
        description="The agent's own name for this report, unique within its job: sending the same "
        "report again is then safe. A new failure has a new one.",
        examples=["payments-attempt-1"],
    )
    session_id: Name = Field(examples=["session-1"])
    error_type: Name = Field(examples=["ModuleNotFoundError"])
    error_message: str = Field(
        max_length=LONGEST_MESSAGE,
        description="The message as it came, with its trace: at most 1 MB.",
        examples=["No module named stripe"],
    )
    intent: Text | None = Field(
        None, description="What the agent wanted.", examples=["set up the payment page"]
    )
    approach: Text | None = Field(
        None, description="What it tried.", examples=["installed the package with pip"]
    )
    include_other_jobs: bool = Field(
        False,
        description="Also tell in the instruction what other jobs of the project tried. It is "
        "quoted there as data, with the job's id, because other agents wrote it.",
    )
    category: Category | None = Field(
        None, description="The agent's own judgement, which counts more than the rules."
    )
    signature: OwnSignature | None = Field(
        None,
        description="What identifies the problem, in place of the computed hash. It stands as "
        "`own-…` in the error_signature; a name that begins like a computed one (`v1-`) is 422.",
    )
    origin: Origin | None = Field(
        None,
        description="model_provider: trouble of the language model itself. An outage is waited "
        "for, spends nothing, and becomes a question after 30 minutes; an invalid key, a used-up "
        "quota or a closed account is asked about right away.",
    )
    plain_english_problem: Text | None = Field(
        None, description="The founder-facing texts: the agent's own win, if it must ask."
    )
    recommended_action: Text | None = None
    agent_state: State | None = Field(None, description=_STATE)
    callback: Callback | None = Field(None, description=_CALLBACK)


class Success(OfProject):
    """A problem that is over."""

    error_signature: Signature = Field(
        description="As the verdict named it.",
        examples=["shop:ModuleNotFoundError:v1-0a1b2c3d4e5f6071"],
    )


class WhichProject(RequestModel):
    """Which of several projects with a job of this id is meant."""

    project_id: Name | None = Field(None, description=_WHICH_PROJECT, examples=["shop"])


class Filter(RequestModel):
    """Which escalations, and which page of them."""

    project_id: Name | None = Field(None, description="Only those of this project.")
    status: Status | None = Field(None, description="Only those that are in this state.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    cursor: str | None = Field(None, description="Where the next page starts: see the Link header.")


class Since(WhichProject):
    """Which events of a log."""

    after: int = Field(0, ge=0, le=10**18 - 1, description="Only events with a larger number.")
    limit: int = Field(100, ge=1, le=500, description="How many at most; not for a stream.")


class Wait(RequestModel):
    """How long to wait, and for whom."""

    wait: float = Field(0, ge=0, le=60, description="Seconds.")
    job_id: str | None = Field(
        None, description="Another job that waits: its agent_state comes with the answer."
    )


class Hook(WhichProject):
    """Whose hook it is, and how long to wait for an answer."""

    job_id: Name | None = Field(
        None, description="The job; else the header X-Unstuck-Job, or the name of the folder."
    )
    wait: float = Field(0, ge=0, le=50, description="Seconds to wait for the founder's answer.")


class HookPayload(RequestModel):
    """What a coding agent gives to its hooks, as it is."""

    model_config = ConfigDict(extra="allow")

    @property
    def payload(self) -> dict[str, Any]:
        """All that was sent."""
        return self.model_extra or {}


class Feed(RequestModel):
    """Which decisions, and how long to wait for the first."""

    after: str | None = Field(
        None,
        description="The cursor of the last response; left out, from now on.",
    )
    wait: float = Field(0, ge=0, le=60, description="Seconds.")
