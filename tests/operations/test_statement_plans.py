"""No hand-written statement reads a whole table that grows: each is explained on a filled database,
with the values that it is sent with."""

import ast
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from psycopg import sql as names
from sqlalchemy.orm import Session

from tests.conftest import Cast
from webapp import statements
from webapp.actors import DESK, Actor
from webapp.clock import now
from webapp.embedded import Server
from webapp.events import log
from webapp.extensions import db
from webapp.operations import (
    answers,
    assigning,
    callbacks,
    deliveries,
    memory,
    outages,
    outbox,
    problems,
    quotas,
    rate_counters,
    reminders,
    stream_slots,
    webhooks,
)
from webapp.operations.reports import context, receive, repeats, tasks
from webapp.operations.reports.context import Report
from webapp.operations.reports.failure import Policy
from webapp.operations.reports.verdict import Verdict
from webapp.operations.transaction import transaction
from webapp.queries import ownership, reach
from webapp.rules.classification import classify

WEBAPP = Path(statements.__file__).parent
COPIES = 10_000
"""Of each row: more than PostgreSQL reads whole because that is quicker."""
GROWING = {
    "agent_escalations",
    "attempts",
    "audit_events",
    "browser_sessions",
    "deliveries",
    "escalation_waiters",
    "job_events",
    "jobs",
    "problems",
    "report_verdicts",
}
"""The tables with a row for everything that happens."""
NO_TABLE = {"operations/transaction.py transaction"}

STORED = Verdict("retry", "code_error", "", "shop:KeyError:v1-1", 1, 3, "Try again.")

Explained = dict[str, list[str]]


def calls() -> set[str]:
    """Every function that sends a statement of its own, as `file function`."""
    found = set()
    for path in sorted(WEBAPP.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(map(_sends, ast.walk(function))):
                found.add(f"{path.relative_to(WEBAPP)} {function.name}")
    return found


def _sends(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "statements"
        and node.func.attr in ("one", "rows", "run")
    )


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scanned(part)


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> Explained:
    """The tables that each function's statements read whole; filled while they are sent."""
    found: Explained = {}
    send = statements._sent

    def explain(session: Session, statement: str, values: dict[str, Any] | None) -> Any:
        caller = sys._getframe(2).f_code
        if statement != "begin":
            driver: Any = session.connection().connection.driver_connection
            [[plan]] = driver.cursor().execute(
                f"explain (format json) {statement}".encode(), values
            )
            where = f"{Path(caller.co_filename).relative_to(WEBAPP)} {caller.co_name}"
            found.setdefault(where, []).extend(scanned(plan[0]["Plan"]))
        return send(session, statement, values)

    monkeypatch.setattr(statements, "_sent", explain)
    return found


def fail_in_a_task(project: str, job: str) -> None:
    """One error after the other until the task is asked about, one more, and then a success. Needs
    an app context."""
    by = Actor(ref="token:1", name="agent", grants={project: "agent"})
    task = f"build the page of {job}"

    def tell(number: int) -> Verdict:
        told = Report("s", "Error", f"broken {number}", intent=task, signature=f"{job}-{number}")
        return receive.report(job, project, told, by=by, policy=Policy(task_attempts=3))

    verdicts = [tell(number) for number in range(5)]
    assert verdicts[3].verdict == "escalate"
    with transaction() as writing:
        row = {"project": project, "signature": verdicts[0].error_signature}
        problem, job_id = writing.execute(db.text(PROBLEM_AND_JOB), row | {"job": job}).one()
        memory.take_up_answer(writing, problem, job_id, 1)
        told = Report("s", "Error", "broken 0", intent=task)
        found = classify(told.error_type, told.error_message)
        of_task = context.take(writing, project, job, verdicts[0].error_signature, told, found)
        tasks.begin_anew(writing, of_task)
    problems.heal(job, project, verdicts[0].error_signature, by=by)
    asked = uuid.UUID(verdicts[3].escalation_id or "")
    answers.give(asked, answers.Answer("skip_feature", None), by=DESK)


def play(app: Flask, cast: Cast, name: str) -> None:
    """A job whose questions are asked, joined, followed and answered, and messages about them."""
    client, agent = app.test_client(), cast.token("shop")
    founder = cast.token("shop", "founder")
    failure = {
        "project_id": "shop",
        "session_id": "s",
        "id": f"report {name}",
        "error_type": "KeyError",
        "error_message": f"KeyError: 'KEY_{name.upper()}'",
    }
    told = client.post(f"/api/jobs/{name}/errors", json=failure, headers=agent)
    assert told.status_code == 200, told.text
    client.post(f"/api/jobs/{name}/errors", json=failure | {"id": "again"}, headers=agent)
    slow = {"error_type": "APITimeoutError", "error_message": f"timed out {name}", "id": f"w{name}"}
    client.post(f"/api/jobs/{name}/errors", json=failure | slow, headers=agent)
    cursor = client.get("/api/decisions", headers=agent).json["cursor"]
    question = {
        "project_id": "shop",
        "session_id": "s",
        "error_type": "Unsure",
        "plain_english_problem": f"May I, {name}?",
        "callback": {"url": "https://agent.example.com/"},
    }
    asked = client.post(f"/api/jobs/{name}/escalations", json=question, headers=agent)
    assert asked.status_code == 201, asked.text
    key = uuid.UUID(asked.json["id"])
    with app.app_context():
        session = db.session()
        [job] = session.execute(db.text("select id from jobs where job_id = :n"), {"n": name}).one()
        actor = Actor(ref="token:1", name="agent", grants={"shop": "agent"})
        ownership.acts_for(session, "shop", ["token:0"], by=actor)
        reach.of_question(session, key, unset=[])
        reach.unreached(session, unset=[])
        channel = session.scalar(db.text("select min(id) from personal_channels"))
        reach.facts(session, channel or 0, key, 0)
        log.read_many(session, {job: 1, job + 1: 0}, 0)
        session.rollback()
        callbacks.keep(key, name, "https://agent.example.com/2", by=DESK)
        report = Report("s", "KeyError", "KeyError: 'ANOTHER'", id=f"kept {name}")
        found = classify(report.error_type, report.error_message)
        anna = session.scalar(db.text("select min(id) from people"))
        session.rollback()
        assigning.assign(key, anna, by=DESK)
        fail_in_a_task("shop", f"{name} task")
        with transaction() as writing:
            quotas.wait_for_turn(writing, "shop")
            context.take(writing, "shop", name, f"shop:KeyError:v1-{name}", report, found)
            repeats.keep(writing, job, report, STORED)
            outages.note(writing, job, anew=False)
            reminders.plan(writing, 1)
        process = uuid.uuid4()
        stream_slots.note_process(process)
        slot = stream_slots.take(db.session(), f"token {name}", process, 1)
        stream_slots.take(db.session(), f"token {name}", process, 1)
        db.session().rollback()
        stream_slots.give_back(process, [(f"token {name}", slot or 0)])
        rate_counters.take(db.session(), name, share=1, most=9, seconds=60)
        rate_counters.forget(now(), 10)
        outbox.plan()
        deliveries.claim("webhook", 1.0)
    path = f"/api/escalations/{key}/resolve"
    answer = {"decision": "provide_guidance", "guidance": "Yes."}
    given = client.post(path, json=answer, headers=founder)
    assert given.status_code == 200, given.text
    assert client.get(f"/api/decisions?after={cursor}", headers=agent).status_code == 200
    with app.app_context():
        outbox.plan()
        db.session().execute(
            db.text("update outbox set snapshot = '9000000000000000:9000000000000000:'")
        )
        db.session().commit()
        outbox.plan()


PROBLEM_AND_JOB = """
    select problems.id, jobs.id from problems join jobs using (project_id)
    where project_id = :project and error_signature = :signature and job_id = :job
"""
LETS_OTHERS_ANSWER_FIRST = """with reached as (
        insert into personal_channels (person_id, kind, address, created_at, verified_at, position)
        select id, 'email', email, now(), now(), 1 from people returning person_id
    ) insert into notification_settings (person_id, quiet_days, others_first_min)
    select person_id, '{}', 60 from reached"""
COLUMNS = """
    select c.table_name, c.column_name, c.udt_name,
        exists (select from pg_index i where i.indrelid = c.table_name::regclass
            and a.attnum = any(i.indkey) and i.indisunique) as is_unique,
        exists (select from pg_constraint f where f.conrelid = c.table_name::regclass
            and a.attnum = any(f.conkey) and f.contype = 'f') as is_foreign
    from information_schema.columns c
    join pg_attribute a on a.attrelid = c.table_name::regclass and a.attname = c.column_name
    where c.table_schema = 'public' and c.is_generated = 'NEVER' and c.table_name = any(%s)
    order by c.table_name, c.ordinal_position
"""
COPY = """
    insert into {} ({}) overriding system value select {} from {}, generate_series(1, {}) n
"""
APART = {
    "int4": "{} + n",
    "int8": "{} + 1000000::bigint * n",
    "uuid": "md5({}::text || n)::uuid",
    "text": "{} || '-' || n",
    "varchar": "md5({} || n)",  # some are as long as they may be
    "timestamptz": "{} - n * interval '1 minute'",
}


def fill(server: Server, url: str, tables: set[str]) -> None:
    """Copy each row of these tables many times; what points to a row points to its copies too."""
    with server._databases._superuser(url.rsplit("/", 1)[1].partition("?")[0]) as connection:
        connection.execute("set session_replication_role = replica")  # copies come in any order
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind, is_unique, is_foreign in connection.execute(
            COLUMNS, [sorted(tables)]
        ):
            moves = is_unique or is_foreign or kind == "timestamptz"
            moves = moves and column not in ("project_id", "seq", "position", "step")
            value = APART.get(kind, "{}") if moves else "{}"
            columns.setdefault(table, {})[column] = value.format(f'"{column}"')
        for table, values in columns.items():
            connection.execute(
                names.SQL(COPY).format(
                    names.Identifier(table),
                    names.SQL(", ").join(map(names.Identifier, values)),
                    names.SQL(", ".join(values.values())),
                    names.Identifier(table),
                    COPIES,
                )
            )
        connection.execute("set default_statistics_target = 1000")  # most rows, no sample
        connection.execute("analyze")


def test_no_statement_reads_a_whole_table_that_grows(
    app: Flask, cast: Cast, server: Server, database_url: str, explained: Explained, sql: Any
) -> None:
    cast.browser("anna@example.com")
    with app.app_context():
        webhooks.create(
            "shop",
            "http://127.0.0.1:9/",
            ["agent.waiting_for_input"],
            by=DESK,
            keys=(app.config["SECRET_KEY"],),
            private=True,
        )
    sql(LETS_OTHERS_ANSWER_FIRST)
    play(app, cast, "first")
    fill(server, database_url, GROWING)
    small = {each for each in GROWING if sql(f"select count(*) from {each}")[0][0] < COPIES}
    assert not small, "play() has to leave rows in these tables"
    explained.clear()
    play(app, cast, "second")
    missing = calls() - explained.keys() - NO_TABLE
    assert missing == set(), "play() has to send these statements as well"
    whole = {where: sorted(GROWING.intersection(found)) for where, found in explained.items()}
    assert {where: found for where, found in whole.items() if found} == {}
