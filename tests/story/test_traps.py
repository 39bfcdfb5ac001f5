"""What goes wrong in other tools of this kind, each trap with the test that it is not one here.

The traps about simultaneous answers, killed workers, streams and retries stand in the files of
those names, those that need a browser in tests/browser.
"""

import pytest
from stage import Stage, ask, send
from web_process import until


def test_the_losing_answer_is_not_told_success(stage: Stage) -> None:
    project = stage.project()
    asked = ask(stage.caller(project), project)
    path = f"/api/escalations/{asked['id']}/resolve"
    anna = stage.caller(project, "founder", "Anna")
    ben = stage.caller(project, "founder", "Ben")

    assert anna.post(path, decision="skip_feature").status == 200
    too_late = ben.post(path, decision="skip_feature")

    assert too_late.status == 409
    assert "Anna" in too_late.body["detail"]
    assert too_late.body["escalation"]["resolved_by"] == "Anna"


def test_the_losing_answer_of_a_page_sees_who_was_faster_and_keeps_its_text(stage: Stage) -> None:
    project = stage.project()
    asked = ask(stage.caller(project), project)
    ben = stage.visitor()
    ben.sign_in(stage.sign_in_link(project, "ben"))
    page = ben.get(f"/escalations/{asked['id']}")
    anna = stage.caller(project, "founder", "Anna")
    anna.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature")

    too_late = ben.submit(page, decision="provide_guidance", guidance="Use the other account.")

    assert too_late.status == 409
    assert "Anna" in too_late.text
    assert "Leave it out" in too_late.text
    assert "Use the other account." in too_late.text


def test_an_answer_is_validated_before_the_program_resumes(stage: Stage) -> None:
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    asked = ask(agent, project)
    escalation = f"/api/escalations/{asked['id']}"

    refused = founder.post(f"{escalation}/resolve", decision="build_a_rocket")

    assert refused.status == 422
    assert refused.body["errors"][0]["field"] == "decision"
    assert agent.get(f"{escalation}/decision?wait=0").status == 204
    assert agent.get(escalation).body["status"] == "pending"


def test_the_responders_name_is_not_taken_from_the_client(stage: Stage) -> None:
    project = stage.project()
    asked = ask(stage.caller(project), project)
    founder = stage.caller(project, "founder", "Anna")
    forged = {"resolved_by": "Mallory", "responder": "Mallory", "user": "Mallory"}
    headers = {
        "Authorization": f"Bearer {founder.token}",
        "X-Forwarded-User": "Mallory",
        "X-User": "Mallory",
        "Remote-User": "Mallory",
    }
    path = f"/api/escalations/{asked['id']}"

    body = {"decision": "skip_feature"} | forged
    answer = send(stage.port, "POST", f"{path}/resolve", body, headers)
    if answer.status == 422:  # unknown fields may be refused, which is as good
        answer = send(stage.port, "POST", f"{path}/resolve", {"decision": "skip_feature"}, headers)

    assert answer.status == 200
    assert founder.get(path).body["resolved_by"] == "Anna"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_a_mailed_link_decides_nothing(stage: Stage, method: str) -> None:
    """A mail scanner follows each link before the person does."""
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)
    link = stage.sign_in_link(project)
    answers = [f"/escalations/{asked['id']}", f"/api/escalations/{asked['id']}/resolve"]

    for path in (link, link, *answers, f"{answers[0]}?decision=skip_feature"):
        send(stage.port, method, path)

    assert agent.get(f"/api/escalations/{asked['id']}").body["status"] == "pending"
    visitor = stage.visitor()
    assert visitor.sign_in(link), "the link was used up by looking at it"


def test_a_timeout_is_not_recorded_as_a_refusal(stage: Stage) -> None:
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)

    assert agent.get(f"/api/escalations/{asked['id']}/decision?wait=1").status == 204

    stored = agent.get(f"/api/escalations/{asked['id']}").body
    assert stored["status"] == "pending"
    assert (stored["founder_decision"], stored["resolved_by"]) == (None, None)


def test_an_answer_is_not_consumed_by_an_agent_that_never_resumed(stage: Stage) -> None:
    """Delivered is not picked up: the founder sees the difference, and who asks again is told."""
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    asked = ask(agent, project)
    escalation = f"/api/escalations/{asked['id']}"
    founder.post(f"{escalation}/resolve", decision="skip_feature")

    first = agent.get(f"{escalation}/decision?wait=0")
    assert first.status == 200
    until(lambda: agent.get(escalation).body["delivered_at"], "the delivery is noted")
    assert agent.get(escalation).body["picked_up_at"] is None

    again = agent.get(f"{escalation}/decision?wait=0")
    assert again.body == first.body
    agent.post(f"{escalation}/receipt", stage="picked_up")
    assert agent.get(escalation).body["picked_up_at"]


def test_an_answer_given_before_the_wait_began_is_not_missed(stage: Stage) -> None:
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    asked = ask(agent, project)
    founder.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature")

    late = agent.get(f"/api/escalations/{asked['id']}/decision?wait=30")

    assert late.body["decision"] == "skip_feature"


@pytest.mark.parametrize("number", range(11))
def test_any_number_of_options_is_shown_and_can_be_chosen(stage: Stage, number: int) -> None:
    """FIELD: exactly four options rendered nothing."""
    project = stage.project()
    agent = stage.caller(project)
    options = [
        {"value": f"choice_{n}", "label": f"Choice {n}", "description": f"What {n} does."}
        for n in range(number)
    ]
    asked = ask(agent, project, options=options)
    visitor = stage.visitor()
    visitor.sign_in(stage.sign_in_link(project))

    page = visitor.get(f"/escalations/{asked['id']}")
    for option in options:
        assert page.has_choice("decision", option["value"])
    chosen = options[-1]["value"] if options else "Please go on."
    assert "Please go on." in visitor.submit(page, decision=chosen, guidance="Please go on.").text

    stored = agent.get(f"/api/escalations/{asked['id']}").body
    assert (stored["status"], stored["founder_decision"]) == ("resolved", chosen)
