"""The `instruction` of a verdict: text for a language model that has to try something else."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from webapp.rules.answer_schema import is_secret
from webapp.rules.categories import Origin, VerdictKind
from webapp.rules.classification import Classification
from webapp.rules.decisions import Given, Meaning
from webapp.rules.limits import clean_text
from webapp.rules.phrases import agent as say
from webapp.rules.phrases.questions import LABELS
from webapp.rules.retry_policy import Decision

MAX_FAILURE_CHARS: Final = 600
MAX_APPROACH_CHARS: Final = 500
MAX_APPROACHES: Final = 20
MAX_BEFORE_TYPE_CHARS: Final = 100
"""Of a module's name that may stand before the type of an error in its message."""

MAX_BYTES: Final = 8_192
"""Of all approaches that an agent is told, so that nobody can fill the window of its model."""


@dataclass(frozen=True, slots=True)
class Case:
    """What an instruction is written from.

    `approaches` are all that the job tried, oldest first; `of_other_jobs` those of other jobs, each
    with its job's id: they are other agents' words, so they are quoted; `given` is the founder's
    answer that is in force, and `is_news` says that this verdict is the first one after it;
    `guidance` is what the founder said about this problem last; `repeated` says that the approach
    just reported was tried before.
    """

    decision: Decision
    found: Classification
    what_failed: str
    approaches: Sequence[str] = ()
    of_other_jobs: Sequence[tuple[str, str]] = ()
    intent: str | None = None
    given: Given | None = None
    is_news: bool = False
    guidance: str | None = None
    repeated: bool = False
    origin: Origin = Origin.WORK


def what_failed(error_type: str, message: str) -> str:
    """Return the message after the type of its error, which is named once."""
    kind = error_type.strip()
    if not kind or _names_type(kind, message):
        return message or kind
    return f"{kind}: {message}" if message.strip() else kind


def _names_type(kind: str, message: str) -> bool:
    """Whether the message begins with the type, also behind a module's name or "Uncaught"."""
    head = message.strip()[: len(kind) + MAX_BEFORE_TYPE_CHARS]
    pattern = rf"(?:uncaught\s+|unhandled\s+)?(?:[\w$]+(?:\.|::|/))*{re.escape(kind)}(?!\w)"
    found = re.match(pattern, head, re.IGNORECASE)
    return found is not None and head[found.end() :].lstrip()[:1] in ("", ":", "[", "(", "-", "—")


def instruction(case: Case) -> str:
    """Write the text for the language model that gets the verdict."""
    if case.decision.verdict is VerdictKind.PAUSE:
        return say.PAUSE
    parts = [say.FAILED.format(what=_short(case.what_failed, MAX_FAILURE_CHARS))]
    if case.intent:
        parts.append(say.WANTED.format(intent=_short(case.intent, MAX_APPROACH_CHARS)))
    found = case.found
    parts.append(
        say.RECOGNISED.format(category=found.category, family=found.family, reason=found.reason)
    )
    if case.decision.verdict is VerdictKind.RETRY:
        parts += _record(case)
    return "\n".join([*parts, *_decided(case), *_what_next(case)])


def _record(case: Case) -> list[str]:
    """What was tried before, by this job and by others."""
    own = _tried(case.approaches)
    lines = [own, *_quoted(case.of_other_jobs, MAX_BYTES - len(own.encode()))]
    return [*lines, say.REPEATED] if case.repeated and not case.is_news else lines


def _decided(case: Case) -> list[str]:
    """What the founder said. Advice is to be followed only where there is something to try: beside
    "stop" it would be a contradiction."""
    lines, given = [], case.given
    if given is not None and given.decision is not None:
        chosen = given.label or LABELS.get(given.decision, given.decision)
        lines.append(say.DECISION.format(decision=_short(chosen, MAX_APPROACH_CHARS)))
    if case.is_news and given is not None:
        lines += _carried(given)
    if case.guidance:
        template = say.GUIDANCE[case.decision.verdict]
        lines.append(template.format(guidance=_short(case.guidance, MAX_FAILURE_CHARS * 4)))
    return lines


def _carried(given: Given) -> list[str]:
    """What came with the decision: the names of secrets with their refs, and values."""
    answers = given.answers or {}
    refs = {name: said["ref"] for name, said in answers.items() if is_secret(said)}
    values = {name: said for name, said in answers.items() if name not in refs}
    lines = []
    if refs:
        names = ", ".join(f"{name} ({ref})" for name, ref in refs.items())
        lines.append(say.SECRETS.format(names=names, escalation_id=given.escalation_id))
    if values:
        written = json.dumps(values, ensure_ascii=False)
        lines.append(say.VALUES.format(values=_short(written, MAX_FAILURE_CHARS * 4)))
    return lines


def _tried(approaches: Sequence[str]) -> str:
    if not approaches:
        return say.NOT_TRIED
    recent = list(approaches)[-MAX_APPROACHES:]
    first = len(approaches) - len(recent) + 1
    lines = [f"{n}. {_short(text, MAX_APPROACH_CHARS)}" for n, text in enumerate(recent, first)]
    return "\n".join([say.TRIED, *within_limit(lines)])


def within_limit(texts: Sequence[str], limit: int = MAX_BYTES) -> list[str]:
    """Return the last of the texts that have at most `limit` bytes together."""
    kept, left = [], limit
    for text in reversed(texts):
        left -= len(text.encode())
        if left < 0:
            break
        kept.append(text)
    return kept[::-1]


def _quoted(approaches: Sequence[tuple[str, str]], limit: int) -> list[str]:
    """Approaches of other jobs, fenced: one JSON object in each line, so that no text can end its
    own quotation."""
    lines = [
        json.dumps(
            {"job": _short(job, MAX_APPROACH_CHARS), "tried": _short(text, MAX_APPROACH_CHARS)},
            ensure_ascii=False,
        )
        for job, text in approaches[-MAX_APPROACHES:]
    ]
    fit = within_limit(lines, limit)
    return [say.OTHER_JOBS, say.QUOTE_BEGINS, *fit, say.QUOTE_ENDS] if fit else []


def _what_next(case: Case) -> list[str]:
    decision, given = case.decision, case.given
    if decision.verdict is VerdictKind.WAIT:
        template = say.MODEL_WAIT if case.origin is Origin.MODEL_PROVIDER else say.WAIT
        if given is not None and given.meaning is Meaning.WAIT and case.is_news:
            template = say.WAIT_AS_DECIDED
    elif decision.verdict is VerdictKind.ESCALATE and decision.about_task:
        template = say.TASK_JOIN if decision.joins_escalation else say.TASK_ESCALATE
    elif decision.verdict is VerdictKind.ESCALATE:
        template = say.JOIN if decision.joins_escalation else say.ESCALATE
    elif given is not None:
        return _after(decision, given, is_news=case.is_news)
    else:
        template = _graded(decision)
    return [_filled(template, decision)]


def _graded(decision: Decision) -> str:
    """The first failure may be a detail, the second needs another way, later ones a rethink."""
    return say.RETRY[min(max(decision.attempt, 1), len(say.RETRY)) - 1]


def _after(decision: Decision, given: Given, *, is_news: bool) -> list[str]:
    """What to do about an answer: never the opposite of it."""
    if decision.verdict is VerdictKind.SKIP:
        lines = [say.CLOSED if given.meaning is Meaning.CLOSED else say.LEFT_OUT]
    elif is_news:
        lines = [say.AFTER[given.meaning]]
    elif given.meaning in (Meaning.TRY_AGAIN, Meaning.WAIT):
        lines = [say.STILL_FAILS]
    else:
        lines = [_filled(_graded(decision), decision), say.WITHIN]
    if given.waited:
        lines.append(say.RECEIPT.format(escalation_id=given.escalation_id))
    return lines


def _filled(template: str, decision: Decision) -> str:
    return template.format(
        attempt=decision.attempt,
        max_attempts=decision.max_attempts,
        seconds=f"{decision.retry_after_s or 0:g}",
    )


def _short(text: str, limit: int) -> str:
    flat = " ".join(clean_text(text[: limit * 4]).split())
    return flat if len(flat) <= limit else f"{flat[:limit]}…"
