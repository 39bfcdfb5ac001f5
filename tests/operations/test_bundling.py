"""What one message takes along of what else waits for the same channel."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from webapp.actors import Actor
from webapp.extensions import db
from webapp.operations import bundling, deliveries, escalations, outbox, people
from webapp.operations.escalations import Question
from webapp.queries import reach
from webapp.rules.reach import Reason

Sql = Callable[..., list[Any]]
AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
CHANNEL = """
    insert into personal_channels (person_id, kind, address, created_at, verified_at, position)
    select id, 'email', email, now(), now(), 1 from people
"""

FIRST = "where escalation_id = (select id from agent_escalations order by created_at limit 1)"
SECOND = FIRST.replace("created_at", "created_at desc")


@pytest.fixture
def waiting(app: Flask, sql: Sql) -> None:
    """Two questions of which Anna's address has not been told; the first is due."""
    with app.app_context():
        people.make_link("anna@example.com", role="founder", project_id="shop")
        sql(CHANNEL)
        for number in (1, 2):
            question = Question(
                session_id="s1",
                error_type="KeyError",
                error_signature=f"shop:KeyError:v1-{number}",
                plain_english_problem=f"Which of the two, {number}?",
                attempts_summary=[],
                recommended_action="",
                options=[{"value": "a", "label": "A"}],
            )
            escalations.open_question(f"build-{number}", "shop", question, by=AGENT)
        outbox.plan()
    sql(f"update deliveries set due_at = now() {FIRST}")


ASKED = "where created_at = (select max(created_at) from agent_escalations)"
LAST_CALL = f"update deliveries set kind = 'last_call', due_at = now() {SECOND}"
DEADLINE = "update agent_escalations set created_at = created_at - interval '10 min',"
DEADLINE += " deadline_at = now() + interval '{}'"
OTHERS = "insert into notification_settings (person_id, quiet_days, others_first_min)"
OTHERS += " select id, '{}', 60 from people"


@pytest.mark.parametrize(
    ("so", "taken"),
    [
        ((), True),
        ((f"update agent_escalations set turned_at = now() {ASKED}",), False),
        ((f"update agent_escalations set held_until = now() {ASKED}",), False),
        ((f"update agent_escalations set status = 'withdrawn' {ASKED}",), False),
        # The message before a deadline, by where the deadline is now.
        ((LAST_CALL,), False),
        ((LAST_CALL, DEADLINE.format("1 hour")), False),
        ((LAST_CALL, DEADLINE.format("1 minute")), True),
        # Others are to answer first, or may be: it wasn't looked at yet.
        ((OTHERS,), False),
        ((OTHERS, f"update deliveries set reason = 'others_first' {SECOND}"), False),
        # Nobody else could be told when it was looked at, or their time is over.
        ((OTHERS, f"update deliveries set reason = 'bundling' {SECOND}"), True),
        (
            (OTHERS, "update agent_escalations set created_at = created_at - interval '61 min'"),
            True,
        ),
    ],
)
def test_a_message_takes_along_what_may_be_told_now(
    app: Flask, waiting: None, sql: Sql, so: tuple[str, ...], taken: bool
) -> None:
    for statement in so:
        sql(statement)
    with app.app_context():
        first = deliveries.claim("email", 60)
        assert first is not None
        bundling.bundle(first, Reason.ABSENT)
    second = sql(f"select reason, bundled_into from deliveries {SECOND}")[0]
    assert (second.reason == "bundled", second.bundled_into == first.id) == (taken, taken)


@pytest.mark.parametrize("urgency", ["normal", "critical"])
def test_in_quiet_hours_a_critical_question_takes_along_only_critical_ones(
    app: Flask, waiting: None, sql: Sql, urgency: str
) -> None:
    sql(f"update agent_escalations set urgency = '{urgency}' {ASKED}")
    with app.app_context():
        first = deliveries.claim("email", 60)
        assert first is not None
        bundling.bundle(first, Reason.CRITICAL)
    kept = [sql(f"select reason from deliveries {each}")[0] for each in (FIRST, SECOND)]
    assert [each.reason for each in kept] == [
        "critical",
        "bundled" if urgency == "critical" else None,
    ]


def test_what_a_message_tells_is_found_by_indexes(app: Flask, waiting: None, sql: Sql) -> None:
    """However many messages there were."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    key = sql(f"select id from deliveries {FIRST}")[0].id
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            reach.tells_deadline(db.session(), key)
            reach.questions(db.session(), key)
            looks = [each for each in sent if "bundled_into" in each[0]]
            connection = db.session.connection()
            connection.exec_driver_sql("set enable_seqscan = off")
            for statement, values in looks:
                plan = connection.exec_driver_sql(f"explain {statement}", values).scalars().all()
                assert "Seq Scan on deliveries" not in "\n".join(plan)
            connection.exec_driver_sql("reset enable_seqscan")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert len(looks) == 2
