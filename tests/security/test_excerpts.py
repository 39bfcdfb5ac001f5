"""Events carry the beginnings of long texts, and a raw message is kept by its head and its tail."""

from collections.abc import Callable

from flask import Flask

from tests.api.questions import QUESTION

URL = "/api/jobs/build-1/escalations"


def test_events_carry_the_beginnings_of_long_texts(app: Flask, agent: dict[str, str]) -> None:
    options = [
        {"value": f"o{number}", "label": "One", "description": "x" * 1_900} for number in range(10)
    ]
    words = {"plain_english_problem": "word " * 5_000, "options": options, "recommended": None}
    client = app.test_client()
    asked = client.post(URL, json=QUESTION | words, headers=agent)
    assert len(asked.json["plain_english_problem"]) == 25_000
    assert asked.json["options"][9]["description"] == "x" * 1_900
    (event,) = client.get("/api/jobs/build-1/events", headers=agent).json
    assert len(event["plain_english_problem"]) == 2_000
    assert len(str(event["options"])) < 5_000
    assert [one["value"] for one in event["options"]] == [one["value"] for one in options]


def test_an_event_of_a_usual_question_is_complete(app: Flask, agent: dict[str, str]) -> None:
    client = app.test_client()
    asked = client.post(URL, json=QUESTION, headers=agent).json
    (event,) = client.get("/api/jobs/build-1/events", headers=agent).json
    for name in ("plain_english_problem", "recommended_action", "options"):
        assert event[name] == asked[name]


def test_the_reason_of_a_withdrawal_is_cut_in_its_event(app: Flask, agent: dict[str, str]) -> None:
    client = app.test_client()
    key = client.post(URL, json=QUESTION, headers=agent).json["id"]
    said = {"reason": "because " * 1_000}
    assert client.post(f"/api/escalations/{key}/withdraw", json=said, headers=agent).json
    event = client.get("/api/jobs/build-1/events", headers=agent).json[-1]
    assert len(event["reason"]) == 2_000


def test_a_long_message_of_a_question_is_kept_by_its_head_and_tail(
    app: Flask, agent: dict[str, str], sql: Callable
) -> None:
    body = QUESTION | {"error_message": "head " + "x " * 250_000 + "tail"}
    assert app.test_client().post(URL, json=body, headers=agent).status_code == 201
    ((kept,),) = sql("select error_message from agent_escalations")
    assert len(kept) < 110_000
    assert (kept[:4], kept[-4:]) == ("head", "tail")
