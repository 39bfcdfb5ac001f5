"""A bot, the worker that listens to it, and a founder who connected her account."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from outbound_app import KEY
from telegram_double import ANA, TOKEN, TelegramDouble

from webapp.actors import Actor
from webapp.config import Telegram
from webapp.operations import telegram
from webapp.outbound.worker import Worker


@pytest.fixture
def double() -> Iterator[TelegramDouble]:
    with TelegramDouble() as double:
        yield double


@pytest.fixture
def worker(app: Flask, double: TelegramDouble) -> Iterator[Worker]:
    """A worker of the application, which has a bot."""
    bot = Telegram(token=TOKEN, api_url=double.url)
    config = replace(app.extensions["unstuck"], telegram=bot, decision_grace_s=0)
    app.extensions["unstuck"] = config
    worker = Worker(app)
    worker.start()
    yield worker
    double.end()
    worker.stop()


@pytest.fixture
def link(app: Flask, worker: Worker, ana: tuple[Actor, str]) -> tuple[int, str]:
    """The id of a channel that waits for its account, and what its link hands to the bot."""
    by, secret = ana
    with app.app_context():
        made = telegram.connect((KEY,), session_secret=secret, by=by)
        return made.id, telegram.parameter(made, (KEY,)) or ""


@pytest.fixture
def connected(
    app: Flask,
    double: TelegramDouble,
    ana: tuple[Actor, str],
    link: tuple[int, str],
    settled: Callable[..., list[Any]],
) -> int:
    """The id of Ana's channel, which got its test."""
    double.writes(f"/start {link[1]}")
    double.next("sendMessage")
    with app.app_context():
        telegram.confirm(link[0], str(ANA), session_secret=ana[1], by=ana[0])
    assert "This is a test" in double.next("sendMessage")["text"]
    settled(1)
    return link[0]
