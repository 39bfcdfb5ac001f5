"""An attacker with two accounts, who owns a project of their own, wants the address of somebody who
will be given more: nothing that they prepared lets them in later."""

import re
from typing import Any

import pytest
from browsers import browser_of, person_id, post
from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import DESK
from webapp.extensions import db
from webapp.models import Membership, Person
from webapp.operations import invitations, people, tokens

CEO = "ceo@example.com"
PASSWORD = "quite a long passphrase 7"


@pytest.fixture
def mallory(app: Flask) -> FlaskClient:
    """The browser of an owner of `evil`, and of nothing else."""
    return browser_of(app, "mallory@example.com", "owner", "evil")


@pytest.fixture
def eve(app: Flask) -> FlaskClient:
    """The browser of the same attacker's other account."""
    return browser_of(app, "eve@example.com", "observer", "evil")


def prepared(app: Flask, mallory: FlaskClient) -> tuple[FlaskClient, dict[str, str]]:
    """An account under the wanted address, made by an invitation that its sender accepts: its
    browser, with a password, and the headers of its own token."""
    form = {"email": CEO, "project": "evil", "role": "founder"}
    page = post(mallory, "/settings/people/invite", **form).text
    found = re.search(r"/invitations/[\w-]+", page)
    assert found
    account = app.test_client()
    shown = account.get(found[0]).text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert csrf
    joined = account.post(found[0], data={"csrf_token": csrf[1], "name": "Chris"})
    assert joined.status_code == 303
    assert post(account, "/settings/password", new=PASSWORD).status_code == 303
    with app.app_context():
        _, secret = tokens.create_personal("mine", ["evil", "shop"], CEO)
    return account, {"Authorization": f"Bearer {secret}"}


def by_password(app: Flask) -> Any:
    client = app.test_client()
    page = client.get("/sign-in").text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert csrf
    form = {"csrf_token": csrf[1], "email": CEO, "password": PASSWORD}
    return client.post("/sign-in/password", data=form)


def roles(app: Flask, email: str) -> dict[str, str]:
    with app.app_context():
        query = db.select(Membership).join(Person).where(Person.email == email)
        return {each.project_id: each.role for each in db.session.scalars(query)}


def test_what_a_removed_account_had_lets_nobody_in_after_the_address_is_invited(
    app: Flask, mallory: FlaskClient
) -> None:
    account, own = prepared(app, mallory)
    assert by_password(app).status_code == 303
    member = person_id(app, CEO)
    post(mallory, f"/settings/people/{member}/remove", project="evil")
    with app.app_context():
        _, secret = invitations.invite(CEO, "shop", "owner", by=DESK)
    real = app.test_client()
    page = real.get(f"/invitations/{secret}").text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert csrf
    form = {"csrf_token": csrf[1], "name": "Chris"}
    assert real.post(f"/invitations/{secret}", data=form).status_code == 303
    assert roles(app, CEO) == {"shop": "owner"}
    assert real.get("/").status_code == 200
    assert account.get("/").status_code == 303
    assert by_password(app).status_code != 303
    assert app.test_client().get("/api/escalations", headers=own).status_code == 401


def test_an_invitation_to_the_prepared_address_gives_nothing_by_its_link_alone(
    app: Flask, mallory: FlaskClient
) -> None:
    prepared(app, mallory)
    with app.app_context():
        _, secret = invitations.invite(CEO, "shop", "owner", by=DESK)
    real = app.test_client()
    page = real.get(f"/invitations/{secret}")
    assert "Sign in" in page.text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', real.get("/sign-in").text)
    assert csrf
    form = {"csrf_token": csrf[1], "name": "Chris"}
    assert "Sign in" in real.post(f"/invitations/{secret}", data=form).text
    assert roles(app, CEO) == {"evil": "founder"}


def test_a_link_by_command_names_the_other_ways_in_and_ends_them(
    app: Flask, mallory: FlaskClient
) -> None:
    """FIELD: whoever recovered the address shared the account with the one who prepared it."""
    account, own = prepared(app, mallory)
    run = app.test_cli_runner()
    said = run.invoke(args=["founder", "link", CEO]).stderr
    assert "founder of evil: is that whom you mean?" in said
    assert "a password" in said
    assert "1 × signed-in browser" in said
    assert "1 × token of their own" in said
    assert "--alone" in said
    assert account.get("/").status_code == 200
    alone = run.invoke(args=["founder", "link", CEO, "--alone"])
    assert "--alone" not in alone.stderr
    assert account.get("/").status_code == 303
    assert by_password(app).status_code != 303
    assert app.test_client().get("/api/escalations", headers=own).status_code == 401
    real = app.test_client()
    link = alone.stdout.strip()
    assert real.post(link[link.index("/sign-in/") :]).status_code == 303
    assert real.get("/").status_code == 200


def test_an_accomplice_confirms_no_address_of_who_is_elsewhere_too(
    app: Flask, mallory: FlaskClient, eve: FlaskClient
) -> None:
    with app.app_context():
        eve_id = db.session.scalars(
            db.select(Person.id).where(Person.email == "eve@example.com")
        ).one()
        db.session.add(Membership(person_id=eve_id, project_id="shop", role="observer"))
        db.session.commit()
    post(eve, "/settings/address", email=CEO)
    refused = post(mallory, f"/settings/people/{eve_id}/address", project="evil", email=CEO)
    assert refused.status_code == 403
    with app.app_context():
        people.make_link(CEO, role="founder", project_id="shop")
    assert roles(app, CEO) == {"shop": "founder"}
    assert roles(app, "eve@example.com") == {"evil": "observer", "shop": "observer"}
