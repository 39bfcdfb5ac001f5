"""PUT and GET /api/jobs/{job_id}, POST /api/jobs/{job_id}/resume"""

import pytest
from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask
from tests.conftest import Cast

URL = "/api/jobs/build-1"


def test_the_first_call_makes_the_job(client: FlaskClient, agent: dict[str, str]) -> None:
    body = {"project_id": "shop", "session_id": "s1", "title": "Build the shop"}
    answer = client.put(URL, json=body, headers=agent)
    assert answer.status_code == 200
    assert answer.json | {"created_at": "", "last_event_at": ""} == {
        "job_id": "build-1",
        "project_id": "shop",
        "session_id": "s1",
        "title": "Build the shop",
        "state": "working",
        "summary": None,
        "result_url": None,
        "preview": None,
        "counts": {"pending": 0, "answered": 0},
        "last_seq": 1,
        "last_event_at": "",
        "escalations_since_resume": 0,
        "created_at": "",
    }
    assert client.get(URL, headers=agent).json == answer.json


def test_a_job_may_be_told_without_a_body(client: FlaskClient, agent: dict[str, str]) -> None:
    assert client.put(URL, headers=agent).json["state"] == "working"


@pytest.mark.parametrize("state", ["finished", "failed", "working"])
def test_a_job_changes_its_state(client: FlaskClient, agent: dict[str, str], state: str) -> None:
    client.put(URL, json={"title": "Build"}, headers=agent)
    shown = client.put(URL, json={"state": state}, headers=agent).json
    assert (shown["state"], shown["title"]) == (state, "Build")


def test_telling_the_same_again_is_no_event(client: FlaskClient, agent: dict[str, str]) -> None:
    body = {"title": "Build", "state": "finished"}
    first, again = (client.put(URL, json=body, headers=agent).json for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"state": "paused"}, "state"),
        ({"state": "waiting_for_input"}, "state"),
        ({"title": "x" * 256}, "title"),
        ({"title": ""}, "title"),
        ({"summary": "x" * 2001}, "summary"),
        ({"result_url": "http://shop.example.com/"}, "result_url"),
        ({"result_url": "javascript:alert(1)"}, "result_url"),
        ({"result_url": "https:///nowhere"}, "result_url"),
        ({"result_url": "https://anna:secret@shop.example.com/"}, "result_url"),
        ({"result_url": "https://a b.example.com/"}, "result_url"),
        ({"result_url": "https://shop.example.com/" + "x" * 2048}, "result_url"),
        ({"preview": "data:image/png;base64,AAAA"}, "preview"),
        ({"preview": "https://[broken/"}, "preview"),
        ({"session_id": 1}, "session_id"),
        ({"project_id": "x" * 256}, "project_id"),
    ],
)
def test_what_is_wrong_is_named(
    client: FlaskClient, agent: dict[str, str], wrong: dict[str, object], field: str
) -> None:
    answer = client.put(URL, json=wrong, headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_job_waits_and_counts(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask
) -> None:
    first = ask()["id"]
    ask()
    shown = client.get(URL, headers=agent).json
    assert shown["state"] == "waiting_for_input"
    assert shown["counts"] == {"pending": 2, "answered": 0}
    assert shown["escalations_since_resume"] == 0  # an agent's own questions pause nothing
    client.post(f"/api/escalations/{first}/skip", headers=founder)
    assert client.get(URL, headers=agent).json["counts"] == {"pending": 1, "answered": 1}


def test_an_unknown_job_is_not_found(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    assert client.get(URL, headers=agent).status_code == 404
    assert client.post(f"{URL}/resume", headers=founder).status_code == 404


def test_a_job_of_another_project_is_not_found(
    client: FlaskClient, other_agent: dict[str, str], cast: Cast, paused_job: str
) -> None:
    assert client.get(URL, headers=other_agent).status_code == 404
    assert client.get(f"{URL}?project_id=shop", headers=other_agent).status_code == 404
    body = {"project_id": "shop"}
    assert client.put(URL, json=body, headers=other_agent).status_code == 404
    outsider = cast.token("other", "founder")
    assert client.post(f"{URL}/resume", json=body, headers=outsider).status_code == 404


def test_several_jobs_of_one_id_need_a_project(
    client: FlaskClient, wide_agent: dict[str, str], other_agent: dict[str, str], ask: Ask
) -> None:
    ask()
    assert client.get(URL, headers=wide_agent).json["project_id"] == "shop"
    client.post(f"{URL}/escalations", json=QUESTION, headers=other_agent)
    for answer in (client.get(URL, headers=wide_agent), client.put(URL, headers=wide_agent)):
        assert answer.status_code == 409
        assert "?project_id=" in answer.json["detail"]
    chosen = client.get(f"{URL}?project_id=other", headers=wide_agent)
    assert chosen.json["project_id"] == "other"


def test_an_agent_s_own_questions_do_not_pause_its_job(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    for number in range(7):
        ask("build-2", plain_english_problem=f"Question {number}.")
    shown = client.get("/api/jobs/build-2", headers=agent).json
    assert (shown["state"], shown["counts"]["pending"]) == ("waiting_for_input", 7)


def test_own_questions_between_failures_are_not_among_those_that_led_to_the_pause(
    client: FlaskClient, agent: dict[str, str], ask: Ask, request: pytest.FixtureRequest
) -> None:
    own = ask("build-1")["id"]
    request.getfixturevalue("paused_job")
    events = client.get("/api/jobs/build-1/events", headers=agent).json
    (paused,) = [event for event in events if event["type"] == "agent.build_paused"]
    assert len(paused["escalation_ids"]) == 5
    assert own not in paused["escalation_ids"]


def test_a_founder_resumes_a_paused_job(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], paused_job: str
) -> None:
    assert client.get(URL, headers=agent).json["state"] == "paused"
    answer = client.post(f"{URL}/resume", headers=founder)
    assert answer.status_code == 200
    assert answer.json["state"] == "waiting_for_input"
    assert answer.json["escalations_since_resume"] == 0


def test_an_agent_never_resumes(
    client: FlaskClient, agent: dict[str, str], paused_job: str
) -> None:
    assert client.post(f"{URL}/resume", headers=agent).status_code == 403
    assert client.put(URL, json={"state": "working"}, headers=agent).status_code == 409
    assert client.get(URL, headers=agent).json["state"] == "paused"


def test_a_paused_job_may_be_given_a_title(
    client: FlaskClient, agent: dict[str, str], paused_job: str
) -> None:
    before = client.get(URL, headers=agent).json
    named = client.put(URL, json={"title": "The shop"}, headers=agent).json
    assert named.pop("last_event_at") > before.pop("last_event_at")
    assert named == before | {"title": "The shop", "last_seq": before["last_seq"] + 1}


def test_a_job_that_is_not_paused_is_not_resumed(
    client: FlaskClient, founder: dict[str, str], paused_job: str
) -> None:
    answers = [client.post(f"{URL}/resume", headers=founder).status_code for _ in range(2)]
    assert answers == [200, 409]


def test_a_job_tells_its_story_and_keeps_what_is_left_out(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    story = {
        "summary": "The shop sells bouquets now.",
        "result_url": "https://shop.example.com/",
        "preview": "https://shop.example.com/preview.png",
    }
    first = client.put(URL, json=story, headers=agent).json
    assert {name: first[name] for name in story} == story
    later = client.put(URL, json={"state": "finished"}, headers=agent).json
    assert {name: later[name] for name in story} == story
    events = client.get(f"{URL}/events", headers=agent).json
    assert {name: events[0][name] for name in story} == story
    assert set(story).isdisjoint(events[1])


def test_no_key_in_a_summary_is_kept(client: FlaskClient, agent: dict[str, str]) -> None:
    key = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    shown = client.put(URL, json={"summary": f"It uses {key} now."}, headers=agent).json
    assert key not in shown["summary"]
    refused = client.put(URL, json={"result_url": f"https://x.example.com/?k={key}"}, headers=agent)
    assert refused.status_code == 422
