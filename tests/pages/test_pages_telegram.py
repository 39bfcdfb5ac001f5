"""Telegram under Settings → Notifications: the link to the bot, and whose account opened it."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from werkzeug.test import TestResponse

from webapp.config import Telegram
from webapp.operations import telegram, worker_leases

PAGE = "/settings/notifications"
BOT = Telegram(token="123456:a-token-that-nobody-may-see")
LEASE = worker_leases.Lease(BOT.lease, "a worker")


@pytest.fixture
def bot(app: Flask) -> None:
    """A bot that a worker listens to."""
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], telegram=BOT)
    with app.app_context():
        worker_leases.take(LEASE)
        worker_leases.describe(LEASE, "unstuck_test_bot", None)


def token(browser: FlaskClient) -> dict[str, str]:
    return {"csrf_token": hidden(browser.get(PAGE).text, "/quiet-hours")["csrf_token"]}


def connect(browser: FlaskClient) -> TestResponse:
    return browser.post(f"{PAGE}/telegram", data=token(browser))


def opens(app: Flask, browser: FlaskClient, account: str = "900100", number: int = 1) -> None:
    """Somebody opens the link that is on the page, and presses Start."""
    found = re.search(r"https://t.me/unstuck_test_bot\?start=([\w-]+)", browser.get(PAGE).text)
    assert found, "no link to the bot"
    turn = worker_leases.Turn(LEASE, number)
    with app.app_context():
        assert telegram.start(found[1], telegram.Account(account, "@anna_t"), turn)


def confirm(browser: FlaskClient, **changes: str) -> TestResponse:
    page = browser.get(PAGE).text
    found = re.search(r"/telegram/(\d+)/confirm", page)
    assert found, "nothing to confirm"
    form = hidden(page, f"/telegram/{found[1]}/confirm") | changes
    return browser.post(f"{PAGE}/telegram/{found[1]}/confirm", data=form)


@pytest.mark.usefixtures("bot")
def test_a_person_confirms_the_account_that_opened_their_link(
    app: Flask, anna: FlaskClient, sql
) -> None:
    assert connect(anna).status_code == 303
    assert "Waiting for Start in Telegram" in anna.get(PAGE).text
    opens(app, anna)
    page = anna.get(PAGE).text
    assert "@anna_t" in page
    assert "t.me/" not in page
    done = confirm(anna)
    assert "Telegram is connected" in anna.get(done.location).text
    (row,) = sql("select address, position from personal_channels")
    assert row == ("900100", 1)
    kinds = sorted(each.kind for each in sql("select kind from deliveries"))
    assert kinds == ["new_address", "test"]  # and she is told of it by email


@pytest.mark.usefixtures("bot")
def test_an_account_that_was_not_shown_is_not_confirmed(app: Flask, anna: FlaskClient, sql) -> None:
    connect(anna)
    opens(app, anna)
    refused = confirm(anna, account="900200")
    assert refused.status_code == 422
    assert "This link has expired" in refused.text
    sql("update personal_channels set code_until = now()")
    assert confirm(anna).status_code == 422
    assert not sql("select from personal_channels where verified_at is not null")


@pytest.mark.usefixtures("bot")
def test_a_new_link_ends_the_earlier_one_and_its_account(
    app: Flask, anna: FlaskClient, sql
) -> None:
    connect(anna)
    opens(app, anna)
    connect(anna)
    assert "@anna_t" not in anna.get(PAGE).text
    opens(app, anna, "900200", 2)
    confirm(anna)
    assert [row.address for row in sql("select address from personal_channels")] == ["900200"]


@pytest.mark.usefixtures("bot")
def test_one_account_is_one_channel_of_a_person(app: Flask, anna: FlaskClient) -> None:
    connect(anna)
    opens(app, anna)
    confirm(anna)
    connect(anna)
    with pytest.raises(AssertionError):
        opens(app, anna, number=2)


@pytest.mark.usefixtures("bot")
def test_nobody_confirms_for_somebody_else(app: Flask, anna: FlaskClient, ben: FlaskClient) -> None:
    connect(anna)
    opens(app, anna)
    found = re.search(r"/telegram/(\d+)/confirm", anna.get(PAGE).text)
    assert found
    form = token(ben) | {"account": "900100"}
    assert ben.post(f"{PAGE}/telegram/{found[1]}/confirm", data=form).status_code == 404


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_session_without_a_recent_proof_connects_nothing(
    app: Flask, anna: FlaskClient, sql, when: str
) -> None:
    if when == "after":
        connect(anna)
        opens(app, anna)
    sql("update browser_sessions set confirmed_at = now() - interval '20 days'")
    refused = connect(anna) if when == "before" else confirm(anna)
    assert refused.status_code == 403
    assert "/settings/sign-in#confirm" in refused.text
    assert not sql("select from personal_channels where verified_at is not null")


@pytest.mark.usefixtures("bot")
def test_who_ends_all_other_sessions_ends_telegram_too(
    app: Flask, cast, anna: FlaskClient, sql
) -> None:
    """The phone may be lost. Signing out here alone leaves it connected."""
    connect(anna)
    opens(app, anna)
    confirm(anna)
    phone = cast.browser("anna@example.com")
    phone.post("/sign-out", data=token(phone))
    assert sql("select from personal_channels")
    for _ in range(2):  # the button is there from the third session on
        cast.browser("anna@example.com")
    form = hidden(anna.get("/settings/sign-in").text, "/settings/sessions/end-others")
    anna.post("/settings/sessions/end-others", data=form)
    assert not sql("select from personal_channels")


@pytest.mark.usefixtures("bot")
def test_the_code_of_the_link_proves_nothing_on_the_page(anna: FlaskClient, sql) -> None:
    connect(anna)
    found = re.search(r"start=(\d+)-([\w-]+)", anna.get(PAGE).text)
    assert found
    form = token(anna) | {"code": found[2]}
    assert anna.post(f"{PAGE}/channels/{found[1]}/verify", data=form).status_code == 422
    assert not sql("select from personal_channels where verified_at is not null")


@pytest.mark.usefixtures("bot")
def test_the_page_says_what_telegram_refuses(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        worker_leases.describe(LEASE, "", "409 Conflict: <b>another</b> poller")
    assert "409 Conflict: &lt;b&gt;another&lt;/b&gt; poller" in anna.get(PAGE).text


def test_without_a_bot_the_page_says_what_to_set(anna: FlaskClient) -> None:
    assert "set TELEGRAM_BOT_TOKEN" in anna.get(PAGE).text
    refused = connect(anna)
    assert refused.status_code == 409
    assert "Ask the operator" in refused.text
