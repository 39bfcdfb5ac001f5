"""A text that should never have been written is erased, with every copy that the database holds."""

from typing import Any

import pytest
from contents import everything
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from tests.api.questions import QUESTION

WORDS = "Ask Mr Blaubart for the violet folder"
NOTE = "The green folder was empty"
REPORT = {
    "project_id": "shop",
    "session_id": "s",
    "error_type": "AuthenticationError",
    "error_message": "stripe.error.AuthenticationError: No API key provided.",
}


class Agent:
    """Calls of an agent, and of a founder's token."""

    def __init__(self, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]) -> None:
        self.client, self.agent, self.founder = client, agent, founder

    def post(self, path: str, founder: bool = False, **body: Any) -> Any:
        headers = self.founder if founder else self.agent
        answer = self.client.post(f"/api/{path}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json


@pytest.fixture
def calls(app: Flask, agent: dict[str, str], founder: dict[str, str]) -> Agent:
    return Agent(app.test_client(), agent, founder)


def erase(browser: FlaskClient, key: str):
    token = csrf_token(browser.get("/settings").text)
    return browser.post(f"/escalations/{key}/erase", data={"csrf_token": token})


def test_an_owner_erases_a_text_with_every_copy(olivia: FlaskClient, calls: Agent, sql) -> None:
    key = calls.post("jobs/build-1/errors", **REPORT)["escalation_id"]
    answer = {"decision": "skip_feature", "guidance": WORDS, "remember_days": 7}
    calls.post(f"escalations/{key}/resolve", founder=True, **answer)
    # Copies: the verdict of the next report, kept for its repetition, and the rule's own answer.
    again = calls.post("jobs/build-1/errors", **REPORT, id="next")
    assert WORDS in str(again)
    by_rule = calls.post("jobs/build-2/errors", **REPORT, id="other")
    calls.post(f"escalations/{key}/receipt", stage="failed", note=NOTE)
    for table in ("agent_escalations", "job_events", "problems", "standing_rules"):
        assert WORDS in everything(sql, table), table
    assert WORDS in everything(sql, "report_verdicts")
    page = olivia.get(f"/escalations/{key}").text
    assert "Older backups still have them" in page
    assert erase(olivia, key).status_code == 303
    for words in (WORDS, NOTE):
        assert words not in everything(sql)
        assert words not in olivia.get(f"/escalations/{key}").text
    assert olivia.get(f"/history?q={WORDS.split()[2]}").text.count("violet") == 0
    stored = calls.client.get(f"/api/escalations/{key}", headers=calls.agent).json
    assert (stored["status"], stored["founder_decision"]) == ("resolved", "skip_feature")
    assert stored["founder_guidance"] is None
    events = calls.client.get("/api/jobs/build-1/events", headers=calls.agent)
    assert [event["seq"] for event in events.json] == list(range(1, len(events.json) + 1))
    assert by_rule["verdict"] == again["verdict"]
    assert calls.post("jobs/build-1/errors", **REPORT, id="next")["guidance"] is None
    assert "erased the text of an answer to" in olivia.get("/settings/audit").text
    assert "Delete this text" not in olivia.get(f"/escalations/{key}").text


def test_a_free_answer_is_erased_and_still_answered(olivia: FlaskClient, calls: Agent, sql) -> None:
    key = calls.post("jobs/build-1/escalations", **QUESTION | {"options": []})["id"]
    calls.post(f"escalations/{key}/resolve", founder=True, decision=WORDS)
    assert erase(olivia, key).status_code == 303
    assert erase(olivia, key).status_code == 303
    assert WORDS not in everything(sql)
    stored = calls.client.get(f"/api/escalations/{key}", headers=calls.agent).json
    assert (stored["status"], stored["founder_decision"]) == ("resolved", "(erased)")
    decision = calls.client.get(f"/api/escalations/{key}/decision", headers=calls.agent).json
    assert decision["decision"] == "(erased)"


def test_nothing_else_is_erased(olivia: FlaskClient, calls: Agent, sql) -> None:
    first, *others = (
        calls.post(
            "jobs/build-1/escalations", **QUESTION | {"plain_english_problem": f"Which {name}?"}
        )["id"]
        for name in ("key", "colour", "price")
    )
    calls.post(f"escalations/{first}/resolve", founder=True, decision="skip_feature")
    calls.post(
        f"escalations/{others[0]}/resolve", founder=True, decision="skip_feature", guidance=WORDS
    )
    calls.post(f"escalations/{others[1]}/withdraw", reason=NOTE)
    assert erase(olivia, first).status_code == 303
    assert WORDS in everything(sql)
    assert NOTE in everything(sql)
    assert erase(olivia, others[1]).status_code == 303
    assert NOTE not in everything(sql)
    assert WORDS in everything(sql)


def test_an_open_question_has_nothing_to_erase(olivia: FlaskClient, calls: Agent) -> None:
    key = calls.post("jobs/build-1/escalations", **QUESTION)["id"]
    refused = erase(olivia, key)
    assert refused.status_code == 409
    assert "Take the answer back instead" in refused.text


def test_only_an_owner_sees_the_button(
    olivia: FlaskClient, anna: FlaskClient, calls: Agent
) -> None:
    key = calls.post("jobs/build-1/escalations", **QUESTION)["id"]
    answer = {"decision": "skip_feature", "guidance": WORDS}
    calls.post(f"escalations/{key}/resolve", founder=True, **answer)
    assert "Delete this text" in olivia.get(f"/escalations/{key}").text
    assert "Delete this text" not in anna.get(f"/escalations/{key}").text
    assert erase(anna, key).status_code == 403
