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

from webapp.actors import Actor
from webapp.clock import now
from webapp.operations import (
    channels,
    notification_settings,
    push_keys,
    sessions,
)

Sql = Callable[..., list[Any]]
YES_NO = [{"value": "yes", "label": "Send it"}, {"value": "no", "label": "Don't send it"}]


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
