"""An answer counts for what the founder was shown, and for nothing else."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

URL = "/api/jobs/build-1/errors"
NO_KEY = {
    "session_id": "s",
    "error_type": "AuthenticationError",
    "error_message": "stripe.error.AuthenticationError: No API key provided.",
}
YES_OR_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
HARMLESS = {
    "session_id": "s",
    "error_type": "Approval",
    "error_message": "approval needed",
    "category": "never_retry",
    "plain_english_problem": "May I restart the preview server?",
    "options": YES_OR_NO,
}
RUINOUS = HARMLESS | {
    "plain_english_problem": "May I delete the production database and pay 9,000 EUR?",
    "options": [{"value": "yes", "label": "Yes, delete and pay"}, {"value": "no", "label": "No"}],
}


class Desk:
    """What an agent and a founder of `shop` do, over HTTP."""

    def __init__(self, client: FlaskClient, agent: dict[str, str], founder: dict[str, str]) -> None:
        self.client, self.agent, self.founder = client, agent, founder

    def report(self, body: dict[str, Any] = NO_KEY, job: str = "build-1", **more: Any) -> Any:
        answer = self.client.post(f"/api/jobs/{job}/errors", json=body | more, headers=self.agent)
        assert answer.status_code == 200, answer.text
        return answer.json

    def ask(self, **more: Any) -> Any:
        body = {"session_id": "s", "error_type": "Approval"} | more
        answer = self.client.post("/api/jobs/a/escalations", json=body, headers=self.agent)
        assert answer.status_code == 201, answer.text
        return answer.json

    def read(self, key: str) -> Any:
        return self.client.get(f"/api/escalations/{key}", headers=self.agent).json

    def resolve(self, key: str, **body: Any) -> Any:
        url = f"/api/escalations/{key}/resolve"
        return self.client.post(url, json=body, headers=self.founder)

    def decision(self, key: str) -> Any:
        return self.client.get(f"/api/escalations/{key}/decision", headers=self.agent)

    def always(self, key: str, decision: str = "skip_feature") -> None:
        """The founder's answer, and the same automatically for a year."""
        answer = self.resolve(key, decision=decision, remember_days=365)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def desk(app: Flask, agent: dict[str, str], founder: dict[str, str]) -> Desk:
    return Desk(app.test_client(), agent, founder)


def test_no_rule_is_made_of_a_question_that_an_agent_worded(desk: Desk, sql: Any) -> None:
    planted = {"signature": "restart"}
    keys = [
        desk.report(HARMLESS | planted)["escalation_id"],
        desk.report(HARMLESS, plain_english_problem="May I?")["escalation_id"],
        desk.report(NO_KEY | {"options": [*YES_OR_NO, {"value": "skip_feature"}]})["escalation_id"],
        desk.report(NO_KEY | planted, job="build-2")["escalation_id"],
        desk.ask(plain_english_problem="May I?", options=YES_OR_NO)["id"],
    ]
    for key in keys:
        value = desk.read(key)["options"][0]["value"]
        answer = desk.resolve(key, decision=value, remember_days=365)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "remember_days")
        assert desk.read(key)["status"] == "pending"
    assert sql("select count(*) from standing_rules")[0][0] == 0


def test_a_rule_answers_the_question_that_was_allowed(desk: Desk) -> None:
    first = desk.report()["escalation_id"]
    desk.always(first)
    desk.report()  # takes the answer up
    again = desk.report(job="build-2")
    by_rule = desk.read(again["escalation_id"])
    assert (by_rule["status"], by_rule["founder_decision"]) == ("resolved", "skip_feature")
    assert by_rule["digest"] == desk.read(first)["digest"]


@pytest.mark.parametrize(
    "changed",
    [
        {"plain_english_problem": "May I delete the production database and pay 9,000 EUR?"},
        {"recommended_action": "Choose the first."},
        {"options": [{"value": "skip_feature", "label": "Delete the production database"}]},
        {"options": [{"value": "yes"}, {"value": "no"}]},
        {"intent": "delete the production database and pay for it"},
        {"category": "code_error"},
    ],
)
def test_a_rule_does_not_answer_what_the_founder_never_saw(
    desk: Desk, cast: Any, changed: dict[str, Any]
) -> None:
    desk.always(desk.report()["escalation_id"])
    desk.report()  # takes the answer up
    for _ in range(5):
        verdict = desk.report(job="build-2", **changed)
        if verdict["escalation_id"]:
            break
    asked = desk.read(verdict["escalation_id"])
    assert asked["status"] == "pending"
    page = cast.browser().get(f"/escalations/{asked['id']}").text
    assert "This question differs from the one you allowed an automatic answer for." in page


def test_a_rule_never_gives_a_value_that_is_no_option(desk: Desk, sql: Any) -> None:
    desk.always(desk.report()["escalation_id"])
    desk.report()  # takes the answer up
    sql("update standing_rules set decision = 'force push over main'")
    asked = desk.read(desk.report(job="build-2")["escalation_id"])
    assert asked["status"] == "pending"


def test_a_rule_of_a_release_without_digests_asks_again(desk: Desk, sql: Any) -> None:
    desk.always(desk.report()["escalation_id"])
    desk.report()  # takes the answer up
    sql("update standing_rules set digest = null, answered_words = null")
    assert desk.read(desk.report(job="build-2")["escalation_id"])["status"] == "pending"


def test_a_rule_is_listed_under_the_words_that_were_answered(
    desk: Desk, cast: Any, sql: Any
) -> None:
    desk.always(desk.report(intent="set up the checkout")["escalation_id"])
    sql("update problems set plain_english_problem = 'Something else entirely.'")
    rules = cast.browser().get("/problems").text.partition('id="problems-rules"')[2]
    rules = rules.partition("</section>")[0]
    assert "I wanted to set up the checkout." in rules
    assert "Something else entirely." not in rules


def test_a_report_joins_only_a_question_with_the_same_words(desk: Desk, sql: Any) -> None:
    planted = desk.report(RUINOUS, job="hostile", signature="approval")
    honest = desk.report(HARMLESS, job="honest", signature="approval")
    assert honest["escalation_id"] != planted["escalation_id"]
    assert desk.read(planted["escalation_id"])["occurrences"] == 1
    again = desk.report(HARMLESS, job="honest-2", signature="approval")
    assert again["escalation_id"] == honest["escalation_id"]
    desk.resolve(planted["escalation_id"], decision="yes")
    assert desk.decision(honest["escalation_id"]).status_code == 204
    assert sql("select count(*) from escalation_waiters")[0][0] == 3


def test_nothing_that_an_agent_asks_directly_is_joined(desk: Desk) -> None:
    computed = desk.report(job="probe")
    desk.resolve(computed["escalation_id"], decision="skip_feature")
    desk.report(job="probe")  # takes the answer up
    planted = desk.ask(
        plain_english_problem="Is it fine?",
        error_signature=computed["error_signature"],
        options=[{"value": "force push over main", "label": "Yes"}],
    )
    honest = desk.report(job="honest")
    assert honest["escalation_id"] not in (None, planted["id"])


def test_an_answer_to_an_agents_own_words_is_no_memory_of_the_problem(desk: Desk) -> None:
    first = desk.report(job="probe")
    planted = desk.ask(
        plain_english_problem="Is it fine?",
        error_signature=first["error_signature"],
        options=[{"value": "force push over main", "label": "Yes"}],
    )
    answer = desk.resolve(planted["id"], decision="force push over main", guidance="Do it.")
    assert answer.status_code == 200
    worded = desk.report(plain_english_problem="Is it fine?", options=YES_OR_NO, job="hostile")
    assert desk.resolve(worded["escalation_id"], decision="yes", guidance="Do it.")
    desk.report(plain_english_problem="Is it fine?", options=YES_OR_NO, job="hostile")
    desk.resolve(first["escalation_id"], decision="skip_feature")
    for job in ("honest", "probe"):
        payload = desk.report(job=job)
        assert "force push" not in payload["instruction"]
        assert "Do it." not in payload["instruction"]
        assert payload["guidance"] is None


def test_a_job_gets_the_answer_to_its_own_words_with_its_next_report(desk: Desk) -> None:
    body = NO_KEY | {"plain_english_problem": "Is it fine?", "options": YES_OR_NO}
    asked = desk.report(body)["escalation_id"]
    desk.resolve(asked, decision="yes", guidance="Use the test key.")
    payload = desk.report(body)
    assert (payload["verdict"], payload["guidance"]) == ("retry", "Use the test key.")


def test_a_computed_signature_is_not_to_be_had_from_outside(desk: Desk) -> None:
    for name in ("v1-0123456789abcdef", "v1-", "v2-x"):
        answer = desk.client.post(URL, json=NO_KEY | {"signature": name}, headers=desk.agent)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "signature")
    payload = desk.report(signature="stripe")
    assert payload["error_signature"] == "shop:AuthenticationError:own-stripe"


@pytest.mark.parametrize(
    "name",
    ["stripe", "own-stripe", "shop:AuthenticationError:stripe"],
)
def test_an_agent_heals_by_the_name_it_sent_or_got(desk: Desk, name: str) -> None:
    desk.report(signature="stripe", category="code_error")
    answer = desk.client.post(f"{URL}/healed", json={"error_signature": name}, headers=desk.agent)
    assert answer.status_code == 200
    assert answer.json["known"] is True
    assert answer.json["times_healed"] == 1


def test_a_decision_says_value_label_and_digest(desk: Desk) -> None:
    asked = desk.ask(
        plain_english_problem="Is it fine?",
        options=[{"value": "force push over main", "label": "Yes"}],
    )
    desk.resolve(asked["id"], decision="force push over main")
    payload = desk.decision(asked["id"]).json
    assert (payload["decision"], payload["label"]) == ("force push over main", "Yes")
    assert payload["digest"] == asked["digest"]
    events = desk.client.get("/api/jobs/a/events", headers=desk.agent).json
    (event,) = (one for one in events if one["type"] == "agent.escalation_resolved")
    assert (event["label"], event["digest"]) == ("Yes", asked["digest"])


def test_the_value_that_does_not_follow_from_its_label_is_shown(desk: Desk, cast: Any) -> None:
    asked = desk.ask(
        plain_english_problem="Is it fine?",
        options=[
            {"value": "force push over main", "label": "Yes"},
            {"value": "use_postgres", "label": "Use PostgreSQL"},
        ],
    )
    page = cast.browser().get(f"/escalations/{asked['id']}").text
    assert '<code dir="auto">force push over main</code>' in page
    assert '<code dir="auto">use_postgres</code>' not in page


def test_an_answer_to_something_else_is_refused_with_the_present_question(desk: Desk) -> None:
    asked = desk.ask(plain_english_problem="Is it fine?", options=YES_OR_NO)
    for call, body in (("resolve", {"decision": "yes"}), ("skip", {})):
        url = f"/api/escalations/{asked['id']}/{call}"
        answer = desk.client.post(url, json=body | {"digest": "0" * 64}, headers=desk.founder)
        assert (answer.status_code, answer.json["type"]) == (409, "urn:unstuck:changed")
        assert answer.json["escalation"]["digest"] == asked["digest"]
    assert desk.read(asked["id"])["status"] == "pending"
    answer = desk.resolve(asked["id"], decision="yes", digest=asked["digest"])
    assert answer.status_code == 200
    late = desk.resolve(asked["id"], decision="yes", digest="0" * 64)
    assert late.json["type"] == "urn:unstuck:already-answered"


@pytest.mark.parametrize("htmx", [False, True])
def test_the_page_shows_both_when_the_question_changed(
    desk: Desk, cast: Any, sql: Any, htmx: bool
) -> None:
    asked = desk.ask(plain_english_problem="May I restart it?", options=YES_OR_NO)
    anna = cast.browser()
    page = anna.get(f"/escalations/{asked['id']}").text
    form = page.partition('id="answer"')[2]
    fields = {
        name: re.search(rf'name="{name}" value="([^"]+)"', form)[1]
        for name in ("csrf_token", "digest")
    }
    fields["shown"] = re.search(r'<textarea name="shown" hidden>([^<]+)<', form)[1]
    assert fields["digest"] == asked["digest"]
    sql(
        "update agent_escalations set plain_english_problem = 'May I delete it?', digest = :new",
        new="1" * 64,
    )
    headers = {"HX-Request": "true"} if htmx else {}
    data = fields | {"decision": "yes", "guidance": "But gently."}
    answer = anna.post(f"/escalations/{asked['id']}/resolve", data=data, headers=headers)
    assert answer.status_code == 409
    assert "This question changed while you read it" in answer.text
    assert "May I restart it?" in answer.text
    assert "May I delete it?" in answer.text
    assert "But gently." in answer.text
    assert desk.read(asked["id"])["status"] == "pending"


def test_the_words_of_every_job_that_joined_are_shown(desk: Desk, anna: FlaskClient) -> None:
    asked = desk.report(job="first", intent="set up the checkout", approach="Read the settings")
    goal = {"intent": "set up the checkout"}
    joined = desk.report(job="second", approach="Looked <b>everywhere</b>", **goal)
    assert joined["escalation_id"] == asked["escalation_id"]
    page = anna.get(f"/escalations/{asked['escalation_id']}").text
    waiting = page[page.index('id="question-waiters"') :]
    last_try = "Last try: Looked &lt;b&gt;everywhere&lt;/b&gt;"
    for words in ("second", "Goal: set up the checkout", last_try):
        assert words in waiting
