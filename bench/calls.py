"""The calls that are compared, as finished bytes: the same for the product and the reference."""

import itertools
import json
import random
from collections.abc import Iterator, Sequence

_SEED = 20
SIGNATURES = 1_000
"""So many problems are reported in turn, three times each, which is what a retry budget allows."""


def post(path: str, token: str, body: object) -> bytes:
    """A POST with a JSON body."""
    return _with_body("POST", path, token, body)


def put(path: str, token: str, body: object) -> bytes:
    """A PUT with a JSON body."""
    return _with_body("PUT", path, token, body)


def _with_body(method: str, path: str, token: str, body: object) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def get(path: str, token: str | None = None, **headers: str) -> bytes:
    """A GET; headers by name, with an underscore for a hyphen."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def errors_with_ids(token: str, jobs: Sequence[str], run: str) -> Iterator[bytes]:
    """As `errors`, each report with an id of its own."""
    return errors(token, jobs, run, with_ids=True)


def errors(token: str, jobs: Sequence[str], run: str, *, with_ids: bool = False) -> Iterator[bytes]:
    """Reports of failures: each problem comes three times, with another approach each time, so
    that the verdict is always to retry. `run` keeps the problems of two measurements apart."""
    pick = random.Random(_SEED)
    for block in itertools.count():
        for attempt in range(1, 4):
            for number in range(SIGNATURES):
                name = f"module_{run}_{block}_{number}"
                yield post(
                    f"/api/jobs/{pick.choice(jobs)}/errors",
                    token,
                    {
                        "project_id": "shop",
                        "session_id": "session-1",
                        "error_type": "ImportError",
                        "error_message": f"cannot import name 'start' from '{name}'",
                        "intent": "start the payment module",
                        "approach": f"way number {attempt}: import it in another manner",
                    }
                    | ({"id": f"{name}-{attempt}"} if with_ids else {}),
                )


def escalations(token: str, jobs: Sequence[str], run: str) -> Iterator[bytes]:
    """Questions in an agent's own words."""
    pick = random.Random(_SEED)
    for number in itertools.count():
        yield post(
            f"/api/jobs/{pick.choice(jobs)}/escalations",
            token,
            {
                "project_id": "shop",
                "session_id": "session-1",
                "error_type": "ApiError",
                "error_signature": f"shop:ApiError:v1-{run}-{number}",
                "plain_english_problem": "I tried 3 ways to set up the payment system but kept "
                "hitting a configuration issue.",
                "attempts_summary": ["I used the key of the test account", "I asked for a new key"],
                "recommended_action": "Skip this feature for now.",
                "options": [
                    {
                        "value": "skip_feature",
                        "label": "Skip this feature",
                        "description": "The shop opens without it.",
                    },
                    {
                        "value": "provide_credentials",
                        "label": "Give me the key",
                        "description": "I set the payment system up with it.",
                    },
                ],
            },
        )


def answers(token: str, escalation_ids: Sequence[str]) -> Iterator[bytes]:
    """A founder's answers to these questions, each once."""
    for key in escalation_ids:
        yield answer(token, key)


def answer(token: str, escalation_id: str) -> bytes:
    """A founder's answer to a question."""
    body = {"decision": "skip_feature", "guidance": "We open without it."}
    return post(f"/api/escalations/{escalation_id}/resolve", token, body)
