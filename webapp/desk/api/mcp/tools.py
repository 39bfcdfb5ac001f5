"""The four tools. Each calls what the JSON API calls for the same."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from flask import request
from pydantic import BaseModel

from webapp.actors import Actor
from webapp.desk.api import decisions, escalations, reading, reports
from webapp.desk.api.mcp.arguments import (
    Answer,
    Failure,
    KeyWanted,
    Noted,
    OfJob,
    Outcome,
    Question,
    Waiting,
)
from webapp.desk.api.response import ApiResponse
from webapp.desk.api.schemas.parts import Choice
from webapp.desk.api.schemas.requests import (
    ErrorReport,
    NewEscalation,
    Receipt,
    Success,
    WhichProject,
)
from webapp.desk.api.schemas.responses import Verdict
from webapp.desk.api.which import escalation_key
from webapp.errors import Invalid
from webapp.operations import asking_back
from webapp.operations.answers import AlreadyAnswered

_SESSION: Final = "mcp"
_HAND_OVER: Final = [
    Choice.model_validate({"value": "provide_credentials", "label": "I've entered it"}),
    Choice.model_validate({"value": "skip_feature", "label": "Go on without it"}),
]
"""The choices of a question that asks for keys and names none."""

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Wait:
    """What a tool does last: wait for the answer to a question, for so many seconds."""

    key: UUID
    seconds: float


@dataclass(frozen=True)
class Tool:
    """A tool: what the model reads about it, and what runs."""

    name: str
    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Any, Actor], BaseModel | Wait]
    idempotent: bool = False

    def shown(self) -> dict[str, Any]:
        """The tool as `tools/list` shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.takes.model_json_schema(),
            "outputSchema": self.gives.model_json_schema(mode="serialization"),
            "annotations": {
                "title": self.title,
                "readOnlyHint": False,
                "destructiveHint": False,
                "idempotentHint": self.idempotent,
                "openWorldHint": False,
            },
        }


def _report_failure(params: Failure, by: Actor) -> BaseModel:
    body = _body(
        ErrorReport,
        id=params.report_id,
        project_id=params.project_id,
        session_id=_SESSION,
        error_type=params.what_failed,
        error_message=params.error,
        approach=params.approach,
        intent=params.intent,
        plain_english_problem=params.question,
        options=params.options,
    )
    return _read(Verdict, reports.report_error(_job(params), body, _body(WhichProject), None, by))


def _ask_founder(params: Question, by: Actor) -> Wait:
    body = _body(
        NewEscalation,
        id=params.question_id,
        project_id=params.project_id,
        session_id=_SESSION,
        error_type="Question",
        plain_english_problem=params.question,
        text_format=params.text_format,
        options=_HAND_OVER if params.secrets and not params.options else params.options,
        recommended=params.recommended,
        answer_schema=_schema(params.secrets, params.options) if params.secrets else None,
    )
    asked = escalations.create_escalation(_job(params), body, _body(WhichProject), None, by)
    return Wait(UUID(json.loads(asked.body)["id"]), params.wait_s)


def _schema(secrets: list[KeyWanted], options: list[Choice] | None) -> dict[str, Any]:
    """What makes the question's page ask for these keys."""
    belongs = {} if options else {"x-options": [_HAND_OVER[0].value]}
    properties = {
        wanted.name: {"type": "string", "format": "secret"}
        | ({"description": wanted.description} if wanted.description else {})
        | belongs
        for wanted in secrets
    }
    required = {} if options else {"required": list(properties)}
    return {"type": "object", "properties": properties} | required


def _wait_for_decision(params: Waiting, by: Actor) -> Wait:
    key = escalation_key(params.escalation_id)
    if params.reply is not None:
        # What was answered meanwhile needs no reply: the wait tells the answer.
        with suppress(AlreadyAnswered):
            asking_back.say(key, params.reply, after=params.reply_to, by=by)
    return Wait(key, params.wait_s)


def _report_outcome(params: Outcome, by: Actor) -> Noted:
    if (params.escalation_id is None) == (params.error_signature is None):
        message = "send either this or error_signature"
        raise Invalid("Send either escalation_id or error_signature.", {"escalation_id": message})
    if params.escalation_id is not None:
        receipt = _body(Receipt, stage="worked" if params.worked else "failed", note=params.note)
        decisions.send_receipt(params.escalation_id, receipt, by)
        return Noted(noted=True, message="The founder sees what became of the answer.")
    if not params.worked:
        return Noted(noted=False, message="Report the new failure with report_failure.")
    body = _body(Success, project_id=params.project_id, error_signature=params.error_signature)
    healed = json.loads(reports.heal_error(_job(params), body, _body(WhichProject), by).body)
    if healed["known"]:
        return Noted(noted=True, message="This failure is over; its attempts count anew.")
    return Noted(noted=False, message="No failure of this signature was ever reported.")


def _job(params: OfJob) -> str:
    """The job that is meant, by the arguments or by the header."""
    named = params.job_id or request.headers.get("X-Unstuck-Job", "").strip()
    if not named:
        message = "is missing: name your task, or set the header X-Unstuck-Job"
        raise Invalid(f"job_id {message}.", {"job_id": message})
    return reading.path({"job_id": named})["job_id"]


def _body(model: type[ModelT], **values: Any) -> ModelT:
    """A body of the JSON API; Invalid as there."""
    sent = {name: value for name, value in values.items() if value is not None}
    if "options" in sent:
        sent["options"] = [each.model_dump() for each in sent["options"]]
    return reading.arguments(model, sent)


def _read(model: type[ModelT], response: ApiResponse) -> ModelT:
    return model.model_validate_json(response.body)


TOOLS: Final = {
    tool.name: tool
    for tool in (
        Tool(
            "report_failure",
            "Report a failure",
            "Report that something failed, and learn what to do next: retry in another way, wait, "
            "ask the founder, skip or pause. Call it after each failed attempt.",
            Failure,
            Verdict,
            _report_failure,
        ),
        Tool(
            "ask_founder",
            "Ask the founder",
            "Ask the person you work for what you can't decide or do yourself. Returns the answer, "
            "or status pending with an escalation_id for wait_for_decision.",
            Question,
            Answer,
            _ask_founder,
            idempotent=True,
        ),
        Tool(
            "wait_for_decision",
            "Wait for the answer",
            "Wait for the founder's answer to a question that is pending. If the founder asks you "
            "something first (founder_asks), send your `reply` with it.",
            Waiting,
            Answer,
            _wait_for_decision,
            idempotent=True,
        ),
        Tool(
            "report_outcome",
            "Say whether it worked",
            "Say whether the founder's answer worked (escalation_id), or that a reported failure "
            "is over (error_signature).",
            Outcome,
            Noted,
            _report_outcome,
            idempotent=True,
        ),
    )
}
