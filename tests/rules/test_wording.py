"""What founders and agents read."""

import json
import os
from pathlib import Path

import pytest
from examples import EXAMPLES

from webapp.rules.categories import Category, Family, Origin, VerdictKind
from webapp.rules.classification import Classification, classify
from webapp.rules.instructions import Case, instruction
from webapp.rules.options import is_repeatable, public
from webapp.rules.phrases.families import PHRASES
from webapp.rules.phrases.services import GENERIC, SERVICES, find_service
from webapp.rules.plain_language import looks_like, reads_plain, warnings_for
from webapp.rules.retry_policy import Decision
from webapp.rules.wording import Question, attempts_summary, plain_intent, problem, question

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "errors_dev.jsonl"


def labelled() -> list[tuple[str, str]]:
    """The examples, and the labelled data set where this machine has it."""
    found = [(example.error_type, example.message) for example in EXAMPLES]
    path = Path(os.environ.get("ERRORS_DATA", DATA))
    if path.is_file():
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
        found += [(row["error_type"], row["message"]) for row in rows]
    return found


def texts_of(asked: Question) -> list[str]:
    options = [
        text for option in asked.options for text in (option["label"], option["description"])
    ]
    return [
        asked.plain_english_problem,
        asked.recommended_action,
        *asked.attempts_summary,
        *options,
    ]


def reads_as_a_sentence(text: str) -> bool:
    return text[0].isupper() and text[-1] in ".?!" and "  " not in text and ".." not in text


def test_every_text_of_every_message_is_plain_and_a_sentence() -> None:
    for error_type, message in labelled():
        found = classify(error_type, message)
        asked = question(
            found, error_type, message, intent=message[:150], approaches=[message[:200]], waits=3
        )
        for text in texts_of(asked):
            assert looks_like(text) is None, (text, message[:80])
        for text in (asked.plain_english_problem, asked.recommended_action):
            assert reads_as_a_sentence(text), text


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("service", [*SERVICES[:3], SERVICES[-1], GENERIC], ids=lambda s: s.name)
def test_every_family_has_plain_words_with_every_service(family: Family, service: object) -> None:
    phrases = PHRASES[family]
    for category in Category:
        found = Classification(category, "rule", family, "reason")
        for attempts, waits in ((0, 0), (1, 1), (3, 3)):
            text = problem(found, service, "set up the payment page", attempts, waits)
            assert reads_as_a_sentence(text), text
            assert looks_like(text) is None, text
    assert not phrases.trouble.endswith(".")


def test_a_code_error_reads_like_the_product_promises() -> None:
    found = Classification(Category.CODE_ERROR, "r", Family.BUILD_CONFIG, "reason")
    text = problem(found, GENERIC, "Set up the payment system", 3, 0)
    assert text == (
        "I tried 3 ways to set up the payment system but kept hitting a configuration issue."
    )


def test_a_known_service_is_named_with_the_place_of_its_keys() -> None:
    message = "stripe.error.AuthenticationError: Invalid API Key provided: sk_test_***1"
    asked = question(classify("AuthenticationError", message), "AuthenticationError", message)
    assert asked.plain_english_problem.startswith("Stripe did not accept")
    assert "Stripe dashboard" in asked.recommended_action


@pytest.mark.parametrize("text", ["a flawed plan", "the laws of thermodynamics", "draws"])
def test_a_service_is_not_found_inside_other_words(text: str) -> None:
    assert find_service(text) is GENERIC


def test_the_options_are_those_of_the_category() -> None:
    values = {}
    for category in Category:
        found = Classification(category, "r", Family.UNRECOGNISED, "reason")
        values[category] = [option["value"] for option in question(found, "E", "m").options]
    others = ["skip_feature", "simpler_version", "provide_guidance"]
    assert values[Category.NEVER_RETRY] == ["provide_credentials", "skip_feature"]
    assert values[Category.CODE_ERROR] == others
    again = ["retry_now", "retry_in_1_hour"]
    assert values[Category.ENV_ERROR] == [*again, "done", *others[:2]]


SAID = {
    "try again": {"retry_now", "retry_in_1_hour", "provide_credentials", "done"},
    "simpler version": {"simpler_version"},
    "leave": {"skip_feature"},
    "tell me in a sentence": {"provide_guidance"},
    "Tell me": {"provide_guidance"},
    "tell me to wait": {"retry_in_1_hour"},
    "tell me to continue": {"done"},
    "tell me.": {"provide_guidance", "provide_credentials"},
}


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("category", list(Category))
def test_what_a_question_suggests_is_among_its_options(category: Category, family: Family) -> None:
    asked = question(Classification(category, "r", family, "reason"), "E", "m")
    values = {option["value"] for option in asked.options}
    for words, options in SAID.items():
        assert words not in asked.recommended_action or values & options, (words, asked)
    assert asked.recommended is None or asked.recommended in values


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("family", list(Family))
def test_only_what_needs_nobody_can_be_repeated(category: Category, family: Family) -> None:
    found = Classification(category, "r", family, "reason")
    asked = question(found, "E", "m").options
    for option in asked:
        promises = option["label"].startswith(("I've", "The other task"))
        assert is_repeatable(asked, option["value"]) != promises, option
    assert [set(option) for option in public(asked)] == [
        {"value", "label", "description"} for _ in asked
    ]


@pytest.mark.parametrize(
    ("intent", "shown"),
    [
        ("Set up the payment page.", "set up the payment page"),
        ("I want to send the weekly mail", "send the weekly mail"),
        ("to connect GitHub", "connect GitHub"),
        ("run npm install in /srv/app", None),
        ("fix KeyError in load()", None),
        ("import UserSerializer from the models", None),
        ("x", None),
        (None, None),
    ],
)
def test_an_intent_is_only_shown_if_it_is_plain(intent: str | None, shown: str | None) -> None:
    assert plain_intent(intent) == shown


def test_attempts_are_told_in_plain_words_and_technical_ones_only_mentioned() -> None:
    words = attempts_summary(
        ["Used a newer version", "chmod 755 ./run.sh", "Asked the other server"]
    )
    assert words[0] == "First I tried this: Used a newer version."
    assert "technical" in words[1]
    assert "chmod" not in words[1]
    assert words[2] == "Attempt 3: Asked the other server."


def test_a_long_list_of_attempts_is_cut_and_says_so() -> None:
    words = attempts_summary([f"Way number {n}" for n in range(40)])
    assert words[0] == "There were 28 earlier attempts."
    assert words[-1].startswith("Attempt 40: ")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SyntaxError at line 47", "trace"),
        ("Traceback (most recent call last):", "trace"),
        ("The file src/app/main.py is broken", "path"),
        ("Please look at /etc/nginx/conf", "path"),
        ("call setup_payments() first", "code"),
        ("the UserSerializer does not work", "code"),
        ("I could not reach Stripe. Please check the key.", None),
        ("GitHub and PostgreSQL do not answer, we tried 3 times.", None),
        ("Should the shop take credit cards and/or PayPal?", None),
    ],
)
def test_what_is_not_plain_is_told_with_advice(text: str, kind: str | None) -> None:
    assert looks_like(text) == kind
    assert reads_plain(text) == (kind is None)
    warnings = warnings_for({"plain_english_problem": text})
    assert len(warnings) == (kind is not None)
    assert all("plain_english_problem" in warning for warning in warnings)


def test_a_retry_names_everything_tried_and_demands_something_else() -> None:
    found = classify("ModuleNotFoundError", "No module named 'requests'")
    case = Case(
        Decision(VerdictKind.RETRY, attempt=2, attempts=2, waits=0),
        found,
        "No module named 'requests'",
        approaches=["pip install requests", "use urllib"],
        guidance="Use the standard library",
        repeated=True,
    )
    text = instruction(case)
    words = [
        "No module named 'requests'",
        "pip install requests",
        "use urllib",
        "Use the standard library",
        "fundamentally different",
        "Do not repeat",
    ]
    for part in words:
        assert part in text


def test_other_verdicts_say_what_to_do_meanwhile() -> None:
    found = classify("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:5432")

    def words(decision: Decision, origin: Origin = Origin.WORK) -> str:
        return instruction(Case(decision, found, "refused", origin=origin))

    waiting = Decision(VerdictKind.WAIT, 1, 0, 1, retry_after_s=2.5)
    assert "Wait 2.5 seconds" in words(waiting)
    assert "other work" in words(waiting)
    assert "counts against nothing" in words(waiting, Origin.MODEL_PROVIDER)
    asked = words(Decision(VerdictKind.ESCALATE, 4, 3, 0, opens_escalation=True))
    assert "Park this task" in asked
    joined = words(Decision(VerdictKind.ESCALATE, 4, 3, 0, joins_escalation=True))
    assert "already asked" in joined
    assert "paused" in words(Decision(VerdictKind.PAUSE, 0, 0, 0))
