"""The schemas of requests."""

from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from webapp.desk.api.schemas.enums import (
    ReceiptStage,
    Status,
    TextFormat,
    ToldJobState,
    Urgency,
    WaitUntil,
)
from webapp.desk.api.schemas.parts import (
    LONGEST_TEXT,
    NOT_BLANK,
    Choices,
    Days,
    Digest,
    InTime,
    Link,
    Name,
    OwnSignature,
    RequestModel,
    Schema,
    Signature,
    State,
    Summary,
    Text,
    fits_a_question,
    one_of,
)
from webapp.rules import links
from webapp.rules.categories import Category, Origin

LONGEST_MESSAGE = 1_048_576

_WHICH_PROJECT = (
    "The project of the job. Optional if the token has only one project, or if only "
    "one of its projects has a job with this id."
)


_CHOICES = (
    "0 to 10 options with different values. Without options, the founder answers in free text."
)
_STATE = "Data that comes back with the decision, at most 64 kB of JSON."
_OPTIONS = [
    {"value": "provide_credentials", "label": "I’ve added the key"},
    {
        "value": "skip_feature",
        "label": "Skip this feature",
        "description": "I'll finish everything else without payments.",
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


class Deadline(RequestModel):
    """Until when somebody may answer, and what holds if nobody does."""

    at: InTime = Field(
        description="RFC 3339 with a time zone, in the future, at most 366 days from now.",
        examples=["2026-03-03T18:00:00Z"],
    )
    then: Name | None = Field(
        None,
        description="The value of the option that holds if nobody answers in time. It can't be "
        "irreversible. Without it, the question expires without a decision.",
        examples=["skip_feature"],
    )


_DEADLINE = (
    "Until when the founder can answer. After that the status is `expired`, `founder_decision` is "
    "`then`, and `decided_by` is `deadline`. The founder sees it from the start, and can extend it."
)


_FORMAT = (
    "How `plain_english_problem`, `recommended_action` and `attempts_summary` are written. In "
    "`markdown`, raw HTML is shown as text, images become links, and a link shows its host. "
    "Lists and messages show the text as it is."
)


_URGENCY = (
    "`critical` if harm is being done, or nothing can continue until this is answered. Such a "
    "question is marked, and people who allow it are told even in their quiet hours."
)


class WithOptions(RequestModel):
    """The part of a body that offers choices."""

    options: Choices | None = Field(None, description=_CHOICES, examples=[_OPTIONS])
    recommended: Name | None = Field(
        None,
        description="The value of the option the agent recommends.",
        examples=["skip_feature"],
    )

    answer_schema: Schema | None = Field(None, description=_SCHEMA, examples=[_SCHEMA_EXAMPLE])

    deadline: Deadline | None = Field(None, description=_DEADLINE)

    text_format: TextFormat = Field("plain", description=_FORMAT, examples=["markdown"])

    urgency: Urgency = Field("normal", description=_URGENCY, examples=["critical"])

    @property
    def stored_format(self) -> str | None:
        """The format as an operation takes it: None is plain text."""
        return None if self.text_format == "plain" else self.text_format

    @property
    def stored_urgency(self) -> str | None:
        """The urgency as an operation takes it: None is normal."""
        return None if self.urgency == "normal" else self.urgency

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
    "A question in the agent's own words."

    id: UUID | None = Field(
        None,
        description="A UUID of your own. Sending the same question again with it is safe.",
    )
    session_id: Name = Field(
        description="The session that reports. A session is one run of the agent.",
        examples=["session-1"],
    )
    error_type: Name = Field(
        description="The kind of error, such as the name of the exception.",
        examples=["MissingCredential"],
    )
    error_signature: Signature | None = Field(
        None, description="The identity of the problem. Computed from the texts if left out."
    )
    error_message: str | None = Field(
        None,
        max_length=LONGEST_MESSAGE,
        description="The original error message, shown under Technical details.",
    )
    plain_english_problem: str = Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        pattern=NOT_BLANK,
        description="The question the founder reads, without file names and stack traces.",
        examples=["I need a key for the payment service before customers can pay."],
    )
    attempts_summary: list[Text] | None = Field(
        None,
        max_length=200,
        description="What the agent tried, one plain sentence per entry.",
        examples=[["I looked for a key in the settings."]],
    )
    recommended_action: Text | None = Field(
        None,
        description="What the agent suggests, in plain words.",
        examples=["Create a key and add it to my environment."],
    )
    agent_state: State | None = Field(None, description=_STATE, examples=[{"task": "payments"}])
    callback: Callback | None = Field(None, description=_CALLBACK)


_DIGEST = (
    "The `digest` of the question as you read it. If the question has changed since, "
    "you get 409 with the type `urn:unstuck:changed`."
)


class Resolution(RequestModel):
    "An answer to a question."

    decision: Name = Field(
        description="The value of one of the options, or any text if there are none.",
        examples=["skip_feature"],
    )
    guidance: Text | None = Field(
        None,
        description="A note for the agent, in free text.",
        examples=["We take payments by invoice for now."],
    )
    remember_days: Days | None = Field(
        None,
        description="Create a standing rule: for N days, the same problem of this "
        "project gets this answer automatically. Only for questions "
        "worded by Unstuck. Founders see and stop their rules under "
        "Problems.",
    )
    digest: Digest | None = Field(None, description=_DIGEST)
    answers: Schema | None = Field(
        None,
        description="The values that the question asks for (`answer_schema`), by name. Secrets are "
        "handed over on the question's page instead.",
    )


class Skip(RequestModel):
    "Closes a question without a decision."

    guidance: Text | None = Field(
        None, description="A note for the agent, in free text.", examples=["No longer needed."]
    )
    digest: Digest | None = Field(None, description=_DIGEST)


class Extension(RequestModel):
    "More time for a question."

    deadline: InTime | None = Field(
        description="The new deadline: later than the present one, or null for none.",
        examples=["2026-03-04T18:00:00Z"],
    )


class NewMessage(RequestModel):
    "What a founder asks the agent, or what the agent replies."

    text: str = Field(
        min_length=1,
        max_length=4_000,
        pattern=NOT_BLANK,
        description="The message, in plain text.",
        examples=["The key is for payments in test mode only."],
    )
    after: int | None = Field(
        None,
        ge=0,
        le=100,
        description=(
            "The `id` of the last message you've seen, 0 if there was none. The message then "
            "belongs there: sent again, it is the stored one, also if the other one has written "
            "since."
        ),
        examples=[1],
    )


class NewAttachment(RequestModel):
    "A file for a question."

    file: str = Field(
        json_schema_extra={"format": "binary"},
        description="The file, with its name: an image (PNG, JPEG, WebP) or text, at most 2 MB.",
        examples=["Step 4 of 7: the build failed."],
    )


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
    "Withdraws a question."

    reason: Text | None = Field(
        None,
        description="Why the question no longer needs an answer.",
        examples=["I found the key myself."],
    )


class Receipt(RequestModel):
    "What happened with an answer."

    stage: ReceiptStage = Field(
        description="`picked_up` when the agent starts to follow the answer, then "
        "`worked` or `failed`.",
        examples=["worked"],
    )
    note: Text | None = Field(
        None,
        description="What happened, in the agent's own words.",
        examples=["The shop takes orders by invoice."],
    )


class JobNews(OfProject):
    "Changes to a job. Fields left out stay as they are."

    session_id: Name | None = Field(
        None,
        description="The session that reports. A session is one run of the agent.",
        examples=["session-1"],
    )
    title: Name | None = Field(
        None, description="The name people see.", examples=["Build the shop"]
    )
    state: ToldJobState | None = Field(
        None, description="The new state of the job.", examples=["working"]
    )
    summary: Summary | None = Field(
        None,
        description="One paragraph for people: what is done, and what comes next.",
        examples=["The shop sells bouquets now. Invoices come next."],
    )
    result_url: Link | None = Field(
        None,
        description="Where people find the result. Starts with https:// and contains no "
        "password or key.",
        examples=["https://shop.example.com/"],
    )
    preview: Link | None = Field(
        None,
        description="A picture of the result, shown as a link. Starts with https:// and contains "
        "no password or key.",
        examples=["https://shop.example.com/preview.png"],
    )

    @field_validator("result_url", "preview")
    @classmethod
    def _is_a_link(cls, url: str | None) -> str | None:
        if url is not None and (wrong := links.what_is_wrong(url)):
            raise ValueError(wrong)
        return url


class ErrorReport(OfProject, WithOptions):
    "A failure of the agent's work."

    id: Name | None = Field(
        None,
        description="An id of your own, unique within the job. Sending the same "
        "report again with it is safe. Use a new id for each new failure.",
        examples=["payments-attempt-1"],
    )
    session_id: Name = Field(
        description="The session that reports. A session is one run of the agent.",
        examples=["session-1"],
    )
    error_type: Name = Field(
        description="The kind of error, such as the name of the exception.",
        examples=["ModuleNotFoundError"],
    )
    error_message: str = Field(
        max_length=LONGEST_MESSAGE,
        description="The original error message with its stack trace, at most 1 MB.",
        examples=["No module named stripe"],
    )
    intent: Text | None = Field(
        None,
        description="What the agent wanted to do: its task. When one error after the other comes "
        "up under the same words, Unstuck asks the founder about the task.",
        examples=["set up the payment page"],
    )
    approach: Text | None = Field(
        None, description="What the agent tried.", examples=["installed the package with pip"]
    )
    include_other_jobs: bool = Field(
        False,
        description="Whether the instruction includes what other jobs of the project "
        "tried. It is quoted as data, because other agents wrote it.",
    )
    category: Category | None = Field(
        None, description="The agent's own judgement. It takes precedence over the rules."
    )
    signature: OwnSignature | None = Field(
        None,
        description="Your own identity of the problem, instead of the computed hash. "
        "The error_signature has it as `own-…`. It can't start with "
        "`v1-`.",
    )
    origin: Origin | None = Field(
        None,
        description="`model_provider` if the language model itself fails. An outage "
        "gets waits, uses up no attempts, and becomes a question after "
        "30 minutes. An invalid key, a used-up quota or a closed account "
        "becomes a question right away.",
    )
    plain_english_problem: Text | None = Field(
        None, description="Your own wording of the question, if one is asked."
    )
    recommended_action: Text | None = Field(
        None, description="What the agent suggests, in plain words."
    )
    agent_state: State | None = Field(None, description=_STATE)
    callback: Callback | None = Field(None, description=_CALLBACK)


class Success(OfProject):
    "A solved problem."

    error_signature: Signature = Field(
        description="The error_signature from the verdict.",
        examples=["shop:ModuleNotFoundError:v1-0a1b2c3d4e5f6071"],
    )


class WhichProject(RequestModel):
    "The project, if several have a job with this id."

    project_id: Name | None = Field(None, description=_WHICH_PROJECT, examples=["shop"])


class Filter(RequestModel):
    "Filters and the page of a list of questions."

    project_id: Name | None = Field(None, description="Only questions of this project.")
    status: Status | None = Field(None, description="Only questions with this status.")
    limit: int = Field(50, ge=1, le=200, description="The maximum number of entries.")
    cursor: str | None = Field(
        None, description="The start of the next page, from the Link header."
    )


class Since(WhichProject):
    "Which events of a log to return."

    after: int = Field(0, ge=0, le=10**18 - 1, description="Only events with a higher number.")
    limit: int = Field(
        100, ge=1, le=500, description="The maximum number of events. Ignored for a stream."
    )


class Wait(RequestModel):
    "How long to wait, and for which job."

    wait: float = Field(0, ge=0, le=60, description="The number of seconds to wait, 0 to 60.")
    job_id: str | None = Field(
        None,
        description="Another job that waits for this answer. The response then has "
        "the agent_state of that job.",
    )
    until: WaitUntil = Field(
        "answer",
        description="`turn` also returns when the founder asks you something: `status` is "
        "`pending`, `turn` is `agent`, and `messages` has the question.",
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
    "Which decisions to return, and how long to wait for them."

    after: str | None = Field(
        None,
        description="The cursor of the previous response. If left out, decisions from now on.",
    )
    wait: float = Field(0, ge=0, le=60, description="The number of seconds to wait, 0 to 60.")
