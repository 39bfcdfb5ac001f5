"""The MCP endpoint: both eras of the protocol, the four tools, and what is refused."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Cast

MODERN, LEGACY = "2026-07-28", "2025-11-25"
OLDER = [LEGACY, "2025-06-18", "2025-03-26", "2024-11-05"]
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}
OPTIONS = [{"value": "skip", "label": "Skip it"}, {"value": "pay", "label": "Pay for it"}]
ASKED = {"job_id": "build-1", "question": "Do we pay for it?", "options": OPTIONS, "wait_s": 0}

Send = Callable[..., TestResponse]


@pytest.fixture
def send(client: FlaskClient, agent: dict[str, str]) -> Send:
    """Sends a message of the newer era; keywords replace members of `_meta` and headers."""

    def send(method: str, params: dict[str, Any] | None = None, /, **other: Any) -> TestResponse:
        meta = META | other.pop("meta", {})
        headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
        if params and "name" in params:
            headers["Mcp-Name"] = params["name"]
        sent = headers | agent | other.pop("headers", {})
        body = {"jsonrpc": "2.0", "id": 1, "method": method} | other
        body["params"] = (params or {}) | {"_meta": {k: v for k, v in meta.items() if v != "-"}}
        return client.post("/api/mcp", json=body, headers={k: v for k, v in sent.items() if v})

    return send


@pytest.fixture
def call(send: Send) -> Callable[..., dict[str, Any]]:
    """Calls a tool; the result."""

    def call(
        name: str, headers: dict[str, str] | None = None, /, **arguments: Any
    ) -> dict[str, Any]:
        answer = send("tools/call", {"name": name, "arguments": arguments}, headers=headers or {})
        assert answer.status_code == 200, answer.text
        answer.close()  # which is when a delivery is noted
        return dict(answer.json["result"])

    return call


def old(client: FlaskClient, agent: dict[str, str], method: str, **params: Any) -> TestResponse:
    body = {"jsonrpc": "2.0", "id": "a", "method": method, "params": params}
    return client.post("/api/mcp", json=body, headers=agent)


def test_a_new_client_discovers_the_server_without_a_handshake(send: Send) -> None:
    result = send("server/discover").json["result"]
    assert result["supportedVersions"] == [MODERN, *OLDER]
    assert result["capabilities"] == {"tools": {}}
    assert result["resultType"] == "complete"
    assert result["ttlMs"] > 0
    assert result["cacheScope"] == "public"


def test_an_old_client_shakes_hands_in_its_version_or_is_offered_the_latest(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    for wanted, given in ((LEGACY, LEGACY), ("2025-03-26", "2025-03-26"), ("1999-01-01", LEGACY)):
        answer = old(client, agent, "initialize", protocolVersion=wanted)
        assert answer.json["result"]["protocolVersion"] == given
        assert answer.json["id"] == "a"
        assert "Mcp-Session-Id" not in answer.headers
    assert old(client, agent, "ping").json["result"] == {}
    payload = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answer = client.post("/api/mcp", json=payload, headers=agent)
    assert (answer.status_code, answer.data) == (202, b"")


def test_both_eras_list_the_same_four_tools(
    client: FlaskClient, agent: dict[str, str], send: Send
) -> None:
    new = send("tools/list").json["result"]
    assert new["resultType"] == "complete"
    assert new["cacheScope"] == "public"
    before = old(client, agent, "tools/list").json["result"]
    assert before == {"tools": new["tools"]}
    names = ["report_failure", "ask_founder", "wait_for_decision", "report_outcome"]
    assert [tool["name"] for tool in new["tools"]] == names
    for tool in new["tools"]:
        jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
        jsonschema.Draft202012Validator.check_schema(tool["outputSchema"])
        assert tool["outputSchema"]["type"] == "object"
        assert tool["annotations"]["destructiveHint"] is False


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"headers": {"MCP-Protocol-Version": ""}}, 400, -32020),
        ({"headers": {"MCP-Protocol-Version": LEGACY}}, 400, -32020),
        ({"headers": {"Mcp-Method": "tools/call"}}, 400, -32020),
        ({"meta": {"io.modelcontextprotocol/protocolVersion": "-"}}, 400, -32602),
        ({"meta": {"io.modelcontextprotocol/clientCapabilities": "-"}}, 400, -32602),
        ({"method": "tools/guess", "headers": {"Mcp-Method": "tools/guess"}}, 404, -32601),
        ({"method": "ping", "headers": {"Mcp-Method": "ping"}}, 404, -32601),
        ({"jsonrpc": "1.0"}, 400, -32600),
        ({"method": 5}, 400, -32600),
        ({"id": {}}, 400, -32600),
    ],
)
def test_a_message_that_is_wrong_is_refused_with_its_code(
    send: Send, change: dict[str, Any], status: int, code: int
) -> None:
    answer = send("tools/list", **change)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code), answer.text
    assert "result" not in answer.json


def test_a_version_that_is_not_served_is_told_which_are(send: Send) -> None:
    meta = {"io.modelcontextprotocol/protocolVersion": "2031-01-01"}
    answer = send("tools/list", meta=meta, headers={"MCP-Protocol-Version": "2031-01-01"})
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == -32022
    assert answer.json["error"]["data"]["requested"] == "2031-01-01"
    assert MODERN in answer.json["error"]["data"]["supported"]


def test_what_is_no_json_object_is_a_parse_error(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    for body in ("{", "[]", '"text"', "\xff"):
        answer = client.post("/api/mcp", data=body, headers=agent, content_type="application/json")
        assert (answer.status_code, answer.json["error"]["code"]) == (400, -32700)


def test_an_old_client_is_told_of_an_unknown_method_without_losing_its_session(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    answer = old(client, agent, "resources/list")
    assert (answer.status_code, answer.json["error"]["code"]) == (200, -32601)


def test_notifications_and_stray_answers_are_taken_in_silence(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    for body in ({"jsonrpc": "2.0", "method": "notifications/cancelled"}, {"id": 1, "result": {}}):
        answer = client.post("/api/mcp", json=body, headers=agent)
        assert (answer.status_code, answer.data) == (202, b"")


def test_only_posts_with_a_token_from_no_foreign_page_come_in(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    for method in ("GET", "DELETE"):
        assert client.open("/api/mcp", method=method, headers=agent).status_code == 405
    answer = client.post("/api/mcp", json={})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "resource_metadata" not in answer.headers["WWW-Authenticate"]
    foreign = agent | {"Origin": "https://elsewhere.example"}
    assert client.post("/api/mcp", json={}, headers=foreign).status_code == 403
    own = agent | {"Origin": "http://localhost"}
    assert client.post("/api/mcp", json={}, headers=own).status_code == 400


def test_there_is_no_oauth_server_however_often_one_is_looked_for(client: FlaskClient) -> None:
    for number in range(150):
        name = ("authorization-server", "protected-resource/api/mcp")[number % 2]
        assert client.get(f"/.well-known/oauth-{name}").status_code == 404


def test_a_failure_is_reported_and_its_verdict_comes_twice_alike(
    call: Callable[..., dict[str, Any]], send: Send
) -> None:
    failure = {
        "job_id": "build-1",
        "what_failed": "KeyError",
        "error": "KeyError: 'STRIPE_API_KEY'",
    }
    result = call("report_failure", **failure, report_id="one", question="I need a key.")
    assert not result["isError"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    assert result["structuredContent"]["verdict"] == "escalate"
    tools = {tool["name"]: tool for tool in send("tools/list").json["result"]["tools"]}
    jsonschema.validate(result["structuredContent"], tools["report_failure"]["outputSchema"])
    assert call("report_failure", **failure, report_id="one")["structuredContent"]["repeated"]


def test_a_question_is_pending_until_the_founder_answers(
    client: FlaskClient, founder: dict[str, str], call: Callable[..., dict[str, Any]]
) -> None:
    asked = call("ask_founder", **ASKED)["structuredContent"]
    assert asked["status"] == "pending"
    assert "not a refusal and not an approval" in asked["message"]
    key = asked["escalation_id"]
    assert call("ask_founder", **ASKED)["structuredContent"]["escalation_id"] == key
    given = {"decision": "pay", "guidance": "But only once."}
    client.post(f"/api/escalations/{key}/resolve", json=given, headers=founder)
    found = call("wait_for_decision", escalation_id=key)["structuredContent"]
    assert found == {
        "status": "answered",
        "escalation_id": key,
        "decision": "pay",
        "guidance": "But only once.",
        "option_chosen": "Pay for it",
        "message": "The founder chose: Pay for it and wrote: But only once.",
    }
    stored = client.get(f"/api/escalations/{key}", headers=founder).json
    assert stored["delivered_at"]
    assert call("report_outcome", escalation_id=key, worked=True)["structuredContent"]["noted"]
    assert client.get(f"/api/escalations/{key}", headers=founder).json["outcome"] == "worked"


def test_a_founder_asks_back_and_the_model_replies_with_the_same_tools(
    client: FlaskClient, founder: dict[str, str], call: Callable[..., dict[str, Any]]
) -> None:
    key = call("ask_founder", **ASKED)["structuredContent"]["escalation_id"]
    path = f"/api/escalations/{key}"
    back = client.post(f"{path}/messages", json={"text": "What does it cost?"}, headers=founder)
    assert back.status_code == 201
    for heard in (
        call("ask_founder", **ASKED | {"wait_s": 50}),  # both return right away
        call("wait_for_decision", escalation_id=key, wait_s=50),
    ):
        found = heard["structuredContent"]
        assert (found["status"], found["founder_asks"]) == ("pending", "What does it cost?")
        assert found["founder_asks_id"] == 1
        assert "What does it cost?" in found["message"]
        assert "your reply in `reply`" in found["message"]
        assert "Do not choose for the founder." in found["message"]
    said = {"escalation_id": key, "reply": "9 EUR a month.", "wait_s": 0}
    for _ in range(2):  # again, as after a lost response
        found = call("wait_for_decision", **said)["structuredContent"]
        assert (found["status"], "founder_asks" in found) == ("pending", False)
        assert "Nobody has answered yet" in found["message"]
    told = client.get(path, headers=founder).json["messages"]
    assert [(each["by"], each["text"]) for each in told] == [
        ("founder", "What does it cost?"),
        ("agent", "9 EUR a month."),
    ]
    client.post(f"{path}/messages", json={"text": "And who pays?"}, headers=founder)
    again = call("wait_for_decision", **said | {"reply_to": 1})["structuredContent"]
    assert (again["founder_asks"], again["founder_asks_id"]) == ("And who pays?", 3)
    other = call("wait_for_decision", **said | {"reply": "10 EUR a month.", "reply_to": 1})
    assert (other["isError"], "a later message" in other["content"][0]["text"]) == (True, True)
    assert len(client.get(path, headers=founder).json["messages"]) == 3
    client.post(f"{path}/resolve", json={"decision": "pay"}, headers=founder)
    late = call("wait_for_decision", escalation_id=key, reply="And 5 EUR a user.")
    assert (late["isError"], late["structuredContent"]["decision"]) == (False, "pay")


def test_a_reply_that_nobody_waits_for_is_told_so(
    client: FlaskClient,
    cast: Cast,
    founder: dict[str, str],
    call: Callable[..., dict[str, Any]],
) -> None:
    key = call("ask_founder", **ASKED)["structuredContent"]["escalation_id"]
    early = call("wait_for_decision", escalation_id=key, reply="Yes.", wait_s=0)
    assert (early["isError"], "founder's turn" in early["content"][0]["text"]) == (True, True)
    path = f"/api/escalations/{key}"
    client.post(f"{path}/messages", json={"text": "What does it cost?"}, headers=founder)
    other = cast.token("shop")
    told = call("wait_for_decision", other, escalation_id=key, wait_s=0)["structuredContent"]
    assert "founder_asks" not in told
    said = call("wait_for_decision", other, escalation_id=key, reply="9 EUR.", wait_s=0)
    assert (said["isError"], "Another token" in said["content"][0]["text"]) == (True, True)
    for words in ("", " ", "x" * 4001):
        assert call("wait_for_decision", escalation_id=key, reply=words)["isError"]
    assert len(client.get(path, headers=founder).json["messages"]) == 1


@pytest.mark.parametrize(("verb", "status"), [("skip", "skipped"), ("withdraw", "withdrawn")])
def test_a_question_that_was_closed_says_how(
    client: FlaskClient,
    agent: dict[str, str],
    founder: dict[str, str],
    call: Callable[..., dict[str, Any]],
    verb: str,
    status: str,
) -> None:
    key = call("ask_founder", **ASKED)["structuredContent"]["escalation_id"]
    by = founder if verb == "skip" else agent
    client.post(f"/api/escalations/{key}/{verb}", json={}, headers=by)
    found = call("wait_for_decision", escalation_id=key)["structuredContent"]
    assert (found["status"], found["decision"]) == (status, None)


def test_a_free_answer_is_told_as_one(
    client: FlaskClient, founder: dict[str, str], call: Callable[..., dict[str, Any]]
) -> None:
    asked = {name: value for name, value in ASKED.items() if name != "options"}
    key = call("ask_founder", **asked)["structuredContent"]["escalation_id"]
    client.post(f"/api/escalations/{key}/resolve", json={"decision": "Later."}, headers=founder)
    found = call("wait_for_decision", escalation_id=key)["structuredContent"]
    assert found["option_chosen"] is None
    assert found["message"] == "The founder wrote: Later."


def test_the_job_may_stand_in_a_header(
    client: FlaskClient, agent: dict[str, str], call: Callable[..., dict[str, Any]]
) -> None:
    call("ask_founder", {"X-Unstuck-Job": "from/header"}, question="What now?", wait_s=0)
    listed = client.get("/api/escalations", headers=agent).json
    assert [each["job_id"] for each in listed] == ["from/header"]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("ask_founder", {"question": "What now?"}, "X-Unstuck-Job"),
        ("ask_founder", {"job_id": "a", "question": " "}, "must not be blank"),
        ("ask_founder", {**ASKED, "wait_s": 51}, "at most 50"),
        ("ask_founder", {**ASKED, "recommended": "guess"}, "none of the options"),
        ("ask_founder", {**ASKED, "job_id": "a" * 256}, "too long"),
        ("ask_founder", {**ASKED, "project_id": "other"}, "Project not found"),
        ("report_failure", {"job_id": "a"}, "what_failed is missing"),
        ("wait_for_decision", {"escalation_id": "no-uuid"}, "Question not found"),
        ("wait_for_decision", {"escalation_id": str(uuid.uuid4())}, "Question not found"),
        ("report_outcome", {"worked": True}, "Send either"),
        (
            "report_outcome",
            {"worked": True, "escalation_id": str(uuid.uuid4())},
            "Question not found",
        ),
    ],
)
def test_what_a_tool_cannot_do_is_told_to_the_model(
    call: Callable[..., dict[str, Any]], name: str, arguments: dict[str, Any], words: str
) -> None:
    result = call(name, **arguments)
    assert result["isError"], result
    assert words in result["content"][0]["text"]


def test_a_question_of_another_project_is_unknown(
    client: FlaskClient, other_agent: dict[str, str], call: Callable[..., dict[str, Any]]
) -> None:
    key = call("ask_founder", **ASKED)["structuredContent"]["escalation_id"]
    arguments = {"name": "wait_for_decision", "arguments": {"escalation_id": key}}
    result = old(client, other_agent, "tools/call", **arguments).json["result"]
    assert result["isError"]
    assert "Question not found" in result["content"][0]["text"]


def test_a_tool_that_is_not_there_is_an_error_of_the_protocol(send: Send) -> None:
    answer = send("tools/call", {"name": "guess", "arguments": {}})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, -32602)


def test_a_failure_that_is_over_is_healed(call: Callable[..., dict[str, Any]]) -> None:
    failure = {"job_id": "build-1", "what_failed": "OSError", "error": "it broke"}
    name = call("report_failure", **failure)["structuredContent"]["error_signature"]
    healed = {"job_id": "build-1", "error_signature": name, "worked": True}
    assert call("report_outcome", **healed)["structuredContent"]["noted"]
    assert call("report_failure", **failure)["structuredContent"]["attempt"] == 1


def test_a_caller_who_wants_progress_gets_a_stream_that_ends_with_the_result(
    send: Send,
) -> None:
    arguments = ASKED | {"wait_s": 0.2}
    answer = send(
        "tools/call",
        {"name": "ask_founder", "arguments": arguments},
        meta={"progressToken": 7},
        headers={"Accept": "application/json, text/event-stream"},
    )
    assert answer.content_type.startswith("text/event-stream")
    chunks = answer.text.split("\n\n")
    assert chunks[0].startswith(":")
    messages = [json.loads(chunk.partition("data: ")[2]) for chunk in chunks[1:] if chunk]
    assert messages[0]["method"] == "notifications/progress"
    assert messages[0]["params"]["progressToken"] == 7
    assert messages[-1]["id"] == 1
    assert messages[-1]["result"]["structuredContent"]["status"] == "pending"
    assert messages[-1]["result"]["resultType"] == "complete"
