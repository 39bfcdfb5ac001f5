"""A text that an owner erases disappears from pages that others have open, and the log says so."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from wall import Page

from tests.api.questions import QUESTION
from webapp.actors import Actor
from webapp.extensions import db
from webapp.operations import erasing
from webapp.queries import jobs as job_queries

WORDS = "Ask Mr Blaubart for the violet folder"
Headers = dict[str, str]


@pytest.fixture
def olivia(app: Flask) -> Actor:
    """An owner of `shop`."""
    return Actor(ref="person:1", name="Olivia", grants={"shop": "owner"})


@pytest.fixture
def answered(client: FlaskClient, agent: Headers, founder: Headers) -> str:
    """The id of a question that was answered with those words."""
    asked = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=agent).json["id"]
    body = {"decision": "skip_feature", "guidance": WORDS}
    path = f"/api/escalations/{asked}/resolve"
    assert client.post(path, json=body, headers=founder).status_code == 200
    return str(asked)


def job_key(app: Flask) -> int:
    with app.app_context():
        job = job_queries.find(
            db.session(), "build-1", "shop", by=Actor("token:1", "", {"shop": "agent"})
        )
        return job.id


def test_an_erased_text_disappears_from_open_pages(
    app: Flask, anna: FlaskClient, ben: FlaskClient, olivia: Actor, answered: str
) -> None:
    paths = [f"/live/question?key={answered}", f"/live/job?key={job_key(app)}", "/live/history"]
    pages = {path: Page(anna if number % 2 else ben, path) for number, path in enumerate(paths)}
    for path, page in pages.items():
        if path != "/live/history":
            page.until(WORDS)
        page.until("event: inbox-counts")
        page.forget()
    with app.app_context():
        erasing.erase(UUID(answered), by=olivia)
    wanted = ("event: question-state", "event: job-feed", "event: history-list")
    for page, event in zip(pages.values(), wanted, strict=True):
        page.until(event)
        page.until("</")
        assert WORDS not in page.text


def test_the_log_of_each_job_that_waited_says_so_once(
    app: Flask, client: FlaskClient, agent: Headers, olivia: Actor, answered: str
) -> None:
    with app.app_context():
        for _ in range(2):
            erasing.erase(UUID(answered), by=olivia)
    events = client.get("/api/jobs/build-1/events", headers=agent).json
    told = [each for each in events if each["type"] == "agent.text_erased"]
    assert [(each["escalation_id"], each["erased_by"]) for each in told] == [(answered, "Olivia")]
    assert WORDS not in str(events)


def test_a_listening_agent_hears_that_a_text_was_erased(
    app: Flask, client: FlaskClient, agent: Headers, olivia: Actor, answered: str
) -> None:
    stream = client.get("/api/jobs/build-1/events", headers=agent | {"Accept": "text/event-stream"})
    chunks, came = stream.iter_encoded(), ""
    while WORDS not in came:
        came += next(chunks).decode()
    with app.app_context():
        erasing.erase(UUID(answered), by=olivia)
    while "event: agent.text_erased" not in came:
        came += next(chunks).decode()
    stream.close()
