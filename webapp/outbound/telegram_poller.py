"""Asks Telegram for what people send to the bot. One worker does it at a time: Telegram answers 409
to a second one."""

import logging
import threading
import time
from typing import Any, Final

from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy.exc import SQLAlchemyError

from webapp import database_errors
from webapp.config import Config, Telegram
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import telegram, worker_leases
from webapp.operations.worker_leases import Lease, LeaseLost, Turn
from webapp.outbound import telegram_api, telegram_presses
from webapp.outbound.messages import language
from webapp.outbound.telegram_api import NoReply
from webapp.outbound.telegram_presses import Press

_POLL_S: Final = 10
"""Telegram holds a request for so long while nothing happens."""

_LOOK_EVERY_S: Final = 10.0  # whether the worker that polls is gone
_LEAST_S: Final = 1.0  # a poll that finds nothing takes at least so long
_PAUSES_S: Final = (1.0, 5.0, 15.0, 60.0)
_MOST: Final = 20
"""Updates at once: each keeps the lease."""

_LONGEST_REPLY: Final = 190
"""Characters of a reply to a press; Telegram takes 200."""

_log = logging.getLogger(__name__)


class TelegramPoller:
    """Polls for a bot until told to stop."""

    def __init__(self, app: Flask, server: Telegram, worker: str, stop: threading.Event) -> None:
        self._app = app
        self._server = server
        self._lease = Lease(server.lease, worker)
        self._stop = stop
        self._failures = 0  # in a row
        self._about = ""

    def run(self) -> None:
        """Poll, through every fault of Telegram and of the database."""
        while not self._stop.is_set():
            try:
                pause = self._round()
            except SQLAlchemyError as error:
                database_errors.warn(_log, "Telegram could not be polled", error)
                pause = _PAUSES_S[0]
            self._stop.wait(pause)
        with self._app.app_context():
            worker_leases.give_back(self._lease)

    def _round(self) -> float:
        """Poll once. Returns after how many seconds to do it again."""
        with self._app.app_context():
            position = worker_leases.take(self._lease)
        if position is None:
            self._about = ""
            return _LOOK_EVERY_S
        began = time.monotonic()
        try:
            updates = self._updates(position)
        except NoReply as error:
            return self._failed(str(error))
        for update in updates:
            try:
                with self._app.app_context():
                    self._handle(update)
            except LeaseLost:
                return 0.0
        return 0.0 if updates else max(0.0, _LEAST_S - (time.monotonic() - began))

    def _updates(self, position: int) -> list[dict[str, Any]]:
        """What happened since. Raises NoReply."""
        if not self._about:
            self._about = str(telegram_api.ask(self._server, "getMe").get("username") or "")
            self._describe(None)
        found: list[dict[str, Any]] = telegram_api.ask(
            self._server,
            "getUpdates",
            all_s=_POLL_S + 10.0,
            offset=position,
            limit=_MOST,
            timeout=_POLL_S,
            allowed_updates=["message", "callback_query"],
        )
        if self._failures:
            self._failures = 0
            self._describe(None)
        return found

    def _failed(self, words: str) -> float:
        """Say what went wrong on the page, and once in the log."""
        if self._failures == 0:
            _log.warning("Telegram could not be polled: %s", words)
        pause = _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]
        self._failures += 1
        self._describe(words)
        return pause

    def _describe(self, trouble: str | None) -> None:
        with self._app.app_context():
            worker_leases.describe(self._lease, self._about, trouble)

    def _handle(self, update: dict[str, Any]) -> None:
        """Do what an update asks for, and note with it that it is done. Raises LeaseLost."""
        turn = Turn(self._lease, int(update["update_id"]))
        try:
            self._do(update, turn)
        except (SQLAlchemyError, LeaseLost):
            raise
        except Exception:  # one that cannot be handled must not come again and again
            _log.exception("an update of Telegram could not be handled")
            worker_leases.skip(turn)

    def _do(self, update: dict[str, Any], turn: Turn) -> None:
        if query := update.get("callback_query"):
            self._press(Press.of(query), turn)
            return
        message = update.get("message") or {}
        words = str(message.get("text") or "").split()
        is_private = message.get("chat", {}).get("type") == "private"
        if not is_private or not words or words[0] != "/start":
            worker_leases.skip(turn)
            return
        self._start(message, words[1] if len(words) > 1 else "", turn)

    def _press(self, press: Press, turn: Turn) -> None:
        config: Config = self._app.extensions["unstuck"]
        said = telegram_presses.answer(press, turn, config)
        self._say(
            "answerCallbackQuery",
            callback_query_id=press.id,
            text=said.text[:_LONGEST_REPLY],
            show_alert=said.is_alert,
        )

    def _start(self, message: dict[str, Any], given: str, turn: Turn) -> None:
        sender = message["from"]
        name = f"@{sender['username']}" if sender.get("username") else sender.get("first_name", "")
        found = telegram.start(given, telegram.Account(str(sender["id"]), str(name)), turn)
        person = found and db.session.get(Person, found.person_id)
        code = person.language if person else str(sender.get("language_code", ""))[:2]
        with force_locale(language(code)):
            if found is None:
                text = gettext(
                    "This link doesn’t work. In Unstuck, open Settings → Notifications and press "
                    "“Connect Telegram”."
                )
            else:
                text = gettext("Almost done. Go back to Unstuck and confirm that this is you.")
        self._say("sendMessage", chat_id=sender["id"], text=text)

    def _say(self, method: str, **fields: Any) -> None:
        """Reply. Nothing depends on it, so a failure is only logged."""
        db.session.remove()  # no connection is held meanwhile
        try:
            telegram_api.ask(self._server, method, **fields)
        except NoReply as error:
            _log.info("Telegram did not take a reply: %s", error)
