"""A question that an agent writes in Markdown, over MCP."""

from typing import Any

import pytest
from flask.testing import FlaskClient


def asked(client: FlaskClient, agent: dict[str, str], **given: str) -> dict[str, Any]:
    arguments = {"job_id": "build-1", "question": "May I *switch*?", "wait_s": 0} | given
    params = {"name": "ask_founder", "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return dict(client.post("/api/mcp", json=body, headers=agent).json["result"])


@pytest.mark.parametrize(
    ("given", "stored"),
    [({}, "plain"), ({"text_format": "plain"}, "plain"), ({"text_format": "markdown"}, "markdown")],
)
def test_the_question_is_shown_as_it_was_written(
    client: FlaskClient, agent: dict[str, str], given: dict[str, str], stored: str
) -> None:
    key = asked(client, agent, **given)["structuredContent"]["escalation_id"]
    assert client.get(f"/api/escalations/{key}", headers=agent).json["text_format"] == stored


def test_another_format_is_refused(client: FlaskClient, agent: dict[str, str]) -> None:
    assert asked(client, agent, text_format="html")["isError"] is True
