"""A task in which one error comes after the other becomes a question; attempts are each job's."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import Actor
from webapp.extensions import db
from webapp.models import AgentEscalation, Attempt, Job, TaskBudget
from webapp.operations import answers, escalations, jobs, problems, pruning
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.failure import Policy
from webapp.operations.reports.verdict import Verdict

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="token:9", name="Anna", grants={"shop": "founder"})
TASK = "build the checkout page"
BUG = "TypeError: cart.total is not a function"
YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
NO_KEY = "stripe.error.AuthenticationError: No API key provided."

Tell = Callable[..., Verdict]


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def tell(context: None) -> Tell:
    """Reports error number `n` of a task."""

    def report(n: int = 1, message: str = BUG, job: str = "build-1", **more: object) -> Verdict:
        known = {"intent": TASK, "signature": f"error-{n}", "approach": f"way {n}"} | more
        what = Report("s1", "Error", message, **known)  # type: ignore[arg-type]
        return receive.report(job, "shop", what, by=AGENT)

    return report


@pytest.fixture
def stuck(tell: Tell) -> Verdict:
    """The verdict on the tenth error of the task."""
    assert [tell(n).verdict for n in range(9)] == ["retry"] * 9
    return tell(9)


def question(verdict: Verdict) -> AgentEscalation:
    return db.session.get_one(AgentEscalation, uuid.UUID(verdict.escalation_id or ""))


def answer(verdict: Verdict, decision: str | None, guidance: str | None = None) -> None:
    answers.give(question(verdict).id, answers.Answer(decision, guidance), by=ANNA)


def test_nine_different_errors_of_a_task_are_retried_and_the_tenth_is_asked_about(
    stuck: Verdict,
) -> None:
    assert (stuck.verdict, stuck.attempt, stuck.max_attempts) == ("escalate", 10, 9)
    assert "the task as a whole" in stuck.instruction
    asked = question(stuck)
    assert asked.plain_english_problem == (
        "I tried 10 times to build the checkout page, and ran into 10 different problems on the "
        "way."
    )
    assert [option["value"] for option in asked.options] == [
        *("skip_feature", "simpler_version", "provide_guidance"),
    ]
    assert asked.from_report
    assert asked.error_signature.startswith("shop:StuckTask:task-")


def test_the_question_lists_the_kinds_of_trouble_and_what_was_tried(tell: Tell) -> None:
    failing = "FAILED tests/test_cart.py::test_total - AssertionError: 3 != 4"
    for n in range(5):
        tell(n, approach="Round the prices")
    for n in range(5, 10):
        verdict = tell(n, failing, approach=f"cart.py, line {n}")
    lines = question(verdict).attempts_summary
    assert len(lines) == 2
    assert lines[0].startswith("5 times I hit ")
    assert lines[0].endswith(", 5 different ones. What I tried: Round the prices.")
    assert "cart.py" not in lines[1]


def test_the_page_shows_what_was_met_and_offers_no_category(
    app: Flask, stuck: Verdict, anna: FlaskClient
) -> None:
    page = anna.get(f"/escalations/{stuck.escalation_id}").text
    assert "ran into 10 different problems on the way" in page
    assert "Error: way 9\n\nError: way 8" in page
    assert "What can fix this problem?" not in page
    assert "No rule recognizes this message" not in page
    assert "Give this answer automatically" not in page


def test_every_error_of_the_task_waits_for_the_same_answer(tell: Tell, stuck: Verdict) -> None:
    again = tell(1)
    assert (again.verdict, again.escalation_id) == ("escalate", stuck.escalation_id)
    assert "already asked about this task" in again.instruction
    assert question(stuck).occurrences == 1
    assert db.session.query(AgentEscalation).count() == 1


RESTART = {"plain_english_problem": "May I restart the preview server?", "options": YES_NO}
DELETE = {"plain_english_problem": "May I delete the production database?", "options": YES_NO}


def test_other_words_of_the_agent_never_join_the_question_of_the_task(tell: Tell) -> None:
    assert [tell(n).verdict for n in range(9)] == ["retry"] * 9
    first = tell(9, **RESTART)
    second = tell(10, **DELETE)
    assert "delete" in question(second).plain_english_problem
    ours = tell(11)
    assert tell(12, **RESTART).escalation_id == first.escalation_id
    assert tell(13, **DELETE).escalation_id == second.escalation_id
    assert (tell(14).escalation_id, question(ours).agent_worded) == (ours.escalation_id, [])
    relabelled = tell(15, **RESTART | {"options": [YES_NO[0] | {"label": "Do"}, YES_NO[1]]})
    asked = first, second, ours, relabelled, tell(17, urgency="critical")
    assert len({one.escalation_id for one in asked}) == 5
    answer(first, "yes")
    assert [question(each).status for each in asked] == ["resolved"] + ["pending"] * 4
    assert tell(16, **DELETE).decision is None  # nothing was said to that


def test_another_job_another_task_and_no_task_are_retried(tell: Tell, stuck: Verdict) -> None:
    assert tell(20, job="build-2").verdict == "retry"
    assert tell(21, intent="build the start page").verdict == "retry"
    assert tell(22, intent=None).verdict == "retry"
    assert tell(23, intent="Build the Checkout-page!").verdict == "escalate"  # the same words


def test_what_only_a_person_can_fix_is_asked_on_its_own(tell: Tell, stuck: Verdict) -> None:
    missing = tell(30, NO_KEY)
    assert missing.verdict == "escalate"
    assert missing.escalation_id != stuck.escalation_id
    assert tell(31, "connect ECONNREFUSED 127.0.0.1:5432").verdict == "wait"


def test_a_task_that_is_left_out_is_skipped_whatever_it_meets(tell: Tell, stuck: Verdict) -> None:
    answer(stuck, "skip_feature")
    for verdict in (tell(1), tell(40), tell(41, NO_KEY)):
        assert (verdict.verdict, verdict.decision) == ("skip", "skip_feature")
        assert verdict.escalation_id == stuck.escalation_id
    assert tell(42, job="build-2").verdict == "retry"


def test_an_answer_begins_the_budgets_anew_and_is_carried_once_as_news(
    tell: Tell, stuck: Verdict
) -> None:
    for _ in range(2):
        tell(9)  # joins: it spends nothing
    answer(stuck, "provide_guidance", "Use the ready-made page of the shop system.")
    first = tell(0)
    assert (first.verdict, first.attempt, first.decision) == ("retry", 1, "provide_guidance")
    assert first.guidance == "Use the ready-made page of the shop system."
    assert "Do what the founder advises first" in first.instruction
    second = tell(50)
    assert (second.verdict, second.attempt, second.decision) == ("retry", 1, "provide_guidance")
    assert "Do what the founder advises first" not in second.instruction
    assert [tell(n).verdict for n in range(51, 58)] == ["retry"] * 7
    again = tell(58)
    assert again.verdict == "escalate"
    assert again.escalation_id != stuck.escalation_id
    db.session.expire_all()
    assert question(stuck).outcome == "failed"


def test_the_answer_about_one_error_begins_the_task_anew(tell: Tell) -> None:
    for n in range(6):
        tell(n)
    for _ in range(3):
        tell(7)
    asked = tell(7)
    assert asked.verdict == "escalate"
    assert question(asked).error_signature == "shop:Error:own-error-7"
    answer(asked, "simpler_version")
    assert [tell(n).verdict for n in range(60, 69)] == ["retry"] * 9


def test_a_success_begins_the_task_anew(tell: Tell) -> None:
    for n in range(9):
        tell(n)
    problems.heal("build-1", "shop", "shop:Error:own-error-4", by=AGENT)
    assert [tell(n).verdict for n in range(70, 79)] == ["retry"] * 9
    assert tell(79).verdict == "escalate"


def test_a_success_after_an_answer_says_that_it_worked(tell: Tell, stuck: Verdict) -> None:
    answer(stuck, "provide_guidance", "Use the ready-made page.")
    verdict = tell(1)
    problems.heal("build-1", "shop", verdict.error_signature, by=AGENT)
    db.session.expire_all()
    assert question(stuck).outcome == "worked"
    assert tell(1).decision is None


def test_a_question_that_is_withdrawn_is_asked_again(tell: Tell, stuck: Verdict) -> None:
    escalations.withdraw(question(stuck).id, by=AGENT)
    again = tell(1)
    assert again.verdict == "escalate"
    assert again.escalation_id != stuck.escalation_id


def test_a_paused_job_spends_nothing_of_its_task(tell: Tell) -> None:
    for n in range(5):
        tell(n)
    db.session.query(Job).update({"state": "paused"})
    db.session.commit()
    assert [tell(n).verdict for n in range(80, 90)] == ["pause"] * 10
    jobs.resume("build-1", "shop", by=ANNA)
    assert [tell(n).verdict for n in range(90, 95)] == ["retry"] * 4 + ["escalate"]


def test_a_repeated_report_spends_nothing_of_its_task(tell: Tell) -> None:
    for _ in range(12):
        assert tell(1, id="report-1").verdict == "retry"
    assert db.session.query(TaskBudget).one().spent == 1
    assert [tell(n, id=f"report-{n}").verdict for n in range(2, 11)] == ["retry"] * 8 + ["escalate"]
    repeated = tell(10, id="report-10")
    assert (repeated.verdict, repeated.repeated) == ("escalate", True)


def test_simultaneous_errors_of_a_task_are_nine_retries_and_one_question(
    app: Flask, tell: Tell
) -> None:
    def send(n: int) -> Verdict:
        with app.app_context():
            return tell(n)

    with ThreadPoolExecutor(3) as pool:
        verdicts = list(pool.map(send, range(100, 114)))
    kinds = [verdict.verdict for verdict in verdicts]
    assert (kinds.count("retry"), kinds.count("escalate")) == (9, 5)
    asked = {verdict.escalation_id for verdict in verdicts if verdict.verdict == "escalate"}
    assert len(asked) == 1
    assert db.session.query(Attempt).count() == 14


def test_the_server_may_be_set_up_with_another_budget(context: None) -> None:
    kinds = []
    for n in range(5):
        what = Report("s1", "Error", BUG, intent=TASK, signature=f"error-{n}")
        policy = Policy(task_attempts=4)
        kinds.append(receive.report("build-1", "shop", what, by=AGENT, policy=policy).verdict)
    assert kinds == ["retry"] * 4 + ["escalate"]


def test_the_agents_own_words_win_and_what_was_tried_is_the_tasks(tell: Tell) -> None:
    for n in range(9):
        tell(n, approach="Round the prices")
    choices = [{"value": "other", "label": "Take another shop system", "description": ""}]
    verdict = tell(9, plain_english_problem="The checkout does not work.", options=choices)
    asked = question(verdict)
    assert asked.plain_english_problem == "The checkout does not work."
    assert [option["value"] for option in asked.options] == ["other"]
    assert asked.attempts_summary[0].startswith("10 times I hit ")


def test_attempts_are_each_jobs_and_the_answer_is_shared(tell: Tell) -> None:
    for _ in range(3):
        tell(1, intent=None)
    first = tell(1, job="build-2", intent=None, include_other_jobs=True)
    assert (first.verdict, first.attempt) == ("retry", 1)
    assert "Other jobs of the project tried" in first.instruction
    asked = tell(1, intent=None)
    assert asked.verdict == "escalate"
    answer(asked, "provide_guidance", "Ask the shop system for the total.")
    for job in ("build-1", "build-2"):
        verdict = tell(1, job=job, intent=None)
        assert (verdict.verdict, verdict.attempt) == ("retry", 1)
        assert verdict.guidance == "Ask the shop system for the total."


def test_a_success_of_one_job_gives_another_no_new_attempts(tell: Tell) -> None:
    for job in ("build-1", "build-2"):
        for _ in range(3):
            tell(1, job=job, intent=None)
    problems.heal("build-1", "shop", "shop:Error:own-error-1", by=AGENT)
    assert tell(1, intent=None).verdict == "retry"
    assert tell(1, job="build-2", intent=None).verdict == "escalate"


def test_old_questions_about_tasks_of_jobs_that_went_are_forgotten(
    tell: Tell, stuck: Verdict
) -> None:
    answer(stuck, "skip_feature")
    asked = question(stuck)
    late = asked.resolved_at + timedelta(days=365)
    assert pruning.prune_questions(asked.resolved_at) == 0
    assert pruning.prune_questions(late) == 1
    assert db.session.query(TaskBudget).one().question is None
