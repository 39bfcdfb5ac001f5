"""A founder's own token: acts as they do, in the projects where they may answer, and no longer."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.actors import DESK, Actor, narrowed
from webapp.extensions import db
from webapp.models import AgentEscalation, Person, Token
from webapp.operations import members, people


def make(browser: FlaskClient, project: str = "shop", scope: str = "founder", lives: str = ""):
    form = hidden(browser.get("/settings/tokens").text, 'id="new-token"')
    form |= {"name": "My script", "project": project, "scope": scope, "lives": lives}
    return browser.post("/settings/tokens", data=form)


def bearer(page: str) -> dict[str, str]:
    found = re.search(r">(unstuck_[\w-]{43})<", page)
    assert found
    return {"Authorization": f"Bearer {found[1]}"}


def person_id(email: str) -> int:
    return db.session.scalars(db.select(Person.id).where(Person.email == email)).one()


@pytest.fixture
def mine(anna: FlaskClient) -> dict[str, str]:
    """Anna's own token for `shop`."""
    made = make(anna)
    assert "anyone who has it can act in your name" in made.text
    return bearer(made.text)


def test_it_answers_in_the_name_of_its_person(
    app: Flask, anna: FlaskClient, mine: dict[str, str], ask
) -> None:
    key = ask()
    body = {"decision": "skip_feature"}
    answer = anna.post(f"/api/escalations/{key}/resolve", json=body, headers=mine)
    assert answer.status_code == 200
    assert answer.json["resolved_by"] == "Anna"
    assert "@" not in answer.text
    with app.app_context():
        ref = db.session.scalars(db.select(AgentEscalation.resolved_by_ref)).one()
        assert ref == f"person:{person_id('anna@example.com')}"


def test_it_loses_at_once_what_its_person_loses(
    app: Flask, anna: FlaskClient, mine: dict[str, str], ask
) -> None:
    with app.app_context():
        her = person_id("anna@example.com")
        members.change_role(her, "shop", "observer", by=DESK)
    key = ask()
    assert anna.get(f"/api/escalations/{key}", headers=mine).status_code == 200
    skip = anna.post(f"/api/escalations/{key}/skip", json={}, headers=mine)
    assert skip.status_code == 403
    with app.app_context():
        people.make_link("olivia@example.com")
        members.remove(her, "shop", by=DESK)
    assert anna.get("/api/escalations", headers=mine).status_code == 401


def test_it_reaches_no_project_but_its_own(
    app: Flask, otto: FlaskClient, anna: FlaskClient, ask
) -> None:
    with app.app_context(), members.transaction() as session:
        session.add(
            members.Membership(
                person_id=person_id("anna@example.com"), project_id="other", role="owner"
            )
        )
    hers = bearer(make(anna, "shop").text)
    key = ask(project="other")
    assert anna.get(f"/escalations/{key}").status_code == 200
    assert anna.get(f"/api/escalations/{key}", headers=hers).status_code == 404


def test_nobody_makes_one_for_more_than_they_may(anna: FlaskClient, olga: FlaskClient) -> None:
    assert make(anna, "other").status_code == 422
    assert make(anna, "*").status_code == 422
    form = hidden(olga.get("/settings").text, 'action="/sign-out"')
    form |= {"name": "Mine", "project": "shop", "scope": "founder"}
    assert olga.post("/settings/tokens", data=form).status_code == 422


def test_only_its_person_sees_and_ends_it(
    app: Flask, anna: FlaskClient, ben: FlaskClient, mine: dict[str, str]
) -> None:
    page = anna.get("/settings/tokens").text
    assert "your own: answers in your name" in page
    end = re.search(r'action="(/settings/tokens/\d+/end)"', page)
    assert end
    assert "My script" not in ben.get("/settings/tokens").text
    token = hidden(ben.get("/settings").text, 'action="/sign-out"')
    assert ben.post(end[1], data=token).status_code == 404
    token = hidden(anna.get("/settings").text, 'action="/sign-out"')
    assert anna.post(end[1], data=token).status_code == 303
    assert anna.get("/api/escalations", headers=mine).status_code == 401


@pytest.mark.parametrize(
    ("lives", "days"), [("30", 30), ("365", 365), ("never", None), ("", 90), ("9999", 90)]
)
def test_a_token_ends_after_90_days_unless_said_otherwise(
    app: Flask, anna: FlaskClient, lives: str, days: int | None, time_machine
) -> None:
    moment = datetime.now(UTC)
    made = make(anna, scope="agent", lives=lives)
    assert ("It works until" in made.text) == (days is not None)
    with app.app_context():
        until = db.session.scalars(db.select(Token.expires_at)).one()
    assert (until is None) == (days is None)
    if days:
        assert until - moment - timedelta(days=days) < timedelta(minutes=1)
        time_machine.move_to(moment + timedelta(days=days, minutes=1))
        assert anna.get("/api/escalations", headers=bearer(made.text)).status_code == 401


def test_an_open_stream_ends_with_the_membership(
    app: Flask, anna: FlaskClient, mine: dict[str, str], ask
) -> None:
    ask()
    headers = mine | {"Accept": "text/event-stream"}
    stream = anna.get("/api/jobs/build-1/events", headers=headers, buffered=False)
    frames = iter(stream.response)
    assert next(frames)
    with app.app_context():
        members.change_role(person_id("anna@example.com"), "shop", "observer", by=DESK)
    for _frame in frames:  # ends by itself, or the test runs into its time limit
        pass


@pytest.mark.parametrize(
    ("grants", "projects", "left"),
    [
        ({"*": "owner"}, ["*"], {"*": "founder"}),
        ({"*": "owner"}, ["shop"], {"shop": "founder"}),
        ({"shop": "owner", "other": "observer"}, ["*"], {"shop": "founder", "other": "observer"}),
        ({"shop": "founder"}, ["other"], {}),
        ({}, ["*"], {}),
    ],
)
def test_what_is_left_of_what_a_person_may(
    grants: dict[str, Any], projects: list[str], left: dict[str, str]
) -> None:
    assert narrowed(grants, projects) == left


def test_a_person_is_known_by_their_reference() -> None:
    assert Actor("person:7", "Anna").person_id == 7
    assert Actor("token:7", "Agent").person_id is None
    assert DESK.person_id is None


@pytest.mark.parametrize("scope", ["founder", "agent"])
def test_who_finds_an_open_browser_makes_none(anna: FlaskClient, sql, scope: str) -> None:
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    refused = make(anna, scope=scope)
    assert refused.status_code == 403
    assert 'href="/settings/sign-in#confirm"' in refused.text
    assert 'value="My script"' in refused.text
    assert sql("select count(*) from tokens") == [(0,)]


def test_the_form_says_90_days_and_never_has_to_be_chosen(anna: FlaskClient) -> None:
    page = anna.get("/settings/tokens").text
    assert '<option value="90" selected>' in page
    assert '<option value="never">' in page
