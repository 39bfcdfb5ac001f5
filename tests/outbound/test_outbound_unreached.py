"""Nobody gets a message about a question that waits: the inbox, /readyz and /metrics say so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.config import Mail
from webapp.health import Readiness
from webapp.operations import people

Sql = Callable[..., list[Any]]
CHANNEL = """
    insert into personal_channels (person_id, kind, address, created_at, verified_at, position)
    select id, 'email', 'ana@phone.example', now(), now(), 1 from people where email like 'ana%'
"""
NOTICE = 'id="unreached"'


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application where e-mail is set up, and where /readyz looks at each call."""
    mail = Mail(url="smtp://127.0.0.1:1", sender="unstuck@example.com")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=mail)
    passing = iter(range(0, 1000, 10))
    app.extensions["readiness"] = Readiness(app, lambda: float(next(passing)))
    return app


def member(app: Flask, name: str, role: Any = "founder", project: str = "shop") -> FlaskClient:
    """The browser of a new person."""
    with app.app_context():
        link = people.make_link(f"{name}@example.com", role=role, project_id=project)
    browser = app.test_client()
    browser.post(f"/sign-in/{link}")
    return browser


def readiness(app: Flask) -> str:
    return str(app.test_client().get("/readyz").json["reach"])


def questions(app: Flask) -> str:
    lines = app.test_client().get("/metrics").text.splitlines()
    return next(line for line in lines if line.startswith("unstuck_unreached_questions "))


def test_a_question_that_nobody_gets_a_message_about_is_seen_everywhere(app: Flask, ask) -> None:
    ana = member(app, "ana")
    assert NOTICE not in ana.get("/").text
    assert readiness(app) == "Each waiting question has someone who gets a message."
    ask()
    page = ana.get("/").text
    assert "Nobody gets a message when a question waits in <bdi>shop</bdi>." in page
    assert 'href="/settings/notifications"' in page
    assert "(1)" in readiness(app)
    assert questions(app) == "unstuck_unreached_questions 1.0"


@pytest.mark.parametrize(
    ("so", "is_reached"),
    [
        ("select 1", True),
        ("update personal_channels set off_since = now()", False),
        ("update personal_channels set position = null", False),
        ("update memberships set role = 'observer'", False),
        ("update memberships set project_id = 'other'", False),
    ],
)
def test_only_a_working_channel_of_somebody_who_may_answer_counts(
    app: Flask, ask, sql: Sql, so: str, is_reached: bool
) -> None:
    member(app, "ana")
    ben = member(app, "ben", role="owner", project="*")
    ask()
    sql(CHANNEL)
    sql(so + ("" if so.startswith(("select", "update p")) else _OF_ANA))
    assert (NOTICE not in ben.get("/").text) is is_reached
    assert (readiness(app).startswith("Each")) is is_reached
    assert questions(app) == f"unstuck_unreached_questions {0.0 if is_reached else 1.0}"


_OF_ANA = " where person_id = (select id from people where email like 'ana%')"


def test_an_address_counts_only_where_a_mail_server_is_set_up(app: Flask, ask, sql: Sql) -> None:
    ana = member(app, "ana")
    ask()
    sql(CHANNEL)
    assert NOTICE not in ana.get("/").text
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=None)
    assert NOTICE in ana.get("/").text


def test_a_webhook_that_is_told_of_questions_counts(app: Flask, ask, webhook) -> None:
    ana = member(app, "ana")
    ask()
    webhook("https://hooks.example.com", events=("agent.build_paused",))
    assert NOTICE in ana.get("/").text
    webhook("https://hooks.example.com")
    assert NOTICE not in ana.get("/").text


def test_only_people_who_may_answer_there_see_it(app: Flask, ask) -> None:
    ask()
    assert NOTICE not in member(app, "vic", role="observer").get("/").text
    assert NOTICE not in member(app, "olga", project="other").get("/").text


def test_it_ends_with_the_answer(app: Flask, ask, founder: dict[str, str]) -> None:
    ana = member(app, "ana")
    asked = ask()
    path = f"/api/escalations/{asked['id']}/resolve"
    app.test_client().post(path, json={"decision": "yes"}, headers=founder)
    assert NOTICE not in ana.get("/").text
    assert readiness(app).startswith("Each")
