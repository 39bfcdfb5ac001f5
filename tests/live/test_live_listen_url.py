"""LISTEN may go another way than the requests: around a connection pooler."""

from flask import Flask

from tests.conftest import config_for
from webapp import create_app, live
from webapp.extensions import db
from webapp.live import service


def test_the_listener_uses_the_address_that_is_meant_for_it(app: Flask, database_url: str) -> None:
    elsewhere = "postgresql://listener@127.0.0.1:1/nobody"
    with app.app_context():
        assert service._listen_url(app) == db.engine.url
    other = create_app(config_for(database_url, LISTEN_DATABASE_URL=elsewhere))
    with other.app_context():
        assert service._listen_url(other).username == "listener"
        db.engine.dispose()
    live.stop(other)
