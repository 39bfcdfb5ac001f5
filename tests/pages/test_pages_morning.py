"""The page of what is new since a person last looked."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send
from sqlalchemy import event

from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.operations import jobs, problems, receipts

Ask = Callable[..., uuid.UUID]
AGENT = Actor(ref="token:1", name="Build agent", grants={"shop": "agent"})


def part(page: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.S)
    assert found
    return found[1]


def happen(app: Flask, anna: FlaskClient, ask: Ask, tell: Callable[..., Any], job: str) -> None:
    """A job is built, an answer works, a problem is solved alone, and a question waits."""
    answered = ask(job=job, plain_english_problem=f"May {job} pay?")
    send(anna, answered, decision="skip_feature")
    tell(job=job, error_type="SyntaxError", error_message=f"SyntaxError: bad {job}")
    signature = tell(job=job, error_type="SyntaxError", error_message=f"SyntaxError: bad {job}")
    with app.app_context():
        receipts.give(answered, "worked", by=AGENT)
        problems.heal(job, "shop", signature.error_signature, by=AGENT)
        jobs.tell(job, "shop", summary=f"{job} takes orders.", by=AGENT)
    ask(job=job, plain_english_problem=f"Which logo for {job}?")


def test_the_page_tells_what_was_built_decided_solved_and_what_waits(
    app: Flask, anna: FlaskClient, ben: FlaskClient, ask: Ask, tell: Callable[..., Any]
) -> None:
    happen(app, anna, ask, tell, "build-1")
    page = anna.get("/morning").text
    assert 'href="/morning"' in anna.get("/").text
    assert "build-1 takes orders." in part(page, "built")
    assert "May build-1 pay?" in part(page, "decided")
    assert "Left out, as decided" in part(page, "decided")
    assert "1 time" in part(page, "solved")
    assert "Which logo for build-1?" in part(page, "waits")
    assert "May build-1 pay?" not in part(ben.get("/morning").text, "decided"), "Anna decided it"


def test_what_was_seen_is_gone_for_the_one_who_saw_it(
    app: Flask, anna: FlaskClient, ben: FlaskClient, ask: Ask, tell: Callable[..., Any]
) -> None:
    happen(app, anna, ask, tell, "build-1")
    form = hidden(anna.get("/morning").text, 'action="/morning"')
    assert anna.post("/morning", data=form).status_code == 303
    page = anna.get("/morning").text
    assert "build-1 takes orders." not in page
    assert "You decided nothing" in part(page, "decided")
    assert "Which logo for build-1?" in part(page, "waits"), "it waits still"
    assert "build-1 takes orders." in ben.get("/morning").text
    earlier = form | {"until": (now() - timedelta(days=9)).isoformat()}
    assert anna.post("/morning", data=earlier).status_code == 303
    assert "build-1 takes orders." not in anna.get("/morning").text, "it never goes back"
    for wrong in ("soon", "", "2026-11-28T08:00:00"):
        assert anna.post("/morning", data=form | {"until": wrong}).status_code == 422
    fresh = hidden(ben.get("/morning").text, 'action="/morning"')
    ben.post("/morning", data=fresh | {"until": (now() + timedelta(days=2)).isoformat()})
    ask(job="build-2", plain_english_problem="Which font?")
    happen(app, anna, ask, tell, "build-3")
    assert "build-3 takes orders." in ben.get("/morning").text


def test_what_an_earlier_answer_solved_was_not_solved_alone(
    app: Flask, anna: FlaskClient, tell: Callable[..., Any]
) -> None:
    asked = tell(job="build-1")
    send(anna, uuid.UUID(asked.escalation_id), decision="provide_credentials")
    form = hidden(anna.get("/morning").text, 'action="/morning"')
    assert anna.post("/morning", data=form).status_code == 303
    tell(job="build-1")
    with app.app_context():
        problems.heal("build-1", "shop", asked.error_signature, by=AGENT)
    page = anna.get("/morning").text
    assert "Worked" in part(page, "decided")
    assert "No problem was solved without you." in part(page, "solved")


def test_a_moment_long_ago_does_no_harm(anna: FlaskClient) -> None:
    form = hidden(anna.get("/morning").text, 'action="/morning"')
    for ago in ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:00"):
        assert anna.post("/morning", data=form | {"until": ago}).status_code == 303
        assert anna.get("/morning").status_code == 200


def test_it_asks_the_same_however_much_happened(
    app: Flask, anna: FlaskClient, ask: Ask, tell: Callable[..., Any]
) -> None:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    def statements() -> int:
        sent.clear()
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert anna.get("/morning").status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    with app.app_context():
        engine = db.engine
    happen(app, anna, ask, tell, "build-1")
    statements()
    once = statements()
    for number in range(2, 6):
        happen(app, anna, ask, tell, f"build-{number}")
    assert statements() == once
