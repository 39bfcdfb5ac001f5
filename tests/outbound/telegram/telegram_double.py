"""Telegram's Bot API, as far as a bot sees it: a real HTTP server. What people do there is put into
`updates`; a poll waits for it."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from receiver import Behaviour, says

TOKEN = "123456:a-token-that-nobody-may-see"
ANA = 900_100
"""The number of a person's account there."""


def ok(result: Any = True) -> Behaviour:
    """What Telegram answers where it did as it was told."""
    return says(200, json.dumps({"ok": True, "result": result}), Content_Type="application/json")


def refuses(status: int, words: str, **parameters: Any) -> Behaviour:
    """What it answers where it didn't."""
    text = {"ok": False, "error_code": status, "description": words, "parameters": parameters}
    return says(status, json.dumps(text), Content_Type="application/json")


class TelegramDouble:
    """`with TelegramDouble() as double:` listens on `double.url`. `next(method)` is the next call
    of a method; `behaves(method, …)` says how the following ones are answered, the last way for
    good."""

    def __init__(self) -> None:
        self._calls: dict[str, queue.Queue[dict[str, Any]]] = {}
        self._behaviours: dict[str, list[Behaviour | None]] = {}
        self._updates: list[dict[str, Any]] = []
        self._number = 500
        self._message = 40
        self._changed = threading.Condition()
        self._ended = threading.Event()
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                token, method = self.path.removeprefix("/bot").split("/")
                if token == TOKEN:
                    double._behave(method, fields)(self)
                else:
                    refuses(401, "Unauthorized")(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.ended = self._ended  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def _behave(self, method: str, fields: dict[str, Any]) -> Behaviour:
        with self._changed:
            planned = self._behaviours.get(method, [])
            behaviour = planned.pop(0) if len(planned) > 1 else planned[0] if planned else None
            self._called(method).put(fields)
            if behaviour is None:
                behaviour = self._usual(method, fields)
        return behaviour

    def _called(self, method: str) -> queue.Queue[dict[str, Any]]:
        return self._calls.setdefault(method, queue.Queue())

    def _usual(self, method: str, fields: dict[str, Any]) -> Behaviour:
        if method == "getMe":
            return ok({"id": 123456, "is_bot": True, "username": "unstuck_test_bot"})
        if method == "getUpdates":
            return ok(self._wait(fields["offset"]))
        if method == "sendMessage":
            self._message += 1
            return ok({"message_id": self._message, "chat": {"id": fields["chat_id"]}})
        return ok()

    def _wait(self, offset: int) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            return [each for each in self._updates if each["update_id"] >= offset]

        self._changed.wait_for(lambda: found() or self._ended.is_set(), timeout=5)
        return found()

    def behaves(self, method: str, *behaviours: Behaviour | None) -> None:
        """How the following calls are answered; None and nothing at all mean as usual."""
        with self._changed:
            self._behaviours[method] = list(behaviours)

    def next(self, method: str) -> dict[str, Any]:
        """The fields of the next call of a method."""
        with self._changed:
            called = self._called(method)
        return called.get(timeout=60)

    def happens(self, **update: Any) -> int:
        """Something that a person does there. Returns its number."""
        with self._changed:
            self._number += 1
            self._updates.append({"update_id": self._number, **update})
            self._changed.notify_all()
            return self._number

    def writes(self, text: str, *, who: int = ANA, chat: str = "private") -> int:
        """A person writes to the bot."""
        sender = {"id": who, "first_name": "Ana", "username": "ana", "language_code": "en"}
        room = {"id": who if chat == "private" else -7, "type": chat}
        return self.happens(message={"message_id": 7, "from": sender, "chat": room, "text": text})

    def presses(self, data: str, message: int, *, who: int = ANA, chat: int | None = None) -> int:
        """A person presses a button: in their private chat, unless `chat` is the id of another."""
        room = {"id": chat or who, "type": "private" if (chat or who) > 0 else "group"}
        sender = {"id": who, "first_name": "Ana", "language_code": "en"}
        query = {"id": "77", "from": sender, "data": data}
        return self.happens(
            callback_query=query | {"message": {"message_id": message, "chat": room}}
        )

    def end(self) -> None:
        """Let go of the polls."""
        self._ended.set()
        with self._changed:
            self._changed.notify_all()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._server.shutdown()
        self._server.server_close()
