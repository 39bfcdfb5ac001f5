"""The schemas of responses."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from webapp.desk.api.schemas.parts import Moment, ResponseModel
from webapp.queries.jobs import JobView

Status = Literal["pending", "resolved", "skipped", "expired", "withdrawn"]


_ANSWERS = (
    "What came with the decision, by the names of `answer_schema`. A secret is only named: "
    '`{"secret": "stored", "ref": "sec_…"}`. Take it with POST /api/secrets/{ref}/take.'
)


class Option(ResponseModel):
    """One choice of a question."""

    value: str = Field(description="What comes back as the decision.")
    label: str = Field(description="What the founder reads on the button.")
    description: str = Field(description="What happens if it is chosen.")
    irreversible: bool = Field(
        False,
        description="Whether it can't be undone; left out if not.",
        exclude_if=lambda it: not it,
    )


class CallbackSecret(ResponseModel):
    """How a receiver knows that the answer comes from this server."""

    url: str = Field(description="Where the answer is sent.")
    secret: str = Field(
        description="The secret of Standard Webhooks that signs the request. No other response "
        "holds it, except that to a repetition of the same request.",
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    )


class Escalation(ResponseModel):
    """A structured question to the founder, and what became of it."""

    id: UUID = Field(description="Its UUID.")
    session_id: str = Field(description="The session that asked.")
    job_id: str = Field(description="The job that asked.")
    project_id: str = Field(description="The project it belongs to.")
    error_type: str = Field(description="The kind of error, as reported.")
    error_signature: str = Field(description="The identity of the problem within its project.")
    plain_english_problem: str = Field(description="The problem as the founder reads it.")
    attempts_summary: list[str] = Field(description="What was tried, in plain words.")
    recommended_action: str = Field(description="What the agent suggests.")
    options: list[Option] = Field(description="The choices; none if the founder answers freely.")
    recommended: str | None = Field(description="The value of the recommended option, if any.")
    answer_schema: dict[str, Any] | None = Field(
        None,
        description="What the answer has to carry, if anything: a flat JSON Schema object.",
    )
    digest: str = Field(
        description="What an answer is bound to: it differs as soon as anything that the founder "
        "is shown differs. Send it along with the answer."
    )
    status: Status = Field(description="Whether it waits, or how it was closed.")
    founder_decision: str | None = Field(description="The value of the option that was chosen.")
    label: str | None = Field(description="The label of that option: what the founder read.")
    founder_guidance: str | None = Field(description="The free text that came with the decision.")
    answers: dict[str, Any] | None = Field(None, description=_ANSWERS)
    created_at: Moment = Field(description="When it was asked.")
    resolved_at: Moment | None = Field(description="When it left pending.")
    resolved_by: str | None = Field(
        description="The name of who answered, or the standing rule; for a withdrawn one, the "
        "agent. Never an address."
    )
    held_until: Moment | None = Field(
        description="A founder answered on the page and may take it back until then; the question "
        "is still pending for its agent and taken for everybody else."
    )
    reason: str | None = Field(description="Why it was withdrawn.")
    category: str | None = Field(description="never_retry, env_error or code_error, if known.")
    matched_rule: str | None = Field(description="The rule that told the category.")
    intent: str | None = Field(description="What the agent wanted.")
    error_message: str | None = Field(description="The raw message, for the technical details.")
    warnings: list[str] = Field(
        description="What to improve in the texts that the founder reads. The question is stored "
        "all the same."
    )
    occurrences: int = Field(
        description="How many jobs met this problem. One that comes again is not counted again."
    )
    agent_state: dict[str, Any] | None = Field(description="What the agent sent along.")
    delivered_at: Moment | None = Field(description="When the answer first reached an agent.")
    picked_up_at: Moment | None = Field(description="When an agent said that it took it up.")
    outcome: Literal["worked", "failed"] | None = Field(
        description="Whether the answer worked, as an agent said."
    )
    outcome_at: Moment | None = Field(description="When an agent said so.")
    outcome_note: str | None = Field(description="What an agent said about it.")
    callback: CallbackSecret | None = Field(
        None,
        exclude_if=lambda callback: callback is None,
        description="In the response to a question with a `callback`. Left out otherwise.",
    )


class Counts(ResponseModel):
    """The questions that a job waits for or waited for."""

    pending: int = Field(description="Questions that wait for an answer.")
    answered: int = Field(description="Questions that were closed.")


class Job(ResponseModel):
    """A build run of an agent."""

    job_id: str = Field(description="The agent's own name for it.")
    project_id: str = Field(description="The project it belongs to.")
    session_id: str | None = Field(description="The session that reported last.")
    title: str | None = Field(description="What people read as its name.")
    state: Literal["working", "waiting_for_input", "paused", "finished", "failed"] = Field(
        description="How it stands."
    )
    counts: Counts = Field(description="Its questions.")
    last_seq: int = Field(description="The number of the latest event of its log.")
    last_event_at: Moment | None = Field(description="When its log last grew.")
    escalations_since_resume: int = Field(
        description="Questions that came of failures since it started or was last resumed; the "
        "fifth pauses it."
    )
    created_at: Moment = Field(description="When it was first named.")

    @classmethod
    def of(cls, view: JobView) -> "Job":
        """The job as a caller sees it."""
        return cls(
            job_id=view.job.job_id,
            project_id=view.job.project_id,
            session_id=view.job.session_id,
            title=view.job.title,
            state=view.state,  # type: ignore[arg-type]  # checked by the constraint of the table
            counts=Counts(pending=view.pending, answered=view.answered),
            last_seq=view.job.last_seq,
            last_event_at=view.job.last_event_at,
            escalations_since_resume=view.job.escalations_since_resume,
            created_at=view.job.created_at,
        )


class Verdict(ResponseModel):
    """What the agent does next. A field that does not apply is null."""

    verdict: Literal["retry", "wait", "escalate", "pause", "skip"] = Field(
        description="What to do next."
    )
    category: str | None = Field(description="What can be done about the error.")
    matched_rule: str | None = Field(description="Why: the rule that told the category.")
    error_signature: str | None = Field(description="The identity of the problem.")
    attempt: int | None = Field(description="The number of this failure within its budget.")
    max_attempts: int | None = Field(
        description="How many there may be before the founder is asked."
    )
    instruction: str | None = Field(
        description="Text for a language model: what failed, what was tried, and that the next "
        "approach must be fundamentally different."
    )
    approaches_tried: list[str] | None = Field(
        description="What this job tried, oldest first: the latest 8 kB of it."
    )
    retry_after_s: float | None = Field(description="Seconds to wait before trying again.")
    escalation_id: UUID | None = Field(
        description="The question that was opened or joined; or, where the verdict follows an "
        "answer, the question that was answered: the receipt goes there."
    )
    decision: str | None = Field(
        description="What the founder decided about this problem, where the verdict follows it: "
        "the value of the option. Null with skip: the question was closed without an answer."
    )
    label: str | None = Field(description="The label of that option, as the founder read it.")
    digest: str | None = Field(
        None,
        exclude_if=lambda digest: digest is None,
        description="The digest of the question that was answered. Left out without a decision.",
    )
    guidance: str | None = Field(description="What the founder said about this problem.")
    answers: dict[str, Any] | None = Field(
        None, exclude_if=lambda answers: answers is None, description=_ANSWERS
    )
    repeated: bool = Field(
        False,
        exclude_if=lambda repeated: not repeated,
        description="True if this report was known by its id: the verdict is that of the first "
        "time, and nothing was counted. Left out otherwise.",
    )
    warnings: list[str] = Field(
        [],
        exclude_if=lambda warnings: not warnings,
        description="What to correct, such as an id that was used for another failure. Left out "
        "if there is nothing.",
    )
    callback: CallbackSecret | None = Field(
        None,
        exclude_if=lambda callback: callback is None,
        description="If the report named a `callback` and there is a question to wait for. Left "
        "out otherwise.",
    )


class Healed(ResponseModel):
    """A problem that is over."""

    error_signature: str = Field(description="The problem that is over.")
    known: bool = Field(description="Whether this problem had ever been reported.")
    times_healed: int = Field(description="How often it was over until now.")


class Decision(ResponseModel):
    """The founder's answer, as a waiting agent gets it."""

    status: Status = Field(description="How the question was closed.")
    decision: str | None = Field(description="The value of the option that was chosen.")
    label: str | None = Field(description="The label of that option: what the founder read.")
    digest: str = Field(description="The digest of the question that was answered.")
    guidance: str | None = Field(description="The free text that came with the decision.")
    answers: dict[str, Any] | None = Field(None, description=_ANSWERS)
    resolved_at: Moment = Field(description="When it was closed.")
    agent_state: dict[str, Any] | None = Field(
        description="What the agent sent along with its question."
    )


class DecisionEntry(Decision):
    """One of many decisions."""

    escalation_id: UUID = Field(description="The question that was decided.")
    project_id: str = Field(description="The project of the question.")
    job_id: str = Field(description="The job that asked it.")
    error_signature: str = Field(description="The problem that it was about.")


class Decisions(ResponseModel):
    """Decisions in order, and where to go on."""

    decisions: list[DecisionEntry] = Field(description="Oldest first; empty if there was none.")
    cursor: str = Field(description="Send it as `after` to get the decisions that follow.")


class TokenProject(ResponseModel):
    """A project of a token."""

    project_id: str = Field(description="Its id; `*` stands for all projects.", examples=["shop"])
    role: Literal["agent", "founder", "observer"] = Field(
        description="What the token may do there. agent: report, ask, read, wait, give receipts, "
        "withdraw. founder: also resolve, skip, resume. observer: read.",
        examples=["agent"],
    )


class Token(ResponseModel):
    """What the calling token may do. Its secret is never shown again."""

    name: str = Field(description="What it was made for.", examples=["build-agent"])
    scope: Literal["agent", "founder"] = Field(
        description="What it was made to do.", examples=["agent"]
    )
    acts_as: str | None = Field(
        description="The name of the person in whose name it answers; null for an agent's token.",
        examples=[None],
    )
    projects: list[TokenProject] = Field(description="Where it may do what.")
    expires_at: Moment | None = Field(
        description="When it stops working; null if it doesn't expire."
    )


class TakenSecret(ResponseModel):
    """A secret that was handed over."""

    name: str = Field(description="Its name, as the question asked for it.")
    value: str = Field(description="The secret itself.")
    lease_s: int = Field(description="Seconds in which to confirm it with `ack`.")


class FieldError(ResponseModel):
    """What is wrong with one field."""

    field: str = Field(examples=["options.1.value"])
    message: str = Field(examples=["is missing: add it"])


class Problem(ResponseModel):
    """RFC 9457: what went wrong, and what to do about it."""

    type: str = Field(
        description="A name of the kind of error, for programs.", examples=["urn:unstuck:invalid"]
    )
    title: str = Field(description="What kind of error it is.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence that a person can act on.")


class InvalidProblem(Problem):
    """Content that was understood and refused."""

    errors: list[FieldError] = Field(description="One entry for each field to correct.")


class AnsweredProblem(Problem):
    """The question had left pending, or changed after it was read: this is how it stands now."""

    escalation: Escalation | None = None


class Event(ResponseModel):
    """One event of a job's log; its other members depend on `type` (docs/reference/events.md)."""

    type: str = Field(examples=["agent.escalation_resolved"])
    project_id: str = Field(description="The project of the job.")
    job_id: str = Field(description="The job it happened to.")
    seq: int = Field(description="Its number in the log of the job: 1, 2, 3, and so on.")
    at: Moment = Field(description="When it happened.")
