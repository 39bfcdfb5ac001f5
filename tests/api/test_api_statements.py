"""What a call of an agent costs the database: the statements that it sends are counted."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from flask.testing import FlaskClient

Report = Callable[..., tuple[str, int]]

NO_KEY = "stripe.error.AuthenticationError: No API key provided."
WRONG_KEY = "openai.AuthenticationError: Error code: 401 - Incorrect API key provided"
BUG = "TypeError: cart.total is not a function"
OF_OTHERS = (
    *("select pg_notify", "select 1", "select clock_timestamp"),
    *("select id, name, scope", "update tokens"),
)
"""What a process sends for all its operations: the notification, the check of a connection that was
idle; and the look at the token, which workers remember."""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that this thread gave to the driver."""
    found: list[str] = []
    here = threading.get_ident()
    execute = psycopg.Cursor.execute

    def noting(cursor: object, query: object, *rest: object, **more: object) -> object:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if threading.get_ident() == here and not text.strip().lower().startswith(OF_OTHERS):
            found.append(text)
        return execute(cursor, query, *rest, **more)  # type: ignore[arg-type, type-var]

    monkeypatch.setattr(psycopg.Cursor, "execute", noting)
    return found


@pytest.fixture
def report(client: FlaskClient, agent: dict[str, str], sent: list[str]) -> Report:
    """Reports a failure; the verdict, and how many statements it took."""

    def reporting(message: str, job: str = "build-1", **more: str) -> tuple[str, int]:
        body = {"project_id": "shop", "session_id": "s", "error_type": "E"} | more
        body |= {"error_message": message}
        sent.clear()
        answer = client.post(f"/api/jobs/{job}/errors", json=body, headers=agent)
        assert answer.status_code == 200
        return answer.json["verdict"], len(sent)

    return reporting


@pytest.fixture(autouse=True)
def warm(report: Report, sent: list[str]) -> None:
    """The first call of a process may set its connection up."""
    report("TypeError: nothing is not a function", job="warm")


def test_a_report_that_is_retried_takes_a_look_and_a_change(report: Report) -> None:
    for job in ("build-1", "build-2"):
        for _ in range(3):
            assert report(BUG, job, intent="build the cart") == ("retry", 2)


def test_a_new_question_takes_six_statements_also_in_a_new_job(report: Report) -> None:
    """A look, begin, the room in the project, the report, the question; and whether anyone learns
    of it. The commit is no statement here."""
    assert report(NO_KEY) == ("escalate", 6)
    assert report(WRONG_KEY) == ("escalate", 6)
    assert report(WRONG_KEY, "build-2") == ("escalate", 3)  # it joins


def test_a_report_with_an_id_takes_no_more(report: Report) -> None:
    assert report(BUG, id="one") == ("retry", 2)
    assert report(NO_KEY, id="two") == ("escalate", 6)
    assert report(NO_KEY, id="two") == ("escalate", 2)  # the stored verdict
