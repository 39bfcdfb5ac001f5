"""Callbacks: each job that waits is told the answer once, at its own address, signed for it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from receiver import Receiver

from webapp.operations import outbox
from webapp.outbound import signing
from webapp.outbound.worker import Worker

Sql = Callable[..., list[Any]]
REPORT = {
    "session_id": "session-1",
    "project_id": "shop",
    "error_type": "AuthenticationError",
    "error_message": "No API key provided.",
}


@pytest.fixture
def report(app: Flask, agent: dict[str, str]):
    """Reports a failure that only a person can fix; returns the verdict."""

    def report(url: str | None, job: str = "build-1", headers=None, **more: Any) -> Any:
        body = REPORT | ({"callback": {"url": url}} if url else {}) | more
        answer = app.test_client().post(
            f"/api/jobs/{job}/errors", json=body, headers=headers or agent
        )
        return answer.json | {"http": answer.status_code}

    return report


@pytest.fixture
def resolve(app: Flask, founder: dict[str, str]):
    def resolve(key: str, decision: str = "yes") -> None:
        body = {"decision": decision}
        path = f"/api/escalations/{key}/resolve"
        assert app.test_client().post(path, json=body, headers=founder).status_code == 200

    return resolve


def is_signed(got: Any, secret: str) -> bool:
    stamp = int(got.headers["webhook-timestamp"])
    return signing.headers([secret], got.id, stamp, got.body).items() <= got.headers.items()


def test_the_job_that_asked_is_told_the_answer(
    worker: Worker, receiver: Receiver, ask, resolve, settled
) -> None:
    asked = ask(callback={"url": receiver.url})
    assert asked["callback"]["url"] == receiver.url
    resolve(asked["id"], "send it")
    got = receiver.next()
    assert is_signed(got, asked["callback"]["secret"])
    assert got.payload["type"] == "agent.escalation_resolved"
    told = got.payload["data"]
    assert (told["escalation_id"], told["resolution"]) == (asked["id"], "send it")
    settled()
    assert len(receiver.all) == 1


def test_the_secret_is_in_no_other_response_and_nowhere_in_the_database(
    app: Flask, agent: dict[str, str], ask, sql: Sql
) -> None:
    asked = ask(callback={"url": "https://agent.example.com/"})
    read = app.test_client().get(f"/api/escalations/{asked['id']}", headers=agent)
    assert "callback" not in read.json
    rows = sql("select cast(escalation_waiters as text) from escalation_waiters")
    assert asked["callback"]["secret"] not in rows[0][0]


def test_a_question_that_is_sent_again_has_the_same_secret_and_a_new_address(
    app: Flask, agent: dict[str, str], sql: Sql
) -> None:
    body = {
        "session_id": "s",
        "project_id": "shop",
        "error_type": "Unsure",
        "plain_english_problem": "May I?",
    }
    secrets = []
    for number in (1, 2):
        called = {"callback": {"url": f"https://agent.example.com/{number}"}}
        path = "/api/jobs/build-1/escalations"
        answer = app.test_client().post(path, json=body | called, headers=agent)
        secrets.append(answer.json["callback"]["secret"])
    assert answer.status_code == 200
    assert secrets[0] == secrets[1]
    rows = sql("select callback_url from escalation_waiters")
    assert [row[0] for row in rows] == ["https://agent.example.com/2"]


def test_each_job_that_joined_is_called_at_its_own_address(
    worker: Worker, receiver: Receiver, report, resolve, settled
) -> None:
    with Receiver() as other:
        first = report(receiver.url)
        second = report(other.url, job="build-2")
        third = report(None, job="build-3")
        key = first["escalation_id"]
        assert second["escalation_id"] == third["escalation_id"] == key
        assert "callback" not in third
        resolve(key, "skip_feature")
        got, got_too = receiver.next(), other.next()
        assert is_signed(got, first["callback"]["secret"])
        assert is_signed(got_too, second["callback"]["secret"])
        assert got_too.payload["data"]["job_id"] == "build-2"
        settled(2)
        assert (len(receiver.all), len(other.all)) == (1, 1)


def test_a_report_that_asks_nothing_has_no_callback(report) -> None:
    verdict = report("https://agent.example.com/", error_message="x", error_type="ValueError")
    assert verdict["verdict"] == "retry"
    assert "callback" not in verdict


@pytest.mark.parametrize("url", ["https://user:pw@example.com/", "ftp://example.com", "nonsense"])
def test_an_address_that_cannot_be_called_is_refused_before_anything_is_asked(
    app: Flask, report, sql: Sql, url: str
) -> None:
    refused = report(url)
    assert refused["http"] == 422
    assert [error["field"] for error in refused["errors"]] == ["callback.url"]
    assert sql("select count(*) from agent_escalations")[0][0] == 0


def test_no_agent_gets_the_secret_of_another_ones_job(cast, report) -> None:
    mine = report("https://agent.example.com/")
    refused = report("https://evil.example.com/", headers=cast.token("shop"))
    assert refused["http"] == 403
    assert mine["callback"]["secret"] not in str(refused)


def test_a_withdrawn_question_is_told_too_and_an_answer_that_came_before_the_worker(
    app: Flask, agent: dict[str, str], receiver: Receiver, ask, settled
) -> None:
    asked = ask(callback={"url": receiver.url})
    path = f"/api/escalations/{asked['id']}/withdraw"
    assert app.test_client().post(path, headers=agent).status_code == 200
    with app.app_context():
        assert outbox.plan() == {"callback"}
    worker = Worker(app)
    worker.start()
    try:
        assert receiver.next().payload["type"] == "agent.escalation_withdrawn"
        settled()
    finally:
        worker.stop()


def test_without_a_callback_nothing_is_planned(app: Flask, ask, resolve) -> None:
    resolve(ask()["id"])
    with app.app_context():
        assert outbox.plan() == set()
