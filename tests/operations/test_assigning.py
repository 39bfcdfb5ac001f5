"""Whose a question is, and who gets the messages about it while someone is away."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from kept import events

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Forbidden, Invalid, NotFound
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.operations import answers, away, escalations, outbox, people
from webapp.operations.answers import AlreadyAnswered
from webapp.operations.assigning import assign
from webapp.operations.escalations import Question
from webapp.queries import reach

Sql = Callable[..., list[Any]]
AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
CHANNELS = """
    insert into personal_channels (person_id, kind, address, created_at, verified_at, position)
    select id, 'email', email, now(), now(), 1 from people
"""


@pytest.fixture
def people_of(app: Flask, sql: Sql) -> dict[str, Actor]:
    """Anna, Ben and Cleo may answer in `shop`, Olga looks on, Otto is elsewhere; all get mail."""
    roles = [("anna", "founder", "shop"), ("ben", "owner", "shop"), ("cleo", "founder", "*")]
    roles += [("olga", "observer", "shop"), ("otto", "founder", "other")]
    with app.app_context():
        for name, role, project in roles:
            people.make_link(f"{name}@example.com", role=role, project_id=project)
    sql(CHANNELS)
    ids = {row.email.partition("@")[0]: row.id for row in sql("select id, email from people")}
    return {
        name: Actor(f"person:{ids[name]}", name.title(), {project: role})
        for name, role, project in roles
    }


@pytest.fixture
def asked(app: Flask, people_of: dict[str, Actor]) -> uuid.UUID:
    with app.app_context():
        question = Question(
            session_id="s1",
            error_type="KeyError",
            error_signature="shop:KeyError:v1-1",
            plain_english_problem="Which of the two?",
            attempts_summary=[],
            recommended_action="",
            options=[{"value": "a", "label": "A"}],
        )
        return escalations.open_question("build-1", "shop", question, by=AGENT)[0].id


@pytest.fixture
def told(app: Flask, sql: Sql, asked: uuid.UUID) -> Callable[[], set[str]]:
    """Who would get a message about it now."""

    def telling() -> set[str]:
        rows = sql(
            "select channel.id, email from personal_channels as channel"
            " join people on people.id = person_id"
        )
        with app.app_context():
            facts = {
                row.email.partition("@")[0]: reach.facts(db.session(), row.id, asked, 0)
                for row in rows
            }
        return {name for name, each in facts.items() if each.is_theirs and each.may_answer}

    return telling


def number(actor: Actor) -> int:
    assert actor.person_id is not None
    return actor.person_id


def assigned(app: Flask, key: uuid.UUID, person: Actor | None, by: Actor) -> None:
    with app.app_context():
        assign(key, number(person) if person else None, by=by)


def test_messages_go_to_that_person_alone_until_it_is_everyones_again(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, told: Callable[[], set[str]]
) -> None:
    anna, ben = people_of["anna"], people_of["ben"]
    assert told() == {"anna", "ben", "cleo"}
    assigned(app, asked, ben, anna)
    assert told() == {"ben"}
    assigned(app, asked, None, ben)
    assert told() == {"anna", "ben", "cleo"}


def test_a_person_who_may_no_longer_answer_counts_as_everyone(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, told, sql: Sql
) -> None:
    assigned(app, asked, people_of["ben"], people_of["anna"])
    sql("update memberships set role = 'observer' where role = 'owner'")
    assert told() == {"anna", "cleo"}
    sql("delete from people where email like 'ben@%'")
    assert told() == {"anna", "cleo"}


def test_a_deputy_gets_the_messages_of_who_is_away(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, told, sql: Sql
) -> None:
    anna, ben, cleo = (people_of[name] for name in ("anna", "ben", "cleo"))
    day = (now() + timedelta(days=3)).date().isoformat()
    with app.app_context():
        away.leave(day, number(cleo), by=ben)
    assert told() == {"anna", "cleo"}
    assigned(app, asked, ben, anna)
    assert told() == {"cleo"}
    sql("update memberships set role = 'observer' where project_id = '*'")
    assert told() == {"ben"}, "a deputy who can't answer is none"
    sql("update memberships set role = 'founder' where project_id = '*'")
    with app.app_context():
        away.come_back(by=ben)
    assert told() == {"ben"}


def test_a_question_of_ones_own_does_not_wait_for_others(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, sql: Sql
) -> None:
    anna, ben = people_of["anna"], people_of["ben"]
    sql(
        "insert into notification_settings (person_id, quiet_days, others_first_min)"
        f" values ({number(ben)}, '{{}}', 60)"
    )
    channel = sql(f"select id from personal_channels where person_id = {number(ben)}")[0].id

    def waits_s() -> float:
        with app.app_context():
            return reach.facts(db.session(), channel, asked, 0).others_first_s

    assert 3000 < waits_s() <= 3600
    assigned(app, asked, ben, anna)
    assert waits_s() == 0
    assigned(app, asked, anna, ben)
    with app.app_context():
        assert not reach.waiting_for(db.session(), number(ben)), "no summary of another's question"
        assert [each.id for each in reach.waiting_for(db.session(), number(anna))] == [asked]


def test_whoever_it_is_assigned_to_is_told_at_once(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, sql: Sql
) -> None:
    with app.app_context():
        outbox.plan()
    due = (
        "select email, due_at <= now() as is_due from deliveries join personal_channels as channel"
    )
    due += (
        " on channel.id = personal_channel_id join people on people.id = person_id order by email"
    )
    assert {row.is_due for row in sql(due)} == {False}
    assigned(app, asked, people_of["ben"], people_of["anna"])
    assert [row.email for row in sql(due) if row.is_due] == ["ben@example.com"]


def test_it_is_an_event_and_in_the_audit_log_once(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, sql: Sql
) -> None:
    for _ in range(2):
        assigned(app, asked, people_of["ben"], people_of["anna"])
    found = [event for event in events(app) if event.kind == Kind.QUESTION_ASSIGNED]
    assert len(found) == 1
    row = sql("select * from audit_events where action = 'question.assigned'")
    assert [(each.actor_name, each.details) for each in row] == [
        ("Anna", {"to": people_of["ben"].ref})
    ]


@pytest.mark.parametrize(
    ("who", "error"), [("olga", Forbidden), ("otto", NotFound), ("agent", Forbidden)]
)
def test_only_those_who_may_answer_assign(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, who: str, error: type[Exception]
) -> None:
    by = people_of.get(who, AGENT)
    with app.app_context(), pytest.raises(error):
        assign(asked, number(people_of["anna"]), by=by)


@pytest.mark.parametrize("to", ["olga", "otto"])
def test_nobody_gets_it_who_may_not_answer(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, to: str
) -> None:
    with app.app_context(), pytest.raises(Invalid):
        assign(asked, number(people_of[to]), by=people_of["anna"])
    with app.app_context(), pytest.raises(Invalid):
        away.leave("2100-01-01", number(people_of["otto"]), by=people_of["anna"])


def test_an_answered_question_is_not_assigned(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID
) -> None:
    with app.app_context():
        answers.resolve(asked, "a", by=people_of["ben"])
    with app.app_context(), pytest.raises(AlreadyAnswered):
        assign(asked, number(people_of["ben"]), by=people_of["anna"])


def test_two_at_once_leave_one_and_both_events(
    app: Flask, people_of: dict[str, Actor], asked: uuid.UUID, sql: Sql
) -> None:
    def to(name: str) -> None:
        assigned(app, asked, people_of[name], people_of["anna"])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(to, ["ben", "cleo"]))
    kept = sql("select assigned_to from agent_escalations")[0].assigned_to
    assert kept in {number(people_of["ben"]), number(people_of["cleo"])}
    found = [event for event in events(app) if event.kind == Kind.QUESTION_ASSIGNED]
    assert len(found) == 2


@pytest.mark.parametrize("day", ["", "soon", "2020-01-01", "2999-01-01", "9999-12-31"])
def test_a_day_that_does_not_fit_is_refused(
    app: Flask, people_of: dict[str, Actor], day: str
) -> None:
    with app.app_context(), pytest.raises(Invalid):
        away.leave(day, number(people_of["ben"]), by=people_of["anna"])
