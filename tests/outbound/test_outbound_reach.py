"""The agent is told whether anyone learns of its question."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from webapp.config import Mail
from webapp.extensions import db
from webapp.operations import people
from webapp.queries import reach as queries
from webapp.rules.reach import FIRST_DAILY

Sql = Callable[..., list[Any]]
CHANNEL = """
    insert into personal_channels (person_id, kind, address, created_at, verified_at, position)
    select id, 'email', 'ana@phone.example', now(), now(), 1 from people
"""
CRITICAL = {"urgency": "critical"}
WAKES = "update notification_settings set wakes_for_critical = true"
SEEN = "insert into presences select id, now() from people"
QUIET = """
    insert into notification_settings (person_id, time_zone, quiet_from, quiet_until, quiet_days)
    select id, 'UTC', 0, 0, '{0,1,2,3,4,5,6}' from people
"""


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application where e-mail is set up. Nothing is sent: no worker runs."""
    mail = Mail(url="smtp://127.0.0.1:1", sender="unstuck@example.com")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=mail)
    return app


@pytest.fixture
def ana(app: Flask) -> None:
    """A founder of `shop`."""
    with app.app_context():
        people.make_link("ana@example.com", role="founder", project_id="shop")


@pytest.mark.parametrize(
    ("so", "reach"),
    [
        ((), "nobody_notified"),
        ((CHANNEL,), "notified"),
        ((CHANNEL, "update personal_channels set off_since = now()"), "nobody_notified"),
        ((CHANNEL, "update memberships set role = 'observer'"), "nobody_notified"),
        ((CHANNEL, "update memberships set project_id = 'other'"), "nobody_notified"),
        ((CHANNEL, "update memberships set project_id = '*'"), "notified"),
        ((CHANNEL, QUIET), "quiet_hours"),
        ((CHANNEL, QUIET, SEEN), "someone_is_looking"),
        ((SEEN,), "someone_is_looking"),
        ((SEEN, "update presences set seen_at = now() - interval '95 s'"), "nobody_notified"),
    ],
)
def test_a_question_says_whether_anyone_learns_of_it(
    ana: None, ask, sql: Sql, so: tuple[str, ...], reach: str
) -> None:
    for statement in so:
        sql(statement)
    assert ask()["reach"] == reach


def test_a_critical_question_reaches_people_in_quiet_hours_who_allow_it(
    ana: None, ask, sql: Sql
) -> None:
    sql(CHANNEL)
    sql(QUIET)
    asked = ask("May I stop the shop?", **CRITICAL)
    assert (asked["urgency"], asked["reach"]) == ("critical", "quiet_hours")
    sql(WAKES)
    assert ask("May I close the shop?", **CRITICAL)["reach"] == "notified"
    asked = ask("May I open the shop?")
    assert (asked["urgency"], asked["reach"]) == ("normal", "quiet_hours")


def test_an_unknown_urgency_is_refused_and_a_report_carries_it(
    app: Flask, agent: dict[str, str], ana: None
) -> None:
    client, path = app.test_client(), "/api/jobs/build-1/errors"
    report = {"session_id": "s", "project_id": "shop", "error_type": "AuthenticationError"}
    report |= {"error_message": "No API key provided."}
    wrong = client.post(path, json=report | {"urgency": "high"}, headers=agent)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "urgency")
    told = client.post(path, json=report | CRITICAL, headers=agent).json
    stored = client.get(f"/api/escalations/{told['escalation_id']}", headers=agent).json
    assert stored["urgency"] == "critical"
    same = client.post(path, json=report | CRITICAL, headers=agent).json
    assert same["escalation_id"] == told["escalation_id"]


@pytest.mark.parametrize(
    ("so", "unset", "has_summary"),
    [
        (None, [], True),
        ("update personal_channels set off_since = now() where kind = 'email'", [], False),
        ("delete from personal_channels where kind = 'email'", [], False),
        (None, ["email"], False),
    ],
)
def test_daily_reminders_end_only_where_a_summary_can_come(
    app: Flask, ana: None, ask, sql: Sql, so: str | None, unset: list[str], *, has_summary: bool
) -> None:
    sql(CHANNEL)
    sql(CHANNEL.replace("'email'", "'push'").replace(", 1 from", ", 2 from"))
    sql(
        "insert into notification_settings (person_id, quiet_days, summary_at)"
        " select id, '{}', 480 from people"
    )
    asked = uuid.UUID(ask()["id"])
    device = sql("select id from personal_channels where kind = 'push'")[0].id
    if so:
        sql(so)
    with app.app_context():
        facts = queries.facts(db.session(), device, asked, FIRST_DAILY, unset=unset)
    assert facts.has_summary == has_summary


def test_a_webhook_that_is_told_counts(webhook, ask) -> None:
    webhook("https://hooks.example.com", events=("agent.build_paused",))
    assert ask()["reach"] == "nobody_notified"
    webhook("https://hooks.example.com")
    assert ask("May I delete the mail?")["reach"] == "notified"


def test_a_report_that_asks_says_it_and_one_that_does_not_leaves_it_out(
    app: Flask, agent: dict[str, str], ana: None, sql: Sql
) -> None:
    sql(CHANNEL)
    client, path = app.test_client(), "/api/jobs/build-1/errors"
    report = {"session_id": "s", "project_id": "shop", "error_type": "ValueError"}
    told = client.post(path, json=report | {"error_message": "odd"}, headers=agent).json
    assert told["verdict"] == "retry"
    assert "reach" not in told
    report |= {"error_type": "AuthenticationError", "error_message": "No API key provided."}
    told = client.post(path, json=report, headers=agent).json
    assert (told["verdict"], told["reach"]) == ("escalate", "notified")


def test_a_question_that_is_read_later_does_not_say_it(
    app: Flask, agent: dict[str, str], ask
) -> None:
    asked = ask()
    read = app.test_client().get(f"/api/escalations/{asked['id']}", headers=agent).json
    assert "reach" not in read


def test_an_address_reaches_nobody_where_no_mail_server_is_set_up(
    app: Flask, ana: None, ask, sql: Sql
) -> None:
    sql(CHANNEL)
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=None)
    assert ask()["reach"] == "nobody_notified"
