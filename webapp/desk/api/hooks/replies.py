"""What goes back to an agent, in the schema of its hooks.

The text is facts, not orders: what comes from outside and gives orders is what agents are trained
to distrust. Texts of people and of agents stand in it as quotes.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from webapp.desk.api.hooks.events import Asked
from webapp.desk.api.hooks.questions import IN_TERMINAL, Answered
from webapp.operations.reports.verdict import Verdict

Answer = dict[str, Any]

NOTHING: Final[Answer] = {}
LONGEST_TEXT: Final = 10_000
"""Characters of context that Claude Code takes from a hook."""

_LONGEST_QUOTE: Final = 1_500
_MOST_QUOTES: Final = 5

_ESCALATED: Final = (
    "The founder has been asked about it (question {id}). Nobody has answered yet, which is "
    "neither a refusal nor an approval. Work that does not depend on it can go on."
)
_PAUSED: Final = (
    "The founder has been asked about several failures of this job, and the job is paused until "
    "they let it go on, on the job's page in Unstuck."
)


@dataclass(frozen=True)
class Reply:
    """What is said about a failure; `stops` when the job is paused."""

    verdict: Verdict
    text: str

    @property
    def stops(self) -> bool:
        """Whether the agent should stop."""
        return self.verdict.verdict == "pause"


def about(verdict: Verdict) -> Reply:
    """The verdict on a failure, as facts."""
    lines = ["Unstuck, where this project's founder is asked, has this failure on record."]
    match verdict.verdict:
        case "escalate":
            lines.append(_ESCALATED.format(id=verdict.escalation_id))
        case "pause":
            lines.append(_PAUSED)
        case "skip":
            lines.append("The founder decided that this part is left out.")
        case "wait":
            lines.append(f"It may pass by itself: wait {verdict.retry_after_s:g} s.")
        case _:
            lines.append(
                f"It is attempt {verdict.attempt} of {verdict.max_attempts}; after that the "
                "founder is asked. The same attempt again has the same result."
            )
    lines += _decided(verdict)
    if verdict.verdict in ("retry", "wait") and verdict.approaches_tried:
        tried = [_quote(each) for each in verdict.approaches_tried[-_MOST_QUOTES:]]
        lines.append(f"Tried so far without success: {'; '.join(tried)}.")
    return Reply(verdict, " ".join(lines)[:LONGEST_TEXT])


def _decided(verdict: Verdict) -> list[str]:
    said = []
    if verdict.decision:
        said.append(f"The founder decided: {_quote(verdict.label or verdict.decision)}.")
    if verdict.guidance:
        said.append(f"The founder wrote: {_quote(verdict.guidance)}.")
    return said


def _quote(text: str) -> str:
    return json.dumps(text[:_LONGEST_QUOTE], ensure_ascii=False)


def _claude_code(reply: Reply) -> Answer:
    if reply.stops:
        return {"continue": False, "stopReason": reply.text}
    specific = {"hookEventName": "PostToolUseFailure", "additionalContext": reply.text}
    return {"hookSpecificOutput": specific}


def _gemini_cli(reply: Reply) -> Answer:
    if reply.stops:
        return {"continue": False, "stopReason": reply.text}
    specific = {"hookEventName": "AfterTool", "additionalContext": reply.text}
    return {"hookSpecificOutput": specific}


def _generic(reply: Reply) -> Answer:
    return {
        "verdict": reply.verdict.verdict,
        "text": reply.text,
        "error_signature": reply.verdict.error_signature,
        "escalation_id": reply.verdict.escalation_id,
        "retry_after_s": reply.verdict.retry_after_s,
    }


_WRITTEN: Final[dict[str, Callable[[Reply], Answer]]] = {
    "claude-code": _claude_code,
    "cursor": lambda reply: {"additional_context": reply.text},
    "copilot-cli": lambda reply: {"additionalContext": reply.text},
    "gemini-cli": _gemini_cli,
    "generic": _generic,
}


def on_failure(agent: str, verdict: Verdict) -> Answer:
    """The verdict in the agent's schema."""
    return _WRITTEN[agent](about(verdict))


def on_questions(agent: str, asked: Asked, answered: Sequence[Answered] | None) -> Answer:
    """The answers in the agent's schema; empty while there is none."""
    if answered is None:
        return NOTHING
    if agent == "generic":
        (one,) = answered
        return {"status": one.found.status} | (
            {"answer": one.text} if one.found.status == "resolved" else {}
        )
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse"} | _permission(asked, answered)}


def _permission(asked: Asked, answered: Sequence[Answered]) -> Answer:
    """Never an answer that nobody gave: a question that was closed without one is a refusal, with
    the founder's words."""
    closed = [each for each in answered if each.found.status != "resolved"]
    if closed:
        reasons = " ".join(_closed(each) for each in closed)
        return {"permissionDecision": "deny", "permissionDecisionReason": reasons[:LONGEST_TEXT]}
    if any(each.found.decision == IN_TERMINAL for each in answered):
        return {}  # the agent shows its own dialog
    answers = {each.question.text: each.text for each in answered}
    updated = {"questions": asked.sent, "answers": answers}
    return {"permissionDecision": "allow", "updatedInput": updated}


def _closed(each: Answered) -> str:
    who = "The founder closed" if each.found.status == "skipped" else "Nobody answered"
    words = f" They wrote: {_quote(each.found.guidance)}." if each.found.guidance else ""
    return f"{who} the question {_quote(each.question.text)} without a decision.{words}"
