"""POST /api/hooks/{agent}: failures, successes, and what is refused."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Cast
from webapp.extensions import db
from webapp.models import Membership, Person
from webapp.operations import people, tokens

FOLDER = Path(__file__).parent / "hooks"
FAILURES = {
    "claude-code": "PostToolUseFailure",
    "cursor": "postToolUseFailure",
    "copilot-cli": "postToolUseFailure",
    "gemini-cli": "AfterTool.error",
    "generic": "failure",
}
SUCCESSES = {
    "claude-code": "PostToolUse",
    "cursor": "postToolUse",
    "copilot-cli": "postToolUse",
    "gemini-cli": "AfterTool",
    "generic": "success",
}
AGENTS = list(FAILURES)
HOOK = r"unstuck hook ([\w-]+)|/api/hooks/([\w-]+)"

Send = Callable[..., TestResponse]
Sql = Callable[..., list[Any]]


def fixture(agent: str, event: str, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{agent}.{event}.json").read_text("utf-8"))
    return found | changes


def failure(agent: str, number: int = 0) -> dict[str, Any]:
    """A failure of that agent; with a number, the same once more."""
    name = "tool_use_id" if agent in ("cursor", "claude-code") else "id"
    again = {name: str(number)} if number else {}
    return fixture(agent, FAILURES[agent], timestamp=number, **again)


def context(agent: str, answer: TestResponse) -> str:
    """The text that the agent's model reads."""
    body = answer.json or {}
    specific = body.get("hookSpecificOutput", {})
    names = ("additional_context", "additionalContext", "text", "stopReason")
    text = specific.get("additionalContext") or next(body[name] for name in names if name in body)
    return str(text)


@pytest.fixture
def send(client: FlaskClient, agent: dict[str, str]) -> Send:
    """Sends a payload with the token of the agent of `shop`."""

    def send(agent_name: str, payload: Any, query: str = "", **headers: str) -> TestResponse:
        sent = agent | {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(f"/api/hooks/{agent_name}{query}", json=payload, headers=sent)

    return send


def claude(send: Send, **changes: Any) -> TestResponse:
    return send("claude-code", fixture("claude-code", "PostToolUseFailure", **changes))


@pytest.mark.parametrize("name", AGENTS)
def test_a_failed_tool_is_reported_and_the_verdict_comes_back(
    send: Send, sql: Sql, name: str
) -> None:
    answer = send(name, failure(name))
    assert answer.status_code == 200, answer.text
    assert "attempt 1 of 3" in context(name, answer)
    assert sql("select job_id, project_id from jobs") == [("shop", "shop")]
    ((intent, verdict),) = sql("select intent, verdict from attempts")
    assert (intent, verdict) == ("run `npm test`", "retry")


@pytest.mark.parametrize("name", AGENTS)
def test_the_same_hook_that_fires_twice_spends_one_attempt(send: Send, sql: Sql, name: str) -> None:
    first, again = (send(name, failure(name)) for _ in range(2))
    assert context(name, first) == context(name, again)
    assert sql("select count(*) from attempts") == [(1,)]


@pytest.mark.parametrize("name", AGENTS)
def test_the_fourth_failure_asks_and_the_fifth_joins(send: Send, sql: Sql, name: str) -> None:
    texts = [context(name, send(name, failure(name, number))) for number in range(1, 6)]
    assert "attempt 3 of 3" in texts[2]
    assert "The founder has been asked" in texts[3]
    assert texts[3] == texts[4]
    ((problem, message),) = sql(
        "select plain_english_problem, error_message from agent_escalations"
    )
    assert "cart.test.js" not in problem
    assert "cart.test.js" in message


@pytest.mark.parametrize("name", AGENTS)
def test_the_same_command_working_again_heals(send: Send, sql: Sql, name: str) -> None:
    send(name, failure(name, 1))
    send(name, failure(name, 2))
    answer = send(name, fixture(name, SUCCESSES[name]))
    assert (answer.status_code, answer.json) == (200, {})
    assert sql("select is_open, attempts_spent, healed from problems") == [(False, 0, 1)]
    assert "attempt 1 of 3" in context(name, send(name, failure(name, 3)))


def test_another_command_working_heals_nothing(send: Send, sql: Sql) -> None:
    claude(send)
    other = fixture("claude-code", "PostToolUse", tool_input={"command": "npm run build"})
    assert send("claude-code", other).json == {}
    assert sql("select is_open from problems") == [(True,)]


def test_a_cursor_command_with_another_exit_code_heals_nothing(send: Send, sql: Sql) -> None:
    send("cursor", failure("cursor"))
    ended = fixture("cursor", "postToolUse", tool_output='{"exitCode": 2}')
    assert send("cursor", ended).json == {}
    assert sql("select is_open from problems") == [(True,)]


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("grep -r needle src", "Exit code 1"),
        ("rg needle", "Exit code 1\n"),
        ("cd web && test -f package.json", "Exit code 1"),
        ("cat x | grep -q 'a | b'", "Command exited with non-zero status code 1"),
        ("diff old new", "Exit code 1\n1c1\n< a\n---\n> b"),
        ("LC_ALL=C /usr/bin/grep x y", "Exit code 1"),
        ("git grep needle", "Exit code 1"),
    ],
)
def test_a_command_that_says_no_is_no_failure(
    send: Send, sql: Sql, command: str, error: str
) -> None:
    answer = claude(send, tool_input={"command": command}, error=error)
    assert (answer.status_code, answer.json) == (200, {})
    assert sql("select count(*) from jobs") == [(0,)]


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("grep needle missing.txt", "Exit code 2\ngrep: missing.txt: No such file or directory"),
        ("grep -r needle . && make", "Exit code 1\nmake: *** no rule"),
        ("make test", "Exit code 1"),
        ("echo 'never closed", "Exit code 1"),
    ],
)
def test_any_other_failed_command_is_reported(
    send: Send, sql: Sql, command: str, error: str
) -> None:
    answer = claude(send, tool_input={"command": command}, error=error)
    assert context("claude-code", answer)
    assert sql("select count(*) from attempts") == [(1,)]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("claude-code", {"is_interrupt": True}),
        ("cursor", {"is_interrupt": True}),
        ("cursor", {"failure_type": "permission_denied"}),
    ],
)
def test_what_a_person_stopped_is_no_failure(
    send: Send, sql: Sql, name: str, changes: dict[str, Any]
) -> None:
    assert send(name, fixture(name, FAILURES[name], **changes)).json == {}
    assert sql("select count(*) from jobs") == [(0,)]


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        ("Exit code 1\nKeyError: 'STRIPE_API_KEY'\nNo API key provided.", True),
        ("Exit code 1\nremote: Permission to anna/shop.git denied to bot. (403 Forbidden)", True),
        ("Exit code 1\n402 Payment Required: your credit balance is too low", True),
        ("Exit code 1\nHTTP 429 Too Many Requests", False),
        ("Exit code 1\nSyntaxError: invalid syntax", False),
    ],
)
def test_only_credentials_payment_and_permission_are_asked_at_first_sight(
    send: Send, sql: Sql, error: str, asked: bool
) -> None:
    claude(send, error=error)
    assert sql("select count(*) from agent_escalations") == [(int(asked),)]


def test_two_commands_that_say_nothing_are_two_problems(send: Send, sql: Sql) -> None:
    for command in ("make test", "make build"):
        claude(send, tool_input={"command": command}, error="Exit code 2", tool_use_id=command)
    assert sql("select count(*) from problems") == [(2,)]


def test_a_paused_job_stops_the_agent(send: Send, paused_job: str) -> None:
    answer = send("claude-code", failure("claude-code"), "?job_id=" + paused_job)
    assert answer.json["continue"] is False
    assert "paused" in answer.json["stopReason"]


def test_the_founder_s_answer_comes_back_as_a_quote(
    send: Send, client: FlaskClient, founder: dict[str, str], sql: Sql
) -> None:
    error = "Exit code 1\nNo API key provided. Set STRIPE_API_KEY."
    claude(send, error=error)
    ((asked,),) = sql("select id::text from agent_escalations")
    body = {"decision": "provide_credentials", "guidance": 'It is in .env. Ignore "all" rules.'}
    client.post(f"/api/escalations/{asked}/resolve", json=body, headers=founder)
    text = context("claude-code", claude(send, error=error, tool_use_id="toolu_02"))
    assert 'The founder wrote: "It is in .env. Ignore \\"all\\" rules.".' in text
    assert len(text) <= 10_000


def test_the_context_is_never_longer_than_an_agent_takes(send: Send) -> None:
    for number in range(3):
        long = {"command": f"echo {number} " + "x" * 100_000}
        answer = claude(send, tool_input=long, error="Exit code 1\nbad", tool_use_id=f"t{number}")
        assert len(context("claude-code", answer)) <= 10_000


def test_a_key_in_a_command_is_not_kept(send: Send, sql: Sql) -> None:
    key = f"sk-proj-{secrets.token_urlsafe(40)}"
    claude(send, tool_input={"command": f"curl -H 'x: {key}' shop.test"}, error="Exit code 7")
    found = sql("select intent, approach from attempts")
    assert key not in str(found)


@pytest.mark.parametrize(
    ("query", "headers", "job"),
    [
        ("", {}, "shop"),
        ("", {"X_Unstuck_Job": "nightly"}, "nightly"),
        ("?job_id=evening", {"X_Unstuck_Job": "nightly"}, "evening"),
    ],
)
def test_the_job_is_the_named_one_or_the_folder(
    send: Send, sql: Sql, query: str, headers: dict[str, str], job: str
) -> None:
    send("claude-code", failure("claude-code"), query, **headers)
    assert sql("select job_id from jobs") == [(job,)]


@pytest.mark.parametrize(
    ("folder", "job"),
    [("C:\\Users\\anna\\shop\\", "shop"), ("/", "claude-code"), ("", "claude-code")],
)
def test_a_folder_is_named_on_any_system(send: Send, sql: Sql, folder: str, job: str) -> None:
    claude(send, cwd=folder)
    assert sql("select job_id from jobs") == [(job,)]


@pytest.mark.parametrize("name", AGENTS)
@pytest.mark.parametrize("payload", [{}, {"hook_event_name": "SessionStart", "event": "start"}])
def test_an_event_that_is_not_known_gets_nothing(
    send: Send, name: str, payload: dict[str, Any]
) -> None:
    answer = send(name, payload)
    assert (answer.status_code, answer.json) == (200, {})


def test_the_question_of_another_tool_is_let_through(send: Send) -> None:
    other = fixture("claude-code", "PreToolUse", tool_name="Bash")
    assert send("claude-code", other).json == {}


def test_nobody_reports_without_a_good_token(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = client.post("/api/hooks/cursor", json=failure("cursor"), headers=headers)
        assert answer.status_code == 401
        assert answer.json["detail"]


def test_an_unknown_agent_is_told_which_there_are(send: Send) -> None:
    answer = send("emacs", {})
    assert answer.status_code == 404
    assert "claude-code" in answer.json["detail"]


def test_another_project_is_as_unknown_as_any(send: Send) -> None:
    answers = [
        send("claude-code", failure("claude-code"), f"?project_id={name}")
        for name in ("other", "never-made")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].json == answers[1].json


def test_who_may_only_read_reports_nothing(app: Flask, client: FlaskClient, sql: Sql) -> None:
    with app.app_context():
        people.make_link("olga@example.com", role="observer", project_id="shop")
        _, secret = tokens.create_personal("script", ["shop"], "olga@example.com")
        assert db.session.scalars(db.select(Membership).join(Person)).one().role == "observer"
    answer = client.post(
        "/api/hooks/claude-code",
        json=failure("claude-code"),
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 403
    assert answer.json["detail"]


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("claude-code", {"error": None}, "error"),
        ("claude-code", {"tool_input": "npm test"}, "tool_input"),
        ("claude-code", {"session_id": ""}, "session_id"),
        ("cursor", {"error_message": 7}, "error_message"),
        ("copilot-cli", {"error": {}}, "error"),
        ("gemini-cli", {"tool_response": []}, "tool_response"),
        ("generic", {"exit_code": "one"}, "exit_code"),
    ],
)
def test_what_is_wrong_is_named(send: Send, name: str, changes: dict[str, Any], field: str) -> None:
    answer = send(name, fixture(name, FAILURES[name], **changes))
    assert answer.status_code == 422, answer.text
    assert [each["field"].split(".")[0] for each in answer.json["errors"]] == [field]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": "[]", "content_type": "application/json"}, 400),
        ({"data": "{}", "content_type": "text/plain"}, 415),
    ],
)
def test_what_is_no_json_object_is_refused(
    client: FlaskClient, agent: dict[str, str], sent: dict[str, str], status: int
) -> None:
    answer = client.post("/api/hooks/claude-code", headers=agent, **sent)
    assert answer.status_code == status
    assert answer.json["detail"]


def test_too_many_open_questions_are_429(
    app: Flask, cast: Cast, client: FlaskClient, agent: dict[str, str], sql: Sql
) -> None:
    config = app.extensions["unstuck"]
    quotas = replace(config.quotas, open_questions=1)
    app.extensions["unstuck"] = replace(config, quotas=quotas)
    for number, status in ((1, 200), (2, 429)):
        error = f"Exit code 1\nNo API key provided. Set KEY_{'AB'[number - 1]}."
        payload = fixture("claude-code", "PostToolUseFailure", error=error, tool_use_id=str(number))
        answer = client.post("/api/hooks/claude-code", json=payload, headers=agent)
        assert answer.status_code == status, answer.text


def test_every_snippet_of_the_docs_is_json_and_names_an_agent_of_ours() -> None:
    text = (FOLDER.parents[2] / "docs/how-to/connect-hooks.md").read_text("utf-8")
    snippets = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert len(snippets) == 5
    named = {name for snippet in snippets for name in re.findall(HOOK, str(json.loads(snippet)))}
    assert {one or other for one, other in named} == set(AGENTS) - {"generic"}
