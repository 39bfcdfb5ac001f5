"""Nobody passes for Unstuck, for a standing rule, or for somebody else in the project."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from webapp.actors import DESK
from webapp.operations import invitations


def rename(browser: FlaskClient, name: str):
    token = csrf_token(browser.get("/settings").text)
    return browser.post("/settings/name", data={"csrf_token": token, "name": name})


@pytest.mark.parametrize("name", ["the standing rule of Olga", "Unstuck", "Unstu\u200bck"])
def test_nobody_takes_a_name_of_unstuck(anna: FlaskClient, sql, name: str) -> None:
    refused = rename(anna, name)
    assert refused.status_code == 422
    assert "is reserved for Unstuck" in refused.text
    assert sql("select name from people") == [("Anna",)]


def test_nobody_takes_the_name_of_another_member(
    anna: FlaskClient, ben: FlaskClient, otto: FlaskClient, sql
) -> None:
    for name in ("Anna", "ANNA", "Аnna"):
        refused = rename(ben, name)
        assert refused.status_code == 422
        assert "has this name" in refused.text
    assert rename(anna, "Anna").status_code == 303  # her own
    assert rename(otto, "Anna").status_code == 303  # of another project: he is not told of her


@pytest.mark.parametrize("name", ["Unstuck", "Anna"])
def test_nobody_joins_under_such_a_name(app: Flask, anna: FlaskClient, name: str) -> None:
    with app.app_context():
        _, secret = invitations.invite("eve@example.com", "shop", "observer", by=DESK)
    eve = app.test_client()
    token = csrf_token(eve.get(f"/invitations/{secret}").text)
    form = {"csrf_token": token, "name": name}
    refused = eve.post(f"/invitations/{secret}", data=form)
    assert refused.status_code == 422
    joined = eve.post(f"/invitations/{secret}", data=form | {"name": "Eve"})
    assert joined.status_code == 303


def test_an_address_gives_no_such_name_either(app: Flask, anna: FlaskClient, sql) -> None:
    with app.app_context():
        _, secret = invitations.invite("unstuck@example.com", "shop", "observer", by=DESK)
    page = app.test_client().get(f"/invitations/{secret}").text
    assert re.search(r'name="name" value="Member"', page)
