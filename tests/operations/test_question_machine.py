"""Any order of answers, questions back, replies, extensions, snoozes and passing time: a question
is closed once, by whoever was first, and all about it agrees. With a small model beside it."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from webapp.actors import Actor
from webapp.errors import Conflict, Invalid
from webapp.events import log
from webapp.extensions import db
from webapp.models import AgentEscalation, Job, Person
from webapp.operations import answers, asking_back, deadlines, escalations, people, snoozing
from webapp.operations.answers import AlreadyAnswered
from webapp.operations.escalations import Question
from webapp.queries import snoozes
from webapp.rules.limits import MOST_ROUNDS

START = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Model:
    """What should be so of one question."""

    status: str = "pending"
    deadline: datetime | None = None
    turned: datetime | None = None
    rounds: int = 0
    replies: int = 0
    extended: int = 0
    snoozed: datetime | None = None

    def is_due(self, moment: datetime) -> bool:
        """Whether its deadline has passed, and nobody noticed yet."""
        waits = self.status == "pending" and self.turned is None
        return waits and self.deadline is not None and self.deadline <= moment


class Desk(RuleBasedStateMachine):
    """A founder, an agent and the clock."""

    app: Flask

    @initialize()
    def begin(self) -> None:
        self.project = f"p-{uuid.uuid4().hex[:8]}"
        self.moment = START
        self.known: dict[uuid.UUID, Model] = {}
        self.said = 0
        self.context = self.app.app_context()
        self.context.push()
        people.make_link("anna@example.com", role="founder", project_id="*")
        person = db.session.scalar(select(Person.id).where(Person.email == "anna@example.com"))
        self.anna = Actor(f"person:{person}", "Anna", {self.project: "founder"})
        self.agent = Actor(f"token:{self.project}", "builder", {self.project: "agent"})

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            self.context.pop()

    @contextmanager
    def now(self) -> Iterator[datetime]:
        with time_machine.travel(self.moment, tick=False):
            yield self.moment

    @rule(hours=st.sampled_from([None, 1, 2, 5]))
    def ask(self, hours: int | None) -> None:
        self.said += 1
        with self.now() as moment:
            until = None if hours is None else moment + hours * HOUR
            question = Question(
                session_id="s",
                error_type="E",
                error_signature=f"{self.project}:E:v1-{self.said}",
                plain_english_problem=f"What now, {self.said}?",
                options=[{"value": "a", "label": "A", "description": ""}],
                deadline_at=until,
                deadline_then="a" if until else None,
            )
            asked = escalations.open_question("job", self.project, question, by=self.agent)[0]
        self.known[asked.id] = Model(deadline=until)

    @rule(minutes=st.integers(1, 150))
    def wait(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)

    @rule()
    def the_timer_comes(self) -> None:
        with self.now() as moment:
            deadlines.expire_due()
        for model in self.known.values():
            if model.is_due(moment):
                model.status = "expired"

    @precondition(lambda self: self.known)
    @rule(data=st.data(), skips=st.booleans())
    def answer(self, data: st.DataObject, *, skips: bool) -> None:
        key, model = self.one(data)
        with self.now() as moment:
            if self.refused(model, moment):
                with pytest.raises(AlreadyAnswered):
                    answers.resolve(key, "a", by=self.anna)
                return
            if skips:
                answers.skip(key, by=self.anna)
            else:
                answers.resolve(key, "a", by=self.anna)
        model.status, model.turned = "skipped" if skips else "resolved", None

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def ask_back(self, data: st.DataObject) -> None:
        key, model = self.one(data)
        self.said += 1
        with self.now() as moment:
            if self.refused(model, moment):
                with pytest.raises(AlreadyAnswered):
                    asking_back.say(key, f"Why {self.said}?", by=self.anna)
            elif model.turned is not None or model.rounds >= MOST_ROUNDS:
                with pytest.raises(Conflict):
                    asking_back.say(key, f"Why {self.said}?", by=self.anna)
            else:
                asking_back.say(key, f"Why {self.said}?", by=self.anna)
                model.turned, model.rounds = moment, model.rounds + 1

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def reply(self, data: st.DataObject) -> None:
        key, model = self.one(data)
        self.said += 1
        with self.now() as moment:
            if self.refused(model, moment):
                with pytest.raises(AlreadyAnswered):
                    asking_back.say(key, f"So {self.said}.", by=self.agent)
            elif model.turned is None:
                with pytest.raises(Conflict):
                    asking_back.say(key, f"So {self.said}.", by=self.agent)
            else:
                asking_back.say(key, f"So {self.said}.", by=self.agent)
                if model.deadline is not None:
                    model.deadline += moment - model.turned
                model.turned, model.snoozed, model.replies = None, None, model.replies + 1

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def extend(self, data: st.DataObject) -> None:
        key, model = self.one(data)
        with self.now() as moment:
            until = (model.deadline or moment) + HOUR
            if self.refused(model, moment):
                with pytest.raises(AlreadyAnswered):
                    deadlines.extend(key, until, by=self.anna)
            elif model.deadline is None or until <= moment:
                with pytest.raises((Conflict, Invalid)):
                    deadlines.extend(key, until, by=self.anna)
            else:
                deadlines.extend(key, until, by=self.anna)
                model.deadline, model.extended = until, model.extended + 1

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def snooze(self, data: st.DataObject) -> None:
        key, model = self.one(data)
        with self.now() as moment:
            if model.status != "pending":
                with pytest.raises(AlreadyAnswered):
                    snoozing.snooze(key, moment + HOUR, by=self.anna)
                return
            model.snoozed = snoozing.snooze(key, moment + HOUR, by=self.anna)
            if model.deadline is not None and model.deadline > moment:
                assert moment < model.snoozed < model.deadline

    def one(self, data: st.DataObject) -> tuple[uuid.UUID, Model]:
        keys = list(self.known)
        key = keys[data.draw(st.integers(0, len(keys) - 1))]
        return key, self.known[key]

    @staticmethod
    def refused(model: Model, moment: datetime) -> bool:
        """Whether it's too late to answer. Trying after the deadline closes the question."""
        if model.is_due(moment):
            model.status = "expired"
        return model.status != "pending"

    @invariant()
    def each_question_is_as_it_should_be(self) -> None:
        for key, model in getattr(self, "known", {}).items():
            row = db.session.get_one(AgentEscalation, key, populate_existing=True)
            assert (row.status, row.deadline_at, row.rounds) == (
                model.status,
                model.deadline,
                model.rounds,
            )
            if model.status == "pending":
                assert row.turn == ("founder" if model.turned is None else "agent")
            with self.now() as moment:
                until = snoozes.until(db.session(), key, by=self.anna)
                away = model.snoozed if model.snoozed and model.snoozed > moment else None
                assert until == away

    @invariant()
    def the_log_tells_each_thing_once(self) -> None:
        job = db.session.scalar(select(Job).filter_by(project_id=getattr(self, "project", "")))
        if job is None:
            return
        found = log.read(db.session(), job.id, 0)
        told = Counter((event.payload.get("escalation_id"), str(event.kind)) for event in found)
        for key, model in self.known.items():
            closed = {"expired": "expired"}.get(model.status, "resolved")
            said = {
                "agent.question_asked_back": model.rounds,
                "agent.replied": model.replies,
                "agent.deadline_extended": model.extended,
                "agent.escalation_expired": int(model.status != "pending" and closed == "expired"),
                "agent.escalation_resolved": int(
                    model.status != "pending" and closed == "resolved"
                ),
            }
            assert {kind: told[str(key), kind] for kind in said} == said


@pytest.fixture
def desk(app: Flask) -> Iterator[type[Desk]]:
    Desk.app = app
    yield Desk
    del Desk.app


def test_a_question_is_closed_once_in_any_order(desk: type[Desk]) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        desk,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=slow,
        ),
    )
