"""A fake server for the tests of an agent: scripted verdicts and answers, no sleeping.

with FakeServer() as server:
    server.verdicts("retry", "escalate")
    server.answers("use_sqlite", guidance="The small one is enough.")
    build(server.client())
    assert server.reports[0]["error_type"] == "ConnectionError"
    assert server.receipts == [("q1", "picked_up"), ("q1", "worked")]
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Optional
from urllib.parse import urlsplit

from unstuck.client import Unstuck
from unstuck.transport import Json

Response = tuple[int, Optional[Any]]


class FakeServer:
    """`reports`, `questions` and `receipts` are what the agent sent, in order."""

    def __init__(self) -> None:
        self.reports: list[Json] = []
        self.questions: list[Json] = []
        self.receipts: list[tuple[str, str]] = []
        self.healed: list[str] = []
        self.replies: list[str] = []
        self.files: list[tuple[str, str, bytes]] = []
        """The id of the question, the name and the content of each that was attached."""
        self._asks: deque[str] = deque()
        self._verdicts: deque[Json] = deque()
        self._answers: deque[Json] = deque()
        self._given: dict[str, Json] = {}
        self._secrets: dict[str, str] = {}
        self._asked: dict[str, Json] = {}
        self._opened = self._seq = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True

    def __enter__(self) -> FakeServer:
        # Its default of half a second is what each test would wait at its end.
        serve = {"poll_interval": 0.01}
        threading.Thread(target=self._server.serve_forever, kwargs=serve, daemon=True).start()
        return self

    def __exit__(
        self,
        _type: Optional[type[BaseException]],
        _error: Optional[BaseException],
        _trace: Optional[TracebackType],
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def client(self, **changes: Any) -> Unstuck:
        """A client of this server. Waits of a verdict take no time."""
        url = f"http://127.0.0.1:{self._server.server_port}"
        names: dict[str, Any] = {"project": "shop", "job": "build-1", "wait_scale": 0.0}
        return Unstuck(url, "fake-token", **names | changes)

    def verdicts(self, *verdicts: str, **fields: Any) -> None:
        """What the next reports get, in order; `retry` once there are no more."""
        self._verdicts.extend({"verdict": verdict, **fields} for verdict in verdicts)

    def answers(
        self,
        decision: Optional[str],
        *,
        status: str = "resolved",
        secrets: Optional[Mapping[str, str]] = None,
        **fields: Any,
    ) -> None:
        """How the next question is answered. Until there is one, it is pending. `secrets` are
        values that the agent can take, by name."""
        if secrets:
            self._secrets |= {f"sec_{name}": value for name, value in secrets.items()}
            stored = {name: {"secret": "stored", "ref": f"sec_{name}"} for name in secrets}
            fields["answers"] = fields.get("answers", {}) | stored
        self._answers.append({"status": status, "decision": decision, **fields})

    def asks(self, *texts: str) -> None:
        """What the founder asks the agent before the next answer, if the agent can reply."""
        self._asks.extend(texts)

    def respond(self, method: str, address: str, body: Json) -> Response:
        """The response to one request, as the real server would give it."""
        path, query = urlsplit(address).path, urlsplit(address).query
        *_, last = path.split("/")
        with self._lock:
            if last == "errors":
                return 200, self._verdict(body)
            if last == "escalations" and method == "POST":
                return self._ask(body)
            if last == "decision":
                if "until=turn" in query and self._asks:
                    message = {"id": 1, "by": "founder", "text": self._asks[0]}
                    return 200, {"status": "pending", "turn": "agent", "messages": [message]}
                return self._decision(path.split("/")[-2])
            if last == "messages":
                self._asks.popleft()
                self.replies.append(body["text"])
                return 201, body
            if last == "decisions":
                return 200, {"decisions": [], "cursor": "0"}
            if last == "events":
                return 200, self._events()
            if last in ("take", "ack"):
                return self._secret(path.split("/")[-2], last)
            if last == "attachments":
                return self._attach(path.split("/")[-2], body)
            return self._note(path, last, body)

    def _attach(self, asked: str, sent: Json) -> Response:
        self.files.append((asked, sent["name"], sent["content"]))
        return 201, {"id": f"f{len(self.files)}", "name": sent["name"]}

    def _events(self) -> bytes:
        """The stream tells of each question that is open, and ends: the client comes again."""
        told = b""
        for asked in self._asked.keys() - self._given.keys():
            self._seq += 1
            data = {"type": "agent.fake", "seq": self._seq, "escalation_id": asked}
            told += f"id: {self._seq}\ndata: {json.dumps(data)}\n\n".encode()
        return told

    def _verdict(self, body: Json) -> Json:
        self.reports.append(body)
        verdict = self._verdicts.popleft() if self._verdicts else {"verdict": "retry"}
        signature = f"{body.get('project_id')}:{body['error_type']}:v1-fake"
        if verdict["verdict"] == "escalate":
            self._opened += 1
            verdict = {"escalation_id": f"q{self._opened}", **verdict}
        return {"error_signature": signature, "instruction": "Try another way.", **verdict}

    def _ask(self, body: Json) -> Response:
        if body["id"] not in self._asked:
            self.questions.append(body)
        self._asked[body["id"]] = body
        return 201, body

    def _decision(self, asked: str) -> Response:
        if asked not in self._given and self._answers:
            self._given[asked] = self._answers.popleft()
        given = self._given.get(asked)
        return (204, None) if given is None else (200, given)

    def _secret(self, ref: str, verb: str) -> Response:
        name, value = ref.removeprefix("sec_"), self._secrets.get(ref)
        if verb == "ack":
            self._secrets.pop(ref, None)
            return 204, None
        if value is None:
            return 410, {"detail": "This secret is wiped. Ask for it again if you still need it."}
        return 200, {"name": name, "value": value, "lease_s": 60}

    def _note(self, path: str, last: str, body: Json) -> Response:
        if last == "receipt":
            self.receipts.append((path.split("/")[-2], body["stage"]))
        elif last == "healed":
            self.healed.append(body["error_signature"])
        return 200, {"state": "working", "last_seq": self._seq}


def _file_in(kind: str, data: bytes) -> Json:
    sent = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + data, policy=HTTP)
    part = next(sent.iter_parts())
    return {"name": part.get_filename(), "content": part.get_payload(decode=True)}


def _handler_for(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._respond({})

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            data, kind = self.rfile.read(size), self.headers.get("Content-Type") or ""
            is_file = kind.startswith("multipart/form-data")
            self._respond(_file_in(kind, data) if is_file else json.loads(data or b"{}"))

        do_PUT = do_POST  # noqa: N815 - named by http.server

        def _respond(self, body: Json) -> None:
            status, content = fake.respond(self.command, self.path, body)
            stream = isinstance(content, bytes)
            data = b"" if content is None else content if stream else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/event-stream" if stream else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Nothing: a test reads what the fake kept."""

    return Handler
