"""The desk's JSON contract for one job, as plain HTTP: the part to copy as it is."""

import json
import time
import uuid
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

Json = dict[str, Any]


class Refused(Exception):
    """The desk did not take a call; the message says what to do."""


class Desk:
    """The calls of one job, as plain HTTP."""

    def __init__(self, url: str, token: str, project: str, job: str) -> None:
        self.url, self.token, self.project = url.rstrip("/"), token, project
        self.job = f"/api/jobs/{quote(job, safe='')}"

    def call(self, method: str, path: str, **body: Any) -> Any:
        """The JSON of the answer; None when it is empty. Waits while the desk is away."""
        data = json.dumps(body).encode() if body else None
        request = Request(self.url + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        while True:
            try:
                with urlopen(request, timeout=90) as answer:
                    return json.loads(answer.read() or "null")
            except HTTPError as error:
                if error.code not in (502, 503, 504):
                    raise Refused(f"{method} {path}: {error.read().decode()}") from error
            except (OSError, HTTPException):
                pass  # it is being restarted, or the network is: nothing is lost by waiting
            time.sleep(1)

    def tell(self, **changes: Any) -> None:
        """Say what this job is called and how it stands."""
        self.call("PUT", self.job, project_id=self.project, **changes)

    def report(self, **report: Any) -> Json:
        """Report a failure; the verdict says what to do next."""
        body = {"project_id": self.project, **report}
        verdict: Json = self.call("POST", f"{self.job}/errors", **body)
        return verdict

    def healed(self, signature: str) -> None:
        """That problem is over, without anybody's help."""
        body = {"project_id": self.project, "error_signature": signature}
        self.call("POST", f"{self.job}/errors/healed", **body)

    def ask(self, **question: Any) -> str:
        """Ask a question in our own words; returns the escalation's id."""
        body = {"project_id": self.project, "id": str(uuid.uuid4()), **question}
        return str(self.call("POST", f"{self.job}/escalations", **body)["id"])

    def wait_for_decision(self, escalation_id: str) -> Json:
        """Return once the founder has answered, however long that takes."""
        path = f"/api/escalations/{escalation_id}/decision?wait=60"
        decision: Json | None = None
        while not decision:
            decision = self.call("GET", path)
        return decision

    def receipt(self, escalation_id: str, stage: str, note: str) -> None:
        """Tell what became of the decision: picked_up, worked or failed."""
        self.call("POST", f"/api/escalations/{escalation_id}/receipt", stage=stage, note=note)

    def wait_until_resumed(self) -> None:
        """Return once a founder lets the paused job go on."""
        while self.call("GET", f"{self.job}?project_id={quote(self.project)}")["state"] == "paused":
            time.sleep(1)
