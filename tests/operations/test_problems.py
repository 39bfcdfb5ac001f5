"""The error model in the database: what reports, answers and successes change."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from webapp.actors import Actor
from webapp.events import log
from webapp.extensions import db
from webapp.models import AgentEscalation, Job
from webapp.operations import answers, jobs, problems
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.verdict import Verdict
from webapp.rules.categories import Category, Origin

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
OTHER = Actor(ref="token:2", name="other builder", grants={"other": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})

BUG = "TypeError: cart.total is not a function"
NO_KEY = "stripe.error.AuthenticationError: No API key provided."
REFUSED = "connect ECONNREFUSED 127.0.0.1:5432"

Tell = Callable[..., Verdict]


@pytest.fixture
def tell(app: Flask) -> Tell:
    def report(
        message: str = BUG, *, job: str = "build-1", by: Actor = AGENT, **more: object
    ) -> Verdict:
        with app.app_context():
            project = next(iter(by.grants))
            what = Report("s1", "Error", message, **more)  # type: ignore[arg-type]
            return receive.report(job, project, what, by=by)

    return report


def events(app: Flask, job: str = "build-1", project: str = "shop") -> list[str]:
    with app.app_context():
        row = db.session.scalars(select(Job).filter_by(job_id=job, project_id=project)).one()
        found = log.read(db.session(), row.id, 0)
        assert [event.seq for event in found] == list(range(1, len(found) + 1))
        return [event.kind for event in found]


def pending(app: Flask) -> list[AgentEscalation]:
    with app.app_context():
        return list(db.session.scalars(select(AgentEscalation).filter_by(status="pending")))


def answer(
    app: Flask, escalation_id: str | None, decision: str, guidance: str | None = None
) -> None:
    with app.app_context():
        answers.resolve(uuid.UUID(escalation_id), decision, guidance, by=ANNA)


def test_a_code_error_is_retried_three_times_and_asked_the_fourth(app: Flask, tell: Tell) -> None:
    verdicts = [tell(approach=f"approach number {n}") for n in range(1, 5)]
    assert [v.verdict for v in verdicts] == ["retry", "retry", "retry", "escalate"]
    assert [v.attempt for v in verdicts] == [1, 2, 3, 4]
    assert verdicts[3].approaches_tried == [f"approach number {n}" for n in range(1, 5)]
    assert len(pending(app)) == 1
    assert events(app) == ["agent.retrying"] * 3 + ["agent.waiting_for_input"]


def test_trouble_of_the_environment_waits_and_spends_no_attempts(app: Flask, tell: Tell) -> None:
    waits = [tell(REFUSED) for _ in range(6)]
    assert [v.verdict for v in waits] == ["wait"] * 6
    assert sum(v.retry_after_s for v in waits) >= 15 * 60
    assert [2 <= waits[0].retry_after_s <= 3, 8 <= waits[1].retry_after_s <= 10] == [True, True]
    assert tell(REFUSED).verdict == "escalate"


def test_what_only_a_person_can_fix_is_asked_at_once(app: Flask, tell: Tell) -> None:
    verdict = tell(NO_KEY)
    assert (verdict.verdict, verdict.category) == ("escalate", "never_retry")
    (asked,) = pending(app)
    assert [option["value"] for option in asked.options] == ["provide_credentials", "skip_feature"]
    assert asked.matched_rule == verdict.matched_rule


def test_an_answer_gives_fresh_attempts_and_its_guidance(app: Flask, tell: Tell) -> None:
    asked = [tell(approach=f"way {n}") for n in range(4)][-1]
    answer(app, asked.escalation_id, "provide_guidance", "Use the new cart module")
    again = tell(approach="way 5")
    assert (again.verdict, again.attempt, again.guidance) == ("retry", 1, "Use the new cart module")
    assert "Use the new cart module" in again.instruction
    assert [tell().verdict for _ in range(3)] == ["retry", "retry", "escalate"]


def test_a_success_gives_fresh_attempts(app: Flask, tell: Tell) -> None:
    first = [tell() for _ in range(3)][-1]
    for _ in range(2):  # the second one changes nothing
        with app.app_context():
            problems.heal("build-1", "shop", first.error_signature, by=AGENT)
    assert [tell().verdict for _ in range(4)] == ["retry", "retry", "retry", "escalate"]
    assert events(app).count("agent.error_healed") == 1


def test_a_success_after_an_answer_uses_the_answer_up(app: Flask, tell: Tell) -> None:
    asked = tell(NO_KEY)
    with app.app_context():
        problems.heal("build-1", "shop", asked.error_signature, by=AGENT)
    answer(app, asked.escalation_id, "skip_feature")
    with app.app_context():
        problems.heal("build-1", "shop", asked.error_signature, by=AGENT)
    assert tell(NO_KEY).verdict == "escalate"


def test_a_second_job_joins_the_question_and_one_answer_releases_both(
    app: Flask, tell: Tell
) -> None:
    asked, joined = tell(NO_KEY), tell(NO_KEY, job="build-2")
    assert joined.escalation_id == asked.escalation_id
    (card,) = pending(app)
    assert card.occurrences == 2
    answer(app, asked.escalation_id, "skip_feature")
    assert events(app)[-1] == "agent.escalation_resolved"
    assert events(app, "build-2") == ["agent.escalation_joined", "agent.escalation_resolved"]


def test_another_project_starts_fresh(app: Flask, tell: Tell) -> None:
    for _ in range(4):
        tell()
    assert tell(by=OTHER).verdict == "retry"


def test_a_new_job_of_the_project_has_attempts_of_its_own(app: Flask, tell: Tell) -> None:
    for _ in range(3):
        tell()
    first = tell(job="build-2")
    assert (first.verdict, first.attempt) == ("retry", 1)
    assert tell().verdict == "escalate"


def test_the_fifth_question_pauses_the_job_until_it_is_resumed(app: Flask, tell: Tell) -> None:
    keys = ["STRIPE", "OPENAI", "TWILIO", "GITHUB", "SENDGRID", "SLACK"]
    said = [tell(f"KeyError: '{key}_API_KEY'", category=Category.NEVER_RETRY) for key in keys]
    assert [v.verdict for v in said] == ["escalate"] * 5 + ["pause"]
    assert events(app) == ["agent.waiting_for_input"] * 5 + ["agent.build_paused"]
    assert len(pending(app)) == 5
    with app.app_context():
        jobs.resume("build-1", "shop", by=ANNA)
    assert tell("KeyError: 'SLACK_API_KEY'", category=Category.NEVER_RETRY).verdict == "escalate"


def test_the_model_providers_errors_count_against_nothing(app: Flask, tell: Tell) -> None:
    for _ in range(6):
        assert tell("Overloaded", origin=Origin.MODEL_PROVIDER).verdict == "wait"
    assert tell().attempt == 1


def test_the_same_approach_again_is_named_as_already_tried(app: Flask, tell: Tell) -> None:
    tell(approach="Rename the method")
    assert "already tried" in tell(approach="rename the method!").instruction.lower()


def test_the_agents_own_words_win(app: Flask, tell: Tell) -> None:
    own = [{"value": "a", "label": "A", "description": ""}]
    tell(NO_KEY, plain_english_problem="I need the Stripe key.", options=own)
    (asked,) = pending(app)
    assert (asked.plain_english_problem, asked.options) == ("I need the Stripe key.", own)
