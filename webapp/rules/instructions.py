"""The `instruction` of a verdict: text for a language model that has to try something else."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from webapp.rules.categories import Origin, VerdictKind
from webapp.rules.classification import Classification
from webapp.rules.decisions import Given, Meaning
from webapp.rules.limits import clean_text
from webapp.rules.phrases import agent as say
from webapp.rules.retry_policy import Decision

MAX_FAILURE_CHARS: Final = 600
MAX_APPROACH_CHARS: Final = 500
MAX_APPROACHES: Final = 20
MAX_BYTES: Final = 8_192
"""Of all approaches that an agent is told, so that nobody can fill the window of its model."""


def instruction(
    decision: Decision,
    found: Classification,
    what_failed: str,
    *,
    approaches: Sequence[str] = (),
    of_other_jobs: Sequence[tuple[str, str]] = (),
    intent: str | None = None,
    given: Given | None = None,
    is_news: bool = False,
    guidance: str | None = None,
    repeated: bool = False,
    origin: Origin = Origin.WORK,
) -> str:
    """Write the instruction for `decision`.

    `approaches` are all that the job tried, oldest first; `of_other_jobs` those of other jobs, each
    with its job's id: they are other agents' words, so they are quoted; `given` is the founder's
    answer that is in force, and `is_news` says that this verdict is the first one after it;
    `guidance` is what the founder said about this problem last; `repeated` says that the approach
    just reported was tried before.
    """
    if decision.verdict is VerdictKind.PAUSE:
        return say.PAUSE
    parts = [say.FAILED.format(what=_short(what_failed, MAX_FAILURE_CHARS))]
    if intent:
        parts.append(say.WANTED.format(intent=_short(intent, MAX_APPROACH_CHARS)))
    parts.append(
        say.RECOGNISED.format(category=found.category, family=found.family, reason=found.reason)
    )
    if decision.verdict is VerdictKind.RETRY:
        own = _tried(approaches)
        parts += [own, *_quoted(of_other_jobs, MAX_BYTES - len(own.encode()))]
        if repeated and not is_news:
            parts.append(say.REPEATED)
    if given is not None and given.decision is not None:
        parts.append(say.DECISION.format(decision=_short(_chosen(given), MAX_APPROACH_CHARS)))
    if is_news and given is not None and given.answers:
        parts.append(say.SECRETS.format(names=_secrets(given.answers)))
    if guidance:
        parts.append(say.GUIDANCE.format(guidance=_short(guidance, MAX_FAILURE_CHARS * 4)))
    parts += _what_next(decision, origin, given, is_news=is_news)
    return "\n".join(parts)


def _secrets(answers: Mapping[str, Any]) -> str:
    """The names of secrets with their refs."""
    refs = {name: said["ref"] for name, said in answers.items() if "ref" in said}
    return ", ".join(f"{name} ({ref})" for name, ref in refs.items())


def _chosen(given: Given) -> str:
    """The decision as the founder read it, and as the agent named it."""
    if given.label is None or given.label == given.decision:
        return given.decision or ""
    return f"{given.label} ({given.decision})"


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


def _what_next(
    decision: Decision, origin: Origin, given: Given | None, *, is_news: bool
) -> list[str]:
    if decision.verdict is VerdictKind.WAIT:
        template = say.MODEL_WAIT if origin is Origin.MODEL_PROVIDER else say.WAIT
        if given is not None and given.meaning is Meaning.WAIT and is_news:
            template = say.WAIT_AS_DECIDED
    elif decision.verdict is VerdictKind.ESCALATE:
        template = say.JOIN if decision.joins_escalation else say.ESCALATE
    elif given is not None:
        return _after(decision, given, is_news=is_news)
    else:
        template = say.RETRY
    return [_filled(template, decision)]


def _after(decision: Decision, given: Given, *, is_news: bool) -> list[str]:
    """What to do about an answer: never the opposite of it."""
    if decision.verdict is VerdictKind.SKIP:
        lines = [say.CLOSED if given.meaning is Meaning.CLOSED else say.LEFT_OUT]
    elif is_news:
        lines = [say.AFTER[given.meaning]]
    elif given.meaning in (Meaning.TRY_AGAIN, Meaning.WAIT):
        lines = [say.STILL_FAILS]
    else:
        lines = [_filled(say.RETRY, decision), say.WITHIN]
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
