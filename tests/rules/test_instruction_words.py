"""What a language model is told: the type of an error once, options by their labels, advice that
grows with the failures, and nothing that contradicts itself."""

import itertools

import pytest

from webapp.rules.categories import VerdictKind
from webapp.rules.classification import classify
from webapp.rules.decisions import Given
from webapp.rules.instructions import Case, instruction, what_failed
from webapp.rules.phrases.questions import LABELS, PERSON, SKIP
from webapp.rules.retry_policy import Decision

FOUND = classify("TypeError", "cart.total is not a function")
STOPS = ("Stop trying", "Stop working on it", "Stop all work")
GOES_ON = ("Follow this advice before your own ideas", "The next approach must", "Go another way")


@pytest.mark.parametrize(
    ("error_type", "message", "told"),
    [
        ("KeyError", "KeyError: STRIPE_API_KEY", "KeyError: STRIPE_API_KEY"),
        ("KeyError", "STRIPE_API_KEY", "KeyError: STRIPE_API_KEY"),
        ("KeyError", "KeyErrors everywhere", "KeyError: KeyErrors everywhere"),
        ("AuthError", "stripe.error.AuthError: No key", "stripe.error.AuthError: No key"),
        ("Error", "Uncaught Error: boom", "Uncaught Error: boom"),
        ("Error", "error: boom", "error: boom"),
        ("Error", "Error in line 4", "Error: Error in line 4"),
        ("exit status 1", "exit status 1", "exit status 1"),
        ("E0308", "E0308", "E0308"),
        ("TypeError", "TypeError [ERR_X]: bad", "TypeError [ERR_X]: bad"),
        ("TypeError", "", "TypeError"),
        ("(x+)+$", "(x+)+$: odd", "(x+)+$: odd"),
    ],
)
def test_the_type_of_an_error_is_named_once(error_type: str, message: str, told: str) -> None:
    assert what_failed(error_type, message) == told


def retry(attempt: int, **more: object) -> str:
    decision = Decision(VerdictKind.RETRY, attempt=attempt, attempts=attempt, waits=0)
    return instruction(Case(decision, FOUND, "it failed", **more))  # type: ignore[arg-type]


def test_the_first_failure_may_be_a_detail() -> None:
    text = retry(1)
    assert "fix what it names: it may be a detail" in text
    assert "fundamentally different" not in text


def test_the_second_failure_needs_another_way_and_the_third_a_rethink() -> None:
    assert "Go another way that is fundamentally different" in retry(2)
    assert "Rethink the approach" in retry(3)
    assert len({retry(number).splitlines()[-1] for number in (1, 2, 3)}) == 3


@pytest.mark.parametrize(
    "decision", [*(value for value in LABELS if value != SKIP), PERSON, "use_paypal"]
)
def test_an_option_is_named_by_its_label_and_never_by_its_value(decision: str) -> None:
    given = Given("1f", decision, label="Take the other one")
    text = retry(1, given=given, is_news=True)
    assert "The founder chose: Take the other one." in text
    assert decision not in text


def test_an_own_option_without_its_label_is_named_by_ours() -> None:
    assert "The founder chose: Build a simpler version." in retry(
        1, given=Given("1f", "simpler_version"), is_news=True
    )


def test_a_free_answer_is_told_as_it_is() -> None:
    assert "The founder chose: Ask Ben." in retry(1, given=Given("1f", "Ask Ben"), is_news=True)


@pytest.mark.parametrize("decision", [None, *LABELS, PERSON, "use_paypal"])
@pytest.mark.parametrize("is_news", [True, False])
def test_no_instruction_says_stop_and_go_on(decision: str | None, is_news: bool) -> None:
    given = Given("1f", decision, label="So")
    follows = [VerdictKind.SKIP] if given.leaves_out else [VerdictKind.RETRY, VerdictKind.WAIT]
    for kind, attempt in itertools.product([*follows, VerdictKind.ESCALATE], (1, 2, 3)):
        outcome = Decision(kind, attempt=attempt, attempts=attempt, waits=0, retry_after_s=5)
        in_force = None if kind is VerdictKind.ESCALATE else given
        case = Case(
            outcome,
            FOUND,
            "it failed",
            given=in_force,
            is_news=is_news,
            guidance="Use the new cart.",
        )
        text = instruction(case)
        assert "Use the new cart." in text
        stops = [words for words in STOPS if words in text]
        goes_on = [words for words in GOES_ON if words in text]
        assert not (stops and goes_on), text
