"""The founder-facing texts of an escalation, where the agent brings none of its own."""

import re
from dataclasses import dataclass
from typing import Any, Final

from webapp.rules.catalog import rules
from webapp.rules.categories import Category, Family
from webapp.rules.classification import Classification, recognise
from webapp.rules.options import Note
from webapp.rules.phrases import questions as q
from webapp.rules.phrases.families import ACTIONS, PHRASES
from webapp.rules.phrases.services import GENERIC, Service, at_host, find_service, named
from webapp.rules.plain_language import MAX_INTENT_CHARS, reads_plain
from webapp.rules.reading import read
from webapp.rules.salience import main_line

MAX_SUMMARY_LINES: Final = 12
_ON_THE_MACHINE: Final = frozenset({Family.DISK_FULL, Family.OUT_OF_MEMORY, Family.LOCK_HELD})
"""Trouble of the environment that rarely passes on its own."""

_OWN_CATEGORY: Final = {rule.family: rule.category for rule in rules()} | {
    Family.MODEL_UNAVAILABLE: Category.ENV_ERROR  # told by the agent, so no rule has it
}

# The others promise something that only the founder can do, and do again each time.
_NOTES: Final[dict[str, dict[str, Any]]] = {
    q.SKIP: {Note.REPEATABLE: True},
    q.SIMPLER: {Note.REPEATABLE: True},
    q.GUIDE: {Note.REPEATABLE: True, Note.NEEDS_WORDS: True},
    q.RETRY_NOW: {Note.REPEATABLE: True},
    q.RETRY_LATER: {Note.REPEATABLE: True, Note.WAIT_S: q.RETRY_LATER_S},
    q.UNTIL: {Note.REPEATABLE: True},
}
_WISH: Final = re.compile(r"[\w ,'’\"&()-]+")


@dataclass(frozen=True, slots=True)
class Question:
    """What a founder is asked, in the fields of an escalation."""

    plain_english_problem: str
    recommended_action: str
    options: list[dict[str, Any]]
    attempts_summary: list[str]
    recommended: str | None = None


def question(
    found: Classification,
    error_type: str,
    message: str,
    *,
    intent: str | None = None,
    approaches: list[str] | tuple[str, ...] = (),
    waits: int = 0,
    until: float | None = None,
) -> Question:
    """Write the question for an error that `classify` recognised as `found`.

    `approaches` are all that the agent tried, oldest first; `waits` is how often it waited;
    `until` is when the message says it will work again, in seconds since 1970.
    """
    service = service_of(error_type, message)
    return Question(
        plain_english_problem=problem(found, service, intent, len(approaches), waits),
        recommended_action=_filled(_action(found), service)
        + (q.OR_WAIT if until is not None else ""),
        options=options_for(found, until),
        attempts_summary=attempts_summary(approaches),
        recommended=_recommended(found, until),
    )


def _action(found: Classification) -> str:
    """What is needed from the founder. It names only what `options_for` offers, so the family's
    own words hold only in the category that its rules have."""
    own = _OWN_CATEGORY.get(found.family, Category.CODE_ERROR)
    return PHRASES[found.family].action if found.category is own else ACTIONS[found.category]


def _recommended(found: Classification, until: float | None) -> str | None:
    if until is not None:
        return q.UNTIL
    return q.RETRY_LATER if _often_passes(found) else None


def _often_passes(found: Classification) -> bool:
    return found.category is Category.ENV_ERROR and found.family not in _ON_THE_MACHINE


def service_of(error_type: str, message: str) -> Service:
    """Return the service that the problem is about: as its main line names it, else by the host
    there, else as the rule says that knows this service's own words."""
    line = main_line(read(error_type, message))
    found = find_service(f"{error_type} : {line}")
    if found is not GENERIC:
        return found
    return at_host(line) or named(recognise(error_type, message).rule.service)


def problem(
    found: Classification, service: Service, intent: str | None, attempts: int, waits: int
) -> str:
    """Return the problem in one to three plain sentences."""
    phrases = PHRASES[found.family]
    situation = _filled(phrases.situation, service)
    wish = plain_intent(intent)
    if found.category is Category.CODE_ERROR and attempts:
        tried = q.TRIED_ONE if attempts == 1 else q.TRIED_MANY
        return tried.format(count=attempts, intent=wish or q.THIS_STEP, trouble=phrases.trouble)
    wanted = q.WANTED.format(intent=wish) if wish else ""
    waited = ""
    if found.category is Category.ENV_ERROR and waits:
        waited = " " + (q.WAITED_ONE if waits == 1 else q.WAITED_MANY.format(count=waits))
    return f"{situation}{wanted}{waited}"


def plain_intent(intent: str | None) -> str | None:
    """Return `intent` so that it can follow "I tried to", or None if it is not plain English."""
    text = " ".join((intent or "").split()).rstrip(".!… ")
    for opening in (
        "i want to ",
        "i wanted to ",
        "trying to ",
        "i am trying to ",
        "to ",
        "want to ",
    ):
        if text.lower().startswith(opening):
            text = text[len(opening) :]
    if not 3 <= len(text) <= MAX_INTENT_CHARS or " " not in text or not reads_plain(text):
        return None
    first, _, rest = text.partition(" ")
    if first.lower().endswith(("ing", "ed")) or not first.isalpha() or not _WISH.fullmatch(text):
        return None
    return f"{first.lower()} {rest}"


def options_for(found: Classification, until: float | None = None) -> list[dict[str, Any]]:
    """Return the choices of the category, each with what happens if it is chosen. `until` is when
    it will work again, if that is known: then waiting is the first of them."""
    choices = _choices(found)
    if until is None:
        return choices
    waiting = {**_option(q.UNTIL), Note.WAIT_UNTIL: round(until)}
    return [waiting, *(one for one in choices if one["value"] != q.RETRY_LATER)]


def _choices(found: Classification) -> list[dict[str, Any]]:
    if found.category is Category.NEVER_RETRY:
        return [_option(q.PERSON, PHRASES[found.family].person_can), _option(q.SKIP)]
    if found.category is Category.CODE_ERROR:
        return [_option(value) for value in (q.SKIP, q.SIMPLER, q.GUIDE)]
    done = _option(q.DONE, PHRASES[found.family].person_can)
    again = [_option(q.RETRY_NOW), _option(q.RETRY_LATER)]
    instead = [_option(q.SKIP), _option(q.SIMPLER)]
    if found.family in _ON_THE_MACHINE:
        return [done, *again, *instead]
    return [*again, done, *instead]


def attempts_summary(approaches: list[str] | tuple[str, ...]) -> list[str]:
    """Return one plain line for each approach; a technical one is only mentioned."""
    shown = list(approaches)[-MAX_SUMMARY_LINES:]
    earlier = len(approaches) - len(shown)
    lines = [q.LEFT_OUT.format(count=earlier)] if earlier else []
    for number, approach in enumerate(shown, start=earlier + 1):
        text = " ".join(approach.split())
        words = f"{text.rstrip('.')}." if reads_plain(text) else q.TECHNICAL_ATTEMPT
        lines.append(f"{_opening(number)}{words}")
    return lines


def _opening(number: int) -> str:
    if number <= len(q.FIRST_ATTEMPTS):
        return q.FIRST_ATTEMPTS[number - 1]
    return q.LATER_ATTEMPT.format(number=number)


def _option(value: str, label: str | None = None) -> dict[str, Any]:
    notes = _NOTES.get(value, {})
    words = {"label": label or q.LABELS[value], "description": q.DESCRIPTIONS[value]}
    return {"value": value, **words, **notes}


def _filled(template: str, service: Service) -> str:
    capital = service.name[:1].upper() + service.name[1:]
    return template.format(
        service=service.name, Service=capital, keys=service.keys, plan=service.plan
    )
