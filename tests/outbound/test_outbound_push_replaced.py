"""What becomes of a push message: an answer replaces it, and a reminder may have no buttons."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from push_device import Device
from receiver import Receiver
from web_process import until

from webapp.operations import outbox

Sql = Callable[..., list[Any]]
YES_NO = [{"value": "yes", "label": "Send it"}, {"value": "no", "label": "Don't send it"}]


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
