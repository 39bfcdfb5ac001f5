"""Signed-in browsers for the tests of attacks, and what they post."""

from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from webapp.extensions import db
from webapp.models import Person
from webapp.operations import people


def browser_of(app: Flask, email: str, role: str, project: str = "shop") -> FlaskClient:
    """A browser in which that person is signed in, in that role."""
    with app.app_context():
        link = people.make_link(email, role=role, project_id=project)
    client = app.test_client()
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


def post(browser: FlaskClient, path: str, **fields: str):
    """Post a form as the page it is on would."""
    token = csrf_token(browser.get("/settings").text)
    return browser.post(path, data={"csrf_token": token} | fields)


def person_id(app: Flask, email: str) -> int:
    """The id of the person with that address."""
    with app.app_context():
        return db.session.scalars(db.select(Person.id).where(Person.email == email)).one()
