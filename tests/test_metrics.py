"""/metrics: right across the workers, and not for everybody."""

import re
import urllib.request
from dataclasses import replace

import pytest
from flask import Flask
from web_process import DeskProcess

from tests.api.questions import QUESTION
from tests.conftest import Cast


def value(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} ([\d.e+-]+)$", text, re.MULTILINE)
    assert found, f"{name} is missing in:\n{text}"
    return float(found[1])


def read(desk: DeskProcess, path: str) -> str:
    with urllib.request.urlopen(desk.url + path, timeout=10) as answer:
        return str(answer.read(), "utf-8")


def test_it_tells_what_waits_and_for_how_long(app: Flask, agent: dict[str, str]) -> None:
    client = app.test_client()
    assert value(client.get("/metrics").text, "unstuck_pending_questions") == 0
    client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=agent)
    text = client.get("/metrics").text
    assert value(text, "unstuck_pending_questions") == 1
    assert 0 <= value(text, "unstuck_oldest_question_seconds") < 60
    assert value(text, 'unstuck_operation_seconds_count{operation="ask"}') >= 1


def test_from_elsewhere_it_takes_a_founder_of_all_projects(
    app: Flask, cast: Cast, agent: dict[str, str], founder: dict[str, str]
) -> None:
    client = app.test_client()
    through_a_proxy = {"X-Forwarded-For": "203.0.113.7"}
    statuses = [
        client.get("/metrics", headers=through_a_proxy | headers).status_code
        for headers in ({}, agent, founder, cast.token("*", "founder"))
    ]
    assert statuses == [401, 404, 404, 200]
    other = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert other.status_code == 401


@pytest.mark.parametrize(
    "forwarded",
    [{"X-Real-IP": "203.0.113.7"}, {"Via": "1.1 proxy"}, {"Host": "desk.localhost"}],
    ids=["real ip", "via", "host"],
)
def test_a_proxy_on_this_machine_is_not_this_machine(app: Flask, forwarded: dict[str, str]) -> None:
    assert app.test_client().get("/metrics", headers=forwarded).status_code == 401


def configured(app: Flask, **settings: object) -> None:
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], **settings)


@pytest.mark.parametrize(
    "settings",
    [{"public_url": "https://desk.example.com"}, {"trusted_proxies": 1}],
    ids=["public url", "trusted proxies"],
)
def test_a_proxy_that_says_nothing_is_not_this_machine(
    app: Flask, settings: dict[str, object]
) -> None:
    assert app.test_client().get("/metrics").status_code == 200
    configured(app, **settings)
    assert app.test_client().get("/metrics").status_code == 401


def test_a_proxy_of_the_old_protocol_is_not_this_machine(app: Flask) -> None:
    old = {"SERVER_PROTOCOL": "HTTP/1.0"}
    assert app.test_client().get("/metrics", environ_overrides=old).status_code == 401


def test_with_a_token_of_its_own_it_takes_that_from_everywhere(app: Flask, cast: Cast) -> None:
    configured(app, metrics_token="what Prometheus sends", public_url="https://desk.example.com")
    client = app.test_client()
    through_a_proxy = {"X-Forwarded-For": "203.0.113.7"}
    for more in ({}, through_a_proxy):
        statuses = [
            client.get("/metrics", headers=more | headers).status_code
            for headers in (
                {},
                {"Authorization": "Bearer what Prometheus sent"},
                {"Authorization": "Bearer what Prometheus sends"},
                cast.token("*", "founder"),
            )
        ]
        assert statuses == [401, 401, 200, 200]


def test_the_counts_of_all_workers_are_added_up(desk: DeskProcess) -> None:
    name = 'unstuck_requests_total{endpoint="health.healthz",method="GET",status="200"}'
    before = value(read(desk, "/metrics") + f"\n{name} 0\n", name)
    for _ in range(40):  # new connections: the two workers share them
        read(desk, "/healthz")
    assert value(read(desk, "/metrics"), name) >= before + 40


def test_made_up_methods_are_counted_as_one(app: Flask) -> None:
    client = app.test_client()
    for number in range(3):
        client.open("/healthz", method=f"MADE{number}")
    text = client.get("/metrics").text
    assert (
        value(text, 'unstuck_requests_total{endpoint="unknown",method="other",status="405"}') >= 3
    )
    assert "MADE" not in text
