"""The day in docs/explanation/notifications.md is what the rules give. WRITE_DAY=1 writes it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from simulated_day import START, Day

from webapp import create_app, live
from webapp.config import Config, Mail
from webapp.extensions import db

KEY = "a key for tests that is long enough, 0123456789"
PAGE = Path(__file__).parents[2] / "docs/explanation/notifications.md"
BEGIN, END = "<!-- the day begins -->\n", "\n<!-- the day ends -->"


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application, where an answer counts right away."""
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": KEY, "DECISION_GRACE_S": "0"}
    app = create_app(Config.from_environ(environ | {"QUOTAS": "off"}))
    mail = Mail(url="smtp://127.0.0.1:1", sender="unstuck@example.com")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=mail)
    app.testing = True
    yield app
    live.stop(app)
    with app.app_context():
        db.engine.dispose()


def test_the_day_in_the_documentation_is_what_the_rules_give(app: Flask, cast) -> None:
    with time_machine.travel(START.astimezone(UTC), tick=False) as clock:
        day = Day(app, clock, cast.token(), cast.token(scope="founder"))
        day.run()
    written = PAGE.read_text()
    before, _, rest = written.partition(BEGIN)
    said, _, after = rest.partition(END)
    if os.environ.get("WRITE_DAY"):
        PAGE.write_text(f"{before}{BEGIN}{day.markdown()}{END}{after}")
    else:
        assert said == day.markdown(), "run this test with WRITE_DAY=1"
