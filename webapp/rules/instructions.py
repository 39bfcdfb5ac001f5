"""The `instruction` of a verdict: text for a language model that has to try something else."""

from collections.abc import Sequence
from typing import Final

from webapp.rules.categories import Origin, VerdictKind
from webapp.rules.classification import Classification
from webapp.rules.limits import clean_text
from webapp.rules.phrases import agent as say
from webapp.rules.retry_policy import Decision

MAX_FAILURE_CHARS: Final = 600
MAX_APPROACH_CHARS: Final = 500
MAX_APPROACHES: Final = 20


def instruction(
    decision: Decision,
    found: Classification,
    what_failed: str,
    *,
    approaches: Sequence[str] = (),
    intent: str | None = None,
    chosen: str | None = None,
    guidance: str | None = None,
    repeated: bool = False,
    origin: Origin = Origin.WORK,
) -> str:
    """Write the instruction for `decision`.

    `approaches` are all that were tried, oldest first; `chosen` and `guidance` are the founder's
    answer, if there is one; `repeated` says that the approach just reported was tried before.
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
        parts.append(_tried(approaches))
        if repeated:
            parts.append(say.REPEATED)
    if chosen:
        parts.append(say.DECISION.format(decision=_short(chosen, MAX_APPROACH_CHARS)))
    if guidance:
        parts.append(say.GUIDANCE.format(guidance=_short(guidance, MAX_FAILURE_CHARS * 4)))
    parts.append(_what_next(decision, origin))
    return "\n".join(parts)


def _tried(approaches: Sequence[str]) -> str:
    if not approaches:
        return say.NOT_TRIED
    recent = list(approaches)[-MAX_APPROACHES:]
    first = len(approaches) - len(recent) + 1
    lines = [f"{n}. {_short(text, MAX_APPROACH_CHARS)}" for n, text in enumerate(recent, first)]
    return "\n".join([say.TRIED, *lines])


def _what_next(decision: Decision, origin: Origin) -> str:
    if decision.verdict is VerdictKind.WAIT:
        template = say.MODEL_WAIT if origin is Origin.MODEL_PROVIDER else say.WAIT
    elif decision.verdict is VerdictKind.ESCALATE:
        template = say.JOIN if decision.joins_escalation else say.ESCALATE
    else:
        template = say.RETRY
    return template.format(
        attempt=decision.attempt,
        max_attempts=decision.max_attempts,
        seconds=f"{decision.retry_after_s or 0:g}",
    )


def _short(text: str, limit: int) -> str:
    flat = " ".join(clean_text(text[: limit * 4]).split())
    return flat if len(flat) <= limit else f"{flat[:limit]}…"
