"""The deadline of a question: answered before it, expired at it, extended by founders."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from kept import events, stored

from webapp.actors import Actor
from webapp.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.models import AgentEscalation, Problem
from webapp.operations import answers, deadlines, escalations, expiring, holding, people, receipts
from webapp.operations.answers import AlreadyAnswered, Answer
from webapp.operations.escalations import Question
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.rules.categories import Category
from webapp.rules.deadlines import fault_of_default

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
OLGA = Actor(ref="person:2", name="Olga", grants={"shop": "observer"})
OTTO = Actor(ref="person:3", name="Otto", grants={"other": "founder"})
START = datetime(2026, 3, 3, 12, tzinfo=UTC)
DEADLINE = START + timedelta(hours=6)
SECOND = timedelta(seconds=1)
OPTIONS = [
    {"value": "skip_feature", "label": "Leave it out", "description": ""},
    {"value": "delete_all", "label": "Delete all", "description": "", "irreversible": True},
]


def ask(app: Flask, then: str | None = "skip_feature", **changes: Any) -> uuid.UUID:
    with app.app_context(), time_machine.travel(START, tick=False):
        asked = Question(
            **{
                "session_id": "s1",
                "error_type": "KeyError",
                "error_signature": "shop:KeyError:v1-1",
                "plain_english_problem": "May I leave the payments out?",
                "options": OPTIONS,
                "deadline_at": DEADLINE,
                "deadline_then": then,
            }
            | changes
        )
        return escalations.open_question("build-1", "shop", asked, by=AGENT)[0].id


def expire(app: Flask, at: datetime) -> int:
    with app.app_context(), time_machine.travel(at, tick=False):
        return deadlines.expire_due()


def answer(app: Flask, key: uuid.UUID, at: datetime, grace_s: float = 0) -> AgentEscalation:
    with app.app_context(), time_machine.travel(at, tick=False):
        return holding.hold(key, Answer("skip_feature", "by me"), grace_s, by=ANNA)


def test_at_its_deadline_a_question_expires_with_the_default_the_agent_announced(
    app: Flask,
) -> None:
    key = ask(app)
    assert expire(app, DEADLINE - timedelta(milliseconds=1)) == 0
    assert stored(app, key).status == "pending"
    assert expire(app, DEADLINE) == 1
    assert expire(app, DEADLINE) == 0
    found = stored(app, key)
    assert (found.status, found.founder_decision, found.resolved_by, found.decided_by) == (
        "expired",
        "skip_feature",
        "deadline",
        "deadline",
    )
    assert found.resolved_at == DEADLINE
    (event,) = events(app)
    assert event.kind == "agent.escalation_expired"
    assert (event.payload["resolution"], event.payload["label"]) == ("skip_feature", "Leave it out")


def test_without_a_default_it_expires_without_a_decision(app: Flask) -> None:
    key = ask(app, then=None)
    expire(app, DEADLINE + SECOND)
    found = stored(app, key)
    assert (found.status, found.founder_decision, found.has_answer) == ("expired", None, False)
    assert events(app)[0].payload["resolution"] == "expired"


@pytest.mark.parametrize("grace_s", [0, 5])
def test_one_second_before_the_deadline_the_answer_counts(app: Flask, grace_s: float) -> None:
    key = ask(app)
    with app.app_context():
        people.make_link("anna@example.com", role="founder", project_id="shop")
    answer(app, key, DEADLINE - SECOND, grace_s)
    assert expire(app, DEADLINE + SECOND) == 0, "an answer that can be taken back was in time"
    with app.app_context(), time_machine.travel(DEADLINE + 5 * SECOND, tick=False):
        holding.release_due()
    found = stored(app, key)
    assert (found.status, found.resolved_by, found.decided_by) == ("resolved", "Anna", "person")


@pytest.mark.parametrize("late", [timedelta(0), SECOND])
@pytest.mark.parametrize("grace_s", [0, 5])
def test_at_the_deadline_and_after_it_the_answer_is_too_late_even_if_no_timer_came(
    app: Flask, late: timedelta, grace_s: float
) -> None:
    key = ask(app)
    with pytest.raises(AlreadyAnswered, match=r"deadline.*passed.*Leave it out") as refused:
        answer(app, key, DEADLINE + late, grace_s)
    assert refused.value.escalation.status == "expired"
    assert stored(app, key).decided_by == "deadline"
    assert [event.kind for event in events(app)] == ["agent.escalation_expired"]


def test_an_answer_taken_back_after_the_deadline_leaves_the_default(app: Flask) -> None:
    key = ask(app)
    answer(app, key, DEADLINE - SECOND, 5)
    with app.app_context(), time_machine.travel(DEADLINE + SECOND, tick=False):
        holding.undo(key, by=ANNA)
    assert expire(app, DEADLINE + SECOND) == 1
    assert stored(app, key).decided_by == "deadline"


def test_of_twenty_late_answers_and_the_timer_at_once_only_the_deadline_counts(app: Flask) -> None:
    key = ask(app, deadline_at=datetime.now(UTC) + timedelta(days=1))
    together = threading.Barrier(21)

    def by_person(number: int) -> str:
        by = Actor(ref=f"person:{number}", name=f"P{number}", grants={"shop": "founder"})
        together.wait(60)
        with app.app_context():
            try:
                return str(answers.resolve(key, "skip_feature", by=by).status)
            except AlreadyAnswered as error:
                return f"too late, {error.escalation.status}"

    def by_timer() -> str:
        together.wait(60)
        with app.app_context():
            return f"expired {deadlines.expire_due()}"

    with app.app_context():
        due = datetime.now(UTC) - SECOND
        db.session.get_one(AgentEscalation, key).deadline_at = due
        db.session.commit()
    with ThreadPoolExecutor(21) as pool:
        timer = pool.submit(by_timer)
        people_said = list(pool.map(by_person, range(20)))
    timer.result()
    assert set(people_said) == {"too late, expired"}
    assert [event.kind for event in events(app)] == ["agent.escalation_expired"]


def test_a_deadline_is_no_precedent(app: Flask) -> None:
    with app.app_context(), time_machine.travel(START, tick=False):
        report = Report(
            "s1", "KeyError", "missing", category=Category.NEVER_RETRY, deadline_at=DEADLINE,
            deadline_then="skip_feature",
        )  # fmt: skip
        verdict = receive.report("build-1", "shop", report, by=AGENT)
    assert verdict.escalation_id is not None
    expire(app, DEADLINE)
    key = uuid.UUID(str(verdict.escalation_id))
    assert stored(app, key).founder_decision == "skip_feature"
    with app.app_context():
        problem = db.session.query(Problem).one()
        assert (problem.decision, problem.answer, problem.answer_is_news) == (None, None, False)


def test_the_agent_may_say_whether_the_default_worked(app: Flask) -> None:
    key = ask(app)
    expire(app, DEADLINE)
    with app.app_context():
        assert receipts.give(key, "worked", by=AGENT).outcome == "worked"
    other = ask(app, then=None, error_signature="shop:KeyError:v1-2")
    expire(app, DEADLINE)
    with app.app_context(), pytest.raises(Conflict):
        receipts.give(other, "worked", by=AGENT)


def test_founders_extend_the_deadline(app: Flask) -> None:
    key, later = ask(app), DEADLINE + timedelta(hours=1)
    with app.app_context(), time_machine.travel(START, tick=False):
        assert deadlines.extend(key, later, by=ANNA).deadline_at == later
        deadlines.extend(key, later, by=ANNA)  # again, as a lost response makes a caller do
    assert expire(app, DEADLINE) == 0
    assert [(event.kind, event.payload["extended_by"]) for event in events(app)] == [
        ("agent.deadline_extended", "Anna")
    ]
    with app.app_context(), time_machine.travel(START, tick=False):
        assert deadlines.extend(key, None, by=ANNA).deadline_at is None
    assert expire(app, later) == 0
    with app.app_context(), pytest.raises(Conflict, match="no deadline"):
        deadlines.extend(key, later, by=ANNA)


@pytest.mark.parametrize(
    ("until", "error"),
    [
        (DEADLINE - SECOND, Invalid),
        (START + expiring.FURTHEST + SECOND, Invalid),
    ],
)
def test_a_deadline_is_only_put_off(app: Flask, until: datetime, error: type[Exception]) -> None:
    key = ask(app)
    with app.app_context(), time_machine.travel(START, tick=False), pytest.raises(error):
        deadlines.extend(key, until, by=ANNA)


def test_only_who_answers_extends_and_only_while_it_waits(app: Flask) -> None:
    key, later = ask(app), DEADLINE + timedelta(hours=1)
    with app.app_context(), time_machine.travel(START, tick=False):
        for by, error in ((OLGA, Forbidden), (AGENT, Forbidden), (OTTO, NotFound)):
            with pytest.raises(error):
                deadlines.extend(key, later, by=by)
        with pytest.raises(NotFound):
            deadlines.extend(uuid.uuid4(), later, by=ANNA)
    with (
        app.app_context(),
        time_machine.travel(DEADLINE, tick=False),
        pytest.raises(AlreadyAnswered),
    ):
        deadlines.extend(key, later, by=ANNA)
    assert stored(app, key).status == "expired"


def test_two_founders_who_take_one_more_hour_get_one(app: Flask) -> None:
    key, later = ask(app, deadline_at=datetime.now(UTC) + timedelta(days=1)), None
    later = stored(app, key).deadline_at
    assert later is not None
    together = threading.Barrier(2)

    def extend(number: int) -> None:
        by = Actor(ref=f"person:{number}", name=f"P{number}", grants={"shop": "founder"})
        together.wait(60)
        with app.app_context():
            deadlines.extend(key, later + timedelta(hours=1), by=by)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(extend, range(2)))
    assert stored(app, key).deadline_at == later + timedelta(hours=1)
    assert len(events(app)) == 1


def test_the_same_question_asked_again_by_a_restarted_agent_is_the_same(app: Flask) -> None:
    key = ask(app)
    assert ask(app, deadline_at=DEADLINE + SECOND) == key
    assert ask(app, then=None) != key
    own = uuid.uuid4()
    with app.app_context(), time_machine.travel(START, tick=False):
        said = {
            "session_id": "s1",
            "error_type": "E",
            "error_signature": "shop:E:v1-2",
            "plain_english_problem": "Now?",
            "deadline_at": DEADLINE,
        }
        escalations.open_question("build-1", "shop", Question(**said), by=AGENT, escalation_id=own)
    with app.app_context(), time_machine.travel(DEADLINE + SECOND, tick=False):
        again, new = escalations.open_question(
            "build-1", "shop", Question(**said), by=AGENT, escalation_id=own
        )
        assert (again.id, new) == (own, False), "a repeated request gets what is stored"
        with pytest.raises(Invalid, match="past"):
            escalations.open_question("build-1", "shop", Question(**said), by=AGENT)


def test_reports_with_other_defaults_do_not_share_a_question(app: Flask) -> None:
    def report(job: str, then: str | None) -> object:
        given = Report(
            "s1", "KeyError", "missing", category=Category.NEVER_RETRY,
            deadline_at=DEADLINE if then else None, deadline_then=then,
        )  # fmt: skip
        return receive.report(job, "shop", given, by=AGENT).escalation_id

    with app.app_context(), time_machine.travel(START, tick=False):
        first = report("build-1", "skip_feature")
        assert report("build-2", "skip_feature") == first
        assert report("build-3", None) != first


def test_what_cannot_be_undone_or_needs_more_is_no_default() -> None:
    schema = {
        "type": "object",
        "properties": {"A_KEY": {"type": "string", "format": "secret", "x-options": ["with_key"]}},
        "required": ["A_KEY"],
    }
    choices = [*OPTIONS, {"value": "with_key"}, {"value": "tell", "needs_words": True}]
    assert fault_of_default(None, choices, schema) is None
    assert fault_of_default("skip_feature", choices, schema) is None
    for value in ("delete_all", "with_key", "tell", "nothing"):
        assert fault_of_default(value, choices, schema)
