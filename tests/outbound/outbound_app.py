"""The application whose worker sends, and how it is set up to mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask

from webapp import create_app
from webapp.config import Config, Mail
from webapp.outbound.worker import Worker

KEY = "a key for tests that is long enough, 0123456789"
FROM = "unstuck@desk.example.com"


def application(database_url: str) -> Flask:
    """One that may send to this machine."""
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": KEY}
    environ |= {"WEBHOOKS_TO_PRIVATE_ADDRESSES": "on", "PUSH_SERVICES": "127.0.0.1"}
    return create_app(Config.from_environ(environ))


@contextmanager
def mailing_worker(app: Flask, server_url: str, public_url: str) -> Iterator[Worker]:
    """A worker of that application, which mails over that server."""
    config = replace(app.extensions["unstuck"], public_url=public_url)
    app.extensions["unstuck"] = replace(config, mail=Mail(url=server_url, sender=FROM))
    worker = Worker(app)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
