"""An answer that arrives late brings no older cookie back: what a browser was told last holds."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token
from routes import ROWS

from tests.conftest import Cast
from webapp.accounts.cookies import STATIC

READ = [
    row.path for key, row in ROWS.items() if key.startswith("GET ") and "provider" not in row.path
]


def session_cookies(answer) -> list[str]:
    """What an answer tells the browser to keep as its session."""
    answer.close()
    return [kept for kept in answer.headers.getlist("Set-Cookie") if kept.startswith("session=")]


@pytest.mark.parametrize("path", READ)
def test_no_page_rewrites_the_cookie_of_its_request(app: Flask, cast: Cast, path: str) -> None:
    signed_in, stranger = cast.browser(), app.test_client()
    stranger.get("/sign-in")
    for browser in (signed_in, stranger):
        assert session_cookies(browser.get(path, buffered=False)) == []


def test_a_late_answer_undoes_no_sign_in(app: Flask, cast: Cast) -> None:
    slow, browser = app.test_client(), cast.browser()
    slow.get("/sign-in")  # in the same browser, before it was signed in
    late = slow.get("/sign-in?next=/jobs")
    for kept in late.headers.getlist("Set-Cookie"):
        name, _, value = kept.partition("=")
        browser.set_cookie(name, value.partition(";")[0])
    assert browser.get("/jobs").status_code == 200


def test_a_late_answer_undoes_no_challenge_of_a_passkey(app: Flask) -> None:
    browser = app.test_client()
    token = csrf_token(browser.get("/sign-in").text)
    asked = browser.post("/sign-in/passkey/options", data={"csrf_token": token})
    assert len(session_cookies(asked)) == 1  # it is kept there
    assert session_cookies(browser.get("/sign-in?next=/history")) == []


@pytest.mark.parametrize("path", ["/static/icons.svg", "/assets/any/desk.css", "/icon/3.svg"])
def test_a_static_file_reads_no_cookie(anna: FlaskClient, path: str) -> None:
    assert path.startswith(STATIC)
    answer = anna.get(path)
    answer.close()
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    with anna.session_transaction() as kept:
        assert kept["browser"]  # there was one to read
    opened = anna.application.session_interface.open_session(
        anna.application, anna.application.test_request_context(path).request
    )
    assert opened == {}


def test_the_page_that_was_wanted_opens_after_the_sign_in(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    browser.get("/sign-in?next=/history")
    signed_in = cast.sign_in(browser)
    assert signed_in.location == "/history"
    assert cast.sign_in(browser).location == "/"  # it was wanted once
