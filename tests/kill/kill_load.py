"""Agents and a founder who go on whatever happens to the server, and write down what they know."""

import http.client
import itertools
import threading
import time
import uuid
from typing import Any

from kill_journal import Journal
from stage import Answer, Caller, question
from visitor import Page, Visitor

PROJECT = "shop"
NAME = "SHOP_KEY"
YES = "provide_guidance"
_PAUSE_S = 0.1
_EACH = 4  # every fourth question asks for a secret
_NOW_AND_THEN = (502, 503, 504, 507)  # what an outage explains
_SCHEMA = {
    "type": "object",
    "properties": {NAME: {"type": "string", "format": "secret", "x-options": [YES]}},
}


class Over(Exception):
    """The load is to end."""


class Client(threading.Thread):
    """Somebody who goes on until `over` is set, and then stops at the next request."""

    def __init__(self, port: int, token: str, journal: Journal, callback: str = "") -> None:
        super().__init__(daemon=True)
        self.caller, self.journal, self.callback = Caller(port, token), journal, callback
        self.over = threading.Event()
        self.served = 0

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.work()
        except Over:
            pass
        except Exception as error:
            self.journal.fault(f"a client met what it did not expect: {error!r}")

    def work(self) -> None:
        raise NotImplementedError

    def until_taken(self, method: str, path: str, /, *good: int, **body: Any) -> Answer:
        """Send a request again and again until the server takes it. A refusal that no outage
        explains is a fault."""
        repeated = False
        while True:
            self.journal.count(repeated=repeated)
            try:
                answer = self.caller.call(method, path, **body)
            except (OSError, http.client.HTTPException, ValueError):
                answer = None  # cut, or out of reach
            if answer and answer.status in good:
                self.served += 1
                return answer
            if answer and answer.status not in _NOW_AND_THEN:
                self.journal.fault(f"{method} {path}: {answer.status} {answer.body}")
                raise Over
            repeated = True
            if self.over.wait(_PAUSE_S):
                raise Over


class Agent(Client):
    """Asks a question for a job of its own, waits for the answer, takes the secret that comes with
    it, says that it worked, and reads the events of the job."""

    numbers = itertools.count()

    def work(self) -> None:
        key, job = str(uuid.uuid4()), f"job-{uuid.uuid4().hex[:12]}"
        asked = question(id=key, project_id=PROJECT, plain_english_problem=f"What about {key}?")
        if self.callback:
            asked["callback"] = {"url": self.callback}
        if self.callback and next(self.numbers) % _EACH == 0:
            asked["answer_schema"] = _SCHEMA
            self.journal.secrets[key] = f"the secret of {key}"
        self.journal.sent[key] = asked | {"job_id": job}
        self.until_taken("POST", f"/api/jobs/{job}/escalations", 200, 201, **asked)
        self.journal.asked.add(key)
        path = f"/api/escalations/{key}"
        while (told := self.until_taken("GET", f"{path}/decision?wait=2", 200, 204)).status == 204:
            if self.over.is_set():
                raise Over
        self.journal.received[key] = told.body["decision"]
        if key in self.journal.secrets:
            self.take(key, job, told.body["answers"][NAME]["ref"])
        self.until_taken("POST", f"{path}/receipt", 200, 201, 204, stage="worked")
        self.journal.receipts.add(key)
        events = self.until_taken("GET", f"/api/jobs/{job}/events?project_id={PROJECT}", 200).body
        self.journal.events[job] = [(event["seq"], event["type"]) for event in events]

    def take(self, key: str, job: str, ref: str) -> None:
        """Take the secret and say that it arrived."""
        taken = self.until_taken("POST", f"/api/secrets/{ref}/take", 200, job_id=job)
        if taken.body["value"] != self.journal.secrets[key]:
            self.journal.fault(f"changed: the secret of {key} is {taken.body['value']}")
        self.until_taken("POST", f"/api/secrets/{ref}/ack", 204, job_id=job)
        self.journal.acked.add(key)


class Founder(Client):
    """Answers what is asked, half of it with each option."""

    def work(self) -> None:
        path = f"/api/escalations?project_id={PROJECT}&status=pending"
        for each in self.until_taken("GET", path, 200).body:
            key = each["id"]
            if key in self.journal.secrets:
                continue  # those are entered on their pages
            decision = "skip_feature" if int(key[0], 16) % 2 else "provide_guidance"
            self.journal.decided[key] = decision
            answer = {"decision": decision, "guidance": f"Because of {key}."}
            done = self.until_taken("POST", f"/api/escalations/{key}/resolve", 200, 409, **answer)
            # 409: an earlier try was taken, and its response was lost.
            if done.status == 409 and done.body["escalation"]["founder_decision"] != decision:
                self.journal.fault(f"{key} was answered by somebody else: {done.body}")
            self.journal.answered.add(key)
        time.sleep(_PAUSE_S)


class Person(Client):
    """Somebody in a browser who hands over what agents ask for, and answers by that."""

    def __init__(self, port: int, link: str, journal: Journal) -> None:
        super().__init__(port, "", journal)
        self._browser = Visitor(f"http://localhost:{port}")
        if not self._browser.sign_in(link):
            raise AssertionError("the link does not work")

    def work(self) -> None:
        for key in list(self.journal.secrets):
            if key in self.journal.asked and key not in self.journal.answered:
                self.journal.decided[key] = YES
                self.answer(key)
        time.sleep(_PAUSE_S)

    def answer(self, key: str) -> None:
        """Open the page and send its forms, until it shows that it is answered. Where the secret
        was stored and the answer that came with it was cut off, the answer is left to give."""
        path = f"/escalations/{key}"
        while not self.over.is_set():
            page = self._loaded(path)
            if page is None:
                continue
            if f'{path}/secrets"' in page.text:
                secret = {f"secret.{NAME}": self.journal.secrets[key]}
                self._sent(page, '/secrets"', decision=YES, **secret)
            elif '<form id="answer"' in page.text:
                self._sent(page, 'id="answer"', decision=YES)
            else:
                self.journal.answered.add(key)
                return

    def _loaded(self, path: str) -> Page | None:
        """The page; None while an outage explains that it does not come."""
        try:
            page = self._browser.get(path)
        except (OSError, http.client.HTTPException):
            page = None
        elsewhere = page and page.status == 200 and not page.url.endswith(path)
        if page and (elsewhere or page.status not in (200, *_NOW_AND_THEN)):
            self.journal.fault(f"GET {path}: {page.status} at {page.url}")
            raise Over
        if not page or page.status != 200:
            self.over.wait(_PAUSE_S)
            return None
        return page

    def _sent(self, page: Page, mark: str, **fields: str) -> None:
        try:
            sent = self._browser.submit(page, mark, **fields)
        except (OSError, http.client.HTTPException):
            return  # cut, or out of reach: the page shows what came of it
        # 409: an earlier try was taken, and its response was lost.
        if sent.status not in (200, 409, *_NOW_AND_THEN):
            self.journal.fault(f"the form of {page.url}: {sent.status}")
            raise Over
