"""The second factor: a code after the password, each once; or a recovery code."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.extensions import db
from webapp.models import AuditEvent, SecondFactor
from webapp.operations import people

PASSWORD = "correct horse battery"


def post(browser: FlaskClient, path: str, **fields: str):
    token = hidden(browser.get("/settings").text, 'action="/sign-out"')["csrf_token"]
    return browser.post(path, data={"csrf_token": token} | fields)


class Phone:
    """The app: knows the secret, and what time it is."""

    def __init__(self, page: str) -> None:
        found = re.search(r'aria-label="Setup key">([A-Z2-7 ]+)<', page)
        assert found
        self.app = pyotp.TOTP(found[1].replace(" ", ""))

    def code(self, steps: int = 0) -> str:
        return self.app.at(datetime.now(UTC), counter_offset=steps)


class Account:
    """Anna, her phone, and what is asked of her at sign-in."""

    def __init__(self, app: Flask, browser: FlaskClient) -> None:
        self.app, self.browser = app, browser
        post(browser, "/settings/password", new=PASSWORD)
        begun = post(browser, "/settings/second-factor/begin")
        assert begun.location == "/settings/second-factor"
        page = browser.get(begun.location)
        assert "no-store" in page.headers["Cache-Control"]
        self.phone = Phone(page.text)
        done = post(browser, "/settings/second-factor", code=self.phone.code(-1))
        assert done.status_code == 200
        self.codes = re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){5})</code>", done.text)

    def half_in(self) -> FlaskClient:
        """A browser that has shown the password."""
        browser = self.app.test_client()
        token = hidden(browser.get("/sign-in").text, 'id="by-password"')
        form = token | {"email": "anna@example.com", "password": PASSWORD}
        assert browser.post("/sign-in/password", data=form).location == "/sign-in/code"
        assert browser.get("/").status_code == 303
        return browser

    @staticmethod
    def show(browser: FlaskClient, code: str):
        token = hidden(browser.get("/sign-in/code").text, 'method="post"')
        return browser.post("/sign-in/code", data=token | {"code": code})


@pytest.fixture
def account(app: Flask, anna: FlaskClient, time_machine) -> Account:
    time_machine.move_to(datetime(2026, 5, 4, 12, 0, 15, tzinfo=UTC))
    return Account(app, app_browser(app))


def app_browser(app: Flask) -> FlaskClient:
    with app.app_context():
        link = people.make_link("anna@example.com")
    browser = app.test_client()
    assert browser.post(f"/sign-in/{link}").status_code == 303
    return browser


def test_after_the_password_a_code_is_asked_for(account: Account) -> None:
    browser = account.half_in()
    assert account.show(browser, account.phone.code()).location == "/"
    assert browser.get("/").status_code == 200


def test_a_code_works_once(account: Account) -> None:
    code = account.phone.code()
    assert account.show(account.half_in(), code).status_code == 303
    again = account.show(account.half_in(), code)
    assert again.status_code == 422
    assert "was already used" in again.text
    # The one before it is over as well: who watched the screen gets nothing.
    assert account.show(account.half_in(), account.phone.code(-1)).status_code == 422


@pytest.mark.parametrize(("steps", "status"), [(1, 303), (2, 422), (-2, 422), (0, 303)])
def test_a_clock_may_be_half_a_minute_wrong(account: Account, steps: int, status: int) -> None:
    assert account.show(account.half_in(), account.phone.code(steps)).status_code == status


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00"])
def test_what_is_no_code_is_refused(account: Account, code: str) -> None:
    assert account.show(account.half_in(), code).status_code == 422


def test_a_recovery_code_stands_in_once(app: Flask, account: Account) -> None:
    assert len(set(account.codes)) == 10
    code = account.codes[3].upper().replace("-", " ")
    assert account.show(account.half_in(), code).status_code == 303
    assert account.show(account.half_in(), code).status_code == 422
    assert "9 recovery codes left" in account.browser.get("/settings/sign-in").text
    with app.app_context():
        actions = db.session.scalars(db.select(AuditEvent.action)).all()
    assert "recovery_code.used" in actions


def test_new_recovery_codes_end_the_old_ones(account: Account) -> None:
    page = post(account.browser, "/settings/recovery-codes").text
    fresh = re.findall(r"<code>([a-z2-7-]{29})</code>", page)
    assert account.show(account.half_in(), account.codes[0]).status_code == 422
    assert account.show(account.half_in(), fresh[0]).status_code == 303


def test_after_five_wrong_codes_the_password_is_asked_for_again(account: Account) -> None:
    browser = account.half_in()
    answers = [account.show(browser, "000000").status_code for _ in range(5)]
    assert answers == [422] * 5
    token = hidden(browser.get("/sign-in/code").text, 'method="post"')
    late = browser.post("/sign-in/code", data=token | {"code": account.phone.code()})
    assert late.status_code == 410
    assert "Enter your password again." in late.text


def test_after_ten_wrong_codes_nobody_gets_in_for_a_while(account: Account, time_machine) -> None:
    for _ in range(2):
        browser = account.half_in()
        for _ in range(5):
            account.show(browser, "000000")
    refused = account.show(account.half_in(), account.phone.code())
    assert "Too many wrong codes. Wait 15 minutes" in refused.text
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=16))
    assert account.show(account.half_in(), account.phone.code()).status_code == 303


def test_who_goes_on_guessing_codes_waits_twice_as_long_each_time(
    app: Flask, account: Account, time_machine, sql
) -> None:
    def waits() -> str:
        for _ in range(2):
            browser = account.half_in()
            for _ in range(5):
                account.show(browser, "000000")
        refused = account.show(account.half_in(), account.phone.code()).text
        found = re.search(r"Wait (\d+) minutes", refused)
        assert found
        time_machine.move_to(datetime.now(UTC) + timedelta(minutes=int(found[1])))
        # How often an address may try is not asked here: the shares of this process and the rest.
        app.extensions["limits"]._shares._kept.clear()
        sql("delete from rate_counters")
        return found[1]

    assert [waits() for _ in range(3)] == ["15", "30", "60"]
    sql("update second_factors set misses = 5000")
    assert waits() == "1440"
    assert account.show(account.half_in(), account.phone.code()).status_code == 303
    assert sql("select misses from second_factors") == [(0,)]


def test_the_step_between_lasts_five_minutes(account: Account, time_machine) -> None:
    browser = account.half_in()
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=6))
    assert account.show(browser, account.phone.code()).status_code == 410


def test_nobody_skips_the_password(app: Flask, account: Account) -> None:
    stranger = app.test_client()
    assert stranger.get("/sign-in/code").location == "/sign-in"
    token = hidden(stranger.get("/sign-in").text, 'id="by-password"')
    answer = stranger.post("/sign-in/code", data=token | {"code": account.phone.code()})
    assert answer.status_code == 410


def test_a_changed_password_ends_the_step_between(account: Account) -> None:
    browser = account.half_in()
    post(account.browser, "/settings/password", new="quite another sentence")
    assert account.show(browser, account.phone.code()).status_code == 410


def test_a_wrong_code_turns_nothing_on(app: Flask, anna: FlaskClient) -> None:
    post(anna, "/settings/password", new=PASSWORD)
    post(anna, "/settings/second-factor/begin")
    answer = post(anna, "/settings/second-factor", code="000000")
    assert answer.status_code == 422
    assert "<svg" in answer.text
    with app.app_context():
        assert db.session.scalars(db.select(SecondFactor.confirmed_at)).all() == [None]
    assert "Set up an authenticator app" in anna.get("/settings/sign-in").text


def test_the_picture_keeps_the_content_security_policy(anna: FlaskClient) -> None:
    post(anna, "/settings/password", new=PASSWORD)
    post(anna, "/settings/second-factor/begin")
    page = anna.get("/settings/second-factor").text
    picture = re.search(r"<svg.*?</svg>", page.split('class="qr-frame"')[1], re.S)
    assert picture
    assert "style" not in picture[0]


def test_without_a_password_there_is_no_second_factor(anna: FlaskClient) -> None:
    assert post(anna, "/settings/second-factor/begin").status_code == 409
    assert anna.get("/settings/second-factor").location == "/settings/sign-in"
    assert post(anna, "/settings/second-factor", code="123456").status_code == 409
    assert post(anna, "/settings/recovery-codes").status_code == 409


def test_turned_off_it_is_asked_for_no_more(app: Flask, account: Account) -> None:
    assert post(account.browser, "/settings/second-factor/begin").status_code == 409
    for _ in range(2):  # what is off stays off
        assert post(account.browser, "/settings/second-factor/off").status_code == 303
    browser = app.test_client()
    token = hidden(browser.get("/sign-in").text, 'id="by-password"')
    form = token | {"email": "anna@example.com", "password": PASSWORD}
    assert browser.post("/sign-in/password", data=form).location == "/"


def test_the_secret_is_sealed_and_a_link_is_the_way_back_in(app: Flask, account: Account) -> None:
    with app.app_context():
        stored = db.session.scalars(db.select(SecondFactor.secret)).one()
    assert account.phone.app.secret not in stored
    app.config["SECRET_KEY"] = "another key that is long enough, 9876543210"
    assert account.show(account.half_in(), account.phone.code()).status_code == 422
    back = app_browser(app)
    assert post(back, "/settings/second-factor/off").status_code == 303


NEW_KEY = "another key that is long enough, 9876543210"


def rotate(app: Flask) -> str:
    """Give the server a new secret key, with the old one as a fallback. Returns the old one."""
    old: str = app.config["SECRET_KEY"]
    app.config |= {"SECRET_KEY": NEW_KEY, "SECRET_KEY_FALLBACKS": [old]}
    return old


def test_a_new_secret_key_keeps_second_factors_and_sessions(app: Flask, account: Account) -> None:
    rotate(app)
    assert account.browser.get("/").status_code == 200
    assert account.show(account.half_in(), account.phone.code()).location == "/"


def test_resealed_factors_no_longer_need_the_old_key(app: Flask, account: Account) -> None:
    rotate(app)
    done = app.test_cli_runner().invoke(args=["reseal"])
    assert done.exit_code == 0
    assert "Sealed 1 secrets" in done.output
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert account.show(account.half_in(), account.phone.code()).location == "/"


def test_resealing_names_secrets_that_no_key_opens_and_leaves_them(
    app: Flask, account: Account
) -> None:
    old = rotate(app)
    app.config["SECRET_KEY_FALLBACKS"] = []
    failed = app.test_cli_runner().invoke(args=["reseal"])
    assert failed.exit_code == 1
    assert "SECRET_KEY_FALLBACKS" in failed.output
    app.config["SECRET_KEY"] = old
    assert account.show(account.half_in(), account.phone.code()).location == "/"


def test_who_finds_an_open_browser_gets_no_secret(account: Account, sql) -> None:
    sql("update browser_sessions set confirmed_at = now() - interval '100 years'")
    for path in ("/settings/second-factor/off", "/settings/recovery-codes"):
        assert post(account.browser, path).status_code == 403
    assert account.browser.get("/settings/second-factor").status_code == 403
