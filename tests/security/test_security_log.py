"""What is refused is a line in the desk's log: without secrets, and not without end."""

import logging
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from tests.api.questions import QUESTION
from tests.conftest import Cast
from webapp.accounts.counters import Limit, parse
from webapp.serving.malformed_request_log import MalformedRequestLog


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]


def test_what_an_agent_may_not_do_is_written_down(
    app: Flask, agent: dict[str, str], other_agent: dict[str, str], caplog
) -> None:
    client = app.test_client()
    asked = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=agent)
    key = asked.json["id"]
    client.post(f"/api/escalations/{key}/resolve", json={"decision": "x"}, headers=agent)
    client.get(f"/api/escalations/{key}", headers=other_agent)
    client.get("/api/escalations", headers={"Authorization": "Bearer unstuck_my-secret"})
    rule = "/api/escalations/<escalation_id>"
    assert [re.sub(r"token:\d+", "token:N", line) for line in lines(caplog)] == [
        f"refused (forbidden): POST {rule}/resolve to token:N from 127.0.0.1",
        f"refused (not-found): GET {rule} to token:N from 127.0.0.1",
        "refused (unauthorized): GET /api/escalations to nobody known from 127.0.0.1",
    ]


def test_so_is_what_a_browser_may_not(app: Flask, anna: FlaskClient, caplog) -> None:
    form = {
        "csrf_token": csrf_token(anna.get("/settings").text),
        "email": "a@example.com",
        "project": "shop",
    }
    anna.post("/settings/people/invite", data=form | {"role": "owner"})
    anna.post("/settings/name", data={"name": "Evil"})
    anna.get("/", headers={"Host": "evil.example"})
    invite = "/settings/people/invite"
    assert lines(caplog) == [
        f"refused (forbidden): POST {invite} to person:1 from 127.0.0.1",
        "refused (form-too-old): POST /settings/name to person:1 from 127.0.0.1",
        "refused (wrong-host): GET / to nobody known from 127.0.0.1",
    ]


def test_so_is_who_tries_too_often(app: Flask, caplog) -> None:
    app.extensions["limits"].unknown = Limit("unknown", parse("1/hour"))
    for _ in range(2):
        app.test_client().get("/sign-in")
    assert lines(caplog) == [
        "refused (too-many-requests): GET /sign-in to nobody known from 127.0.0.1"
    ]


def test_nothing_that_the_caller_wrote_stands_in_it(app: Flask, caplog) -> None:
    nasty = "\x1b[31m203.0.113.7\nINFO forged"
    app.test_client().open(
        "/sign-in/my-secret%0AINFO%20forged",
        method="MADE-UP",
        headers={"Host": "evil.example", "User-Agent": "my-agent"},
        environ_base={"REMOTE_ADDR": nasty},
    )
    assert lines(caplog) == [
        "refused (wrong-host): a request for an unknown address to nobody known from "
        "an unknown place"
    ]


def test_an_ordinary_day_is_not_in_it(app: Flask, cast: Cast, anna: FlaskClient, caplog) -> None:
    app.test_client().get("/jobs")
    app.test_client().get("/api/escalations")
    anna.get("/escalations/00000000-0000-4000-8000-000000000000")
    anna.get("/nothing-here")
    assert lines(caplog) == []


def test_whoever_tries_for_hours_fills_no_log(app: Flask, agent: dict[str, str], caplog) -> None:
    client = app.test_client()
    for _ in range(30):
        client.post("/api/jobs/build-1/resume", headers=agent)
        client.get("/", headers={"Host": "evil.example"})
    assert len(lines(caplog)) == 10
    log = app.extensions["security_log"]
    log._minute -= 1
    client.get("/", headers={"Host": "evil.example"})
    assert lines(caplog)[-1].endswith("; 50 more were not written down")


def test_requests_that_are_none_fill_no_log_either() -> None:
    limit, written = MalformedRequestLog(), []
    for number in range(100):
        line = logging.LogRecord("x", 30, "", 0, f"Invalid request from ip={number}", (), None)
        written += [line.msg] if limit.filter(line) else []
    other = logging.LogRecord("x", 30, "", 0, "Worker exiting", (), None)
    assert len(written) == 60
    assert limit.filter(other)
    limit._allowance._minute -= 1
    assert limit.filter(line)
    assert line.msg.endswith("(40 more were not written down)")
