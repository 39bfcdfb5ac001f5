"""Answers given in the inbox: a card opens with the options that one tap gives."""

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.extensions import db
from webapp.models import AgentEscalation

Ask = Callable[..., uuid.UUID]

HTMX = {"HX-Request": "true"}
RED = {"value": "red", "label": "The red one"}
BLUE = {"value": "blue", "label": "The blue one", "description": "It fits the logo."}
DROP = {"value": "drop", "label": "Drop the old one", "irreversible": True}


def stored(app: Flask, key: uuid.UUID) -> AgentEscalation:
    with app.app_context():
        return db.session.get_one(AgentEscalation, key)


def options(client: FlaskClient, key: uuid.UUID) -> str:
    return client.get(f"/escalations/{key}/options", headers=HTMX).text


def tap(client: FlaskClient, key: uuid.UUID, decision: str) -> tuple[int, str, str]:
    """Tap an option in the card: the status, what came back, and what the page was told."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', options(client, key)))
    path = f"/escalations/{key}/resolve"
    answer = client.post(path, data=hidden | {"decision": decision}, headers=HTMX)
    return answer.status_code, answer.text, answer.headers.get("HX-Trigger", "")


def test_one_tap_answers_and_the_list_comes_back_without_the_card(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key, other = ask(options=[RED, BLUE]), ask(options=[RED, BLUE])
    status, html, _ = tap(anna, key, "blue")
    assert status == 200
    assert f'id="card-{key}"' not in html
    assert f'id="card-{other}"' in html
    assert stored(app, key).founder_decision == "blue"


def test_what_cannot_be_undone_is_not_one_tap_away(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[DROP, RED], recommended=None)
    html = options(anna, key)
    assert 'value="red"' in html
    assert 'value="drop"' not in html
    assert "for the other options" in html
    status, _, told = tap(anna, key, "drop")
    assert status == 409
    assert "Confirm it" in told
    assert stored(app, key).status == "pending"


def test_a_card_without_such_an_option_does_not_open(anna: FlaskClient, ask: Ask) -> None:
    free = ask(options=[], recommended=None)
    final = ask(options=[DROP, DROP | {"value": "burn"}], recommended=None)
    inbox = anna.get("/").text
    for key in (free, final):
        assert f"/escalations/{key}" in inbox
    assert "card-open" not in inbox
    ask(options=[RED, BLUE])
    assert "card-open" in anna.get("/").text


def test_somebody_who_was_slower_is_told_and_sees_the_list(anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[RED, BLUE])
    assert tap(anna, key, "blue")[0] == 200
    status, html, told = tap(anna, key, "red")
    assert status == 409
    assert 'id="inbox-list"' in html
    assert "desk:notice" in told
    assert tap(anna, key, "blue")[0] == 200, "the same answer again is no conflict"


def test_a_tap_is_bound_to_what_was_shown(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[RED, BLUE])
    hidden = {"csrf_token": "", "on": "inbox", "digest": "0" * 64, "decision": "red"}
    hidden["csrf_token"] = re.findall(r'name="csrf_token" value="([^"]*)"', options(anna, key))[0]
    answer = anna.post(f"/escalations/{key}/resolve", data=hidden, headers=HTMX)
    assert answer.status_code == 409
    assert "changed" in answer.headers["HX-Trigger"]
    assert stored(app, key).status == "pending"


def test_without_scripts_the_card_leads_to_its_page(anna: FlaskClient, ask: Ask) -> None:
    key = ask(options=[RED, BLUE])
    answer = anna.get(f"/escalations/{key}/options")
    assert answer.status_code == 303
    assert answer.location == f"/escalations/{key}"


def test_next_goes_on_behind_the_question_and_round_to_the_first(
    anna: FlaskClient, ask: Ask
) -> None:
    first, second = ask(), ask()
    assert anna.get(f"/escalations/next?after={first}").location == f"/escalations/{second}"
    assert anna.get(f"/escalations/next?after={second}").location == f"/escalations/{first}"
    assert anna.get("/escalations/next?after=nonsense").location == f"/escalations/{first}"


@pytest.mark.usefixtures("grace")
@pytest.mark.parametrize("path", ["/", "/jobs", "/history"])
def test_the_way_back_from_an_answer_goes_along(anna: FlaskClient, ask: Ask, path: str) -> None:
    key = ask(options=[RED, BLUE])
    status, html, _ = tap(anna, key, "blue")
    assert status == 200
    undo = 'class="sent-bar"'
    assert undo in html
    assert undo in anna.get(path).text
    assert undo not in anna.get(f"/escalations/{key}").text, "that page has its own"
    token = re.findall(r'name="csrf_token" value="([^"]*)"', anna.get(path).text)[0]
    again = anna.post(f"/escalations/{key}/undo", data={"csrf_token": token})
    assert re.search(r'value="blue"[^>]* checked', again.text), "the answer is there to be changed"
    assert undo not in anna.get(path).text
