"""The last places of a project go to as many questions as there are, however many come at once."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from web_process import DeskProcess

from tests.api.questions import QUESTION

MOST = 7
AT_ONCE = 12
NO_KEY = "No API key provided. Set your API key with stripe.api_key"


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """Two workers that let a project have few open questions."""
    return environ | {"QUOTA_OPEN_QUESTIONS": str(MOST), "WEB_CONCURRENCY": "2"}


def ask(number: int) -> tuple[str, dict[str, Any]]:
    body = QUESTION | {"project_id": "shop", "plain_english_problem": f"May I do {number}?"}
    return f"/api/jobs/build-{number}/escalations", body


def report(number: int) -> tuple[str, dict[str, Any]]:
    body = {"session_id": "s", "error_type": f"E{number}", "error_message": NO_KEY}
    return f"/api/jobs/build-{number}/errors", body | {"project_id": "shop"}


def both(number: int) -> tuple[str, dict[str, Any]]:
    return ask(number) if number % 2 else report(number)


@pytest.mark.parametrize("request_of", [ask, report, both])
def test_simultaneous_questions_never_take_more_places_than_there_are(
    desk: DeskProcess,
    agent: dict[str, str],
    sql: Callable[..., list[Any]],
    request_of: Callable[[int], tuple[str, dict[str, Any]]],
) -> None:
    statuses: list[int] = []
    ready = threading.Barrier(AT_ONCE)

    def send(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        ready.wait(60)
        for number in (first, first + AT_ONCE):
            path, body = request_of(number)
            headers = agent | {"Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = Counter(statuses)
    assert counted[429] == 2 * AT_ONCE - MOST, counted
    assert counted[200] + counted[201] == MOST
    assert sql("select count(*) from agent_escalations where status = 'pending'") == [(MOST,)]
