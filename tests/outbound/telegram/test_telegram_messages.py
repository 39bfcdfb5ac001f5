"""Messages in Telegram, from a real HTTP server in its place: connected, sent, tried again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from receiver import cuts
from telegram_double import ANA, TOKEN, TelegramDouble, refuses
from web_process import until

from webapp.actors import Actor
from webapp.extensions import db
from webapp.operations import notification_settings, telegram
from webapp.operations.deliveries import Claimed
from webapp.outbound import telegram_messages
from webapp.outbound.worker import Worker
from webapp.queries import reach

Sql = Callable[..., list[Any]]


def channel(sql: Sql) -> Any:
    (row,) = sql("select * from personal_channels")
    return row


def test_an_account_gets_nothing_before_its_person_confirmed_it(
    app: Flask, double: TelegramDouble, ana: tuple[Actor, str], link: tuple[int, str], sql: Sql
) -> None:
    double.writes(f"/start {link[1]}")
    said = double.next("sendMessage")
    assert said["chat_id"] == ANA
    assert "confirm that this is you" in said["text"]
    row = channel(sql)
    assert (row.address, row.name, row.verified_at, row.position) == (str(ANA), "@ana", None, None)
    with app.app_context(), pytest.raises(Exception, match="expired"):
        telegram.confirm(link[0], "900999", session_secret=ana[1], by=ana[0])
    with app.app_context():
        telegram.confirm(link[0], str(ANA), session_secret=ana[1], by=ana[0])
    assert channel(sql).position == 1
    assert sql("select action from audit_events where action = 'channel.added'")


def test_a_link_works_once_and_in_a_private_chat_only(
    double: TelegramDouble, link: tuple[int, str], sql: Sql
) -> None:
    double.writes(f"/start {link[1]}", who=1, chat="group")
    double.writes("/start")
    double.writes("/start 1-guessed")
    for _ in range(2):
        assert "This link doesn’t work" in double.next("sendMessage")["text"]
    assert channel(sql).address == ""
    double.writes(f"/start {link[1]}")
    assert "Almost done" in double.next("sendMessage")["text"]
    double.writes(f"/start {link[1]}", who=2)
    assert "This link doesn’t work" in double.next("sendMessage")["text"]
    assert channel(sql).address == str(ANA)


def test_a_link_that_is_too_old_does_nothing(
    double: TelegramDouble, link: tuple[int, str], sql: Sql
) -> None:
    sql("update personal_channels set code_until = now() - interval '1 second'")
    double.writes(f"/start {link[1]}")
    assert "This link doesn’t work" in double.next("sendMessage")["text"]
    assert channel(sql).address == ""


def test_a_question_comes_with_its_link(
    connected: int, double: TelegramDouble, ask, settled, sql: Sql
) -> None:
    asked = ask()
    got = double.next("sendMessage")
    assert got["chat_id"] == str(ANA)
    assert got["text"].startswith("May I send the mail?")
    assert got["text"].endswith(f"/escalations/{asked['id']}")
    assert asked["reach"] == "notified"
    sent = [row for row in settled(2) if row.kind == "question"]
    assert sent[0].provider_id
    assert sql("select from deliveries where channel = 'telegram' and kind = 'reminder'")


def test_a_message_may_keep_the_question_to_itself(
    app: Flask, connected: int, ana: tuple[Actor, str], double: TelegramDouble, ask
) -> None:
    with app.app_context():
        notification_settings.save(zone="UTC", quiet=None, days=(), shows_question=False, by=ana[0])
    ask()
    got = double.next("sendMessage")
    assert got["text"].startswith("1 question is waiting")
    assert "mail" not in got["text"]


def test_a_list_of_long_questions_is_as_short_as_telegram_takes(
    app: Flask, ana: tuple[Actor, str], ask, sql: Sql
) -> None:
    for number in range(15):
        ask("\U0001f642" * 250 + f" May I, {number}?", job=f"job-{number}")
    ((key,),) = sql(
        "insert into personal_channels (person_id, kind, address, created_at, verified_at,"
        f" position) values ({ana[0].person_id}, 'telegram', '{ANA}', now(), now(), 1)"
        " returning id"
    )
    waits = Claimed(1, "m-1", "telegram", reach.SUMMARY, "", None, None, None, None, 1, False, key)
    with app.app_context():
        to = reach.receiver(db.session(), key)
        assert to is not None
        text = telegram_messages.of(waits, to, "https://desk.example")["text"]
    assert len(text.encode("utf-16-le")) // 2 <= 4_096
    assert text.count("\U0001f642") >= 1_000
    assert text.endswith("\n\nhttps://desk.example/")


def test_somebody_who_blocked_the_bot_gets_nothing_more(
    connected: int, double: TelegramDouble, ask, settled, sql: Sql
) -> None:
    double.behaves("sendMessage", refuses(403, "Forbidden: bot was blocked by the user"))
    ask()
    settled(1, "failed")
    assert channel(sql).off_because == "gone"


@pytest.mark.parametrize(
    ("behaves", "state"),
    [
        (refuses(429, "Too Many Requests", retry_after=90), "failed_temporarily"),
        (refuses(500, "Internal Server Error"), "failed_temporarily"),
        (refuses(401, "Unauthorized"), "failed_temporarily"),
        (cuts, "maybe_sent"),
    ],
)
def test_what_telegram_did_not_take_is_sent_again(
    connected: int, double: TelegramDouble, ask, settled, sql: Sql, behaves, state: str
) -> None:
    double.behaves("sendMessage", behaves, None)
    ask()
    double.next("sendMessage")
    (row,) = [row for row in settled(1, state) if row.kind == "question"]
    assert (row.due_at - row.moved_at).total_seconds() >= (
        80 if "429" in row.provider_answer else 4
    )
    sql("update deliveries set due_at = now() where due_at is not null and kind = 'question'")
    sql("select pg_notify('unstuck_deliveries', '')")
    double.next("sendMessage")
    settled(2)
    assert channel(sql).off_since is None


def test_a_second_poller_and_polls_that_are_cut_are_lived_through(
    double: TelegramDouble, link: tuple[int, str], sql: Sql, caplog: pytest.LogCaptureFixture
) -> None:
    """The page says what Telegram said, and the bot is heard as soon as that's over."""
    conflict = "Conflict: terminated by other getUpdates request"
    double.behaves("getUpdates", cuts, refuses(409, conflict))
    double.writes("hello")

    def said() -> bool:
        return bool(sql("select from worker_leases where trouble like '409 Conflict%%'"))

    until(said, "the trouble is kept", 60)
    double.behaves("getUpdates")
    double.writes(f"/start {link[1]}")
    double.next("sendMessage")
    until(lambda: not sql("select from worker_leases where trouble is not null"), "it is over", 60)
    assert caplog.text.count("Telegram could not be polled") == 1
    assert TOKEN not in caplog.text
    assert TOKEN not in str(sql("select * from worker_leases")) + str(
        sql("select * from deliveries")
    )


def test_what_was_done_is_stored_with_its_effect(
    double: TelegramDouble, link: tuple[int, str], worker: Worker, sql: Sql
) -> None:
    number = double.writes(f"/start {link[1]}")
    double.next("sendMessage")
    (row,) = sql("select holder, position, about from worker_leases")
    assert row == (worker.name, number + 1, "unstuck_test_bot")


def test_without_a_bot_no_worker_polls_and_messages_say_why(
    app: Flask, double: TelegramDouble, connected: int, ask, sql: Sql
) -> None:
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], telegram=None)
    assert "telegram" not in [each.name for each in vars(Worker(app))["_threads"]]
    assert ask()["reach"] == "nobody_notified"
    dropped = "select from deliveries where reason = 'no_telegram'"
    until(lambda: bool(sql(dropped)), "the message is dropped", 60)
