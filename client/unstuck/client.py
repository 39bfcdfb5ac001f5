"""The way into the package: one object for one job of one agent."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Literal, Optional, Union, overload
from urllib.parse import quote, urlsplit

from unstuck.attempts import Attempts
from unstuck.errors import Refused, Unreachable
from unstuck.events import events, events_async
from unstuck.files import Source
from unstuck.many import answers
from unstuck.questions import Answer, Handle, Options, Reply, as_options
from unstuck.secrets import HAND_OVER, asking_for
from unstuck.threads import in_thread
from unstuck.transport import REPORT_PATIENCE_S, Json, Transport
from unstuck.verdicts import Verdict, message_of

log = logging.getLogger("unstuck")


class Unstuck:
    """Reports failures of one job, asks its questions, and brings the answers.

    `url` and `token` name the server and who calls; `project` may be left out if the token has
    only one. A program that is restarted finds its own questions again as long as `job` is the
    same. `wait_scale` shortens waits in tests and demos (1 = as long as the server says).
    `patience_s` is how long a report tries to reach a server that is away.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        project: Optional[str] = None,
        job: Optional[str] = None,
        wait_scale: float = 1.0,
        patience_s: float = REPORT_PATIENCE_S,
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"UNSTUCK_URL must begin with http:// or https://, not {url!r}")
        self.transport = Transport(url, token)
        self.project, self.wait_scale, self.patience_s = project, wait_scale, patience_s
        self.job = job or f"job-{uuid.uuid4().hex[:12]}"
        self.session = f"session-{uuid.uuid4().hex[:8]}"
        self.path = f"/api/jobs/{quote(self.job, safe='')}"
        self._open: dict[str, Handle] = {}

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Unstuck:
        """Read UNSTUCK_URL and UNSTUCK_TOKEN, and if set UNSTUCK_PROJECT, UNSTUCK_JOB,
        UNSTUCK_WAIT_SCALE and UNSTUCK_PATIENCE_S. Raises ValueError that names what is missing."""
        missing = [name for name in ("UNSTUCK_URL", "UNSTUCK_TOKEN") if not environ.get(name)]
        if missing:
            raise ValueError(f"Set {' and '.join(missing)} (your Unstuck server shows both).")
        return cls(
            environ["UNSTUCK_URL"],
            environ["UNSTUCK_TOKEN"],
            project=environ.get("UNSTUCK_PROJECT") or None,
            job=environ.get("UNSTUCK_JOB") or None,
            wait_scale=float(environ.get("UNSTUCK_WAIT_SCALE") or 1),
            patience_s=float(environ.get("UNSTUCK_PATIENCE_S") or REPORT_PATIENCE_S),
        )

    # Failures

    def attempts(
        self,
        intent: str,
        *,
        step: Optional[str] = None,
        state: Optional[Json] = None,
        reply: Optional[Reply] = None,
        **words: Any,
    ) -> Attempts:
        """Try until it works: `for attempt in unstuck.attempts("…"): with attempt: …`.

        `intent` completes "I wanted to …". `step` names this place in the job if two have the
        same intent. `state` comes back with an answer, also after a restart. `reply` is called with
        what the founder asks before deciding, and returns what to reply. `words` are used if the
        founder must be asked: plain_english_problem, recommended_action, options, recommended.
        """
        if "options" in words:
            words["options"] = as_options(words["options"])
        return Attempts(self, intent, step or intent, state, words, reply)

    def report(
        self, error: Union[BaseException, str], *, report_id: Optional[str] = None, **fields: Any
    ) -> Verdict:
        """Report one failure; the verdict says what to do. `fields` are those of the JSON API."""
        if isinstance(error, BaseException):
            texts = {"error_type": type(error).__name__, "error_message": message_of(error)}
        else:
            texts = {"error_type": "Error", "error_message": error}
        body = self._body(
            id=report_id or str(uuid.uuid4()), session_id=self.session, **texts | fields
        )
        return Verdict.read(
            self.transport.send("POST", f"{self.path}/errors", body, patience_s=self.patience_s)
        )

    def healed(self, error_signature: str) -> None:
        """Say that a problem is over, so that its budget of attempts is whole again."""
        body = self._body(error_signature=error_signature)
        self.send_quietly("POST", f"{self.path}/errors/healed", body)

    # Questions

    @overload
    def ask(
        self,
        question: str,
        options: Optional[Options] = None,
        *,
        wait: Literal[True] = True,
        timeout: Optional[float] = None,
        key: str = "",
        secrets: Optional[Mapping[str, str]] = None,
        files: Iterable[Source] = (),
        reply: Optional[Reply] = None,
        **fields: Any,
    ) -> Answer: ...

    @overload
    def ask(
        self,
        question: str,
        options: Optional[Options] = None,
        *,
        wait: Literal[False],
        timeout: Optional[float] = None,
        key: str = "",
        secrets: Optional[Mapping[str, str]] = None,
        files: Iterable[Source] = (),
        reply: Optional[Reply] = None,
        **fields: Any,
    ) -> Handle: ...

    def ask(
        self,
        question: str,
        options: Optional[Options] = None,
        *,
        wait: bool = True,
        timeout: Optional[float] = None,
        key: str = "",
        secrets: Optional[Mapping[str, str]] = None,
        files: Iterable[Source] = (),
        reply: Optional[Reply] = None,
        **fields: Any,
    ) -> Union[Answer, Handle]:
        """Ask the founder. With `wait=False` a Handle comes back right away.

        The same question of the same job is asked once, also after a restart; `key` tells apart
        two that read the same. `timeout` (seconds) raises StillPending. `secrets` asks for keys:
        where to find each, by its name; `answer.secrets` has them. Without `options` the founder
        then hands them over or goes on without. `files` are paths of images and texts to show with
        the question; one that can't be attached is logged. `reply` is called with what the founder
        asks before deciding, and returns what to reply. `fields` are those of the JSON API:
        recommended, recommended_action, attempts_summary, agent_state, …
        """
        chosen = as_options(options)
        asked: Json = {"session_id": self.session, "error_type": "Question"}
        asked |= {"plain_english_problem": question, "options": chosen or []} | fields
        if secrets:
            asked["options"] = chosen or HAND_OVER
            asked["answer_schema"] = asking_for(secrets, has_options=bool(chosen))
        # What a repeated question is recognised by: the words, and not who happens to ask.
        words = {
            name: value
            for name, value in asked.items()
            if name not in ("session_id", "agent_state")
        }
        digest = hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()
        body = self._body(id=self.id_for("ask", key, digest), **asked)
        stored = self.transport.send("POST", f"{self.path}/escalations", body, patience_s=None)
        handle = Handle(self, stored["id"]) if wait else self.handle(stored["id"])
        for source in files:
            self._attach(handle, source)
        handle.reply = reply
        return handle.result(timeout) if wait else handle

    async def ask_async(
        self,
        question: str,
        options: Optional[Options] = None,
        *,
        timeout: Optional[float] = None,
        reply: Optional[Reply] = None,
        **fields: Any,
    ) -> Answer:
        """As `ask`, without blocking the event loop. `reply` may be an async function."""
        asked = {"wait": False, "reply": reply, **fields}
        handle: Handle = await in_thread(lambda _: self.ask(question, options, **asked))
        return await handle.result_async(timeout)

    def handle(self, escalation_id: str, reply: Optional[Reply] = None) -> Handle:
        """The handle of a question, for `answers` as well. `reply` as in `ask`."""
        handle = self._open.setdefault(escalation_id, Handle(self, escalation_id))
        handle.reply = reply or handle.reply
        return handle

    def answers(self, timeout: Optional[float] = None) -> Iterator[Answer]:
        """Yield the answers to all open handles as they come, over one waiting request, and reply
        to what the founder asks before deciding. Ends when none is open; raises StillPending after
        `timeout` seconds without a new one."""
        return answers(self, self._open, timeout)

    # The job

    def events(self, after: int = 0, timeout: Optional[float] = None) -> Iterator[Json]:
        """Yield what happens in this job, as the JSON API tells it: first all events after the
        number `after`, then each as it comes. A lost connection is taken up again where it was
        lost. Keep the `seq` of the last one to go on after a restart. Raises StillPending after
        `timeout` seconds without one, and Refused (404) before the job's first report or question.
        """
        return events(self, after, timeout)

    def events_async(self, after: int = 0, timeout: Optional[float] = None) -> AsyncIterator[Json]:
        """As `events`, without blocking the event loop."""
        return events_async(self, after, timeout)

    def update(self, **changes: Any) -> None:
        """Describe this job: title, state (working, finished or failed), summary, result_url,
        preview."""
        body = self._body(session_id=self.session, **changes)
        self.send_quietly("PUT", self.path, body)

    def state(self) -> str:
        """working, waiting_for_input, paused, finished or failed."""
        return str(self.transport.send("GET", self.job_path(), patience_s=None)["state"])

    # For the other modules

    def job_path(self, what: str = "") -> str:
        """The address of this job, or of `what` of it, for requests without a body."""
        where = f"?project_id={quote(self.project, safe='')}" if self.project else ""
        return f"{self.path}{what}{where}"

    def last_seq(self) -> int:
        """The number of the last event of this job."""
        return int(self.transport.send("GET", self.job_path(), patience_s=None)["last_seq"])

    def id_for(self, *parts: object) -> str:
        """A UUID that a restarted program makes again."""
        named = json.dumps([self.project, self.job, *parts])
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"unstuck:{named}"))

    def send_quietly(self, method: str, path: str, body: Json) -> None:
        """Send what the work doesn't depend on: a failure is logged and nothing more."""
        try:
            self.transport.send(method, path, body, patience_s=self.patience_s)
        except (Refused, Unreachable) as error:
            log.warning("%s %s: %s", method, path, error)

    def _attach(self, handle: Handle, source: Source) -> None:
        try:
            handle.attach(source)
        except (OSError, Refused) as error:
            name = "A file" if isinstance(source, bytes) else source
            log.warning("%s isn't attached: %s", name, error)

    def _body(self, **fields: Any) -> Json:
        body = {"project_id": self.project, **fields}
        return {name: value for name, value in body.items() if value is not None}
