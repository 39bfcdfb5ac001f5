"""Somebody takes the address of another: nothing that is meant for that other reaches them."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from browsers import browser_of, person_id, post
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from webapp.accounts.counters import Limit, counters, parse
from webapp.actors import DESK
from webapp.clock import now
from webapp.config import Mail
from webapp.operations import identities, invitations, mailed_links, people, sealing
from webapp.operations.identities import Claims

CEO = "ceo@example.com"
KEY = "a key for tests that is long enough, 0123456789"


@pytest.fixture
def eve(app: Flask) -> FlaskClient:
    """An observer who asked for the address of somebody who is not here yet."""
    browser = browser_of(app, "eve@example.com", "observer")
    asked = post(browser, "/settings/address", email=CEO)
    assert asked.location == "/settings/sign-in?done=wanted"
    return browser


def test_it_is_marked_until_somebody_confirms_it(app: Flask, eve: FlaskClient) -> None:
    mine = eve.get("/settings/sign-in").text
    assert f"<bdi>{CEO}</bdi> isn't confirmed yet." in mine
    assert "You sign in as <bdi>eve@example.com</bdi>" in mine
    owner = browser_of(app, "olivia@example.com", "owner").get("/settings/people").text
    assert f"wants to use <bdi>{CEO}</bdi>, not confirmed" in owner
    founder = browser_of(app, "anna@example.com", "founder").get("/settings/people").text
    assert CEO not in founder


def test_the_founder_link_of_that_address_opens_another_account(
    app: Flask, eve: FlaskClient
) -> None:
    with app.app_context():
        link = people.make_link(CEO)
    ceo = app.test_client()
    assert ceo.post(f"/sign-in/{link}").status_code == 303
    assert person_id(app, CEO) != person_id(app, "eve@example.com")
    assert "Signed in as <bdi>Ceo</bdi>" in ceo.get("/").text


def test_an_invitation_to_that_address_is_for_somebody_new(app: Flask, eve: FlaskClient) -> None:
    with app.app_context():
        _, secret = invitations.invite(CEO, "shop", "owner", by=DESK)
    path = f"/invitations/{secret}"
    token = csrf_token(app.test_client().get(path).text)
    ceo = app.test_client()
    token = csrf_token(ceo.get(path).text)
    assert ceo.post(path, data={"csrf_token": token, "name": "Carla"}).status_code == 303
    assert "Signed in as <bdi>Carla</bdi>" in ceo.get("/").text
    assert "Only owners" in eve.get("/settings/audit").text  # she is an observer as before


def test_the_provider_s_account_of_that_address_is_not_hers(app: Flask, eve: FlaskClient) -> None:
    claims = Claims("https://login.example.com", "ceo-1", CEO, True, "Carla", now())
    with app.app_context(), pytest.raises(identities.Unknown):
        identities.sign_in(claims, None)


def test_an_owner_of_all_that_they_are_in_confirms_it(app: Flask, eve: FlaskClient, sql) -> None:
    her = person_id(app, "eve@example.com")
    path = f"/settings/people/{her}/address"
    form = {"project": "shop", "email": CEO}
    olivia = browser_of(app, "olivia@example.com", "owner")
    for other, status in (
        (browser_of(app, "anna@example.com", "founder"), 403),
        (browser_of(app, "otto@example.com", "owner", "other"), 404),
        (eve, 403),
    ):
        assert post(other, path, **form).status_code == status
    assert post(olivia, path, **form | {"email": "old@example.com"}).status_code == 409
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    assert post(olivia, path, **form).status_code == 403
    sql("update browser_sessions set confirmed_at = now()")
    assert post(olivia, path, **form).status_code == 303
    assert sql("select email, wanted_email from people where id = :id", id=her) == [(CEO, None)]
    assert post(olivia, path, **form).status_code == 409


def test_nobody_confirms_it_who_does_not_own_all_that_they_are_in(
    app: Flask, eve: FlaskClient, sql
) -> None:
    her = person_id(app, "eve@example.com")
    sql("insert into memberships values (:id, 'mine', 'owner')", id=her)
    ally = browser_of(app, "ally@example.com", "owner", "mine")
    for browser in (ally, eve):
        form = {"project": "mine", "email": CEO}
        assert post(browser, f"/settings/people/{her}/address", **form).status_code == 403
    assert sql("select count(*) from people where email = :ceo", ceo=CEO) == [(0,)]


def test_one_that_was_given_to_another_meanwhile_is_refused(app: Flask, eve: FlaskClient) -> None:
    browser_of(app, CEO, "observer")
    olivia = browser_of(app, "olivia@example.com", "owner")
    path = f"/settings/people/{person_id(app, 'eve@example.com')}/address"
    assert post(olivia, path, project="shop", email=CEO).status_code == 422


def test_an_owner_of_all_projects_changes_theirs_at_once(app: Flask, sql) -> None:
    founder = browser_of(app, people.FIRST_FOUNDER, "owner", "*")
    changed = post(founder, "/settings/address", email="me@example.com")
    assert changed.location == "/settings/sign-in?done=address"
    assert sql("select email from people") == [("me@example.com",)]


def test_old_and_new_are_on_record(app: Flask, eve: FlaskClient) -> None:
    owner = browser_of(app, "olga@example.com", "owner", "*")
    path = f"/settings/people/{person_id(app, 'eve@example.com')}/address"
    assert post(owner, path, project="shop", email=CEO).status_code == 303
    record = owner.get("/settings/audit").text
    assert len(re.findall(rf"eve@example\.com → {re.escape(CEO)}", record)) == 2


@pytest.fixture
def mailed(app: Flask) -> None:
    """E-mail is set up. Nothing is sent: no worker runs."""
    mail = Mail(url="smtp://127.0.0.1:1", sender="unstuck@example.com")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=mail)


NEW = "/settings/address"
CODE = "/settings/address/code"


def code(sql) -> str:
    """The code of the latest email."""
    query = "select sealed from deliveries where kind = 'address_code' order by id desc limit 1"
    sealed = sql(query)[0][0]
    content = json.loads(sealing.unseal(sealed, (KEY,)) or "")
    return content["code"]


@pytest.fixture
def mia(app: Flask, mailed: None) -> FlaskClient:
    """An observer who asked for an address of their own, and got a code there."""
    browser = browser_of(app, "mia@example.com", "observer")
    assert post(browser, NEW, email="mia@new.example").location.endswith("done=address-code")
    return browser


def wrong(sql) -> str:
    """Another code than the one that was mailed."""
    return f"{(int(code(sql)) + 1) % 1_000_000:06}"


def later(sql) -> None:
    """Let more than a minute pass since the last code."""
    sql("update proofs set expires_at = expires_at - interval '2 minutes'")


def test_a_mailed_code_proves_it(app: Flask, mia: FlaskClient, sql) -> None:
    page = mia.get("/settings/sign-in").text
    assert "<bdi>mia@new.example</bdi> isn't confirmed yet." in page
    assert f'action="{CODE}"' in page
    assert code(sql) not in page
    proved = post(mia, CODE, code=f" {code(sql)[:3]} {code(sql)[3:]} ")
    assert proved.location == "/settings/sign-in?done=address"
    assert sql("select email, wanted_email from people") == [("mia@new.example", None)]
    record = browser_of(app, "olga@example.com", "owner", "*").get("/settings/audit").text
    assert len(re.findall(r"mia@example\.com → mia@new\.example", record)) == 2
    proved = sql("select email from people where proved_email = email")
    assert len(proved) == 1


def test_a_code_works_once(mia: FlaskClient, sql) -> None:
    known = code(sql)
    assert post(mia, CODE, code=known).status_code == 303
    assert post(mia, CODE, code=known).status_code == 409
    assert post(mia, NEW, email="mia@newest.example").status_code == 303
    assert post(mia, CODE, code=known).status_code == 422
    assert sql("select email from people") == [("mia@new.example",)]


def test_a_code_expires(mia: FlaskClient, sql) -> None:
    sql("update proofs set expires_at = now() - interval '1 second'")
    answer = post(mia, CODE, code=code(sql))
    assert (answer.status_code, "This code has expired" in answer.text) == (422, True)
    page = mia.get("/settings/sign-in").text
    assert (f'action="{CODE}"' in page, "Send me a code" in page) == (False, True)


def test_a_code_is_spent_after_five_wrong_ones(mia: FlaskClient, sql) -> None:
    for _ in range(5):
        answer = post(mia, CODE, code=wrong(sql))
        assert (answer.status_code, "Wrong code" in answer.text) == (422, True)
    assert "This code has expired" in post(mia, CODE, code=code(sql)).text
    assert sql("select email from people") == [("mia@example.com",)]


def test_another_code_is_sent_after_a_minute_and_ends_the_first(mia: FlaskClient, sql) -> None:
    first = code(sql)
    soon = post(mia, NEW, email="mia@new.example")
    assert (soon.status_code, "less than a minute ago" in soon.text) == (409, True)
    later(sql)
    assert post(mia, NEW, email="mia@new.example").status_code == 303
    assert sql("select count(*) from proofs") == [(1,)]
    if first != code(sql):
        assert post(mia, CODE, code=first).status_code == 422
    assert post(mia, CODE, code=code(sql)).status_code == 303


def test_a_code_is_for_one_person_and_one_address(app: Flask, mia: FlaskClient, sql) -> None:
    known = code(sql)
    eve = browser_of(app, "eve@example.com", "observer")
    assert post(eve, CODE, code=known).status_code == 409
    assert post(eve, NEW, email="mia@new.example").status_code == 303
    if known != code(sql):
        assert post(eve, CODE, code=known).status_code == 422
    later(sql)
    assert post(mia, NEW, email=CEO).status_code == 303
    assert post(mia, CODE, code=known).status_code == 422 or known == code(sql)
    addresses = sql("select email from people order by id")
    assert addresses == [("mia@example.com",), ("eve@example.com",)]


def test_an_address_that_was_given_to_another_meanwhile_is_not_proved(
    app: Flask, mia: FlaskClient, sql
) -> None:
    browser_of(app, "mia@new.example", "observer")
    answer = post(mia, CODE, code=code(sql))
    assert (answer.status_code, "can&#39;t be used here" in answer.text) == (422, True)


def test_what_an_owner_confirmed_or_the_person_dropped_needs_no_code(
    app: Flask, mia: FlaskClient, sql
) -> None:
    olivia = browser_of(app, "olivia@example.com", "owner")
    path = f"/settings/people/{person_id(app, 'mia@example.com')}/address"
    assert post(olivia, path, project="shop", email="mia@new.example").status_code == 303
    assert sql("select count(*) from proofs") == [(0,)]
    assert post(mia, NEW, email="mia@other.example").status_code == 303
    assert post(mia, NEW, email="mia@new.example").status_code == 303  # it's theirs already
    assert post(mia, CODE, code=code(sql)).status_code == 409


def test_an_old_sign_in_has_no_code_sent(app: Flask, mailed: None, sql) -> None:
    eve = browser_of(app, "eve@example.com", "observer")
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    assert post(eve, NEW, email=CEO).status_code == 403
    assert sql("select count(*) from deliveries") == [(0,)]


@pytest.mark.parametrize("path", [NEW, "/settings/notifications/email"])
def test_only_so_many_codes_are_mailed_in_a_day(app: Flask, mailed: None, sql, path: str) -> None:
    eve = browser_of(app, "eve@example.com", "observer")
    with app.app_context():
        counters().mailed_codes = Limit("mailed", parse("1/day"))
    assert post(eve, path, email=CEO).status_code == 303
    assert post(eve, path, email="other@example.com").status_code == 429
    assert sql("select count(*) from deliveries") == [(1,)]


def test_a_link_that_was_mailed_to_the_old_address_ends_with_it(
    app: Flask, mia: FlaskClient, sql
) -> None:
    """Somebody else may read the old mailbox: that is why addresses are changed."""
    sql("update people set proved_email = email")
    until = (now() + timedelta(minutes=15)).isoformat()
    with app.app_context():
        made = mailed_links.make({"to": "mia@example.com", "secret": "s" * 43, "until": until})
    assert made == "link"
    assert post(mia, CODE, code=code(sql)).status_code == 303
    assert app.test_client().post(f"/sign-in/{'s' * 43}").status_code == 410
