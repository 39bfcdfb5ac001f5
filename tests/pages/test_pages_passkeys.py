"""Passkeys: added with a name, used to sign in, removed; and nothing else is believed."""

import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from authenticator import PRESENT, Device
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.extensions import db
from webapp.models import AuditEvent, Passkey, Proof


def csrf(browser: FlaskClient) -> dict[str, str]:
    page = browser.get("/sign-in")
    if page.status_code == 303:
        return hidden(browser.get("/settings").text, 'action="/sign-out"')
    return {"csrf_token": hidden(page.text, 'id="by-passkey"')["csrf_token"]}


def post(browser: FlaskClient, path: str, **fields: str):
    return browser.post(path, data=csrf(browser) | fields)


def asked(browser: FlaskClient, path: str = "/sign-in/passkey/options") -> dict:
    answer = post(browser, path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return json.loads(answer.text)


def add(browser: FlaskClient, device: Device, name: str = "Phone"):
    made = device.make(asked(browser, "/settings/passkeys/options"))
    return post(browser, "/settings/passkeys", name=name, credential=made)


def sign_in(app: Flask, device: Device):
    browser = app.test_client()
    return browser, post(browser, "/sign-in/passkey", credential=device.show(asked(browser)))


@pytest.fixture
def device(anna: FlaskClient) -> Device:
    """Anna's phone."""
    device = Device()
    assert add(anna, device).location == "/settings/sign-in?done=passkey"
    return device


def test_a_passkey_signs_in_without_a_word(app: Flask, device: Device) -> None:
    for _ in range(2):
        browser, answer = sign_in(app, device)
        assert (answer.status_code, answer.location) == (303, "/")
        assert "Signed in as <bdi>Anna</bdi>" in browser.get("/").text
    with app.app_context():
        rows = db.session.execute(db.select(AuditEvent.action, AuditEvent.details)).all()
    assert ("passkey.added", {"name": "Phone"}) in rows
    assert rows[-1] == ("sign_in.worked", {"how": "passkey"})


def test_a_person_may_have_several_each_with_its_name(anna: FlaskClient, device: Device) -> None:
    options = asked(anna, "/settings/passkeys/options")
    assert len(options["excludeCredentials"]) == 1
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["user"]["name"] == "anna@example.com"
    assert add(anna, Device(), "<Laptop>").status_code == 303
    page = anna.get("/settings/sign-in").text
    assert "<span>Phone</span>" in page
    assert "<span>&lt;Laptop&gt;</span>" in page


def bend(**changes: object) -> Callable[[Device], None]:
    return lambda device: device.__dict__.update(changes)


@pytest.mark.parametrize(
    "bent",
    [
        bend(origin="https://evil.example"),
        bend(origin="http://localhost:8000"),
        bend(site="evil.example"),
        bend(flags=PRESENT),  # somebody touched it, but who was not looked at
        bend(owner="dW5zdHVjazo5OTk"),  # somebody else's
        bend(key=Device().key),
        bend(id=b"never seen"),
        bend(count=-1),  # after one use, a counter that stands still: a copy
    ],
    ids=["origin", "port", "site", "unverified", "owner", "key", "id", "copy"],
)
def test_what_was_bent_lets_nobody_in(app: Flask, device: Device, bent) -> None:
    assert sign_in(app, device)[1].status_code == 303
    device.count = 5
    assert sign_in(app, device)[1].status_code == 303
    bent(device)
    browser, answer = sign_in(app, device)
    assert answer.status_code == 422
    assert "know this passkey" in answer.text
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize("bent", [bend(origin="https://evil.example"), bend(flags=PRESENT)])
def test_what_was_bent_is_not_added(app: Flask, anna: FlaskClient, bent) -> None:
    device = Device()
    bent(device)
    answer = add(anna, device)
    assert answer.status_code == 422
    assert "Try again." in answer.text
    with app.app_context():
        assert db.session.scalars(db.select(Passkey.id)).all() == []


def test_a_challenge_is_for_one_browser_and_one_answer(app: Flask, device: Device) -> None:
    first, second = app.test_client(), app.test_client()
    shown = device.show(asked(first))
    asked(second)
    assert post(second, "/sign-in/passkey", credential=shown).status_code == 422
    assert post(first, "/sign-in/passkey", credential=shown).status_code == 303
    thief = app.test_client()
    asked(thief)
    assert post(thief, "/sign-in/passkey", credential=shown).status_code == 422
    assert post(thief, "/sign-in/passkey", credential=shown).status_code == 422


def test_a_copied_cookie_answers_no_challenge_twice(app: Flask, device: Device) -> None:
    browser = app.test_client()
    options = asked(browser)
    with browser.session_transaction() as cookie:
        challenge = cookie["challenge"]
    shown = device.show(options)
    assert post(browser, "/sign-in/passkey", credential=shown).status_code == 303
    again = app.test_client()
    csrf(again)
    with again.session_transaction() as cookie:
        cookie["challenge"] = challenge
    assert post(again, "/sign-in/passkey", credential=shown).status_code == 422


def test_a_challenge_lasts_five_minutes(app: Flask, device: Device, sql) -> None:
    browser = app.test_client()
    shown = device.show(asked(browser))
    sql("update proofs set expires_at = now() - interval '1 second'")
    answer = post(browser, "/sign-in/passkey", credential=shown)
    assert answer.status_code == 422
    assert "took too long" in answer.text
    asked(browser)
    with app.app_context():
        assert len(db.session.scalars(db.select(Proof.id)).all()) == 1  # old ones are swept out


@pytest.mark.parametrize(
    "credential",
    ["", "no JSON", "[]", "{}", '{"rawId": 5}', '{"rawId": "AA", "response": {}}', "{" * 5_000],
)
def test_what_is_no_answer_is_refused(app: Flask, device: Device, credential: str) -> None:
    browser = app.test_client()
    asked(browser)
    assert post(browser, "/sign-in/passkey", credential=credential).status_code == 422


def test_half_an_answer_is_refused(app: Flask, device: Device) -> None:
    whole = json.loads(device.show({"challenge": "AA"}))
    for part in ("signature", "clientDataJSON", "authenticatorData"):
        browser = app.test_client()
        payload = json.loads(device.show(asked(browser)))
        del payload["response"][part]
        answer = post(browser, "/sign-in/passkey", credential=json.dumps(payload))
        assert answer.status_code == 422
    assert whole["type"] == "public-key"


def test_a_removed_passkey_lets_nobody_in(
    app: Flask, anna: FlaskClient, ben: FlaskClient, device: Device
) -> None:
    page = anna.get("/settings/sign-in").text
    remove = re.search(r'action="(/settings/passkeys/\d+/remove)"', page)
    assert remove
    assert post(ben, remove[1]).status_code == 404
    assert post(anna, remove[1]).status_code == 303
    assert post(anna, remove[1]).status_code == 404
    assert sign_in(app, device)[1].status_code == 422


def test_a_passkey_confirms_who_one_is(
    anna: FlaskClient, ben: FlaskClient, device: Device, sql
) -> None:
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    assert "Confirm with a passkey" in anna.get("/settings/sign-in").text
    assert post(anna, "/settings/passkeys/options").status_code == 403
    shown = device.show(asked(ben))
    assert post(ben, "/settings/confirm/passkey", credential=shown).status_code == 422
    shown = device.show(asked(anna))
    assert post(anna, "/settings/confirm/passkey", credential=shown).status_code == 303
    assert add(anna, Device(), "Laptop").status_code == 303


def test_the_same_passkey_is_not_added_twice_nor_to_another(
    anna: FlaskClient, ben: FlaskClient, device: Device
) -> None:
    assert add(anna, device).status_code == 409
    assert add(ben, device).status_code == 409
    assert add(anna, Device(), "  ").status_code == 422


def test_a_challenge_of_another_person_adds_nothing(anna: FlaskClient, ben: FlaskClient) -> None:
    device = Device()
    made = device.make(asked(anna, "/settings/passkeys/options"))
    with anna.session_transaction() as hers, ben.session_transaction() as his:
        his["challenge"] = hers["challenge"]
    assert post(ben, "/settings/passkeys", name="Mine", credential=made).status_code == 422


def test_the_site_is_the_public_address_where_there_is_one(app: Flask, anna: FlaskClient) -> None:
    public = "https://desk.example.com"
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], public_url=public)
    assert asked(anna, "/settings/passkeys/options")["rp"]["id"] == "desk.example.com"
    assert add(anna, Device("desk.example.com", public)).status_code == 303
    assert add(anna, Device("desk.example.com", "https://other.example.com")).status_code == 422


def test_a_desk_without_a_name_says_what_to_do(app: Flask, anna: FlaskClient) -> None:
    bare = replace(app.extensions["unstuck"], public_url="http://127.0.0.1:5000")
    app.extensions["unstuck"] = bare
    page = anna.get("/settings/sign-in").text
    assert "Open Unstuck by its name" in page
    assert 'id="add-passkey"' not in page


def test_strangers_add_nothing(app: Flask, founder: dict[str, str]) -> None:
    for path in ("/settings/passkeys/options", "/settings/passkeys", "/settings/passkeys/1/remove"):
        assert app.test_client().post(path).status_code == 400
        assert app.test_client().post(path, headers=founder).status_code == 400


def test_a_passkey_that_is_added_twice_at_the_same_moment_is_added_once(
    app: Flask, anna: FlaskClient, cast
) -> None:
    """FIELD: the second of two inserts was an error of the server."""
    device, gate, elsewhere = Device(), threading.Barrier(2), cast.browser("anna@example.com")
    ready = []
    for browser in (anna, elsewhere):
        made = device.make(asked(browser, "/settings/passkeys/options"))
        ready.append((browser, csrf(browser) | {"name": "Phone", "credential": made}))

    def send(browser: FlaskClient, fields: dict[str, str]) -> int:
        gate.wait(60)
        return browser.post("/settings/passkeys", data=fields).status_code

    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(threads.map(lambda one: send(*one), ready))
    assert statuses == [303, 409]
    with app.app_context():
        assert db.session.query(Passkey).count() == 1
