"""The hook endpoint: coding agents report failures and ask their questions without knowing of us.

Each agent has a module that reads its payload into one of the events of events.py; failures.py and
questions.py call what the JSON API calls; replies.py writes what goes back, for all agents.
"""

import json
from typing import Final, Protocol

from flask import request

from webapp.actors import Actor
from webapp.desk.api import reading
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.hooks import (
    claude_code,
    copilot_cli,
    cursor,
    failures,
    gemini_cli,
    generic,
    questions,
    replies,
)
from webapp.desk.api.hooks.events import Asked, Event, Failed, Payload, Source, last_part
from webapp.desk.api.response import ApiResponse
from webapp.desk.api.schemas.parts import HOOK_AGENTS
from webapp.desk.api.schemas.requests import Hook, HookPayload
from webapp.errors import NotFound


class Agent(Protocol):
    """A module that reads the payloads of one kind of agent."""

    def read(self, payload: Payload) -> Event | None:
        """The event; None for any that is not for us."""


_READERS: Final[tuple[Agent, ...]] = (claude_code, cursor, copilot_cli, gemini_cli, generic)
AGENTS: Final = dict(zip(HOOK_AGENTS, _READERS, strict=True))


@endpoint(
    "POST",
    "/api/hooks/{agent}",
    tag="Hooks",
    operation_id="receive_hook",
    summary="Take in an agent's hook",
    body=HookPayload,
    query=Hook,
    responses={200: ("What the agent's hook gives back; empty if there is nothing to say.", None)},
    errors={
        404: "There is no such agent, or the token may not see the project.",
        409: "Several of your projects have this job: add ?project_id=. Or the job is paused.",
        429: "The project has too many open questions, or the token sends too much.",
    },
)
def receive_hook(agent: str, body: HookPayload, query: Hook, by: Actor) -> ApiResponse:
    """Takes the JSON that a coding agent gives to its hooks, and answers in the schema of that
    agent. A failed tool is reported; the same tool working again heals; a question of Claude Code
    opens a card, and comes back empty until the founder has answered. Other events get an empty
    object. The job is `job_id`, the header X-Unstuck-Job, or the name of the agent's folder."""
    reader = AGENTS.get(agent)
    if reader is None:
        raise NotFound(f"There are no hooks for {agent[:80]!r}. Use one of: {', '.join(AGENTS)}.")
    event = reader.read(body.payload)
    answer = replies.NOTHING if event is None else _answer(agent, event, query, by)
    return ApiResponse(json.dumps(answer, ensure_ascii=False))


def _answer(agent: str, event: Event, query: Hook, by: Actor) -> replies.Answer:
    if isinstance(event, Asked):
        job_id = _job(agent, event.source, query)
        keys = questions.ask(event, job_id, query.project_id, by=by)
        answered = questions.wait(event.questions, keys, query.wait, by=by)
        return replies.on_questions(agent, event, answered)
    job_id = _job(agent, event.use.source, query)
    if isinstance(event, Failed):
        verdict = failures.report(event, job_id, query.project_id, by=by)
        return replies.NOTHING if verdict is None else replies.on_failure(agent, verdict)
    failures.heal(event, job_id, query.project_id, by=by)
    return replies.NOTHING


def _job(agent: str, source: Source, query: Hook) -> str:
    named = query.job_id or request.headers.get("X-Unstuck-Job", "").strip()
    return reading.path({"job_id": named or last_part(source.folder) or agent})["job_id"]
