"""Who did what, when, and from where: written down with the change itself, and never changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from tests.api.questions import QUESTION
from tests.conftest import Cast
from webapp.actors import Actor
from webapp.extensions import db
from webapp.models import Action, AuditEvent
from webapp.operations import audit, people, pruning, sessions, tokens
from webapp.operations.transaction import transaction

ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
LONG_AGO = datetime(2020, 3, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests before this one failed to sign in as well."""
    monkeypatch.setattr(audit, "_allowance", audit.Allowance())


def rows(app: Flask) -> list[AuditEvent]:
    with app.app_context():
        return list(db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id)))


def payload(app: Flask) -> list[tuple[str, str]]:
    return [(row.action, row.actor_name) for row in rows(app)]


def note(app: Flask, **changes: Any) -> None:
    with app.app_context(), transaction() as session:
        audit.note(session, **({"by": ANNA, "action": Action.RULE_ENDED} | changes))


def execute(app: Flask, statement: str) -> None:
    with app.app_context():
        db.session.execute(db.text(statement))
        db.session.commit()


def test_a_sign_in_says_who_when_and_from_where(app: Flask) -> None:
    with app.app_context():
        link = people.make_link("anna@example.com", role="founder", project_id="shop")
    browser = app.test_client()
    sent = {"User-Agent": "Firefox"}
    address = {"REMOTE_ADDR": "203.0.113.7"}
    assert browser.post(f"/sign-in/{link}", headers=sent, environ_base=address).status_code == 303
    added, made, signed_in = rows(app)
    assert (added.action, added.actor_ref, added.project_id) == ("member.added", "desk", "shop")
    assert added.details["role"] == "founder"
    assert (made.action, made.actor_ref, made.address) == ("sign_in.link_made", "desk", None)
    assert (signed_in.action, signed_in.actor_name) == ("sign_in.worked", "Anna")
    assert (signed_in.address, signed_in.user_agent) == ("203.0.113.7", "Firefox")
    assert signed_in.project_id is None
    assert link not in str(signed_in.details)


def test_what_is_rolled_back_was_never_done(app: Flask) -> None:
    def fail() -> None:
        with transaction() as session:
            audit.note(session, by=ANNA, action=Action.RULE_ENDED)
            raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        fail()
    assert rows(app) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_events set actor_name = 'Ben'",
        "delete from audit_events",
        "truncate audit_events",
    ],
)
def test_the_database_itself_refuses_to_change_or_lose_an_entry(app: Flask, statement: str) -> None:
    note(app)
    with pytest.raises(DBAPIError, match="not changed"):
        execute(app, statement)
    assert payload(app) == [("rule.ended", "Anna")]


def test_what_is_old_may_be_forgotten_but_not_rewritten(app: Flask) -> None:
    with time_machine.travel(LONG_AGO, tick=False):
        note(app)
    note(app)
    with pytest.raises(DBAPIError, match="not changed"):
        execute(app, "update audit_events set actor_name = 'Ben'")
    with app.app_context():
        assert pruning.prune_audit(datetime.now(UTC) - timedelta(days=90)) == 1
        with pytest.raises(DBAPIError, match="not changed"):
            pruning.prune_audit(datetime.now(UTC) + timedelta(days=1))
    assert len(rows(app)) == 1


def test_a_failed_sign_in_stays_on_record_without_what_was_tried(app: Flask) -> None:
    assert app.test_client().post("/sign-in/a-guess").status_code == 410
    (failed,) = rows(app)
    assert (failed.action, failed.actor_ref) == ("sign_in.failed", "nobody")
    assert failed.address == "127.0.0.1"
    assert "a-guess" not in str(vars(failed))


def test_whoever_tries_for_hours_fills_no_disk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    allowance = audit.Allowance(each=2, together=3)
    assert [allowance.take("a", 1) for _ in range(4)] == [0, 0, None, None]
    assert [allowance.take("b", 1) for _ in range(2)] == [2, None]
    assert allowance.take("a", 2) == 1
    monkeypatch.setattr(audit, "_allowance", audit.Allowance(each=2))
    for _ in range(5):
        app.test_client().post("/sign-in/a-guess")
    assert len(rows(app)) == 2


def test_signing_out_and_ending_sessions_is_on_record(app: Flask, cast: Cast) -> None:
    anna, phone = cast.browser("anna@example.com"), cast.browser("anna@example.com")
    with app.app_context():
        person = Actor(ref="person:1", name="Anna")
        sessions.end_session(2, by=person)
        with anna.session_transaction() as cookie:
            sessions.end_other_sessions(cookie["browser"], by=person)
            sessions.sign_out(cookie["browser"])
            sessions.sign_out(cookie["browser"])  # again: nothing happens, nothing is noted
    assert phone.get("/").status_code == 303
    assert [action for action, _ in payload(app)][5:] == [
        "session.ended",
        "session.others_ended",
        "sign_in.ended",
    ]


def test_tokens_are_on_record_in_their_project_without_their_secret(app: Flask) -> None:
    with app.app_context():
        here = people.sign_in(people.make_link("anna@example.com"), None)
        before = len(rows(app))
        token, secret = tokens.create_for("builder", "shop", "agent", by=ANNA, session_secret=here)
        tokens.end(token.id, by=ANNA)
        tokens.end(token.id, by=ANNA)
        tokens.create("all", ["*"])
    made, ended, wide = rows(app)[before:]
    assert (made.action, made.project_id, made.details["name"]) == ("token.made", "shop", "builder")
    assert (ended.action, ended.actor_name) == ("token.ended", "Anna")
    assert (wide.project_id, wide.details["projects"]) == (None, ["*"])
    assert secret not in str([vars(row) for row in rows(app)])


def test_answers_are_on_record_once_and_the_agents_own_calls_are_not(
    app: Flask, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    before = len(rows(app))
    asked = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=agent).json
    assert len(rows(app)) == before
    url = f"/api/escalations/{asked['id']}/resolve"
    value = asked["options"][0]["value"]
    repeated = founder | {"Idempotency-Key": "once"}
    for _ in range(2):
        assert client.post(url, json={"decision": value}, headers=repeated).status_code == 200
    assert client.post(url, json={"decision": value}, headers=founder).status_code == 409
    (answered,) = rows(app)[before:]
    assert (answered.action, answered.project_id) == ("question.answered", "shop")
    assert answered.subject == f"question:{asked['id']}"
    assert answered.details == {"decision": value}


def test_texts_that_a_caller_chose_are_stored_whatever_they_are(app: Flask) -> None:
    agent = "x" * 5000
    request = app.test_request_context(headers={"User-Agent": agent})
    with request, transaction() as session:
        audit.note(session, by=ANNA, action=Action.RULE_ENDED, subject="\x00" * 3)
    (row,) = rows(app)
    assert len(row.user_agent or "") == 255
    assert "\x00" not in row.subject
