"""A sign-in link by email: the same answer for all, a link for members only, a code after it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from mail_server import MailServer
from outbound_app import KEY, mailing_worker
from werkzeug.test import TestResponse

from webapp.extensions import db
from webapp.operations import mailed_links, people, sealing
from webapp.outbound.worker import Worker

Sql = Callable[..., list[Any]]


@pytest.fixture
def mailing(app: Flask, postbox: MailServer) -> Iterator[Worker]:
    """A worker that sends mail over that server. Anna is a founder of `shop`."""
    with app.app_context():
        people.make_link("anna@example.com", role="founder", project_id="shop")
    with mailing_worker(app, postbox.url, "http://localhost") as worker:
        yield worker


def filled(browser: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Fill in the form of that page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert token
    return browser.post(fields.pop("to", path), data={"csrf_token": token[1]} | fields)


def ask(browser: FlaskClient, email: str = "anna@example.com") -> TestResponse:
    return filled(browser, "/sign-in", to="/sign-in/mail", email=email, password="")


def link_in(postbox: MailServer) -> str:
    message = postbox.next()
    assert message["To"] == "anna@example.com"
    found = re.search(r"http://localhost(/sign-in/\S+)", message.get_content())
    assert found, message.get_content()
    return found[1]


def test_everyone_gets_the_same_answer_and_only_members_get_a_link(
    app: Flask, mailing: Worker, postbox: MailServer, settled
) -> None:
    said = []
    for email in ("nobody@example.com", "founder@localhost", " Anna@Example.com "):
        browser = app.test_client()
        answer = ask(browser, email)
        assert answer.location == "/sign-in/mail"
        said.append((answer.status_code, answer.text, browser.get("/sign-in/mail").text))
    assert said[0] == said[1] == said[2]
    assert link_in(postbox)
    rows = settled(3, "accepted", "not_needed")
    assert [(row.state, row.reason, row.sealed) for row in rows] == [
        ("not_needed", "no_account", None),
        ("not_needed", "no_account", None),
        ("accepted", None, None),
    ]
    assert postbox.keeps.got.empty()


def test_only_the_button_behind_the_link_signs_in_and_only_once(
    app: Flask, mailing: Worker, postbox: MailServer, sql: Sql
) -> None:
    browser = app.test_client()
    assert browser.get("/sign-in?next=/history").status_code == 200
    ask(browser)
    link = link_in(postbox)
    for _ in range(2):  # a mail scanner
        assert app.test_client().get(link).status_code == 200
    assert browser.get("/").status_code == 303
    assert browser.post(link).location == "/history"
    assert browser.get("/").status_code == 200
    assert app.test_client().post(link).status_code == 410
    (row,) = sql("select * from sign_in_links where mailed")
    assert 800 < (row.expires_at - row.created_at).total_seconds() <= 900
    noted = "select actor_name from audit_events where action = 'sign_in.link_mailed'"
    assert [tuple(each) for each in sql(noted)] == [("Anna",)]


def test_after_a_mailed_link_the_verification_code_is_still_asked_for(
    app: Flask, mailing: Worker, postbox: MailServer, sql: Sql
) -> None:
    secret = pyotp.random_base32()
    with app.app_context():
        sealed = sealing.seal(secret, (KEY,))
    sql(
        "insert into second_factors (person_id, secret, created_at, confirmed_at)"
        " select id, :sealed, now(), now() from people",
        sealed=sealed,
    )
    browser = app.test_client()
    ask(browser)
    link = link_in(postbox)
    assert browser.post(link, data={"next": "/history"}).location == "/sign-in/code"
    assert browser.get("/").status_code == 303
    assert app.test_client().post(link).status_code == 410
    assert filled(browser, "/sign-in/code", code="000000x").status_code == 422
    shown = filled(browser, "/sign-in/code", code=pyotp.TOTP(secret).now())
    assert shown.location == "/history"
    assert browser.get("/").status_code == 200
    # Who lost the password chooses a new one now, as after any one-time link.
    assert sql("select how from browser_sessions")[0].how == "link"


def test_an_unproved_address_of_an_account_in_use_gets_no_link(
    app: Flask, mailing: Worker, postbox: MailServer, sql: Sql
) -> None:
    """Whoever invited Anna may have opened the link themselves and prepared her account."""
    sql("update people set password_hash = 'x'")
    ask(app.test_client())
    message = postbox.next()
    assert "never confirmed" in message.get_content()
    assert "/sign-in/" not in message.get_content()
    assert not sql("select from sign_in_links where mailed")
    sql("update people set proved_email = email")
    ask(app.test_client())
    link = link_in(postbox)
    sql("update people set proved_email = 'anna@before.example'")
    assert app.test_client().post(link).status_code == 410
    sql("update people set proved_email = email")
    assert app.test_client().post(link).status_code == 303


def test_a_used_link_proves_the_address(
    app: Flask, mailing: Worker, postbox: MailServer, sql: Sql
) -> None:
    ask(app.test_client())
    assert app.test_client().post(link_in(postbox)).status_code == 303
    sql("update people set password_hash = 'x'")
    ask(app.test_client())
    assert app.test_client().post(link_in(postbox)).status_code == 303


def test_a_link_that_waited_too_long_is_not_sent(app: Flask, mailing: Worker) -> None:
    late = {"to": "anna@example.com", "secret": "s", "until": "2026-01-01T00:00:00+00:00"}
    with app.app_context():
        assert mailed_links.make(late) == "expired"
        assert not db.session.execute(db.text("select from sign_in_links where mailed")).all()


@pytest.mark.parametrize("email", ["anna@example.com", "nobody@example.com"])
def test_links_to_one_address_are_limited_whoever_asks(
    app: Flask, mailing: Worker, email: str
) -> None:
    for _ in range(5):
        assert ask(app.test_client(), email).status_code == 303
    refused = ask(app.test_client(), email.upper())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert ask(app.test_client(), "ben@example.com").status_code == 303


def test_what_is_no_address_is_said_in_the_form(app: Flask, mailing: Worker) -> None:
    answer = ask(app.test_client(), "anna")
    assert answer.status_code == 422
    assert "isn&#39;t an email address" in answer.text


def test_without_a_mail_server_the_page_says_how_else(app: Flask) -> None:
    page = app.test_client().get("/sign-in").text
    assert "founder link" in page
    assert "/sign-in/mail" not in page
