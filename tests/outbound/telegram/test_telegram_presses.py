"""Buttons in Telegram: what they offer, who may press them, and what becomes of their message."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from telegram_double import ANA, TelegramDouble, refuses
from web_process import until

from webapp.actors import Actor
from webapp.operations import answers, holding, notification_settings

Sql = Callable[..., list[Any]]
YES_NO = [{"value": "yes", "label": "yes"}, {"value": "no", "label": "no"}]
DROP = {"value": "drop", "label": "drop", "irreversible": True}


@pytest.fixture
def shown(connected: int, double: TelegramDouble, ask, settled, sql: Sql) -> dict[str, Any]:
    """A question as Ana got it: its id, that of the message, and the data of its buttons."""
    asked = ask(options=YES_NO)
    got = double.next("sendMessage")
    sent = [row for row in settled(2) if row.kind == "question"]
    buttons = [row[0] for row in got["reply_markup"]["inline_keyboard"]]
    data = {each["text"]: each["callback_data"] for each in buttons}
    return {"id": uuid.UUID(asked["id"]), "message": int(sent[0].provider_id), **data}


def decision(sql: Sql) -> tuple[str, str | None]:
    (row,) = sql("select status, founder_decision from agent_escalations")
    return row.status, row.founder_decision


def test_a_question_that_can_be_undone_has_its_answers_as_buttons(
    connected: int, double: TelegramDouble, ask
) -> None:
    asked = ask(
        plain_english_problem="May I restart it? It takes a minute.",
        options=[*YES_NO, DROP | {"description": "With all data."}],
    )
    got = double.next("sendMessage")
    assert "It takes a minute." in got["text"]
    assert "• drop (answer on the page)\nWith all data." in got["text"]
    buttons = [row[0] for row in got["reply_markup"]["inline_keyboard"]]
    assert [each["text"] for each in buttons] == ["yes", "no"]
    assert all(len(each["callback_data"]) == 43 for each in buttons)
    assert asked["digest"] not in str(got)


@pytest.mark.parametrize(
    "changes",
    [
        {"options": [DROP, DROP | {"value": "keep"}]},
        {"options": [{"value": "yes", "label": "yes, and everything that comes with it, too"}]},
        {"options": YES_NO, "plain_english_problem": "May I? " + "Because. " * 400},
        {"options": []},
    ],
)
def test_a_question_that_wants_the_page_has_no_buttons(
    connected: int, double: TelegramDouble, ask, changes: dict[str, Any]
) -> None:
    ask(**changes)
    assert "reply_markup" not in double.next("sendMessage")


def test_a_message_that_hides_the_question_has_no_buttons(
    app: Flask, connected: int, ana: tuple[Actor, str], double: TelegramDouble, ask
) -> None:
    with app.app_context():
        notification_settings.save(zone="UTC", quiet=None, days=(), shows_question=False, by=ana[0])
    ask(options=YES_NO)
    assert "reply_markup" not in double.next("sendMessage")


def test_a_press_answers_and_its_message_says_so(
    shown: dict[str, Any], double: TelegramDouble, sql: Sql
) -> None:
    double.presses(shown["yes"], shown["message"])
    said = double.next("answerCallbackQuery")
    assert (said["text"], said["show_alert"]) == ("Answered: yes", False)
    assert decision(sql) == ("resolved", "yes")
    (row,) = sql("select details from audit_events where action = 'question.answered'")
    assert row.details["channel"] == "telegram"
    edit = double.next("editMessageText")
    assert (edit["chat_id"], edit["message_id"]) == (str(ANA), shown["message"])
    assert "Answered by" in edit["text"]
    assert ": yes" in edit["text"]
    assert "reply_markup" not in edit


def test_a_press_is_held_for_as_long_as_one_on_the_page(
    app: Flask, shown: dict[str, Any], ana: tuple[Actor, str], double: TelegramDouble, sql: Sql
) -> None:
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], decision_grace_s=600)
    double.presses(shown["yes"], shown["message"])
    double.next("answerCallbackQuery")
    assert decision(sql) == ("pending", None)
    with app.app_context():
        holding.undo(shown["id"], by=ana[0])
    double.presses(shown["no"], shown["message"])
    assert double.next("answerCallbackQuery")["text"] == "Answered: no"
    assert sql("select held from agent_escalations")[0].held["decision"] == "no"


def test_a_second_press_hears_who_answered(
    shown: dict[str, Any], double: TelegramDouble, sql: Sql
) -> None:
    double.presses(shown["yes"], shown["message"])
    double.next("answerCallbackQuery")
    double.presses(shown["no"], shown["message"])
    said = double.next("answerCallbackQuery")
    assert "answered this question" in said["text"]
    assert said["show_alert"]
    assert decision(sql) == ("resolved", "yes")


@pytest.mark.parametrize(
    "changes",
    [
        {"who": 900_200},
        {"who": 900_200, "chat": ANA},
        {"chat": -7},
        {"message": 9_999},
        {"data": "guessed"},
        {"data": ""},
        {"data": "\0"},
        {"data": "\ud800"},
    ],
)
def test_a_forwarded_replayed_or_foreign_press_is_refused(
    shown: dict[str, Any], double: TelegramDouble, sql: Sql, changes: dict[str, Any]
) -> None:
    press = {"data": shown["yes"], "message": shown["message"]} | changes
    double.presses(**press)
    said = double.next("answerCallbackQuery")
    assert said == said | {
        "text": "This message is no longer valid. Answer on the page.",
        "show_alert": True,
    }
    assert decision(sql) == ("pending", None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("update memberships set role = 'observer'", "can't answer this question"),
        ("delete from memberships", "no longer valid"),
        ("update personal_channels set off_since = now()", "no longer valid"),
        ("delete from personal_channels", "no longer valid"),
        ("update agent_escalations set digest = repeat('0', 64)", "changed"),
    ],
)
def test_a_press_counts_only_as_things_are_now(
    shown: dict[str, Any], double: TelegramDouble, sql: Sql, change: str, says: str
) -> None:
    sql(change)
    double.presses(shown["yes"], shown["message"])
    said = double.next("answerCallbackQuery")
    assert says in said["text"]
    assert said["show_alert"]
    assert decision(sql) == ("pending", None)


def test_a_message_changes_when_the_page_answers(
    app: Flask, shown: dict[str, Any], ana: tuple[Actor, str], double: TelegramDouble, settled
) -> None:
    double.behaves("editMessageText", refuses(429, "Too Many Requests", retry_after=1), None)
    with app.app_context():
        answers.resolve(shown["id"], "no", by=ana[0])
    first = double.next("editMessageText")
    assert (first["message_id"], ": no" in first["text"]) == (shown["message"], True)
    assert double.next("editMessageText") == first
    rows = settled(3)
    assert [row.state for row in rows if row.kind == "edit"] == ["accepted"]


def test_who_left_the_project_does_not_read_there_how_its_question_was_answered(
    app: Flask, shown: dict[str, Any], ana: tuple[Actor, str], double: TelegramDouble, sql: Sql
) -> None:
    sql("update memberships set project_id = 'other'")
    with app.app_context():
        answers.resolve(shown["id"], "no", by=ana[0])
    said = double.next("editMessageText")["text"]
    assert said.partition("\n\n")[0] == "This question is closed."
    assert said.endswith(f"/escalations/{shown['id']}")


def test_a_message_about_several_questions_stays_as_it_is(
    app: Flask, shown: dict[str, Any], ana: tuple[Actor, str], double: TelegramDouble, ask, sql: Sql
) -> None:
    """Two questions that follow another one come together."""
    keys = [ask(f"May I, {name}?", job=name)["id"] for name in ("one", "two")]
    wait = "select from deliveries where kind = 'question' and state = 'waiting' and reason = "
    until(lambda: len(sql(f"{wait} 'bundling'")) == 2, "both wait", 60)
    sql("update deliveries set moved_at = now() - interval '1 hour' where state = 'accepted'")
    sql("update deliveries set due_at = now() where kind = 'question' and state = 'waiting'")
    sql("select pg_notify('unstuck_deliveries', '')")
    got = double.next("sendMessage")
    assert got["text"].startswith("2 questions are waiting")
    assert "reply_markup" not in got
    with app.app_context():
        for key in keys:
            answers.resolve(uuid.UUID(key), "yes", by=ana[0])
    left = "select from deliveries where kind = 'edit' and reason = 'bundled'"
    until(lambda: bool(sql(left)), "the message is left alone", 60)


def test_an_update_that_makes_no_sense_is_passed_over(
    shown: dict[str, Any], double: TelegramDouble, sql: Sql
) -> None:
    double.happens(callback_query={"id": "1"})
    double.happens(message={"text": "/start x", "chat": {"type": "private"}})
    double.happens(poll={})
    double.presses(shown["yes"], shown["message"])
    assert double.next("answerCallbackQuery")["text"] == "Answered: yes"
