"""Agents and a founder who go on whatever happens to the server, and write down what they know."""

import http.client
import threading
import time
import uuid
from typing import Any

from kill_journal import Journal
from stage import Answer, Caller, question

PROJECT = "shop"
_PAUSE_S = 0.1


class Over(Exception):
    """The load is to end."""


class Client(threading.Thread):
    """Somebody with a token. `rest` lets it finish what it is at and stop at a good moment."""

    def __init__(self, port: int, token: str, journal: Journal) -> None:
        super().__init__(daemon=True)
        self.caller, self.journal = Caller(port, token), journal
        self.over = threading.Event()

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
                return answer
            if answer and answer.status not in (502, 503, 504, 507):
                self.journal.fault(f"{method} {path}: {answer.status} {answer.body}")
                raise Over
            repeated = True
            if self.over.wait(_PAUSE_S):
                raise Over


class Agent(Client):
    """Asks a question for a job of its own, waits for the answer, says that it worked, and reads
    the events of the job."""

    def work(self) -> None:
        key, job = str(uuid.uuid4()), f"job-{uuid.uuid4().hex[:12]}"
        asked = question(id=key, project_id=PROJECT, plain_english_problem=f"What about {key}?")
        self.journal.sent[key] = asked | {"job_id": job}
        self.until_taken("POST", f"/api/jobs/{job}/escalations", 200, 201, **asked)
        self.journal.asked.add(key)
        path = f"/api/escalations/{key}"
        while (told := self.until_taken("GET", f"{path}/decision?wait=2", 200, 204)).status == 204:
            if self.over.is_set():
                raise Over
        self.journal.received[key] = told.body["decision"]
        self.until_taken("POST", f"{path}/receipt", 200, 201, 204, stage="worked")
        self.journal.receipts.add(key)
        events = self.until_taken("GET", f"/api/jobs/{job}/events?project_id={PROJECT}", 200).body
        self.journal.events[job] = [(event["seq"], event["type"]) for event in events]


class Founder(Client):
    """Answers what is asked, half of it with each option."""

    def work(self) -> None:
        path = f"/api/escalations?project_id={PROJECT}&status=pending"
        for each in self.until_taken("GET", path, 200).body:
            key = each["id"]
            decision = "skip_feature" if int(key[0], 16) % 2 else "provide_guidance"
            self.journal.decided[key] = decision
            answer = {"decision": decision, "guidance": f"Because of {key}."}
            done = self.until_taken("POST", f"/api/escalations/{key}/resolve", 200, 409, **answer)
            # 409: an earlier try was taken, and its response was lost.
            if done.status == 409 and done.body["escalation"]["founder_decision"] != decision:
                self.journal.fault(f"{key} was answered by somebody else: {done.body}")
            self.journal.answered.add(key)
        time.sleep(_PAUSE_S)
