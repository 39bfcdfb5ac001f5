"""Job ids are any text of 1 to 255 characters, also in addresses."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.api.questions import QUESTION

IDS = [
    "build-1",
    "build 1",
    "a/b",
    "a//b",
    "/a",
    "a/",
    "//",
    "a/errors",
    "a/errors/healed",
    "a/escalations",
    "a/events",
    "a/resume",
    "..",
    "ünïcödé 🚀 مرحبا",
    "line\nbreak",
    "100% sure? #1 & more; a=b, 'c' \"d\" \\ + %2F %20",
    "x" * 255,
    "🚀" * 255,
]


def escaped(job: str) -> str:
    return f"/api/jobs/{quote(job, safe='').replace('.', '%2E')}"


@pytest.mark.parametrize("job", IDS)
def test_an_escaped_id_reaches_every_call(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], job: str
) -> None:
    url = escaped(job)
    assert client.put(url, json={"title": "It"}, headers=agent).json["job_id"] == job
    asked = client.post(f"{url}/escalations", json=QUESTION, headers=agent)
    assert asked.json["job_id"] == job
    assert client.get(url, headers=agent).json["counts"]["pending"] == 1
    read = {name: value for name, value in asked.json.items() if name != "reach"}
    assert client.get(f"{url}/escalations", headers=agent).json == [read]
    report = {"session_id": "s", "error_type": "E", "error_message": "boom"}
    verdict = client.post(f"{url}/errors", json=report, headers=agent).json
    healed = {"error_signature": verdict["error_signature"]}
    assert client.post(f"{url}/errors/healed", json=healed, headers=agent).json["known"]
    # 409: the job was found, and is not paused.
    assert client.post(f"{url}/resume", headers=founder).status_code == 409
    assert client.get(url, headers=agent).json["job_id"] == job


@pytest.mark.parametrize("job", ["a/b", "a/b/c", "a//b"])
def test_slashes_may_also_stand_as_they_are(
    client: FlaskClient, agent: dict[str, str], job: str
) -> None:
    asked = client.post(f"/api/jobs/{job}/escalations", json=QUESTION, headers=agent)
    assert asked.json["job_id"] == job
    assert client.get(f"/api/jobs/{job}", headers=agent).json["job_id"] == job


def test_the_next_page_of_such_a_job_is_found(client: FlaskClient, agent: dict[str, str]) -> None:
    url = escaped("a/b c?d#e%f")
    for number in range(2):
        body = QUESTION | {"plain_english_problem": f"Question {number}."}
        client.post(f"{url}/escalations", json=body, headers=agent)
    page = client.get(f"{url}/escalations?limit=1", headers=agent)
    link = page.headers["Link"].partition(">")[0].removeprefix("<")
    following = client.get(link, headers=agent)
    assert len(following.json) == 1
    assert following.json != page.json


@pytest.mark.parametrize("call", ["", "/escalations", "/errors", "/errors/healed", "/resume"])
def test_a_longer_id_is_refused(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], call: str
) -> None:
    url = f"/api/jobs/{'x' * 256}{call}"
    headers = founder if call == "/resume" else agent
    answer = (client.put if call == "" else client.post)(url, json={}, headers=headers)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["job_id"]


def test_what_cannot_be_stored_in_an_id_is_replaced(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    for sent, stored in (("a%00b", "a\ufffdb"), ("a%FFb", "a\ufffdb"), ("a%ED%A0%80b", None)):
        answer = client.put(f"/api/jobs/{sent}", headers=agent)
        assert answer.status_code == 200
        if stored is not None:
            assert answer.json["job_id"] == stored


def test_an_unknown_address_is_a_problem_too(client: FlaskClient, agent: dict[str, str]) -> None:
    for url in ("/api/", "/api/nothing", "/api/escalations/", "/api/jobs", "/api/jobs/"):
        answer = client.get(url, headers=agent)
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
        assert answer.json["detail"]


def test_a_wrong_method_names_the_right_ones(client: FlaskClient, agent: dict[str, str]) -> None:
    answer = client.delete("/api/jobs/build-1", headers=agent)
    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"
    assert {"GET", "PUT"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("call", ["errors", "errors/healed", "escalations", "events", "resume"])
def test_a_call_with_a_wrong_method_makes_no_job(
    client: FlaskClient, agent: dict[str, str], call: str
) -> None:
    answer = client.put(f"/api/jobs/build-1/{call}", headers=agent)
    assert answer.status_code == 405
    assert "PUT" not in answer.headers["Allow"]
    assert (
        client.get(f"/api/jobs/build-1%2F{call.replace('/', '%2F')}", headers=agent).status_code
        == 404
    )
