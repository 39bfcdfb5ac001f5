"""Devices that get push messages: whose they are, and what a press on a message may do."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from werkzeug.test import TestResponse

from webapp.config import Push
from webapp.operations import outbox, sealing

KEY = "a key for tests that is long enough, 0123456789"
PAGE = "/settings/notifications"
ADDRESS = "https://fcm.googleapis.com/fcm/send/abc"
SUBSCRIPTION = {
    "endpoint": ADDRESS,
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6"
    "-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
HERE = {"Sec-Fetch-Site": "same-origin"}
KEEP = {"value": "keep", "label": "Keep it"}
DROP = {"value": "drop", "label": "Drop it"}


def token(browser: FlaskClient) -> dict[str, str]:
    return {"csrf_token": hidden(browser.get(PAGE).text, "/devices")["csrf_token"]}


def add(browser: FlaskClient, **changes: str) -> TestResponse:
    form = token(browser) | SUBSCRIPTION | changes
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Chrome/150"}
    return browser.post(f"{PAGE}/devices", data=form, headers=agent)


def confirm(browser: FlaskClient, sql, headers: dict[str, str] = HERE, **changes: str) -> int:
    sent = sql("select personal_channel_id, sealed from deliveries where kind = 'code'")[-1]
    code = sealing.unseal(sent.sealed, (KEY,))
    form = {"channel": sent.personal_channel_id, "code": code} | changes
    return browser.post("/push/shown", data=form, headers=headers).status_code


@pytest.fixture
def reached(anna: FlaskClient, sql) -> FlaskClient:
    """Anna, whose device confirmed its first message."""
    add(anna)
    assert confirm(anna, sql) == 204
    return anna


@pytest.fixture
def sent(app: Flask, reached: FlaskClient, ask, sql) -> dict[str, Any]:
    """What the worker of Anna's browser sends when she presses "Drop it" in a message."""
    question = ask(options=[KEEP, DROP], recommended=None)
    with app.app_context():
        outbox.plan()
    (row,) = sql("select id from deliveries where kind = 'question'")
    (asked,) = sql("select digest from agent_escalations")
    assert asked.digest
    return {"delivery": row.id, "digest": asked.digest, "option": "1", "question": question}


def press(browser: FlaskClient, sent: dict[str, Any], **changes: Any) -> TestResponse:
    return browser.post("/push/answers", data=sent | changes, headers=HERE)


def status(sql) -> tuple[str, str | None]:
    (row,) = sql("select status, founder_decision as decision from agent_escalations")
    return row.status, row.decision


def test_a_device_works_once_it_confirmed_its_first_message(anna: FlaskClient, sql) -> None:
    done = add(anna)
    assert "A test message is on its way" in anna.get(done.location).text
    page = anna.get(PAGE).text
    assert "Chrome on Android" in page
    assert "Waiting for the first message" in page
    assert ADDRESS not in page
    assert not sql("select from personal_channels where position is not null")
    assert confirm(anna, sql, code="guessed") == 422
    assert confirm(anna, sql) == 204
    assert sql("select position from personal_channels")[0].position == 1
    (row,) = sql("select sealed from personal_channels")
    assert SUBSCRIPTION["auth"] not in row.sealed


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://127.0.0.1/internal"},
        {"endpoint": "https://evil.example/abc"},
        {"endpoint": ""},
        {"p256dh": SUBSCRIPTION["p256dh"][:-8]},
        {"p256dh": "A" * 87},
        {"auth": "c2hvcnQ"},
        {"auth": "ä"},
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(
    anna: FlaskClient, sql, changes: dict[str, str]
) -> None:
    refused = add(anna, **changes)
    assert refused.status_code == 422
    assert "This browser gave an address" in refused.text
    assert not sql("select from personal_channels")


def test_another_push_service_is_allowed_by_a_setting(app: Flask, anna: FlaskClient) -> None:
    from dataclasses import replace

    config = app.extensions["unstuck"]
    app.extensions["unstuck"] = replace(config, push=Push(services=("push.example.com",)))
    assert add(anna, endpoint="https://push.example.com/abc").status_code == 303


def test_a_device_that_is_added_again_stays_one(reached: FlaskClient, sql) -> None:
    add(reached)
    (row,) = sql("select position from personal_channels")
    assert row.position == 1
    assert sql("select kind from deliveries order by id")[-1].kind == "test"


def test_a_person_has_16_devices_at_most(anna: FlaskClient, sql) -> None:
    add(anna)
    sql(
        "insert into personal_channels (person_id, kind, address, created_at)"
        " select person_id, kind, address || n, now() from personal_channels,"
        " generate_series(1, 15) as n"
    )
    assert add(anna).status_code == 303
    refused = add(anna, endpoint=f"{ADDRESS}-17")
    assert refused.status_code == 409
    assert "You have 16 devices" in refused.text


def test_a_press_gives_the_answer(reached: FlaskClient, sent, sql) -> None:
    shown = press(reached, sent)
    assert shown.status_code == 200
    assert shown.json == {
        "notification": {
            "title": "Answered",
            "body": "Drop it",
            "navigate": f"/escalations/{sent['question']}",
            "tag": f"question-{sent['question']}",
        },
        "app_badge": 0,
    }
    assert status(sql) == ("resolved", "drop")
    (row,) = sql("select details from audit_events where action = 'question.answered'")
    assert row.details["channel"] == "push"


def test_a_press_is_held_and_can_be_taken_back(
    reached: FlaskClient, grace: float, sent, sql
) -> None:
    assert press(reached, sent).status_code == 200
    assert status(sql) == ("pending", None)
    (row,) = sql("select held, held_until from agent_escalations")
    assert row.held["decision"] == "drop"
    assert row.held_until is not None


def refused(answer: TestResponse, code: int, said: str) -> None:
    assert answer.status_code == code
    assert answer.json["notification"]["title"] == "Not answered"
    assert said in answer.json["notification"]["body"]


def test_a_press_on_somebody_elses_message_is_refused(
    reached: FlaskClient, ben: FlaskClient, otto: FlaskClient, sent, sql
) -> None:
    for other in (ben, otto):
        refused(press(other, sent), 404, "no longer valid")
        assert press(other, sent).json == press(other, sent, delivery="9999").json
    assert status(sql) == ("pending", None)


def test_a_press_without_a_session_is_refused(app: Flask, reached: FlaskClient, sent, sql) -> None:
    refused(press(app.test_client(), sent), 401, "Your session has ended")
    assert status(sql) == ("pending", None)


def test_a_press_after_the_question_changed_is_refused(reached: FlaskClient, sent, sql) -> None:
    for digest in ("", "0" * 64):
        refused(press(reached, sent, digest=digest), 409, "This question changed")
    assert status(sql) == ("pending", None)


def test_a_press_on_an_answered_question_says_who_was_faster(
    reached: FlaskClient, ben: FlaskClient, sent, sql
) -> None:
    form = hidden(ben.get(f"/escalations/{sent['question']}").text) | {"decision": "keep"}
    ben.post(f"/escalations/{sent['question']}/resolve", data=form)
    refused(press(reached, sent), 409, "Ben")
    assert status(sql) == ("resolved", "keep")


def test_a_press_of_somebody_who_may_no_longer_answer_is_refused(
    reached: FlaskClient, sent, sql
) -> None:
    sql("update memberships set role = 'observer'")
    assert press(reached, sent).status_code == 403
    assert status(sql) == ("pending", None)


@pytest.mark.parametrize("option", ["2", "-1", "drop", "", "9" * 30])
def test_a_press_on_no_button_is_refused(reached: FlaskClient, sent, sql, option: str) -> None:
    refused(press(reached, sent, option=option), 422, "needs the page")
    assert status(sql) == ("pending", None)


@pytest.mark.parametrize("delivery", ["0", "", "x", "9" * 30])
def test_a_press_on_a_message_that_is_gone_is_refused(
    reached: FlaskClient, sent, delivery: str
) -> None:
    refused(press(reached, sent, delivery=delivery), 404, "no longer valid")


def test_what_cannot_be_undone_is_never_pressed(app: Flask, reached: FlaskClient, ask, sql) -> None:
    ask(options=[KEEP, DROP | {"irreversible": True}], recommended=None)
    with app.app_context():
        outbox.plan()
    (row,) = sql("select id from deliveries where kind = 'question'")
    (asked,) = sql("select digest from agent_escalations")
    sent = {"delivery": row.id, "digest": asked.digest, "option": "1"}
    refused(press(reached, sent), 422, "needs the page")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_only_this_origins_worker_is_heard(
    reached: FlaskClient, sent, sql, headers: dict[str, str]
) -> None:
    for path in ("/push/answers", "/push/shown"):
        assert reached.post(path, data=sent, headers=headers).status_code == 400
    assert status(sql) == ("pending", None)


def test_the_origin_alone_is_enough(reached: FlaskClient, sent) -> None:
    origin = {"Origin": "http://localhost"}
    assert reached.post("/push/answers", data=sent, headers=origin).status_code == 200


def test_signing_out_removes_the_device(reached: FlaskClient, sent, sql) -> None:
    reached.post("/sign-out", data=token(reached))
    assert not sql("select from personal_channels")
    assert not sql("select from deliveries where personal_channel_id is not null")


def test_every_way_to_end_a_session_removes_its_device(cast, reached: FlaskClient, sql) -> None:
    """And leaves the device of the browser in which it is done."""
    phone = cast.browser("anna@example.com")
    add(phone, endpoint=f"{ADDRESS}-phone")
    cast.browser("anna@example.com")  # the button is there from the third one on
    form = hidden(reached.get("/settings/sign-in").text, "/settings/sessions/end-others")
    reached.post("/settings/sessions/end-others", data=form)
    assert [row.address for row in sql("select address from personal_channels")] == [ADDRESS]


def test_a_device_is_its_present_persons(reached: FlaskClient, ben: FlaskClient, sent, sql) -> None:
    """Anna's session was never ended, but somebody else uses her browser now."""
    assert ben.post("/presence", data=token(ben) | {"endpoint": ADDRESS}).status_code == 204
    assert not sql("select from personal_channels")
    add(reached)
    add(ben)
    rows = sql("select people.email from personal_channels join people on people.id = person_id")
    assert [row.email for row in rows] == ["ben@example.com"]


def test_an_address_of_no_device_changes_nothing(reached: FlaskClient, sql) -> None:
    for endpoint in ("https://fcm.googleapis.com/other", "a\x00b", "ä", ""):
        sent = token(reached) | {"endpoint": endpoint}
        assert reached.post("/presence", data=sent).status_code == 204
    assert [row.address for row in sql("select address from personal_channels")] == [ADDRESS]


def test_a_device_follows_its_person_into_a_new_session(cast, reached: FlaskClient, sql) -> None:
    again = cast.browser("anna@example.com")
    again.post("/presence", data=token(again) | {"endpoint": ADDRESS})
    reached.post("/sign-out", data=token(reached))
    assert len(sql("select from personal_channels")) == 1
    again.post("/sign-out", data=token(again))
    assert not sql("select from personal_channels")


def test_the_service_worker_is_served_at_the_root_and_keeps_nothing(app: Flask) -> None:
    response = app.test_client().get("/service-worker.js")
    assert response.content_type.startswith("text/javascript")
    assert response.headers["Cache-Control"] == "no-cache"
    assert 'fetch"' not in response.text.replace('no "fetch" here', "")
    assert "caches" not in response.text


def test_the_key_for_subscriptions_is_the_same_each_time(anna: FlaskClient, ben) -> None:
    keys = {
        browser.post(f"{PAGE}/devices/key", data=token(browser)).json["key"]
        for browser in (anna, anna, ben)
    }
    assert [len(key) for key in keys] == [87]


def test_a_message_that_was_never_about_a_question_answers_none(reached: FlaskClient, sql) -> None:
    (row,) = sql("select id from deliveries where kind = 'code'")
    answer = press(reached, {"delivery": row.id, "digest": str(uuid.uuid4()), "option": "0"})
    refused(answer, 404, "no longer valid")
