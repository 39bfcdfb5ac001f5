"""A program that is told of questions and answers: webhooks and callbacks arrive here."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kill_journal import Journal


class Receiver:
    """Listens on `url` until `stop`, takes everything, and writes it into the journal. It is never
    killed: what was sent once has arrived."""

    def __init__(self, journal: Journal) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = body["data"]["escalation_id"]
                where = "callback" if self.path.startswith("/callback") else "webhook"
                journal.told(where, key, self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def callback(self) -> str:
        """Where agents want to be told the answer."""
        return f"{self._url}/callback"

    @property
    def webhook(self) -> str:
        """Where the project's questions are told."""
        return f"{self._url}/webhook"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
