"""GET /api/token"""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from webapp.clock import now, rfc3339
from webapp.extensions import db
from webapp.models import Membership, Person
from webapp.operations import people, tokens

URL = "/api/token"


def headers(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_an_agent_learns_what_its_token_may_do(app: Flask, client: FlaskClient) -> None:
    end = now() + timedelta(days=3)
    with app.app_context():
        _, secret = tokens.create("builder", ["shop", "other"], expires_at=end)
    answer = client.get(URL, headers=headers(secret))
    assert answer.status_code == 200
    assert answer.json == {
        "name": "builder",
        "scope": "agent",
        "acts_as": None,
        "projects": [
            {"project_id": "other", "role": "agent"},
            {"project_id": "shop", "role": "agent"},
        ],
        "expires_at": rfc3339(end),
    }
    assert secret not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_without_an_end_says_so(client: FlaskClient, agent: dict[str, str]) -> None:
    assert client.get(URL, headers=agent).json["expires_at"] is None


def test_a_token_for_all_projects_names_none(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        _, secret = tokens.create("everywhere", ["*"], "founder")
    shown = client.get(URL, headers=headers(secret)).json
    assert shown["projects"] == [{"project_id": "*", "role": "founder"}]


def test_a_person_s_own_token_has_the_roles_that_the_person_has(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        people.make_link("anna@example.com", role="founder", project_id="shop")
        anna = db.session.scalars(db.select(Person)).one()
        books = Membership(person_id=anna.id, project_id="books", role="observer")
        db.session.add(books)
        db.session.commit()
        _, secret = tokens.create_personal("script", ["*"], "anna@example.com")
    shown = client.get(URL, headers=headers(secret)).json
    assert shown["scope"] == "founder"
    assert shown["acts_as"]
    assert "@" not in shown["acts_as"]
    assert shown["projects"] == [
        {"project_id": "books", "role": "observer"},
        {"project_id": "shop", "role": "founder"},
    ]


def test_a_token_that_ended_learns_nothing(
    app: Flask, client: FlaskClient, agent: dict[str, str]
) -> None:
    with app.app_context():
        tokens.revoke(agent["Authorization"].split()[1])
    answer = client.get(URL, headers=agent)
    assert answer.status_code == 401
    assert answer.json["detail"]
