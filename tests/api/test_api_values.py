"""Values that came with an answer, in the verdict that follows it."""

from flask.testing import FlaskClient

from tests.api.test_api_errors import REPORT, URL

FIELDS = {"COUNT": {"type": "integer"}, "WHEN": {"type": "string", "format": "date"}}
ASKING = REPORT | {
    "category": "never_retry",
    "answer_schema": {"type": "object", "properties": FIELDS},
    "options": [{"value": "go", "label": "Go on"}],
    "plain_english_problem": "How many, and when?",
}
GIVEN = {"COUNT": 3, "WHEN": "2026-12-01"}


def test_a_report_after_the_answer_gets_its_values_and_the_model_reads_them(
    client: FlaskClient, agent: dict[str, str], founder: dict[str, str]
) -> None:
    asked = client.post(URL, json=ASKING, headers=agent).json
    resolve = f"/api/escalations/{asked['escalation_id']}/resolve"
    given = {"decision": "go", "answers": GIVEN}
    assert client.post(resolve, json=given, headers=founder).status_code == 200
    verdict = client.post(URL, json=ASKING, headers=agent)
    assert verdict.status_code == 200, verdict.text
    assert (verdict.json["verdict"], verdict.json["decision"]) == ("retry", "go")
    assert verdict.json["answers"] == GIVEN
    assert '"COUNT": 3' in verdict.json["instruction"]
    assert "secret" not in verdict.json["instruction"]
