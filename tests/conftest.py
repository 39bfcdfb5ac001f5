"""What the tests share: a real PostgreSQL, a migrated database for each test, and a small cast.

The cast: Anna and Ben, founders of `shop`; Otto, a founder of `other` and so an outsider; an agent
of each project.
"""

import gc
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import quick
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from webapp import clock, create_app, live
from webapp.config import Config
from webapp.embedded import Server
from webapp.extensions import db
from webapp.operations import people, tokens

TEMPLATE = "template_migrated"
WHOLE = ("tests/story/", "tests/browser/", "tests/live/", "tests/kill/", "tests/test_setup_")
LONG = (
    "tests/api/test_api_mcp_",
    "tests/operations/test_model_machine",
    "tests/outbound/",
    "tests/pages/test_pages_backups",
    "tests/security/test_crafted_queries",
    "tests/security/test_handed_keys_nowhere",
    "tests/security/test_quotas",
    "tests/security/test_route_table",
    "tests/security/test_secrets",
    "tests/security/test_trust_digest",
)
SHORT = "tests/rules/"
quick.compile_routes_once()
quick.compile_templates_once()
quick.keep_bytecode()
clock.keep_own_time()  # tests travel in time

pytest_plugins = ["web_process", "stage", "chromium"]  # real processes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first and the shortest last: a long one alone at the end would keep
    everybody waiting."""

    def turn(item: pytest.Item) -> int:
        return 0 if item.nodeid.startswith(WHOLE + LONG) else 1 + item.nodeid.startswith(SHORT)

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage took a seventh of a run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Instead of pytest-flask's: its request context would be shared by all requests of a test."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL for this run, with a migrated database to clone."""
    folder = tmp_path_factory.mktemp("postgres")
    with quick.folder_in_memory(folder) as place, migrated_server(place) as server:
        yield server


@contextmanager
def migrated_server(folder: Path) -> Iterator[Server]:
    """A PostgreSQL in that folder, with a migrated database to clone."""
    with Server(folder, durable=False) as server:
        server.create_database(TEMPLATE)
        app = create_app(config_for(server.url(TEMPLATE)))
        with app.app_context():
            upgrade()
            db.engine.dispose()
        yield server


def config_for(url: str, **environ: str) -> Config:
    """A configuration for tests; `environ` adds variables."""
    key = "a key for tests that is long enough, 0123456789"
    return Config.from_environ({"DATABASE_URL": url, "SECRET_KEY": key, **environ})


@pytest.fixture
def database_url(server: Server) -> Iterator[str]:
    """The URL of a fresh, migrated database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.create_database(name, template=TEMPLATE)
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application on a database of its own."""
    app = create_app(config_for(database_url))
    app.testing = True
    quick.compile_statements_once(app)
    yield app
    live.stop(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment for a real process that uses this test's database."""
    return os.environ | {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def make_app(database_url: str) -> Iterator[Callable[..., Flask]]:
    """An application with other settings, on this test's database. Limits take each for a process
    of its own."""
    made: list[Flask] = []

    def make(**environ: str) -> Flask:
        app = create_app(config_for(database_url, **environ))
        app.testing = True
        quick.compile_statements_once(app)
        made.append(app)
        return app

    yield make
    for app in made:
        live.stop(app)
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def sql(app: Flask) -> Callable[..., list[Any]]:
    """Run a statement on this test's database; returns its rows."""

    def run(statement: str, **parameters: Any) -> list[Any]:
        with app.app_context(), db.engine.begin() as connection:
            found = connection.execute(db.text(statement), parameters)
            return list(found) if found.returns_rows else []

    return run


class Cast:
    """Makes people and tokens on demand."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def token(self, project: str = "shop", scope: tokens.Scope = "agent") -> dict[str, str]:
        """The headers of a new token."""
        with self.app.app_context():
            _, secret = tokens.create(f"{scope} of {project}", [project], scope)
        return {"Authorization": f"Bearer {secret}"}

    def browser(
        self, email: str = "anna@example.com", project: str = "shop", role: str = "founder"
    ) -> FlaskClient:
        """A client in which that person is signed in, with that role in the project."""
        client = self.app.test_client()
        answer = self.sign_in(client, email, project, role)
        assert answer.status_code == 303, answer.text
        return client

    def sign_in(
        self,
        client: FlaskClient,
        email: str = "anna@example.com",
        project: str = "shop",
        role: str = "founder",
    ) -> TestResponse:
        """Open that person's link in a client that is there already; returns the answer."""
        with self.app.app_context():
            link = people.make_link(email, role=role, project_id=project)
        return client.post(f"/sign-in/{link}")


@pytest.fixture
def cast(app: Flask) -> Cast:
    return Cast(app)


@pytest.fixture
def agent(cast: Cast) -> dict[str, str]:
    """The headers of an agent of `shop`."""
    return cast.token("shop")


@pytest.fixture
def other_agent(cast: Cast) -> dict[str, str]:
    """The headers of an agent of another project."""
    return cast.token("other")


@pytest.fixture
def founder(cast: Cast) -> dict[str, str]:
    """The headers of a founder's token for `shop`."""
    return cast.token("shop", "founder")


@pytest.fixture
def anna(cast: Cast) -> FlaskClient:
    """The browser of a founder of `shop`."""
    return cast.browser("anna@example.com")


@pytest.fixture
def olivia(cast: Cast) -> FlaskClient:
    """The browser of an owner of `shop`."""
    return cast.browser("olivia@example.com", role="owner")


@pytest.fixture
def omar(cast: Cast) -> FlaskClient:
    """The browser of an owner of all projects."""
    return cast.browser("omar@example.com", "*", "owner")


@pytest.fixture
def ben(cast: Cast) -> FlaskClient:
    """The browser of her co-founder."""
    return cast.browser("ben@example.com")


@pytest.fixture
def otto(cast: Cast) -> FlaskClient:
    """The browser of an outsider: a founder of another project."""
    return cast.browser("otto@example.com", "other")
