"""A worker in this process, a receiver, and webhooks from one to the other."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from mail_server import MailServer
from outbound_app import KEY, application
from push_device import Device
from receiver import Receiver
from web_process import until

from webapp import live
from webapp.accounts.access import actor_of_person
from webapp.actors import DESK, Actor
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import channels, people, push, webhooks
from webapp.outbound.worker import Worker
from webapp.queries import accounts


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


@pytest.fixture
def ana(app: Flask) -> tuple[Actor, str]:
    """A founder of `shop`, and the secret of her browser's session."""
    with app.app_context():
        link = people.make_link("ana@example.com", role="founder", project_id="shop")
        secret = people.sign_in(link, "Firefox")
        person = db.session.scalars(db.select(Person)).one()
        return actor_of_person(person, list(accounts.memberships(db.session(), person.id))), secret


@pytest.fixture
def device(receiver: Receiver) -> Device:
    return Device(receiver.url)


@pytest.fixture
def reached(
    app: Flask, worker: Worker, receiver: Receiver, ana: tuple[Actor, str], device: Device
) -> int:
    """The id of Ana's device, which confirmed its first message."""
    by, secret = ana
    with app.app_context():
        made = push.add_device(
            push.Subscription(**device.fields),
            "Firefox on Linux",
            (KEY,),
            session_secret=secret,
            by=by,
        )
        confirms = device.read(receiver.next())["notification"]["data"]["confirms"]
        assert confirms["channel"] == made.id
        channels.verify_device(made.id, confirms["code"], by=by)
        return made.id
