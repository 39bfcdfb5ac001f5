"""Somebody takes the address of another: nothing that is meant for that other reaches them."""

import re

import pytest
from browsers import browser_of, person_id, post
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from webapp.actors import DESK
from webapp.clock import now
from webapp.operations import identities, invitations, people
from webapp.operations.identities import Claims

CEO = "ceo@example.com"


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
