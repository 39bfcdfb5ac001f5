"""What is not JSON, or JSON of the worst kind, never breaks a call."""

import json
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from tests.api.questions import QUESTION

URL = "/api/jobs/build-1/escalations"
JSON = "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'single': 'quotes'}",
        b'{"a": 1,}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": "\x00"}',
        b'{"a": "raw \n line break"}',
        b'\xff\xfe{\x00"\x00',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"[]",
        b'"text"',
        b"null",
        b"17",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_object_is_400(
    client: FlaskClient, agent: dict[str, str], body: bytes
) -> None:
    answer = client.post(URL, data=body, content_type=JSON, headers=agent)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json.keys() == {"type", "title", "status", "detail"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_mistake_is_located(client: FlaskClient, agent: dict[str, str]) -> None:
    answer = client.post(URL, data='{"a": 1\n "b": 2}', content_type=JSON, headers=agent)
    assert "line 2, column 2" in answer.json["detail"]


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json"]
)
def test_another_content_type_is_415(
    client: FlaskClient, agent: dict[str, str], content_type: str | None
) -> None:
    body = json.dumps(QUESTION)
    answer = client.post(URL, data=body, content_type=content_type, headers=agent)
    assert answer.status_code == 415
    assert "Content-Type: application/json" in answer.json["detail"]


@pytest.mark.parametrize(
    "content_type", [JSON, "application/json; charset=utf-8", "application/vnd.agent+json"]
)
def test_every_kind_of_json_is_taken(
    client: FlaskClient, agent: dict[str, str], content_type: str
) -> None:
    body = json.dumps(QUESTION)
    answer = client.post(URL, data=body, content_type=content_type, headers=agent)
    assert answer.status_code == 201


def test_a_byte_order_mark_is_no_matter(client: FlaskClient, agent: dict[str, str]) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(QUESTION).encode()
    assert client.post(URL, data=body, content_type=JSON, headers=agent).status_code == 201


def test_a_body_of_more_than_2_mb_is_413(client: FlaskClient, agent: dict[str, str]) -> None:
    body = QUESTION | {"error_message": "x" * 2_000_000}
    answer = client.post(URL, json=body, headers=agent)
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert "2 MB" in answer.json["detail"]


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\udfff\\ud800"])
def test_characters_that_cannot_be_stored_are_replaced(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str], bad: str
) -> None:
    text = f"before {bad} after"
    body = (
        f'{{"session_id": "{text}", "error_type": "{text}", "plain_english_problem": "{text}",'
        f' "error_message": "{text}", "attempts_summary": ["{text}"], "error_signature": "{text}",'
        f' "options": [{{"value": "{text}", "label": "{text}", "description": "{text}"}}],'
        f' "agent_state": {{"{text}": ["{text}"]}}, "recommended_action": "{text}"}}'
    )
    answer = client.post(URL, data=body, content_type=JSON, headers=agent)
    assert answer.status_code == 201, answer.text
    shown = answer.json
    assert shown["session_id"].startswith("before ")
    assert shown["session_id"].endswith(" after")
    assert list(shown["agent_state"]) == [shown["session_id"]]
    resolve = f'{{"decision": "{text}", "guidance": "{text}"}}'
    url = f"/api/escalations/{shown['id']}/resolve"
    resolved = client.post(url, data=resolve, content_type=JSON, headers=founder)
    assert resolved.status_code == 200, resolved.text
    assert resolved.json["founder_decision"] == shown["options"][0]["value"]


def test_pairs_of_surrogates_stay_what_they_are(client: FlaskClient, agent: dict[str, str]) -> None:
    body = json.dumps(QUESTION | {"plain_english_problem": "🚀"}, ensure_ascii=True)
    answer = client.post(URL, data=body, content_type=JSON, headers=agent)
    assert answer.json["plain_english_problem"] == "🚀"


def test_of_a_repeated_name_the_last_counts(client: FlaskClient, agent: dict[str, str]) -> None:
    body = json.dumps(QUESTION).removesuffix("}") + ', "session_id": "last"}'
    answer = client.post(URL, data=body, content_type=JSON, headers=agent)
    assert answer.json["session_id"] == "last"


@pytest.mark.parametrize(
    "state",
    [
        '{"n": 1e400}',
        '{"n": -1e999}',
        '{"deep": ' + "[" * 60 + "]" * 60 + "}",
        '{"deep": ' + '{"a":' * 400 + "1" + "}" * 401,
        '{"big": "' + "x" * 70_000 + '"}',
    ],
    ids=["infinite", "minus infinite", "nested lists", "nested objects", "big"],
)
def test_a_state_that_cannot_be_kept_is_refused(
    client: FlaskClient, agent: dict[str, str], state: str
) -> None:
    body = json.dumps(QUESTION).removesuffix("}") + f', "agent_state": {state}}}'
    answer = client.post(URL, data=body, content_type=JSON, headers=agent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["agent_state"]


@pytest.mark.parametrize("number", ["1" + "0" * 4_000, "0.1", "1e300", "-0.0", "5e-324"])
def test_strange_numbers_come_back(client: FlaskClient, agent: dict[str, str], number: str) -> None:
    body = json.dumps(QUESTION).removesuffix("}") + f', "agent_state": {{"n": {number}}}}}'
    answer = client.post(URL, data=body, content_type=JSON, headers=agent)
    assert answer.status_code == 201
    shown = client.get(f"/api/escalations/{answer.json['id']}", headers=agent)
    assert shown.status_code == 200
    assert Decimal(str(shown.json["agent_state"]["n"])) == Decimal(number)


@pytest.mark.parametrize("name", ["project_id", "status", "cursor", "limit"])
@pytest.mark.parametrize("value", ["%00", "%FF", "%ED%A0%80", "a" * 5_000, "[]", "'--"])
def test_a_strange_parameter_never_breaks_a_list(
    client: FlaskClient, agent: dict[str, str], name: str, value: str
) -> None:
    answer = client.get(f"{URL}?{name}={value}", headers=agent)
    assert answer.status_code in (404, 422)
    assert answer.content_type == "application/problem+json"
