"""What a founder reads of a problem holds no path, no code, no class name, whatever agents tell.

The checks here are of their own and not those of `plain_language`, which chooses the words.
"""

import json
import os
import re
from pathlib import Path

import pytest
from examples import EXAMPLES

from webapp.rules.catalog import rules
from webapp.rules.categories import Family
from webapp.rules.classification import classify
from webapp.rules.phrases.services import SERVICES
from webapp.rules.retelling import approach_in_words, problem_in_words, reason_of
from webapp.rules.wording import question

DATA = Path(
    os.environ.get("ERRORS_DATA")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "errors_dev.jsonl"
)

TECHNICAL = {
    "a path": r"(?:^|[\s.'\"])/\w|\w/[^\s]+/|\\",
    "a file": r"\w\.(?:py|js|ts|json|ya?ml|toml|sh|go|rs|java|lock|log)\b",
    "an address": r"https?:|\d+\.\d+\.\d+\.\d+|\w:\d",
    "code": r"[`{}<>$|=;\[\]]|\w\(|\(\)|::|\w_\w|(?<!\w)--?\w+=",
    "an error name": r"\w(?:Error|Exception|Warning)\b|\bE[A-Z]{4,}\b|0x[0-9a-f]|\bTraceback\b",
}
NAMES = re.compile("|".join(re.escape(one.name) for one in SERVICES) + "|BotFather")
CLASS_NAME = re.compile(r"\b[a-z]+[A-Z]\w*|\b(?:[A-Z][a-z0-9]+){2,}")


def technical_in(text: str) -> list[str]:
    """What is technical about a text."""
    found = [what for what, pattern in TECHNICAL.items() if re.search(pattern, text)]
    return found + CLASS_NAME.findall(NAMES.sub("", text))


def is_sentences(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z].*[.?!]", text)) and "  " not in text and ".." not in text


def founder_facing(error_type: str, message: str) -> list[str]:
    """All that a founder may read about this error: in the question, and in the list."""
    found = classify(error_type, message)
    asked = question(
        found, error_type, message, intent=message[:120], approaches=[message[:200]], waits=2
    )
    retold = approach_in_words(message[:200])
    return [
        asked.plain_english_problem,
        asked.recommended_action,
        *asked.attempts_summary,
        *(option["description"] for option in asked.options),
        problem_in_words(found.family.value, error_type, message[:120]),
        *([retold] if retold else []),
    ]


def check(error_type: str, message: str) -> None:
    for text in founder_facing(error_type, message):
        assert technical_in(text) == [], (text, message[:120])
        assert is_sentences(text), (text, message[:120])


def test_the_checks_see_what_is_technical() -> None:
    for text in ("See /etc/hosts", "call it()", "the UserModel", "KeyError", "a_b", "at 10.0.0.1"):
        assert technical_in(text), text
    assert technical_in("Stripe and GitHub do not answer and/or are slow.") == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.message[:40])
def test_an_example_is_told_in_plain_sentences(example: object) -> None:
    check(example.error_type, example.message)


def test_the_whole_data_set_is_told_in_plain_sentences() -> None:
    if not DATA.is_file():
        pytest.skip(f"the labelled messages are not here: {DATA} (ERRORS_DATA names another place)")
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines() if line]
    assert rows
    for row in rows:
        check(row["error_type"], row["message"])


@pytest.mark.parametrize("family", [*(family.value for family in Family), None, "no such family"])
def test_every_family_has_words_without_a_message(family: str | None) -> None:
    text = problem_in_words(family, "stripe.error.AuthenticationError", "set up the payment")
    assert is_sentences(text)
    assert technical_in(text) == []
    assert text.endswith("I wanted to set up the payment.")


def test_an_approach_is_a_sentence_or_is_not_shown() -> None:
    assert approach_in_words("used a newer version") == "Used a newer version."
    assert approach_in_words("chmod 755 ./run.sh") is None
    assert approach_in_words("") is None
    assert approach_in_words(None) is None


def test_every_rule_has_a_reason_that_completes_recognised_because() -> None:
    for rule in rules():
        reason = reason_of(rule.name)
        assert reason
        assert not reason.endswith(".")
        assert "_" not in reason
    for name in (None, "unrecognised", "a rule of an earlier version"):
        assert reason_of(name) is None
