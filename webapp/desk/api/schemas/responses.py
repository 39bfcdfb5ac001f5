"""The schemas of responses."""

from typing import Any
from uuid import UUID

from pydantic import Field

from webapp.desk.api.schemas.enums import (
    Decider,
    JobState,
    MediaType,
    NextStep,
    Outcome,
    Reach,
    Role,
    Scope,
    Side,
    Status,
    TextFormat,
    Urgency,
)
from webapp.desk.api.schemas.parts import Moment, ResponseModel
from webapp.queries.jobs import JobView
from webapp.rules.categories import Category

_ANSWERS = (
    "What came with the decision, by the names of `answer_schema`. A secret is only named: "
    '`{"secret": "stored", "ref": "sec_…"}`. Take it with POST /api/secrets/{ref}/take.'
)


class Option(ResponseModel):
    "One option of a question."

    value: str = Field(description="The value that the decision has if this option is chosen.")
    label: str = Field(description="The text on the button.")
    description: str = Field(description="What happens if this option is chosen.")
    irreversible: bool = Field(
        False,
        description="True if the option can't be undone. Left out otherwise.",
        exclude_if=lambda it: not it,
    )


_REACH = (
    "Whether anyone learns of the question now: people or a webhook are notified; someone uses an "
    "open page; those who are notified have quiet hours; or nobody is notified, and the question "
    "waits until someone opens a page."
)


class CallbackSecret(ResponseModel):
    """How a receiver knows that the answer comes from this server."""

    url: str = Field(description="Where the answer is sent.")
    secret: str = Field(
        description="The secret of Standard Webhooks that signs the request. No other response "
        "holds it, except that to a repetition of the same request.",
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    )


class AgreedDeadline(ResponseModel):
    """Until when somebody may answer, and what holds if nobody does."""

    at: Moment = Field(description="When the question expires.")
    then: str | None = Field(
        description="The value of the option that holds then; null for no decision."
    )


_DECIDED_BY = (
    "`person`, `rule` (a standing rule) or `deadline` (nobody answered in time). Null without a "
    "decision."
)


class QuestionMessage(ResponseModel):
    """What a founder asked the agent before deciding, or what the agent replied."""

    id: int = Field(description="Its number among the messages of the question: 1, 2, 3.")
    by: Side = Field(description="The side that says it.")
    name: str = Field(description="The name of the person or token.")
    text: str = Field(description="The message, in plain text.")
    at: Moment = Field(description="When it was sent.")


class FollowUpNote(ResponseModel):
    """What a person added for the agent after the answer."""

    id: int = Field(description="Its number among the notes of the question: 1, 2, 3.")
    name: str = Field(description="The name of the person.")
    text: str = Field(description="The note, in plain text.")
    at: Moment = Field(description="When it was sent.")


_NOTES = "What people added for the agent after the answer, oldest first."


class AttachedFile(ResponseModel):
    """A file that the agent attached to its question."""

    id: UUID = Field(description="Its UUID. GET /api/attachments/{id} has the content.")
    name: str = Field(description="Its name, with an ending that fits the content.")
    media_type: MediaType = Field(description="What it is, as its content says.")
    size: int = Field(description="Bytes.")
    sha256: str = Field(
        description="The SHA-256 of the content as it's stored, in hexadecimal. Keys in texts "
        "are masked first."
    )
    width: int | None = Field(description="Pixels, if it's an image.")
    height: int | None = Field(description="Pixels, if it's an image.")
    at: Moment = Field(description="When it was attached.")


_TURN = "`agent` while the founder waits for a reply, else `founder`. Null once it's closed."
_MESSAGES = "What founder and agent said to each other about the question, oldest first."


class Escalation(ResponseModel):
    "A question to the founder, with its answer and outcome."

    id: UUID = Field(description="The UUID of the question.")
    session_id: str = Field(description="The session that asked.")
    job_id: str = Field(description="The job that asked.")
    project_id: str = Field(description="The project of the question.")
    error_type: str = Field(description="The error type, as the agent reported it.")
    error_signature: str = Field(description="The identity of the problem within its project.")
    plain_english_problem: str = Field(description="The question the founder reads.")
    attempts_summary: list[str] = Field(description="What the agent tried, in plain words.")
    recommended_action: str = Field(description="What the agent suggests.")
    options: list[Option] = Field(
        description="The options. Empty if the founder answers in free text."
    )
    recommended: str | None = Field(description="The value of the recommended option, if any.")
    text_format: TextFormat = Field(
        "plain", description="How the agent wrote its texts: `plain` or `markdown`."
    )
    urgency: Urgency = Field("normal", description="How urgent it is: `normal` or `critical`.")
    answer_schema: dict[str, Any] | None = Field(
        None,
        description="What the answer has to carry, if anything: a flat JSON Schema object.",
    )
    deadline: AgreedDeadline | None = Field(
        None, description="Until when the founder can answer, if there is a deadline."
    )
    digest: str = Field(
        description="A hash of everything the founder is shown. Send it with the "
        "answer, so that it can't answer a changed question."
    )
    status: Status = Field(description="`pending`, or how the question was closed.")
    founder_decision: str | None = Field(description="The value of the option that was chosen.")
    label: str | None = Field(description="The label of that option.")
    founder_guidance: str | None = Field(description="The founder's note with the decision.")
    answers: dict[str, Any] | None = Field(None, description=_ANSWERS)
    created_at: Moment = Field(description="When the question was asked.")
    resolved_at: Moment | None = Field(description="When the question was closed.")
    resolved_by: str | None = Field(
        description="The name of the person or standing rule that answered, or of "
        "the agent that withdrew the question; `deadline` if nobody answered in time. "
        "Never an email address."
    )
    decided_by: Decider | None = Field(None, description=_DECIDED_BY)
    turn: Side | None = Field(None, description=_TURN)
    messages: list[QuestionMessage] = Field([], description=_MESSAGES)
    notes: list[FollowUpNote] = Field([], description=_NOTES)
    attachments: list[AttachedFile] = Field(
        [], description="The files that the agent attached, oldest first."
    )
    held_until: Moment | None = Field(
        description="Until this moment, the founder can take the answer back. The "
        "question stays pending for the agent, and nobody else can "
        "answer it."
    )
    reason: str | None = Field(description="Why the question was withdrawn.")
    category: Category | None = Field(description="What can fix the error, if known.")
    matched_rule: str | None = Field(description="The rule that determined the category.")
    intent: str | None = Field(description="What the agent wanted to do.")
    error_message: str | None = Field(
        description="The original error message, shown under Technical details."
    )
    warnings: list[str] = Field(
        description="What to improve in the texts the founder reads. The question is stored anyway."
    )
    occurrences: int = Field(
        description="How many jobs ran into this problem. Each job counts once."
    )
    agent_state: dict[str, Any] | None = Field(
        description="The agent's own data, as sent with the question."
    )
    delivered_at: Moment | None = Field(description="When the answer first reached an agent.")
    picked_up_at: Moment | None = Field(
        description="When an agent reported that it picked up the answer."
    )
    outcome: Outcome | None = Field(description="Whether the answer worked, as an agent reported.")
    outcome_at: Moment | None = Field(description="When an agent reported the outcome.")
    outcome_note: str | None = Field(description="The agent's note about the outcome.")
    callback: CallbackSecret | None = Field(
        None,
        exclude_if=lambda callback: callback is None,
        description="In the response to a question with a `callback`. Left out otherwise.",
    )
    reach: Reach | None = Field(
        None,
        exclude_if=lambda reach: reach is None,
        description=f"In the response to a question that was asked. {_REACH}",
        examples=["notified"],
    )


class Counts(ResponseModel):
    "The number of open and closed questions of a job."

    pending: int = Field(description="Questions that are pending.")
    answered: int = Field(description="Questions that are closed.")


class Job(ResponseModel):
    "One piece of work of an agent."

    job_id: str = Field(description="The agent's own id of the job.")
    project_id: str = Field(description="The project of the job.")
    session_id: str | None = Field(
        description="The session of the latest report. A session is one run of an agent."
    )
    title: str | None = Field(description="The name people see.")
    state: JobState = Field(description="The state of the job.")
    summary: str | None = Field(description="What is done and what comes next, in one paragraph.")
    result_url: str | None = Field(description="Where people find the result.")
    preview: str | None = Field(description="A picture of the result.")
    counts: Counts = Field(description="The number of its questions.")
    last_seq: int = Field(description="The number of the latest event in its log.")
    last_event_at: Moment | None = Field(description="When the latest event happened.")
    escalations_since_resume: int = Field(
        description="Questions from failures since the job started or was last "
        "resumed. The fifth one pauses the job."
    )
    created_at: Moment = Field(description="When the job was created.")

    @classmethod
    def of(cls, view: JobView) -> "Job":
        """The job as a caller sees it."""
        return cls(
            job_id=view.job.job_id,
            project_id=view.job.project_id,
            session_id=view.job.session_id,
            title=view.job.title,
            state=view.state,  # type: ignore[arg-type]  # checked by the constraint of the table
            summary=view.job.summary,
            result_url=view.job.result_url,
            preview=view.job.preview,
            counts=Counts(pending=view.pending, answered=view.answered),
            last_seq=view.job.last_seq,
            last_event_at=view.job.last_event_at,
            escalations_since_resume=view.job.escalations_since_resume,
            created_at=view.job.created_at,
        )


class Verdict(ResponseModel):
    "What the agent should do next. Fields that don't apply are null."

    verdict: NextStep = Field(description="What to do next.")
    category: Category | None = Field(
        description="`never_retry`: only a person can fix it. `env_error`: waiting "
        "can fix it. `code_error`: another approach can fix it."
    )
    matched_rule: str | None = Field(description="The rule that determined the category.")
    error_signature: str | None = Field(description="The identity of the problem.")
    attempt: int | None = Field(
        description="How many attempts of this job at this problem have failed. "
        "If Unstuck asks about the whole task, how many have failed in the task."
    )
    max_attempts: int | None = Field(
        description="How many attempts are allowed before Unstuck asks the founder."
    )
    instruction: str | None = Field(
        description="Text for a language model: what failed, what was tried, and what to do next."
    )
    approaches_tried: list[str] | None = Field(
        description="The approaches this job tried, oldest first. At most the latest 8 kB."
    )
    retry_after_s: float | None = Field(description="Seconds to wait before trying again.")
    escalation_id: UUID | None = Field(
        description="The question that was opened or joined. If the verdict follows "
        "an answer: the answered question. Send its receipt there."
    )
    decision: str | None = Field(
        description="The value of the option the founder chose, if the verdict "
        "follows an answer. Null with the verdict skip: the question was "
        "closed without an answer."
    )
    label: str | None = Field(description="The label of that option.")
    digest: str | None = Field(
        None,
        exclude_if=lambda digest: digest is None,
        description="The digest of the answered question. Left out without a decision.",
    )
    guidance: str | None = Field(description="The founder's note about this problem.")
    answers: dict[str, Any] | None = Field(
        None, exclude_if=lambda answers: answers is None, description=_ANSWERS
    )
    repeated: bool = Field(
        False,
        exclude_if=lambda repeated: not repeated,
        description="True if a report with this id was already stored. The verdict "
        "is the stored one, and nothing was counted. Left out otherwise.",
    )
    warnings: list[str] = Field(
        [],
        exclude_if=lambda warnings: not warnings,
        description="What to correct, such as an id that was used for another "
        "failure. Left out if empty.",
    )
    notes: list[str] = Field(
        [],
        exclude_if=lambda notes: not notes,
        description="What people added after the decision, oldest first. Left out if empty.",
        examples=[["Use the blue logo."]],
    )
    callback: CallbackSecret | None = Field(
        None,
        exclude_if=lambda callback: callback is None,
        description="If the report named a `callback` and there is a question to wait for. Left "
        "out otherwise.",
    )
    reach: Reach | None = Field(
        None,
        exclude_if=lambda reach: reach is None,
        description=f"If a question was opened or joined. {_REACH}",
        examples=["notified"],
    )


class Healed(ResponseModel):
    "A solved problem."

    error_signature: str = Field(description="The solved problem.")
    known: bool = Field(description="Whether this problem was ever reported.")
    times_healed: int = Field(description="How often this problem was solved.")


class Decision(ResponseModel):
    "The founder's answer."

    status: Status = Field(description="How the question was closed.")
    decision: str | None = Field(description="The value of the option that was chosen.")
    label: str | None = Field(description="The label of that option.")
    digest: str = Field(description="The digest of the answered question.")
    guidance: str | None = Field(description="The founder's note with the decision.")
    answers: dict[str, Any] | None = Field(None, description=_ANSWERS)
    resolved_at: Moment = Field(description="When the question was closed.")
    decided_by: Decider | None = Field(None, description=_DECIDED_BY)
    notes: list[FollowUpNote] = Field(
        [],
        exclude_if=lambda notes: not notes,
        description=f"{_NOTES} Left out if there are none.",
    )
    agent_state: dict[str, Any] | None = Field(
        description="The agent's own data, as sent with the question."
    )


class Answered(Decision):
    """The founder's answer, or what the founder asks the agent before deciding."""

    status: Status = Field(description="`pending`, or how the question was closed.")
    resolved_at: Moment | None = Field(  # type: ignore[assignment]  # null while it is pending
        description="When the question was closed."
    )
    turn: Side | None = Field(
        None,
        description="Only with `until=turn`: `agent` if the founder asks something. Left out "
        "otherwise.",
        exclude_if=lambda turn: turn is None,
    )
    messages: list[QuestionMessage] = Field(
        [],
        description=f"With `turn`: {_MESSAGES} Left out otherwise.",
        exclude_if=lambda messages: not messages,
    )


class DecisionEntry(Decision):
    """One of many decisions."""

    escalation_id: UUID = Field(description="The UUID of the answered question.")
    project_id: str = Field(description="The project of the question.")
    job_id: str = Field(description="The job that asked it.")
    error_signature: str = Field(description="The problem the question was about.")


class Decisions(ResponseModel):
    "Decisions in order, and the cursor for the next request."

    decisions: list[DecisionEntry] = Field(
        description="The decisions, oldest first. Empty if there are none."
    )
    cursor: str = Field(description="Send it as `after` to get the next decisions.")


class TokenProject(ResponseModel):
    """A project of a token."""

    project_id: str = Field(
        description="The id of the project. `*` means all projects.", examples=["shop"]
    )
    role: Role = Field(
        description="What the token can do there. agent: report, ask, read, wait, "
        "send receipts, withdraw. founder: also resolve, skip, resume. "
        "observer: read.",
        examples=["agent"],
    )


class Token(ResponseModel):
    "The token of this request. Its secret is never shown again."

    name: str = Field(description="The name of the token.", examples=["build-agent"])
    scope: Scope = Field(description="The scope of the token.", examples=["agent"])
    acts_as: str | None = Field(
        description="The name of the person in whose name it answers; null for an agent's token.",
        examples=[None],
    )
    projects: list[TokenProject] = Field(
        description="The projects of the token, with its role in each."
    )
    expires_at: Moment | None = Field(
        description="When it stops working; null if it doesn't expire."
    )


class TakenSecret(ResponseModel):
    """A secret that was handed over."""

    name: str = Field(description="Its name, as the question asked for it.")
    value: str = Field(description="The secret itself.")
    lease_s: int = Field(description="Seconds in which to confirm it with `ack`.")


class FieldError(ResponseModel):
    "A validation error of one field."

    field: str = Field(
        description="The path of the field, with dots.", examples=["options.1.value"]
    )
    message: str = Field(
        description="What is wrong with it and how to correct it.", examples=["is missing: add it"]
    )


class Problem(ResponseModel):
    "An error (RFC 9457): what went wrong, and what to do next."

    type: str = Field(
        description="The kind of error, for programs.", examples=["urn:unstuck:invalid"]
    )
    title: str = Field(description="The name of the HTTP status.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong, and the next step.")


class InvalidProblem(Problem):
    "The request failed validation."

    errors: list[FieldError] = Field(description="One entry for each field to correct.")


class AnsweredProblem(Problem):
    "The question is no longer pending, or it changed after it was read."

    escalation: Escalation | None = Field(None, description="The question as it is now.")
