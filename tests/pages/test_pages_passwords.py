"""Signing in by password: set, changed, removed, and nothing told to who guesses."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.accounts.counters import Limit, parse
from webapp.actors import DESK
from webapp.extensions import db
from webapp.models import AuditEvent, Person
from webapp.operations import addresses, audit, hashing, people

GOOD = "correct horse battery"
OTHER = "quite another sentence"


def csrf(browser: FlaskClient, path: str = "/settings") -> dict[str, str]:
    mark = 'action="/sign-out"' if path == "/settings" else 'id="by-password"'
    return {"csrf_token": hidden(browser.get(path).text, mark)["csrf_token"]}


def post(browser: FlaskClient, path: str, **fields: str):
    return browser.post(path, data=csrf(browser) | fields)


def enter(app: Flask, email: str = "anna@example.com", password: str = GOOD):
    """Try to sign in; the browser, and the answer."""
    browser = app.test_client()
    form = csrf(browser, "/sign-in") | {"email": email, "password": password}
    return browser, browser.post("/sign-in/password", data=form)


def get_old(sql) -> None:
    """As if everybody had signed in an hour ago."""
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")


@pytest.fixture
def with_password(anna: FlaskClient) -> FlaskClient:
    """Anna, who has set a password."""
    assert post(anna, "/settings/password", new=GOOD).location == "/settings/sign-in?done=password"
    return anna


def test_a_password_lets_in_and_the_wanted_page_comes_after_it(app: Flask, with_password) -> None:
    browser = app.test_client()
    sent_away = browser.get("/jobs?project_id=shop")
    browser.get(sent_away.location)
    form = csrf(browser, "/sign-in") | {"email": " Anna@Example.com ", "password": GOOD}
    answer = browser.post("/sign-in/password", data=form)
    assert (answer.status_code, answer.location) == (303, "/jobs?project_id=shop")
    assert browser.get("/jobs").status_code == 200


@pytest.mark.usefixtures("with_password", "ben")
def test_who_guesses_learns_nothing(app: Flask, monkeypatch) -> None:
    """Nobody's address, one without a password, a wrong password: the same page and work."""
    work = []
    verify = hashing._verify
    monkeypatch.setattr(hashing, "_verify", lambda *args: work.append(1) or verify(*args))
    pages = []
    for email in ("nobody@example.com", "ben@example.com", "anna@example.com"):
        browser, answer = enter(app, email, OTHER)
        assert answer.status_code == 422
        assert browser.get("/").status_code == 303
        pages.append(answer.text.replace(email, "").split("csrf_token")[1][100:])
    assert len(work) == 3
    assert pages[0] == pages[1] == pages[2]


def test_failed_sign_ins_are_on_record_without_what_was_typed(
    app: Flask, with_password, monkeypatch
) -> None:
    monkeypatch.setattr(audit, "_allowance", audit.Allowance())
    enter(app, "anna@example.com", OTHER)
    enter(app, "my secret typed into the wrong field", OTHER)
    with app.app_context():
        query = db.select(AuditEvent).where(AuditEvent.action == "sign_in.failed")
        rows = db.session.scalars(query.order_by(AuditEvent.id)).all()
    assert [(row.actor_name, row.details) for row in rows] == [
        ("Anna", {"how": "password"}),
        ("Somebody unknown", {"how": "password"}),
    ]


def test_a_form_of_another_site_signs_nobody_in(app: Flask, with_password) -> None:
    form = {"email": "anna@example.com", "password": GOOD}
    assert app.test_client().post("/sign-in/password", data=form).status_code == 400


def test_a_sign_in_makes_a_new_session_and_ends_the_one_before(app: Flask, with_password) -> None:
    with with_password.session_transaction() as cookie:
        before = cookie["browser"]
    form = csrf(with_password) | {"email": "anna@example.com", "password": GOOD}
    assert with_password.post("/sign-in/password", data=form).status_code == 303
    with with_password.session_transaction() as cookie:
        after = cookie["browser"]
        assert after != before
        cookie["browser"] = before
    assert with_password.get("/").status_code == 303


def test_only_a_hash_is_stored_and_it_is_argon2id(app: Flask, with_password) -> None:
    with app.app_context():
        stored = db.session.scalars(db.select(Person.password_hash)).one()
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in stored


def test_a_changed_password_ends_the_other_sessions(app: Flask, with_password, cast) -> None:
    phone, _ = enter(app)
    link = cast.browser("anna@example.com")
    browser, _ = enter(app)
    refused = post(browser, "/settings/password", new=OTHER, current="not this one")
    assert refused.status_code == 422
    assert "Your current password is wrong. Try again." in refused.text
    assert post(browser, "/settings/password", new=OTHER).status_code == 422
    assert post(browser, "/settings/password", new=OTHER, current=GOOD).status_code == 303
    assert browser.get("/").status_code == 200
    assert [other.get("/").status_code for other in (phone, link, with_password)] == [303] * 3
    assert enter(app)[1].status_code == 422
    assert enter(app, password=OTHER)[1].status_code == 303


def test_an_open_stream_of_another_browser_ends_with_a_changed_password(
    app: Flask, with_password, cast
) -> None:
    phone, _ = enter(app)
    stream = phone.get("/live/inbox", buffered=False)
    frames = iter(stream.response)
    assert b"retry" in next(frames)
    post(with_password, "/settings/password", new=OTHER)
    for _frame in frames:  # ends by itself, or the test runs into its time limit
        pass


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("too short", "at least 12 characters"),
        ("correct horse " * 40, "at most 256 characters"),
        ("anna12345678", "too easy to guess"),
        ("unstuck-unstuck", "too easy to guess"),
    ],
)
def test_a_weak_password_is_refused_in_place(anna: FlaskClient, new: str, words: str) -> None:
    answer = post(anna, "/settings/password", new=new)
    assert answer.status_code == 422
    assert words in answer.text
    assert new not in answer.text


def test_a_long_time_after_the_sign_in_one_shows_again_who_one_is(
    anna: FlaskClient, with_password, sql
) -> None:
    get_old(sql)
    page = anna.get("/settings/sign-in").text
    assert "Confirm it's you" in page
    for path in ("/settings/password/remove", "/settings/second-factor/begin", "/settings/address"):
        assert post(anna, path, email="new@example.com").status_code == 403
    assert post(anna, "/settings/password", new=OTHER).status_code == 403
    assert post(anna, "/settings/confirm", password=OTHER).status_code == 422
    assert post(anna, "/settings/confirm", password=GOOD).status_code == 303
    assert "Confirm it's you" not in anna.get("/settings/sign-in").text
    assert post(anna, "/settings/password/remove").status_code == 303


def test_who_has_no_password_confirms_by_signing_in_again(anna: FlaskClient, sql) -> None:
    get_old(sql)
    assert "Sign out, sign in again" in anna.get("/settings/sign-in").text
    assert post(anna, "/settings/password", new=GOOD).status_code == 403
    assert post(anna, "/settings/confirm", password="").status_code == 422


def test_a_link_from_the_command_line_is_the_way_back_in(app: Flask, with_password, cast) -> None:
    browser = cast.browser("anna@example.com")
    assert 'id="current"' not in browser.get("/settings/sign-in").text
    assert post(browser, "/settings/password", new=OTHER).status_code == 303
    assert enter(app, password=OTHER)[1].status_code == 303


def test_a_removed_password_lets_nobody_in(app: Flask, with_password) -> None:
    phone, _ = enter(app)
    assert post(with_password, "/settings/password/remove").status_code == 303
    assert post(with_password, "/settings/password/remove").status_code == 303  # stays removed
    assert enter(app)[1].status_code == 422
    assert phone.get("/").status_code == 303


def test_strangers_and_agents_set_nothing(app: Flask, founder: dict[str, str]) -> None:
    for path in ("/settings/password", "/settings/password/remove", "/settings/confirm"):
        assert app.test_client().post(path).status_code == 400
        assert app.test_client().post(path, headers=founder).status_code == 400


def test_the_address_is_changed_and_one_that_is_taken_is_not_told(
    app: Flask, with_password, ben: FlaskClient
) -> None:
    assert post(with_password, "/settings/address", email="no address").status_code == 422
    taken = post(with_password, "/settings/address", email="ben@example.com")
    free = post(with_password, "/settings/address", email="Anna@New.example")
    assert (free.status_code, free.location) == (taken.status_code, taken.location)
    assert enter(app, "anna@new.example")[1].status_code == 422  # nobody has confirmed it yet
    with app.app_context():
        her = db.session.scalars(db.select(Person.id).where(Person.name == "Anna")).one()
        addresses.confirm(her, "shop", "anna@new.example", by=DESK)
    assert enter(app)[1].status_code == 422
    assert enter(app, "anna@new.example")[1].status_code == 303


def test_who_is_in_no_project_any_more_is_not_let_in(app: Flask, with_password, sql) -> None:
    sql("delete from memberships")
    answer = enter(app)[1]
    assert answer.status_code == 403
    assert "Ask an owner of the project" in answer.text


def test_a_link_that_was_made_before_is_over_with_the_membership(app: Flask, sql) -> None:
    with app.app_context():
        link = people.make_link("anna@example.com", project_id="shop")
    sql("delete from memberships")
    assert app.test_client().post(f"/sign-in/{link}").status_code == 403


def test_time_is_what_it_takes_to_be_old(anna: FlaskClient, time_machine) -> None:
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=14))
    assert post(anna, "/settings/password", new=GOOD).status_code == 303
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=16))
    assert post(anna, "/settings/password/remove").status_code == 403


def guess_until_refused(app: Flask, browser: FlaskClient | None = None) -> int:
    """How many wrong passwords are looked at before one has to wait, wherever they come from."""
    app.extensions["limits"].by_address = Limit("address", parse("1000/minute"))
    for number in range(20):
        guessing = browser or app.test_client()
        wrong = csrf(guessing, "/sign-in") | {"email": "anna@example.com", "password": OTHER}
        if guessing.post("/sign-in/password", data=wrong).status_code == 429:
            return number
    return 20


def test_a_stranger_who_is_wrong_on_purpose_keeps_nobody_out(app: Flask, with_password) -> None:
    known, _ = enter(app)
    post(known, "/sign-out")
    assert guess_until_refused(app) == 10
    assert enter(app)[1].status_code == 429  # in a browser that is new here, also she
    form = csrf(known, "/sign-in") | {"email": " Anna@Example.com", "password": GOOD}
    assert known.post("/sign-in/password", data=form).location == "/"
    post(known, "/sign-out")
    assert guess_until_refused(app, known) == 10  # a stolen cookie does not open a longer way


def test_a_browser_is_known_for_one_account_and_not_by_its_own_word(
    app: Flask, with_password, ben: FlaskClient
) -> None:
    assert post(ben, "/settings/password", new=GOOD).status_code == 303
    cookie = ben.get_cookie("known")
    assert cookie is not None
    assert cookie.http_only
    guess_until_refused(app)
    for value in (cookie.value, "made-up", "made.up", "", "ü.ü"):
        browser = app.test_client()
        browser.set_cookie("known", value)
        form = csrf(browser, "/sign-in") | {"email": "anna@example.com", "password": GOOD}
        assert browser.post("/sign-in/password", data=form).status_code == 429


def test_a_browser_stays_known_when_the_secret_key_changes(app: Flask, with_password) -> None:
    known, _ = enter(app)
    post(known, "/sign-out")
    guess_until_refused(app)
    old = app.config["SECRET_KEY"]
    app.config |= {"SECRET_KEY": "fedcba9876543210fedcba9876543210", "SECRET_KEY_FALLBACKS": [old]}
    form = csrf(known, "/sign-in") | {"email": "anna@example.com", "password": GOOD}
    assert known.post("/sign-in/password", data=form).location == "/"


def test_nobody_asks_on_and_on_who_is_here(
    app: Flask, anna: FlaskClient, ben: FlaskClient, sql
) -> None:
    """Only an owner of all projects is told that an address is taken."""
    sql("update memberships set project_id = '*', role = 'owner' where person_id = 1")
    got = [post(anna, "/settings/address", email="ben@example.com").status_code for _ in range(11)]
    assert got == [422] * 10 + [429]
