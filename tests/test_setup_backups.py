"""The daily backup of the built-in database: made beside the running server, kept for some days."""

import os
from pathlib import Path

import pytest
from desk_process import Desk, flask
from web_process import START_PATIENCE_S, until

from webapp.config import Config
from webapp.serving.backups import Backups

DAY_S = 24 * 3600.0


class Clock:
    def __init__(self) -> None:
        self.up, self.now = 0.0, 1_800_000_000.0

    def pass_(self, seconds: float) -> None:
        self.up += seconds
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def backups(folder: Path, clock: Clock, said: list[str], **environ: str) -> Backups:
    config = Config.from_environ({"DATA_DIR": str(folder), **environ})
    return Backups(config, said.append, uptime=lambda: clock.up, now=lambda: clock.now)


def aged(file: Path, clock: Clock, days: float) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.touch()
    os.utime(file, (clock.now - days * DAY_S,) * 2)
    return file


def test_one_is_made_beside_the_running_server_and_can_be_restored(tmp_path, clock, monkeypatch):
    said: list[str] = []
    folder = tmp_path / "data"
    with Desk(folder, WORKER="off"):
        monkeypatch.setenv("DATA_DIR", str(folder))
        monkeypatch.delenv("DATABASE_URL", raising=False)
        daily = backups(folder, clock, said)
        daily.look()
        assert not daily.folder.exists(), "not right after the start"
        clock.pass_(3600)

        def made() -> list[Path]:
            daily.look()
            return list(daily.folder.glob("*.backup"))

        [file] = until(made, "a backup is made", START_PATIENCE_S)
        until(lambda: daily.look() or daily._process is None, "its process ended", START_PATIENCE_S)
        assert said == []
        assert (file.stat().st_mode & 0o777, daily.folder.stat().st_mode & 0o777) == (0o600, 0o700)
        refused = flask(folder, "restore", str(file))
        assert "Stop it, then restore" in refused.stderr
    done = flask(tmp_path / "other", "restore", str(file))
    assert done.returncode == 0, done.stderr


def test_old_ones_go_and_the_newest_stays(tmp_path, clock):
    daily = backups(tmp_path, clock, [])
    old = aged(daily.folder / "unstuck-2026-01-01T0000.backup", clock, 8)
    recent = aged(daily.folder / "unstuck-2026-01-05T0000.backup", clock, 6)
    newest = aged(daily.folder / "unstuck-2026-01-09T0000.backup", clock, 0.5)
    clock.pass_(3600)
    daily.look()
    assert [old.exists(), recent.exists(), newest.exists()] == [False, True, True]
    assert daily._process is None, "the newest is of today"


@pytest.mark.parametrize(
    "environ", [{"BACKUP_DAYS": "0"}, {"DATABASE_URL": "postgresql://u@h/d"}], ids=str
)
def test_none_is_made_where_it_is_off_or_the_database_is_elsewhere(tmp_path, clock, environ):
    daily = backups(tmp_path, clock, [], **environ)
    clock.pass_(3 * DAY_S)
    daily.look()
    assert not daily.folder.exists()


def test_a_failure_is_said_and_tried_again_the_next_day(tmp_path, clock, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "nothing here"))
    said: list[str] = []
    daily = backups(tmp_path, clock, said)
    clock.pass_(3600)
    until(lambda: daily.look() or said, "it says so", START_PATIENCE_S)
    assert said[0].startswith("The daily backup failed: Error: There is no Unstuck server")
    daily.look()
    assert daily._process is None
    clock.pass_(DAY_S)
    daily.look()
    assert daily._process is not None
    daily.stop()
