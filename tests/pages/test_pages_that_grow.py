"""What a page costs doesn't grow with what is stored: rows, columns and bytes are counted."""

import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from webapp.actors import DESK
from webapp.extensions import db
from webapp.live.fragments import VIEWS
from webapp.models import AgentEscalation, Job
from webapp.operations import answers
from webapp.queries import screens
from webapp.queries.screens import WAITERS_SHOWN
from webapp.queries.screens_inbox import INBOX_LENGTH

Ask = Callable[..., uuid.UUID]
Sql = Callable[..., list[Any]]
WIDE = "x" * 100_000


@contextmanager
def loaded(model: type[Any]) -> Iterator[list[Any]]:
    """Collects the rows of this model that are read meanwhile."""
    found: list[Any] = []

    def note(row: Any, _context: Any) -> None:
        found.append(row)

    event.listen(model, "load", note)
    try:
        yield found
    finally:
        event.remove(model, "load", note)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collects the statements that are sent meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def wide(found: list[str]) -> list[str]:
    """Those that read what an agent keeps for itself or what an error said, of any question."""
    return [each for each in found if each.startswith("SELECT") and "error_message" in each]


@pytest.fixture
def join(sql: Sql) -> Callable[[uuid.UUID, int], None]:
    """Adds that many jobs that wait for a question."""

    def joining(key: uuid.UUID, count: int) -> None:
        sql(
            "with more as (insert into jobs (project_id, job_id, created_at) select 'shop', "
            "'more-' || n, now() from generate_series(1, :count) n returning id) insert into "
            "escalation_waiters (escalation_id, job, joined_at) select :key, id, now() from more",
            key=key,
            count=count,
        )

    return joining


PAGES = ["/", "/escalations/{key}", "/jobs/{job}", "/history"]


@pytest.mark.parametrize("path", PAGES)
def test_a_question_that_a_thousand_jobs_wait_for_reads_a_few_of_them(
    app: Flask, anna: FlaskClient, ask: Ask, sql: Sql, join, path: str
) -> None:
    key = ask()
    ((job,),) = sql("select id from jobs")
    join(key, 1_000)
    if path == "/history":
        with app.app_context():
            answers.skip(key, by=DESK)
    with loaded(Job) as jobs:
        page = anna.get(path.format(key=key, job=job)).text
    assert len(jobs) <= WAITERS_SHOWN + 2
    assert "build-1" in page


def test_all_jobs_that_wait_are_counted(anna: FlaskClient, ask: Ask, join) -> None:
    key = ask()
    join(key, 41)
    assert "42 jobs are waiting for this answer" in anna.get("/").text
    page = anna.get(f"/escalations/{key}").text
    assert "42 jobs are waiting for this answer" in page
    assert "and 22 more" in page


def test_the_page_of_a_question_reads_what_the_error_said_once(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask(error_message=WIDE)
    with statements(app) as found:
        page = anna.get(f"/escalations/{key}")
    assert WIDE in page.text
    assert len(wide(found)) == 1


def test_its_stream_reads_it_once_for_all_regions(app: Flask, ask: Ask) -> None:
    key = ask(error_message=WIDE)
    with app.test_request_context(), statements(app) as found:
        session = db.session()
        with screens.read_once(session):
            for region in VIEWS["question"].regions:
                region.render(session, DESK, str(key))
        assert len(wide(found)) == 1
        screens.question(session, DESK, str(key))
        assert len(wide(found)) == 2, "later it is read again"


@pytest.mark.parametrize(
    "path", ["/", "/history", "/history?q=payment", "/history.csv", "/problems"]
)
def test_lists_leave_out_what_only_the_page_of_a_question_shows(
    app: Flask, anna: FlaskClient, tell, path: str
) -> None:
    tell(error_message="stripe.error.AuthenticationError: No API key provided. " + WIDE)
    with app.app_context():
        (key,) = db.session.scalars(db.select(AgentEscalation.id))
        if path not in ("/", "/problems"):
            answers.skip(key, by=DESK)
    with statements(app) as found:
        assert anna.get(path).text
    assert wide(found) == []


def test_an_export_holds_little_at_once(app: Flask, anna: FlaskClient, ask: Ask, sql: Sql) -> None:
    key = ask(error_message="y")
    with app.app_context():
        answers.skip(key, by=DESK)
    columns = [each.name for each in AgentEscalation.__table__.columns if each.name != "id"]
    chosen = ", ".join(
        f"repeat('ab c ', {len(WIDE) // 5})" if name == "error_message" else f'"{name}"'
        for name in columns
    )
    sql(
        f"insert into agent_escalations (id, {', '.join(columns)})"
        f" select gen_random_uuid(), {chosen} from agent_escalations, generate_series(1, 600)"
    )
    answer = anna.get("/history.csv")
    tracemalloc.start()
    try:
        lines = sum(chunk.count(b"\r\n") for chunk in answer.iter_encoded())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines == 602
    assert most < 10_000_000, "600 messages alone are 60 MB"


def test_a_full_inbox_asks_as_many_things_as_one_card(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    ask("build-0")
    anna.get("/")
    with statements(app) as one:
        anna.get("/")
    for number in range(1, INBOX_LENGTH):
        ask(f"build-{number}")
    with statements(app) as many:
        anna.get("/")
    assert len(many) == len(one)
