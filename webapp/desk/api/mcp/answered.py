"""How a question stands, told to a language model: facts, and what it should do with them."""

import shlex
from typing import Any, Final

from flask import request

from webapp.actors import Actor
from webapp.desk.api.mcp.arguments import Answer
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.queries import ownership
from webapp.queries.decisions import Decision
from webapp.rules.answer_schema import is_secret

_PENDING: Final = (
    "Nobody has answered yet. This is not a refusal and not an approval. Call wait_for_decision "
    "again, or do other work that does not depend on it. Do not choose for the founder."
)
_ASKED: Final = (
    "The founder asks you something before deciding: “{}” This is not an answer to your question "
    "yet. Call wait_for_decision with this escalation_id, your reply in `reply` and `reply_to` {}: "
    "it sends the reply and waits on. Do not choose for the founder."
)
_CLOSED: Final = {
    "skipped": "The founder closed the question without a decision. Go on without this.",
    "withdrawn": "The question was withdrawn, so nobody will answer it.",
    "expired": "The question has expired without an answer. Ask again if you still need one.",
}
_DEFAULT: Final = (
    "Nobody answered before the deadline. Continue with the default that you announced: {}. It is "
    "not a founder's decision."
)
_SECRETS: Final = (
    "The founder handed over {names}. You can't see the value, only a program can take it. Run a "
    "program with it as ${first} in its environment: `{command} -- PROGRAM`. Or write it to a "
    "file: `{command} --file PATH`. Never print it, and run no program that does: `env` or `echo` "
    "would. The command comes with the Python package "
    "`unstuck` and needs UNSTUCK_URL and UNSTUCK_TOKEN in its environment."
)


def answer(
    asked: AgentEscalation, found: Decision | None, back: dict[str, Any] | None, by: Actor
) -> Answer:
    """How the question stands, with what that means for the agent; `back` is the message in which
    the founder asks it in turn. Secrets are named only."""
    if found is None:
        key = str(asked.id)
        if back is None:
            return Answer(status="pending", escalation_id=key, message=_PENDING)
        text, number = back["text"], back["id"]
        message = _ASKED.format(text, number)
        return Answer(
            status="pending",
            escalation_id=key,
            founder_asks=text,
            founder_asks_id=number,
            message=message,
        )
    values = {option["value"] for option in asked.options}
    chosen = found.label if found.decision in values else None
    meaning = [_meaning(found, chosen, has_options=bool(values))]
    secrets = [name for name, value in (found.answers or {}).items() if is_secret(value)]
    if secrets:
        meaning.append(_how_to_take(asked, secrets, by))
    given = {name: value for name, value in (found.answers or {}).items() if name not in secrets}
    return Answer(
        status="answered" if found.status == "resolved" else found.status,  # type: ignore[arg-type]  # checked by the constraint of the table
        escalation_id=str(asked.id),
        decision=found.decision,
        guidance=found.guidance,
        option_chosen=chosen,
        answers=given or None,
        secrets=secrets or None,
        message=" ".join(meaning),
    )


def _meaning(found: Decision, chosen: str | None, *, has_options: bool) -> str:
    if found.status == "expired" and found.decision is not None:
        return _DEFAULT.format(chosen or found.decision)
    if found.status != "resolved":
        return _CLOSED[found.status]
    if chosen is None:
        chose = "chose none of the options and wrote" if has_options else "wrote"
        return f"The founder {chose}: {found.decision}"
    more = f" and wrote: {found.guidance}" if found.guidance else "."
    return f"The founder chose: {chosen}{more}"


def _how_to_take(asked: AgentEscalation, secrets: list[str], by: Actor) -> str:
    jobs = ownership.waiting_jobs(db.session(), asked, by=by)
    named = request.headers.get("X-Unstuck-Job", "").strip()
    job = named if named in jobs else next(iter(jobs), asked.job_id)
    command = f"unstuck secret {asked.id} {secrets[0]} --job {shlex.quote(job)}"
    return _SECRETS.format(names=", ".join(secrets), first=secrets[0], command=command)
