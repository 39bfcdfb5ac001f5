"""Push messages to a real HTTP server in a push service's place: encrypted, signed, tried again."""

from collections.abc import Callable
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from outbound_app import KEY
from push_device import Device, claims, raw
from receiver import Receiver, cuts, says
from web_process import until

from webapp.accounts.access import actor_of_person
from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import (
    channels,
    notification_settings,
    outbox,
    people,
    push,
    push_keys,
    sessions,
)
from webapp.outbound.worker import Worker
from webapp.queries import accounts

Sql = Callable[..., list[Any]]
YES_NO = [{"value": "yes", "label": "Send it"}, {"value": "no", "label": "Don't send it"}]


@pytest.fixture
def ana(app: Flask) -> tuple[Actor, str]:
    """A founder of `shop`, and the secret of her browser's session."""
    with app.app_context():
        link = people.make_link("ana@example.com", role="founder", project_id="shop")
        secret = people.sign_in(link, "Firefox")
        person = db.session.scalars(db.select(Person)).one()
        return actor_of_person(person, list(accounts.memberships(db.session(), person.id))), secret


@pytest.fixture
def device(receiver: Receiver) -> Device:
    return Device(receiver.url)


@pytest.fixture
def reached(
    app: Flask, worker: Worker, receiver: Receiver, ana: tuple[Actor, str], device: Device
) -> int:
    """The id of Ana's device, which confirmed its first message."""
    by, secret = ana
    with app.app_context():
        made = push.add_device(
            push.Subscription(**device.fields),
            "Firefox on Linux",
            (KEY,),
            session_secret=secret,
            by=by,
        )
        confirms = device.read(receiver.next())["notification"]["data"]["confirms"]
        assert confirms["channel"] == made.id
        channels.verify_device(made.id, confirms["code"], by=by)
        return made.id


def test_the_double_decrypts_the_example_of_the_standard() -> None:
    """RFC 8291, section 5."""
    key = ec.derive_private_key(
        int.from_bytes(raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")), ec.SECP256R1()
    )
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
        "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
        "gSxsj_Qulcy4a-fN"
    )
    auth = raw("BTBZMqHH6r4Tts7J_aSIgg")
    plain = http_ece.decrypt(raw(body), private_key=key, auth_secret=auth)
    assert plain == b"When I grow up, I want to be a watermelon"


def test_a_question_comes_encrypted_and_signed_with_its_answers_as_buttons(
    app: Flask, reached: int, receiver: Receiver, device: Device, ask, settled, sql: Sql
) -> None:
    asked = ask(options=YES_NO)
    got = receiver.next()
    message = device.read(got)
    shown = message["notification"]
    assert (message["web_push"], message["app_badge"]) == (8030, 1)
    assert (shown["title"], shown["body"]) == ("May I send the mail?", "shop")
    assert shown["navigate"].endswith(f"/escalations/{asked['id']}")
    assert [(each["action"], each["title"]) for each in shown["actions"]] == [
        ("0", "Send it → yes"),
        ("1", "Don't send it → no"),
    ]
    assert shown["data"]["digest"] == asked["digest"]
    said, key = claims(got)
    assert said["aud"] == f"http://127.0.0.1:{receiver.port}"
    assert said["sub"].startswith(("mailto:", "https:"))
    assert 0 < said["exp"] - now().timestamp() <= 24 * 3600
    with app.app_context():
        assert key == push_keys.public_key(push_keys.private_key((KEY,)))
    assert 0 < int(got.headers["ttl"]) <= 24 * 3600
    assert len(got.headers["topic"]) <= 32
    settled(2)
    (stored,) = sql("select sealed from server_keys")
    assert key not in stored.sealed


@pytest.mark.parametrize(
    "changes",
    [
        {"options": [*YES_NO[:1], {"value": "drop", "label": "Drop it", "irreversible": True}]},
        {"options": YES_NO[:1]},
        {"options": [*YES_NO, *({"value": v, "label": v} for v in ("later", "never"))]},
        {"options": [*YES_NO[:1], {"value": "no", "label": "Don't send it before " * 3}]},
        # What the message would not show, and yet would be answered.
        {"options": YES_NO, "plain_english_problem": "May I restart it? And drop production."},
        {"options": [YES_NO[0] | {"description": "And drop production."}, YES_NO[1]]},
        {"options": [{"value": "force push over main", "label": "Restart the preview"}, YES_NO[1]]},
    ],
)
def test_a_question_that_wants_more_than_a_press_has_no_buttons(
    reached: int, receiver: Receiver, device: Device, ask, changes: dict[str, Any]
) -> None:
    ask(**changes)
    assert "actions" not in device.read(receiver.next())["notification"]


def test_on_a_locked_screen_only_that_a_question_waits(
    app: Flask, reached: int, ana: tuple[Actor, str], receiver: Receiver, device: Device, ask
) -> None:
    with app.app_context():
        notification_settings.save(zone="UTC", quiet=None, days=(), shows_question=False, by=ana[0])
    ask(options=YES_NO)
    message = device.read(receiver.next())
    assert message["notification"]["title"] == "1 question is waiting"
    assert message["notification"]["body"] == ""
    assert "actions" not in message["notification"]
    assert "mail" not in str(message)


def answered(app: Flask, asked: dict[str, Any], cast, how: str = "resolve") -> None:
    path, founder = f"/api/escalations/{asked['id']}/{how}", cast.token("shop", "founder")
    body = {"decision": "yes"} if how == "resolve" else {}
    given = app.test_client().post(path, json=body, headers=founder)
    assert given.status_code == 200, given.text


@pytest.mark.parametrize(("how", "said"), [("resolve", "Answered"), ("skip", "Skipped")])
def test_an_answer_replaces_the_message_without_a_sound(
    app: Flask,
    reached: int,
    receiver: Receiver,
    device: Device,
    ask,
    settled,
    cast,
    sql: Sql,
    how: str,
    said: str,
) -> None:
    asked = ask(options=YES_NO)
    first = receiver.next()
    settled(2)
    answered(app, asked, cast, how)
    second = receiver.next()
    shown = device.read(second)
    assert shown["app_badge"] == 0
    assert shown["notification"] == {
        "title": f"{said} by {sql('select resolved_by from agent_escalations')[0][0]}",
        "body": "May I send the mail?",
        "tag": device.read(first)["notification"]["tag"],
        "navigate": device.read(first)["notification"]["navigate"],
        "silent": True,
        "lang": "en",
    }
    assert second.headers["topic"] == first.headers["topic"]
    assert (first.headers["urgency"], second.headers["urgency"]) == ("high", "low")
    settled(3)
    assert not sql("select from deliveries where kind = 'answered' and due_at is not null")
    reminders = sql("select step from deliveries where kind = 'reminder'")
    assert [each.step for each in reminders] == [1], "none follows the one about the answer"


@pytest.mark.parametrize(
    "so",
    [
        # Safari counts a silent message as none; a message about several questions is not theirs.
        "update personal_channels set address = 'https://web.push.apple.com/Q1'",
        "update personal_channels set address = 'https://eu.push.apple.com/Q1'",
        "insert into deliveries (message_id, channel, kind, project_id, personal_channel_id, state,"
        " bundled_into, created_at, moved_at) select 'other', channel, kind, project_id,"
        " personal_channel_id, 'not_needed', id, now(), now() from deliveries"
        " where kind = 'question'",
        "update deliveries set state = 'failed' where kind = 'question'",
        "update personal_channels set off_since = now()",
    ],
)
def test_nothing_replaces_what_is_not_shown_alone_or_where_each_message_is_heard(
    app: Flask, reached: int, receiver: Receiver, ask, settled, cast, sql: Sql, so: str
) -> None:
    asked = ask(options=YES_NO)
    receiver.next()
    settled(2)
    sql(so)
    answered(app, asked, cast)
    with app.app_context():
        outbox.plan()
    assert not sql("select from deliveries where kind = 'answered'")


def test_a_reminder_has_no_buttons_once_founder_and_agent_talked(
    reached: int, receiver: Receiver, device: Device, ask, settled, sql: Sql
) -> None:
    """What they said may change the answer, and a message doesn't show it."""
    ask(options=YES_NO)
    assert "actions" in device.read(receiver.next())["notification"]
    settled(2)
    sql("""update agent_escalations set messages = '[{"text": "It deletes all."}]'""")
    sql("update deliveries set moved_at = now() - interval '1 hour' where state = 'accepted'")
    sql("update deliveries set due_at = now() where kind = 'reminder'")
    sql("select pg_notify('unstuck_deliveries', '')")
    assert "actions" not in device.read(receiver.next())["notification"]


@pytest.mark.parametrize(
    ("ended", "state"),
    [
        ("state = 'accepted', due_at = null", "accepted"),
        ("state = 'failed', due_at = null", "not_needed"),
    ],
)
def test_a_message_that_was_on_its_way_is_replaced_if_it_arrived(
    app: Flask, reached: int, receiver: Receiver, ask, settled, cast, sql: Sql, ended: str, state
) -> None:
    asked = ask(options=YES_NO)
    receiver.next()
    settled(2)
    told = "where kind = 'question'"
    sql(f"update deliveries set state = 'leased', due_at = now() + interval '1 hour' {told}")
    answered(app, asked, cast)
    later = "select state from deliveries where kind = 'answered'"
    until(lambda: bool(sql(later)), "it is to be replaced", 60)
    assert sql(later)[0].state == "waiting", "one message at a time goes to a device"
    sql(f"update deliveries set {ended} {told}")
    sql("select pg_notify('unstuck_deliveries', '')")
    until(lambda: sql(later)[0].state == state, f"it is {state}", 60)


@pytest.mark.parametrize(
    "behaves", [says(429, "slow down", Retry_After="7"), says(500), says(403), cuts]
)
def test_what_a_push_service_did_not_take_is_sent_again(
    reached: int, receiver: Receiver, device: Device, ask, settled, sql: Sql, behaves
) -> None:
    settled(1)
    receiver.behaves(behaves, says(201))
    ask()
    first = device.read(receiver.next())
    settled(1, "failed_temporarily", "maybe_sent")
    sql("update deliveries set due_at = now() where due_at is not null")
    sql("select pg_notify('unstuck_deliveries', '')")
    second = device.read(receiver.next())
    assert second["notification"]["tag"] == first["notification"]["tag"]
    settled(2)
    assert sql("select off_since from personal_channels")[0][0] is None


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_ended_gets_nothing_more(
    reached: int, receiver: Receiver, ask, settled, sql: Sql, status: int
) -> None:
    settled(1)
    receiver.behaves(says(status))
    ask()
    receiver.next()
    settled(1, "failed")
    (row,) = sql("select off_because, failures from personal_channels")
    assert row == ("gone", 1)


def test_a_device_gets_nothing_after_signing_out(
    app: Flask, reached: int, ana: tuple[Actor, str], receiver: Receiver, ask, settled, sql: Sql
) -> None:
    """Also a message that was due before."""
    _, secret = ana
    settled(1)
    receiver.behaves(says(500))
    ask()
    receiver.next()
    settled(1, "failed_temporarily")
    with app.app_context():
        sessions.sign_out(secret)
    assert not sql("select from personal_channels")
    assert not sql("select from deliveries where personal_channel_id is not null")


@pytest.mark.parametrize(
    "over",
    [
        "update browser_sessions set ended_at = now()",
        "update browser_sessions set expires_at = now()",
        "delete from browser_sessions",
    ],
)
def test_a_session_that_is_over_takes_its_device_along(
    app: Flask, reached: int, ana: tuple[Actor, str], sql: Sql, over: str
) -> None:
    """Whatever ended it: the worker looks once more."""
    by, _ = ana
    sql(over)
    with app.app_context():
        channels.send_test(reached, by=by)

    def dropped() -> bool:
        return bool(sql("select from deliveries where reason = 'signed_out'"))

    until(dropped, "the test is dropped")


def test_a_device_counts_as_reached(app: Flask, reached: int, ask) -> None:
    assert ask()["reach"] == "notified"


def test_the_key_is_the_same_for_everyone_who_asks_first(app: Flask, sql: Sql) -> None:
    with app.app_context():
        first = push_keys.private_key((KEY,))
        assert push_keys.private_key((KEY,)) == first
        assert push_keys.private_key(("another key that is long enough", KEY)) == first
        lost = push_keys.private_key(("another key that is long enough",))
    assert lost != first
    assert len(sql("select from server_keys")) == 1
