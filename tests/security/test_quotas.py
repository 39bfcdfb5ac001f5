"""How much an agent may keep waiting, send and hold open, and what a stranger may send."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from stage import question

from tests.conftest import Cast, config_for
from webapp.config import ConfigError
from webapp.live import room

Headers = dict[str, str]
MakeApp = Callable[..., Flask]


def ask(client: FlaskClient, headers: Headers, job: str = "build-1", **changes: Any) -> Any:
    body = question(**changes) | {"project_id": "shop"}
    return client.post(f"/api/jobs/{job}/escalations", json=body, headers=headers)


def report(client: FlaskClient, headers: Headers, message: str, job: str = "build-1") -> Any:
    body = {"project_id": "shop", "session_id": "s", "error_type": "E", "error_message": message}
    return client.post(f"/api/jobs/{job}/errors", json=body, headers=headers)


def test_a_project_has_only_so_many_open_questions(make_app: MakeApp) -> None:
    app = make_app(QUOTA_OPEN_QUESTIONS="2")
    client, agent = app.test_client(), Cast(app).token("shop")
    kept = str(uuid.uuid4())
    assert ask(client, agent, id=kept, plain_english_problem="One?").status_code == 201
    assert ask(client, agent, plain_english_problem="Two?").status_code == 201
    refused = ask(client, agent, plain_english_problem="Three?")
    assert refused.status_code == 429
    assert "2 open questions" in refused.json["detail"]
    assert refused.headers["Retry-After"]
    again = ask(client, agent, id=kept, plain_english_problem="One?")
    assert again.status_code == 409 or again.json["id"] == kept
    failed = report(client, agent, "No API key provided. Set your API key with stripe.api_key")
    assert failed.status_code == 429
    elsewhere = Cast(app).token("other")
    body = question() | {"project_id": "other"}
    found = client.post("/api/jobs/build-1/escalations", json=body, headers=elsewhere)
    assert found.status_code == 201


def test_quotas_can_be_switched_off(make_app: MakeApp) -> None:
    app = make_app(QUOTAS="off", QUOTA_OPEN_QUESTIONS="1")
    client, agent = app.test_client(), Cast(app).token("shop")
    asked = [ask(client, agent, plain_english_problem=f"{n}?").status_code for n in range(3)]
    assert asked == [201, 201, 201]


def test_a_token_sends_only_so_much_a_day(make_app: MakeApp) -> None:
    app = make_app(QUOTA_MB_A_DAY="1")
    client, agent = app.test_client(), Cast(app).token("shop")
    large = "x" * 600_000
    assert report(client, agent, large).status_code == 200
    assert report(client, agent, large).status_code == 429
    assert client.get("/api/escalations", headers=agent).status_code == 200
    assert report(client, Cast(app).token("shop"), large).status_code == 200


def test_a_paused_job_takes_no_question(client: FlaskClient, agent: Headers, sql: Any) -> None:
    first = ask(client, agent, id=str(uuid.uuid4()))
    sql("update jobs set state = 'paused'")
    refused = ask(client, agent, plain_english_problem="Another one?")
    assert refused.status_code == 409
    assert "paused" in refused.json["detail"]
    assert ask(client, agent, job="build-2", plain_english_problem="Mine?").status_code == 201
    stored = client.get(f"/api/escalations/{first.json['id']}", headers=agent)
    assert stored.status_code == 200


def test_an_option_and_a_question_have_a_largest_size(client: FlaskClient, agent: Headers) -> None:
    options = [{"value": "yes", "label": "Yes", "description": "x" * 2100}]
    refused = ask(client, agent, options=options)
    assert refused.status_code == 422
    assert "2 kB" in refused.json["errors"][0]["message"]
    assert refused.json["errors"][0]["field"].startswith("options")
    refused = ask(
        client, agent, plain_english_problem="x" * 40_000, attempts_summary=["y" * 30_000]
    )
    assert refused.status_code == 422
    assert "64 kB" in refused.json["detail"]


def test_lists_and_events_are_cut_at_a_megabyte_and_miss_nothing(
    client: FlaskClient, agent: Headers
) -> None:
    for number in range(30):
        text = f"Question {number}? " + "x" * 50_000
        assert ask(client, agent, plain_english_problem=text).status_code == 201
    seen: list[str] = []
    url: str | None = "/api/escalations?limit=200"
    while url:
        page = client.get(url, headers=agent)
        assert len(page.data) < 1_200_000
        seen += [asked["plain_english_problem"].split("?")[0] for asked in page.json]
        link = page.headers.get("Link")
        url = link[1 : link.index(">")] if link else None
    assert seen == [f"Question {number}" for number in range(30)]
    after, numbers = 0, []
    path = "/api/jobs/build-1/events?limit=500&after="
    while events := client.get(f"{path}{after}", headers=agent).json:
        numbers += [event["seq"] for event in events]
        after = numbers[-1]
    assert numbers == list(range(1, 31))


def test_two_hundred_errors_and_five_hundred_questions_meet_no_limit(
    client: FlaskClient, agent: Headers
) -> None:
    for number in range(200):
        found = report(client, agent, f"ValueError: no plan number {number} in stage {number}")
        assert found.status_code == 200
    for number in range(500):
        found = ask(client, agent, job="build-2", plain_english_problem=f"Question {number}?")
        assert found.status_code == 201


def test_a_stranger_sends_no_large_form(client: FlaskClient) -> None:
    large = client.post("/sign-in", data={"email": "x" * 20_000})
    assert large.status_code == 413


def test_fields_are_counted_before_a_form_is_parsed(anna: FlaskClient) -> None:
    fields = "&".join("a=1" for _ in range(501))
    kind = {"content_type": "application/x-www-form-urlencoded"}
    assert anna.post("/settings/profile", data=fields, **kind).status_code == 413


def test_a_form_of_another_site_is_refused_unread(anna: FlaskClient) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    assert anna.post("/settings/profile", data={"name": "x"}, headers=foreign).status_code == 400


@pytest.mark.parametrize("name", ["QUOTAS", "QUOTA_OPEN_QUESTIONS", "QUOTA_MB_A_DAY"])
def test_a_wrong_setting_is_named(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        config_for("postgresql://localhost/x", **{name: "many"})


def test_a_token_and_a_browser_hold_only_so_many_streams(
    app: Flask, agent: Headers, anna: FlaskClient
) -> None:
    client = app.test_client()
    ask(client, agent)
    path, wanted = "/api/jobs/build-1/events", agent | {"Accept": "text/event-stream"}
    with ExitStack() as streams:
        for _ in range(50):
            streams.enter_context(opened(client, path, wanted))
        refused = client.get(path, headers=wanted)
        assert refused.status_code == 429
        assert "50 open streams" in refused.json["detail"]
        other = Cast(app).token("shop") | {"Accept": "text/event-stream"}
        streams.enter_context(opened(client, path, other))
        for _ in range(20):
            streams.enter_context(opened(anna, "/live/inbox", {}))
        assert anna.get("/live/inbox").status_code == 429
    streams.enter_context(opened(client, path, wanted))
    streams.close()


def test_streams_and_waits_leave_room_for_short_requests(
    app: Flask, agent: Headers, anna: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FIELD: streams took every connection of a worker, and nobody could answer any more."""
    client = app.test_client()
    key = ask(client, agent).json["id"]
    monkeypatch.setattr(room, "MOST_OPEN", 2)
    path, wanted = "/api/jobs/build-1/events", agent | {"Accept": "text/event-stream"}
    cursor = client.get("/api/decisions", headers=agent).json["cursor"]
    waits = [f"/api/escalations/{key}/decision?wait=", f"/api/decisions?after={cursor}&wait="]
    with ExitStack() as streams:
        streams.enter_context(opened(anna, "/live/inbox", {}))
        for _ in range(2):
            streams.enter_context(opened(client, path, wanted))
        long = [client.get(f"{wait}30", headers=agent) for wait in waits]
        for full in (*long, client.get(path, headers=wanted), anna.get("/live/inbox")):
            assert (full.status_code, full.headers["Retry-After"]) == (503, "5")
        assert [client.get(f"{wait}0", headers=agent).status_code for wait in waits] == [204, 200]
        assert anna.get(f"/escalations/{key}").status_code == 200
    with opened(client, path, wanted):
        pass


@contextmanager
def opened(client: FlaskClient, path: str, headers: Headers) -> Iterator[None]:
    """A stream whose first bytes have come."""
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    next(iter(response.iter_encoded()))
    yield
    response.close()
