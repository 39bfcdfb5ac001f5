"""Any order of reports, successes, answers, skips, withdrawals and resumes, from several jobs and
projects: the error model holds. Against PostgreSQL, with a small model of what should be."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
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

from webapp.actors import Actor, Role
from webapp.errors import Conflict
from webapp.events import log
from webapp.extensions import db
from webapp.models import AgentEscalation, Job
from webapp.operations import answers, escalations, jobs, problems
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.rules.categories import Category, Origin
from webapp.rules.decisions import Given

JOBS = ("a", "b")
PROBLEMS = ("p1", "p2", "p3", "p4", "p5", "p6")
KINDS = (Category.CODE_ERROR, Category.CODE_ERROR, Category.NEVER_RETRY, Category.ENV_ERROR)

Key = tuple[str, str]


@dataclass
class Memory:
    """What the error model says of one problem in one project: `waiting` are the jobs that wait for
    the answer to each question, `attempts` and `waits` what each job has spent, `left_out` those
    that were told to leave the matter out. Another category asks in other words, so it is another
    question."""

    attempts: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    news: bool = False
    questions: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    left_out: set[str] = field(default_factory=set)


class Desk(RuleBasedStateMachine):
    """Plays agents and a founder, and keeps the model in a few plain variables beside them."""

    app: Flask

    @initialize()
    def fresh_projects(self) -> None:
        suffix = uuid.uuid4().hex[:8]
        self.projects = [f"one-{suffix}", f"two-{suffix}"]
        self.memory: defaultdict[Key, Memory] = defaultdict(Memory)
        self.opened: Counter[Key] = Counter()
        self.paused: set[Key] = set()
        self.questions: list[str] = []
        self.context = self.app.app_context()
        self.context.push()

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            self.context.pop()

    @staticmethod
    def actor(project: str, role: Role = "agent") -> Actor:
        return Actor(ref=f"token:{project}", name="x", grants={project: role})

    @rule(
        project=st.sampled_from([0, 0, 0, 1]),
        job=st.sampled_from(JOBS),
        problem=st.sampled_from(PROBLEMS[:2]),
        category=st.sampled_from(KINDS),
        times=st.integers(1, 5),
    )
    def fail(self, project: int, job: str, problem: str, category: Category, times: int) -> None:
        """The same failure, several times in a row."""
        for _ in range(times):
            self.report(self.projects[project], job, problem, category)

    @rule(job=st.sampled_from(JOBS))
    def fail_everywhere(self, job: str) -> None:
        """One job meets every problem, each of which only a person can fix."""
        for problem in PROBLEMS:
            self.report(self.projects[0], job, problem, Category.NEVER_RETRY)

    def report(self, project: str, job: str, problem: str, category: Category) -> None:
        failure = Report("s", "E", "m", category=category, signature=problem)
        verdict = receive.report(job, project, failure, by=self.actor(project))
        assert verdict.verdict == self.expected((project, job), (project, problem), category)
        if verdict.verdict == "escalate":
            asked = (category.value, verdict.escalation_id)
            self.note_question((project, job), (project, problem), asked)
        assert (self.state(project, job) == "paused") == ((project, job) in self.paused)

    def expected(self, job: Key, problem: Key, category: Category) -> str:
        """The verdict by ERROR_MODEL's words, and what it spends."""
        known = self.memory[problem]
        if job in self.paused:
            return "pause"
        if job[1] in known.left_out:
            return "skip"
        news, known.news = known.news, False
        if category.value in known.questions:
            return "escalate"
        if category is Category.ENV_ERROR and not news:
            known.waits[job[1]] += 1
            return "wait" if known.waits[job[1]] <= 6 else "escalate"
        if category is Category.NEVER_RETRY and not news:
            return "escalate"
        known.attempts[job[1]] += 1
        return "retry" if known.attempts[job[1]] <= 3 else "escalate"

    def note_question(self, job: Key, problem: Key, asked: tuple[str, str]) -> None:
        known = self.memory[problem]
        category, escalation_id = asked
        known.waiting[category].add(job[1])
        if category in known.questions:
            assert known.questions[category] == escalation_id, "a second card for one question"
            return
        known.questions[category] = escalation_id
        known.attempts[job[1]] = min(known.attempts[job[1]], 3)
        known.waits[job[1]] = min(known.waits[job[1]], 6)
        self.questions.append(escalation_id)
        self.opened[job] += 1
        if self.opened[job] == 5:
            self.paused.add(job)

    @precondition(lambda self: self.questions)
    @rule(data=st.data(), how=st.sampled_from(["resolve", "skip", "withdraw"]))
    def close(self, data: st.DataObject, how: str) -> None:
        """Close any question there ever was: one that is closed already says so."""
        open_ones = [key for known in self.memory.values() for key in known.questions.values()]
        key = uuid.UUID(data.draw(st.sampled_from(open_ones * 3 + self.questions)))
        asked = db.session.get_one(AgentEscalation, key, populate_existing=True)
        project, problem = asked.project_id, asked.error_signature.rsplit(":own-", 1)[-1]
        known = self.memory[(project, problem)]
        founder = self.actor(project, "founder")
        chosen = None
        try:
            if how == "resolve":
                chosen = asked.options[0]["value"]
                answers.resolve(key, chosen, "do it so", by=founder)
            elif how == "skip":
                answers.skip(key, by=founder)
            else:
                escalations.withdraw(key, "solved", by=self.actor(project))
        except Conflict:
            assert str(key) not in known.questions.values()
            return
        assert known.questions.pop(asked.category) == str(key)
        waited = known.waiting.pop(asked.category, set())
        if how != "withdraw":
            out = Given("", chosen).leaves_out
            self.memory[(project, problem)] = Memory(
                news=not out,
                questions=known.questions,
                waiting=known.waiting,
                left_out=waited if out else set(),
            )

    @rule(job=st.sampled_from(JOBS), problem=st.sampled_from(PROBLEMS))
    def heal(self, job: str, problem: str) -> None:
        project = self.projects[0]
        problems.heal(job, project, f"{project}:E:{problem}", by=self.actor(project))
        known = self.memory[(project, problem)]
        known.attempts.pop(job, None)
        known.waits.pop(job, None)
        self.memory[(project, problem)] = Memory(
            attempts=known.attempts,
            waits=known.waits,
            questions=known.questions,
            waiting=known.waiting,
        )

    @rule(job=st.sampled_from(JOBS))
    def blame_the_model(self, job: str) -> None:
        """Errors of the model's provider wait and change nothing at all."""
        project = self.projects[0]
        failure = Report("s", "E", "Overloaded", origin=Origin.MODEL_PROVIDER)
        verdict = receive.report(job, project, failure, by=self.actor(project))
        assert verdict.verdict == ("pause" if (project, job) in self.paused else "wait")

    @precondition(lambda self: self.paused)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        project, job = data.draw(st.sampled_from(sorted(self.paused)))
        jobs.resume(job, project, by=self.actor(project, "founder"))
        self.paused.discard((project, job))
        self.opened[(project, job)] = 0

    @rule()
    def restart(self) -> None:
        """Nothing that counts is kept in the process."""
        db.session.remove()
        db.engine.dispose()

    @invariant()
    def never_two_pending_questions_with_the_same_words(self) -> None:
        if not hasattr(self, "projects"):
            return
        pending = db.session.execute(
            select(
                AgentEscalation.project_id,
                AgentEscalation.error_signature,
                AgentEscalation.stored_digest,
            ).where(
                AgentEscalation.status == "pending",
                AgentEscalation.project_id.in_(self.projects),
            )
        ).all()
        assert len(pending) == len(set(pending))

    @invariant()
    def every_log_is_without_a_gap(self) -> None:
        for job in self.rows():
            seqs = [event.seq for event in log.read(db.session(), job.id, 0)]
            assert seqs == list(range(1, job.last_seq + 1))

    @invariant()
    def a_pause_is_told_exactly_when_it_happens(self) -> None:
        for job in self.rows():
            kinds = Counter(event.kind for event in log.read(db.session(), job.id, 0))
            ups, downs = kinds["agent.build_paused"], kinds["agent.build_resumed"]
            assert ups - downs == (1 if job.state == "paused" else 0)

    def rows(self) -> list[Job]:
        if not hasattr(self, "projects"):
            return []
        query = select(Job).where(Job.project_id.in_(self.projects))
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def state(self, project: str, job: str) -> str | None:
        return db.session.scalar(select(Job.state).filter_by(project_id=project, job_id=job))


@pytest.fixture
def desk(app: Flask) -> Iterator[type[Desk]]:
    Desk.app = app
    yield Desk
    del Desk.app


def test_the_model_holds_in_any_order(desk: type[Desk]) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        desk,
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=slow
        ),
    )
