"""The verdicts after an answer say what was decided, and never the opposite of it."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import answers, problems
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.verdict import Verdict

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="token:9", name="Anna", grants={"shop": "founder"})

BUG = "TypeError: cart.total is not a function"
NO_KEY = "stripe.error.AuthenticationError: No API key provided."
REFUSED = "connect ECONNREFUSED 127.0.0.1:5432"
OPPOSITE = "fundamentally different"

Tell = Callable[..., Verdict]


@pytest.fixture
def tell(app: Flask) -> Tell:
    def report(message: str = NO_KEY, *, job: str = "build-1", **more: object) -> Verdict:
        with app.app_context():
            what = Report("s1", "Error", message, **more)  # type: ignore[arg-type]
            return receive.report(job, "shop", what, by=AGENT)

    return report


@pytest.fixture
def answer(app: Flask) -> Callable[..., None]:
    """Answers the question of a verdict; without a decision it is skipped."""

    def give(
        asked: Verdict, decision: str | None, guidance: str | None = None, **more: int
    ) -> None:
        key = uuid.UUID(asked.escalation_id)
        with app.app_context():
            answers.give(key, answers.Answer(decision, guidance, **more), by=ANNA)

    return give


def until_asked(tell: Tell, message: str, **more: object) -> Verdict:
    while (verdict := tell(message, **more)).verdict != "escalate":
        pass
    return verdict


def test_a_skip_of_the_founder_is_a_skip_for_the_agent(tell: Tell, answer) -> None:
    asked = tell()
    answer(asked, None, "Not this year.")
    for _ in range(3):  # however often it asks
        verdict = tell()
        assert (verdict.verdict, verdict.escalation_id) == ("skip", asked.escalation_id)
        assert (verdict.decision, verdict.label) == (None, None)
        assert verdict.guidance == "Not this year."
        assert "closed the question without an answer" in verdict.instruction
        assert "approves nothing" in verdict.instruction
        assert OPPOSITE not in verdict.instruction


@pytest.mark.parametrize("message", [NO_KEY, BUG])
def test_a_feature_that_is_left_out_is_a_skip(tell: Tell, answer, message: str) -> None:
    asked = until_asked(tell, message)
    answer(asked, "skip_feature")
    for _ in range(3):
        verdict = tell(message)
        assert (verdict.verdict, verdict.decision) == ("skip", "skip_feature")
        assert verdict.label
        assert verdict.escalation_id == asked.escalation_id
        assert "decided to leave this out" in verdict.instruction
        assert OPPOSITE not in verdict.instruction


def test_a_skip_spends_nothing_and_asks_nothing(app: Flask, tell: Tell, answer) -> None:
    answer(tell(), "skip_feature")
    for _ in range(5):
        tell()
    with app.app_context():
        assert db.session.query(AgentEscalation).count() == 1


def test_what_was_left_out_of_one_job_is_asked_anew_in_another(tell: Tell, answer) -> None:
    asked = tell()
    answer(asked, "skip_feature", "No payments this year.")
    other = tell(job="build-2")
    assert (other.verdict, other.decision, other.guidance) == ("escalate", None, None)
    assert other.escalation_id != asked.escalation_id
    assert tell().verdict == "skip"  # although another question is pending now


def test_after_a_success_the_decision_is_over(app: Flask, tell: Tell, answer) -> None:
    asked = tell()
    answer(asked, "skip_feature")
    assert tell().verdict == "skip"
    with app.app_context():
        problems.heal("build-1", "shop", asked.error_signature, by=AGENT)
    assert tell().verdict == "escalate"


def test_a_provided_key_is_tried_at_once_and_not_replaced_by_another_way(
    tell: Tell, answer
) -> None:
    asked = tell()
    answer(asked, "provide_credentials")
    verdict = tell(approach="Read the key again")
    assert (verdict.verdict, verdict.decision) == ("retry", "provide_credentials")
    assert verdict.label
    assert verdict.escalation_id == asked.escalation_id
    assert "Try the same step again now" in verdict.instruction
    assert f"escalation {asked.escalation_id}" in verdict.instruction  # for the receipt
    assert OPPOSITE not in verdict.instruction


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ("simpler_version", "Build a simpler version now"),
        ("provide_guidance", "what the founder advises first"),
    ],
)
def test_each_decision_has_its_own_instruction(
    tell: Tell, answer, decision: str, words: str
) -> None:
    asked = until_asked(tell, BUG)
    answer(asked, decision, "Use the new cart.")
    first, second = tell(BUG), tell(BUG)
    assert (first.verdict, first.attempt, first.decision) == ("retry", 1, decision)
    assert words in first.instruction
    assert OPPOSITE not in first.instruction
    assert (second.verdict, second.attempt, second.decision) == ("retry", 2, decision)
    assert "Stay within what the founder decided" in second.instruction


def test_an_option_of_the_agents_own_is_followed(tell: Tell, answer) -> None:
    own = [
        {"value": "use_paypal", "label": "Take PayPal", "description": ""},
        {"value": "leave_out", "label": "No payments", "description": ""},
    ]
    answer(tell(options=own), "use_paypal")
    verdict = tell(options=own)
    assert (verdict.verdict, verdict.decision, verdict.label) == (
        "retry",
        "use_paypal",
        "Take PayPal",
    )
    assert "The founder chose: Take PayPal." in verdict.instruction
    assert "Do exactly what the founder chose" in verdict.instruction
    answer(until_asked(tell, NO_KEY, options=own), "leave_out")
    assert tell(options=own).verdict == "skip"


def test_trouble_of_the_environment_follows_the_answer_too(tell: Tell, answer) -> None:
    options = [{"value": "retry_now", "label": "Try again now", "description": ""}]
    answer(until_asked(tell, REFUSED, options=options), "retry_now")
    verdict = tell(REFUSED)
    assert (verdict.verdict, verdict.decision) == ("retry", "retry_now")
    assert "Try the same step again now" in verdict.instruction


def test_a_wait_that_the_founder_chose_is_waited(tell: Tell, answer) -> None:
    moment = now()
    with time_machine.travel(moment, tick=False) as clock:
        answer(until_asked(tell, REFUSED), "retry_in_1_hour")
        clock.move_to(moment + timedelta(minutes=10))
        verdict = tell(REFUSED)
        assert (verdict.verdict, verdict.decision) == ("wait", "retry_in_1_hour")
        assert verdict.retry_after_s == pytest.approx(3000, rel=0.05)
        assert "The founder decided to wait" in verdict.instruction


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [("skip_feature", "skip"), (None, "skip"), ("simpler_version", "retry")],
)
def test_a_standing_rule_is_followed_by_the_very_verdict_it_answers(
    app: Flask, tell: Tell, answer, decision: str | None, verdict: str
) -> None:
    """FIELD: with a standing rule every second report was told to retry."""
    answer(until_asked(tell, BUG), decision, remember_days=30)
    tell(BUG)  # the first job takes the answer up
    said = until_ruled(app, tell)
    assert (said.verdict, said.decision) == (verdict, decision)
    assert OPPOSITE not in said.instruction
    # What does not help this job is not tried on it again: then a person is asked.
    again = [tell(BUG, job="build-2").verdict for _ in range(3)]
    assert again == (["skip"] * 3 if verdict == "skip" else ["retry", "retry", "escalate"])


def until_ruled(app: Flask, tell: Tell) -> Verdict:
    """The verdict of the report of another job that a standing rule answers."""
    while True:
        said = tell(BUG, job="build-2")
        assert said.verdict != "escalate"
        with app.app_context():
            asked = said.escalation_id and db.session.get(
                AgentEscalation, uuid.UUID(said.escalation_id)
            )
            if asked and (asked.resolved_by_ref or "").startswith("rule:"):
                return said


def test_a_job_that_joined_follows_the_answer_as_well(tell: Tell, answer) -> None:
    asked = tell()
    assert tell(job="build-2").escalation_id == asked.escalation_id
    answer(asked, "skip_feature")
    for job in ("build-1", "build-2"):
        assert tell(job=job).verdict == "skip"


def test_a_restarted_agent_is_told_to_which_question_the_receipt_belongs(
    tell: Tell, answer
) -> None:
    """It crashed between the verdict and its own save, and knows of no escalation."""
    asked = tell()
    answer(asked, "provide_credentials")
    verdict = tell()
    assert (verdict.verdict, verdict.escalation_id) == ("retry", asked.escalation_id)
