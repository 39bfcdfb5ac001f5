"""What was good a moment ago and is not any more: start-up links, answers on their way."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from contents import everything
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from tests.api.questions import QUESTION
from tests.conftest import Cast
from webapp.actors import DESK
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import holding, members, people, pruning

LATER = timedelta(minutes=2)


def startup_link(app: Flask) -> str:
    with app.app_context():
        return people.make_link(people.FIRST_FOUNDER, startup=True)


def test_the_start_up_link_ends_once_anybody_has_signed_in(app: Flask, cast: Cast) -> None:
    first, second, third = (startup_link(app) for _ in range(3))
    founder = app.test_client()
    assert founder.get(f"/sign-in/{first}").status_code == 200
    assert founder.post(f"/sign-in/{first}").status_code == 303
    assert app.test_client().post(f"/sign-in/{second}").status_code == 410
    assert app.test_client().get(f"/sign-in/{third}").status_code == 410


def test_it_ends_with_the_sign_in_of_somebody_else_as_well(app: Flask, cast: Cast) -> None:
    link = startup_link(app)
    cast.browser("anna@example.com")
    assert app.test_client().post(f"/sign-in/{link}").status_code == 410


def test_a_link_that_was_asked_for_goes_on(app: Flask, cast: Cast) -> None:
    with app.app_context():
        link = people.make_link(people.FIRST_FOUNDER)
    cast.browser("anna@example.com")
    assert app.test_client().post(f"/sign-in/{link}").status_code == 303


def test_no_start_up_link_comes_back_when_old_sessions_are_forgotten(
    app: Flask, cast: Cast
) -> None:
    cast.browser("anna@example.com")
    link = startup_link(app)
    with app.app_context():
        pruning.prune_sign_ins(datetime.now(UTC) + timedelta(days=365))
    link = startup_link(app)
    assert app.test_client().post(f"/sign-in/{link}").status_code == 410
    printed = app.test_cli_runner().invoke(args=("founder", "first-link"))
    assert printed.output == ""


@pytest.fixture
def held(app: Flask, client: FlaskClient, agent: dict[str, str], anna: FlaskClient) -> uuid.UUID:
    """A question that Anna has answered; she can still take it back."""
    made = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=agent).json
    page = anna.get(f"/escalations/{made['id']}").text
    form = {"csrf_token": csrf_token(page), "decision": "skip_feature", "guidance": "Secret words"}
    assert anna.post(f"/escalations/{made['id']}/resolve", data=form).status_code == 303
    return uuid.UUID(made["id"])


def her_id(app: Flask) -> int:
    return db.session.scalars(db.select(Person.id).where(Person.email == "anna@example.com")).one()


@pytest.mark.parametrize("what", ["removed", "made an observer"])
def test_the_held_answer_of_who_may_no_longer_answer_is_not_released(
    app: Flask, cast: Cast, held: uuid.UUID, client: FlaskClient, agent: dict[str, str], what: str
) -> None:
    with app.app_context():
        people.make_link("olivia@example.com", project_id="shop")
        if what == "removed":
            members.remove(her_id(app), "shop", by=DESK)
        else:
            members.change_role(her_id(app), "shop", "observer", by=DESK)
        with time_machine.travel(datetime.now(UTC) + LATER):
            assert holding.release_due() == 0
            assert holding.release_due() == 0
    stored = client.get(f"/api/escalations/{held}", headers=agent).json
    assert (stored["status"], stored["held_until"]) == ("pending", None)
    events = client.get("/api/jobs/build-1/events", headers=agent).json
    assert [each["type"] for each in events][-2:] == ["agent.answer_held", "agent.answer_undone"]
    assert events[-1]["undone_by"] == "Unstuck"
    page = cast.browser("ben@example.com").get(f"/escalations/{held}").text
    assert "<bdi>Anna</bdi> can no longer answer here" in page
    assert "Secret words" not in page


def test_the_held_answer_of_who_may_still_answer_is_released(app: Flask, held: uuid.UUID) -> None:
    with app.app_context(), time_machine.travel(datetime.now(UTC) + LATER):
        assert holding.release_due() == 1


def test_an_answer_that_was_taken_back_leaves_nothing_behind(
    app: Flask, anna: FlaskClient, held: uuid.UUID, sql
) -> None:
    form = {"csrf_token": csrf_token(anna.get(f"/escalations/{held}").text)}
    back = anna.post(f"/escalations/{held}/undo", data=form)
    assert back.status_code == 200
    assert "Secret words</textarea>" in back.text  # for whoever wants to change it, this once
    assert "Secret words" not in anna.get(f"/escalations/{held}").text
    assert "Secret words" not in everything(sql)


def test_a_free_answer_that_was_taken_back_is_on_no_record(
    app: Flask, anna: FlaskClient, client: FlaskClient, agent: dict[str, str], sql
) -> None:
    free = QUESTION | {"options": []}
    made = client.post("/api/jobs/build-1/escalations", json=free, headers=agent).json
    path = f"/escalations/{made['id']}"
    form = {"csrf_token": csrf_token(anna.get(path).text)}
    anna.post(f"{path}/resolve", data=form | {"decision": "Secret words"})
    assert anna.post(f"{path}/undo", data=form).status_code == 200
    for table in ("agent_escalations", "audit_events", "job_events"):
        assert "Secret words" not in everything(sql, table), table
