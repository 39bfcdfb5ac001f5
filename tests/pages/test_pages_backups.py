"""`flask backup` and `flask restore`: after them everything works that worked before."""

import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from authenticator import Device
from desk_process import flask
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from test_pages_passkeys import add, sign_in
from test_pages_second_factor import PASSWORD, Phone, post

from tests.conftest import Cast, config_for
from webapp import create_app, embedded
from webapp.actors import DESK
from webapp.config import Config
from webapp.embedded import Server
from webapp.extensions import db
from webapp.operations import jobs

KEY = "a key for tests that is long enough, 0123456789"


class Everything:
    """A token, a signed-in browser, a passkey and a second factor, and a job."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.agent = cast.token("shop")
        anna = cast.browser()
        cookie = anna.get_cookie("session")
        assert cookie
        self.cookie = cookie.value
        self.device = Device()
        assert add(anna, self.device).location == "/settings/sign-in?done=passkey"
        post(anna, "/settings/password", new=PASSWORD)
        self.phone = Phone(anna.get(post(anna, "/settings/second-factor/begin").location).text)
        assert post(anna, "/settings/second-factor", code=self.phone.code()).status_code == 200
        self.session = anna.get_cookie("session").value
        made = app.test_client().put(
            "/api/jobs/build-1", json={"project_id": "shop", "title": "Kept"}, headers=self.agent
        )
        assert made.status_code == 200

    def check(self, app: Flask) -> None:
        """All of it works."""
        client = app.test_client()
        assert client.get("/api/jobs/build-1", headers=self.agent).json["title"] == "Kept"
        browser = app.test_client()
        browser.set_cookie("session", self.session)
        assert "Signed in as <bdi>Anna</bdi>" in browser.get("/").text
        assert sign_in(app, self.device)[1].location == "/"
        half_in = app.test_client()
        form = hidden(half_in.get("/sign-in").text, 'id="by-password"')
        form |= {"email": "anna@example.com", "password": PASSWORD}
        assert half_in.post("/sign-in/password", data=form).location == "/sign-in/code"
        token = hidden(half_in.get("/sign-in/code").text, 'method="post"')
        shown = half_in.post("/sign-in/code", data=token | {"code": self.phone.code(1)})
        assert (shown.status_code, shown.location) == (303, "/")


@pytest.fixture
def everything(app: Flask, cast: Cast) -> Everything:
    return Everything(app, cast)


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return flask(folder, *arguments, **environ)


def worked(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@contextmanager
def app_on(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    app.testing = True
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def empty_url(server: Server) -> Iterator[str]:
    yield server.create_database("restored")
    server.drop_database("restored")


@pytest.fixture
def passphrase(tmp_path: Path) -> str:
    (tmp_path / "passphrase").write_text("seven words that nobody else would guess\n")
    return str(tmp_path / "passphrase")


def test_everything_works_after_a_restore_into_another_database(
    app, everything, database_url, empty_url, tmp_path
):
    file = tmp_path / "unstuck.backup"
    worked(run(tmp_path / "a", "backup", str(file), DATABASE_URL=database_url, SECRET_KEY=KEY))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there = {"DATABASE_URL": empty_url, "SECRET_KEY": KEY}
    worked(run(tmp_path / "b", "restore", str(file), **there))
    with app_on(config_for(empty_url)) as restored:
        everything.check(restored)
    other = "another key that is long enough, 9876543210"
    told = run(tmp_path / "c", "restore", str(file), "--overwrite", **there | {"SECRET_KEY": other})
    assert "restored_keys" in worked(told)
    kept = tmp_path / "c" / "restored_keys"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert f"SECRET_KEY_FALLBACKS={KEY}" in kept.read_text()
    again = run(tmp_path / "b", "restore", str(file), **there)
    assert again.returncode != 0
    assert "--overwrite" in again.stderr
    with app.app_context():
        jobs.tell("build-2", "shop", by=DESK, title="Only here")
    worked(run(tmp_path / "b", "restore", str(file), "--overwrite", **there))
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_sealed_backup_moves_into_the_built_in_database_and_back_with_its_key(
    everything, database_url, tmp_path, passphrase
):
    """From DATABASE_URL to the built-in database of another machine, and from there once more."""
    file, sealed = tmp_path / "unstuck.backup", ("--passphrase-file", passphrase)
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": KEY}
    worked(run(tmp_path / "a", "backup", str(file), *sealed, **environ))
    assert KEY.encode() not in file.read_bytes()
    moved, again = tmp_path / "moved", tmp_path / "again"
    worked(run(moved, "restore", str(file), *sealed))
    second = tmp_path / "second.backup"
    worked(run(moved, "backup", str(second)))
    assert KEY.encode() in second.read_bytes()
    worked(run(again, "restore", str(second)))
    worked(run(again, "restore", str(second), "--overwrite"))
    assert (moved / "secrets_key").read_text() == (again / "secrets_key").read_text()
    for folder in (moved, again):
        assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
        config = Config.from_environ({"DATA_DIR": str(folder)})
        with embedded.ensure_running(config), app_on(config) as restored:
            client: FlaskClient = restored.test_client()
            assert client.get("/api/jobs/build-1", headers=everything.agent).status_code == 200
            if folder == again:
                everything.check(restored)


def test_a_wrong_passphrase_or_a_damaged_file_changes_nothing(
    everything, database_url, empty_url, tmp_path, passphrase
):
    file = tmp_path / "unstuck.backup"
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": KEY}
    sealed = ("--passphrase-file", passphrase)
    worked(run(tmp_path / "a", "backup", str(file), *sealed, **environ))
    taken = run(tmp_path / "a", "backup", str(file), **environ)
    assert "exists already" in taken.stderr
    there = {"DATABASE_URL": empty_url, "SECRET_KEY": KEY}
    (tmp_path / "wrong").write_text("something else\n")
    wrong = ("--passphrase-file", str(tmp_path / "wrong"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "damaged").write_bytes(content)
    (tmp_path / "cut").write_bytes(file.read_bytes()[:-1_000])
    (tmp_path / "no.backup").write_text("a text")
    for name, with_what in [("unstuck.backup", wrong), ("damaged", sealed), ("cut", sealed)]:
        refused = run(tmp_path / "b", "restore", str(tmp_path / name), *with_what, **there)
        assert "can't be opened" in refused.stderr
    refused = run(tmp_path / "b", "restore", str(tmp_path / "no.backup"), **there)
    assert "isn't a backup" in refused.stderr
    with app_on(config_for(empty_url)) as still, still.app_context():
        assert db.session.scalar(db.text("select to_regclass('people')")) is None
