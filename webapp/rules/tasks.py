"""A task: what an agent wants, as it says with a failure, whichever errors it meets there."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from webapp.rules.categories import Category, Family
from webapp.rules.classification import Classification
from webapp.rules.limits import MAX_PART_CHARS, MAX_SIGNATURE_CHARS
from webapp.rules.phrases import questions as q
from webapp.rules.phrases.families import PHRASES
from webapp.rules.plain_language import reads_plain
from webapp.rules.wording import Question, options_for, plain_intent

ERROR_TYPE: Final = "StuckTask"

MOST_LINES: Final = 12
MOST_READ: Final = 200
"""The latest attempts of a job that are looked through for those of a task."""

_PREFIX: Final = "task-"
_KEY_CHARS: Final = 32
_WORD: Final = re.compile(r"[^\W_]+")


def key_of(intent: str | None) -> str | None:
    """Return what a task is known by within its job: the words of its intent, whatever their case
    and punctuation. None without words."""
    words = _WORD.findall((intent or "").casefold())
    return _hashed(*words) if words else None


def signature(project_id: str, job_id: str, task: str) -> str:
    """Return the signature of a question about a task. It is in a namespace of its own, so no
    report can have it; the task of another job is another one."""
    project = project_id[:MAX_PART_CHARS]
    return f"{project}:{ERROR_TYPE}:{_PREFIX}{_hashed(job_id, task)}"[:MAX_SIGNATURE_CHARS]


def is_task(signature: str) -> bool:
    """Say whether `signature` is that of a question about a task."""
    return signature.rpartition(":")[2].startswith(_PREFIX)


@dataclass(frozen=True, slots=True)
class Tried:
    """One failure within a task: which problem it was, and what had been tried."""

    problem: str
    family: str | None
    approach: str | None


def question(intent: str | None, tried: Sequence[Tried], attempts: int) -> Question:
    """Write the question about a task that failed so many times; `tried` are its failures, oldest
    first."""
    problems = {one.problem for one in tried}
    template = q.TASK_STUCK_MANY if len(problems) > 1 else q.TASK_STUCK
    wish = plain_intent(intent) or q.THIS_STEP
    return Question(
        plain_english_problem=template.format(count=attempts, intent=wish, errors=len(problems)),
        recommended_action=q.TASK_ACTION,
        options=options_for(_ANY_CODE_ERROR),
        attempts_summary=_summary(tried),
    )


_ANY_CODE_ERROR: Final = Classification(Category.CODE_ERROR, "", Family.UNRECOGNISED, "")


def _summary(tried: Sequence[Tried]) -> list[str]:
    """One line for each kind of trouble, in the order in which they came up."""
    kinds: dict[str, list[Tried]] = {}
    for one in tried:
        kinds.setdefault(_trouble(one.family), []).append(one)
    lines = [_line(trouble, met) for trouble, met in kinds.items()]
    left_out = len(lines) - MOST_LINES
    if left_out <= 0:
        return lines
    return [q.TASK_LEFT_OUT.format(count=left_out), *lines[left_out:]]


def _trouble(family: str | None) -> str:
    kind = Family(family) if family in set(Family) else Family.UNRECOGNISED
    return PHRASES[kind].trouble


def _line(trouble: str, met: Sequence[Tried]) -> str:
    times = q.ONCE if len(met) == 1 else q.TIMES.format(count=len(met))
    different = len({one.problem for one in met})
    kinds = q.TASK_DIFFERENT.format(count=different) if different > 1 else ""
    ways = [" ".join((one.approach or "").split()).rstrip(".") for one in met]
    plain = list(dict.fromkeys(way for way in ways if way and reads_plain(way)))
    line = q.TASK_MET.format(times=times, trouble=trouble, kinds=kinds)
    return f"{line} {q.TASK_WAYS.format(ways='; '.join(plain))}" if plain else line


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_KEY_CHARS]
