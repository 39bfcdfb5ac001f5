"""A worker in this process, a receiver, and webhooks from one to the other."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from mail_server import MailServer
from outbound_app import KEY, application
from receiver import Receiver
from web_process import until

from webapp import live
from webapp.actors import DESK
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.operations import webhooks
from webapp.outbound.worker import Worker


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application, which may send to this machine."""
    app = application(database_url)
    app.testing = True
    yield app
    live.stop(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def postbox() -> Iterator[MailServer]:
    """A mail server; one that holds something back lets go at the end."""
    with MailServer() as postbox:
        yield postbox
        postbox.keeps.holds = None


@pytest.fixture
def webhook(app: Flask) -> Callable[..., tuple[int, str]]:
    """Adds a webhook; returns its id and its secret."""

    def add(
        url: str, project: str = "shop", events: tuple[str, ...] = (Kind.WAITING_FOR_INPUT,)
    ) -> tuple[int, str]:
        with app.app_context():
            made, secret = webhooks.create(project, url, events, by=DESK, keys=(KEY,), private=True)
            return made.id, secret

    return add


@pytest.fixture
def worker(database_url: str) -> Iterator[Worker]:
    """A worker that runs, on connections of its own."""
    app = application(database_url)
    worker = Worker(app)
    worker.start()
    yield worker
    worker.stop()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def ask(app: Flask, agent: dict[str, str]) -> Callable[..., dict[str, Any]]:
    """Asks a question of `shop`; returns it."""
    client = app.test_client()

    def ask(problem: str = "May I send the mail?", job: str = "build-1", **more: Any) -> Any:
        body = {
            "session_id": "session-1",
            "project_id": "shop",
            "error_type": "Unsure",
            "plain_english_problem": problem,
        }
        answer = client.post(f"/api/jobs/{job}/escalations", json=body | more, headers=agent)
        assert answer.status_code == 201, answer.text
        return answer.json

    return ask


Deliveries = Callable[..., list[Any]]


@pytest.fixture
def settled(sql: Callable[..., list[Any]]) -> Deliveries:
    """Waits until so many deliveries are in one of these states; returns all of them."""

    def wait(number: int = 1, *states: str) -> list[Any]:
        wanted = states or ("accepted",)

        def look() -> list[Any]:
            rows = sql("select * from deliveries order by id")
            return rows if sum(row.state in wanted for row in rows) >= number else []

        return list(until(look, f"{number} deliveries are {wanted}", 60))

    return wait
