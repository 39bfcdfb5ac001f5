"""GET /api/jobs/{job_id}/escalations and GET /api/escalations"""

import re

import pytest
from flask.testing import FlaskClient

from tests.api.questions import QUESTION, Ask

OF_JOB = "/api/jobs/build-1/escalations"
ALL = "/api/escalations"


def ids(rows: list[dict[str, str]]) -> list[str]:
    return [row["id"] for row in rows]


def next_url(headers: dict[str, str]) -> str | None:
    link = headers.get("Link")
    found = re.fullmatch(r'<([^>]*)>; rel="next"', link) if link else None
    return found[1] if found else None


@pytest.mark.parametrize("url", [OF_JOB, ALL])
def test_questions_are_listed_oldest_first(
    client: FlaskClient, agent: dict[str, str], ask: Ask, url: str
) -> None:
    asked = [ask()["id"] for _ in range(3)]
    answer = client.get(url, headers=agent)
    assert answer.status_code == 200
    assert ids(answer.json) == asked
    assert "Link" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_job_that_is_not_known_has_no_questions(
    client: FlaskClient, agent: dict[str, str], wide_agent: dict[str, str]
) -> None:
    assert client.get(OF_JOB, headers=agent).json == []
    assert client.get(OF_JOB, headers=wide_agent).json == []


def test_only_the_questions_of_that_job_are_listed(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    ask("build-2")
    assert client.get(OF_JOB, headers=agent).json == []


@pytest.mark.parametrize("url", [OF_JOB, ALL])
def test_the_state_filters(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], ask: Ask, url: str
) -> None:
    first, second = ask()["id"], ask()["id"]
    client.post(f"/api/escalations/{first}/skip", headers=founder)
    assert ids(client.get(f"{url}?status=pending", headers=agent).json) == [second]
    assert ids(client.get(f"{url}?status=skipped", headers=agent).json) == [first]
    assert client.get(f"{url}?status=expired", headers=agent).json == []


@pytest.mark.parametrize("url", [OF_JOB, ALL])
def test_pages_follow_each_other_without_gap_or_repetition(
    client: FlaskClient, agent: dict[str, str], ask: Ask, url: str
) -> None:
    asked = [ask()["id"] for _ in range(5)]
    read: list[str] = []
    address: str | None = f"{url}?limit=2&status=pending&project_id=shop"
    sizes = []
    while address:
        assert address.startswith(f"{url}?")
        page = client.get(address, headers=agent)
        read += ids(page.json)
        sizes.append(len(page.json))
        address = next_url(page.headers)
        if address:
            assert {"limit=2", "status=pending", "project_id=shop"} <= set(
                address.partition("?")[2].split("&")
            )
    assert read == asked
    assert sizes == [2, 2, 1]


def test_a_question_asked_meanwhile_is_on_the_next_page(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    ask(), ask()
    page = client.get(f"{ALL}?limit=1", headers=agent)
    third = ask()["id"]
    following = client.get(next_url(page.headers) or "", headers=agent)
    last = client.get(next_url(following.headers) or "", headers=agent)
    assert ids(last.json) == [third]


@pytest.mark.parametrize("url", [OF_JOB, ALL])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("status=open", "status"),
        ("status=", "status"),
        ("project_id=", "project_id"),
        ("cursor=xyz", "cursor"),
        ("cursor=" + "A" * 80, "cursor"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(
    client: FlaskClient, agent: dict[str, str], ask: Ask, url: str, query: str, field: str
) -> None:
    ask()
    answer = client.get(f"{url}?{query}", headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_the_limits_of_a_page_are_1_and_200(
    client: FlaskClient, agent: dict[str, str], ask: Ask
) -> None:
    ask()
    for limit in (1, 200):
        assert len(client.get(f"{ALL}?limit={limit}", headers=agent).json) == 1


def test_nobody_sees_questions_of_other_projects(
    client: FlaskClient, other_agent: dict[str, str], ask: Ask
) -> None:
    ask()
    assert client.get(OF_JOB, headers=other_agent).json == []
    assert client.get(ALL, headers=other_agent).json == []


@pytest.mark.parametrize("url", [OF_JOB, ALL])
def test_a_project_of_somebody_else_is_not_found(
    client: FlaskClient, other_agent: dict[str, str], ask: Ask, url: str
) -> None:
    ask()
    for project in ("shop", "no-such"):
        answer = client.get(f"{url}?project_id={project}", headers=other_agent)
        assert answer.status_code == 404


def test_a_token_of_two_projects_sees_both_and_may_choose(
    client: FlaskClient, wide_agent: dict[str, str], other_agent: dict[str, str], ask: Ask
) -> None:
    in_shop = ask()["id"]
    in_other = client.post(OF_JOB, json=QUESTION, headers=other_agent).json["id"]
    assert ids(client.get(ALL, headers=wide_agent).json) == [in_shop, in_other]
    for url in (OF_JOB, ALL):
        answer = client.get(f"{url}?project_id=other", headers=wide_agent)
        assert ids(answer.json) == [in_other]


def test_several_jobs_of_one_id_need_a_project(
    client: FlaskClient, wide_agent: dict[str, str], other_agent: dict[str, str], ask: Ask
) -> None:
    ask()
    assert len(client.get(OF_JOB, headers=wide_agent).json) == 1
    client.post(OF_JOB, json=QUESTION, headers=other_agent)
    answer = client.get(OF_JOB, headers=wide_agent)
    assert answer.status_code == 409
    assert "?project_id=" in answer.json["detail"]
