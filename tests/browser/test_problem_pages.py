"""The pages of problems in a browser: rules stop in place, ticks keep their terms."""

import re

import pytest
from playwright.sync_api import Page, expect
from stage import Caller
from windows import SOON_MS, Windows, note

pytestmark = pytest.mark.browser

NO_KEY = {
    "session_id": "session-1",
    "error_type": "AuthenticationError",
    "error_message": "stripe.error.AuthenticationError: No API key provided.",
}


def report(agent: Caller, project: str, job: str = "build-1") -> str:
    answer = agent.post(f"/api/jobs/{job}/errors", **NO_KEY, project_id=project)
    assert answer.status == 200, answer.body
    return str(answer.body["escalation_id"])


def listening(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    page.evaluate("window.notReloaded = true")
    return page


def not_reloaded(page: Page) -> bool:
    return page.evaluate("window.notReloaded === true") is True


def test_an_answer_is_made_a_rule_and_the_rule_is_stopped_while_others_look_on(
    windows: Windows,
) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    key = report(agent, project)
    ben = listening(windows.open(project, "ben", "/problems"))
    expect(ben.get_by_text("Waiting for an answer")).to_be_visible()
    page = listening(windows.open(project, path=f"/escalations/{key}"))
    expect(page.get_by_label("For", exact=True)).to_be_hidden()
    page.get_by_role("radio", name=re.compile("^Leave this feature out")).check()
    page.get_by_label("Give this answer automatically next time").check()
    page.get_by_label("For", exact=True).select_option("90")
    page.get_by_role("button", name="Send answer").click()
    expect(
        page.get_by_text("A standing rule gives this answer automatically until")
    ).to_be_visible()
    expect(page.locator(".remember")).to_be_hidden()
    assert not_reloaded(page)

    expect(ben.get_by_role("heading", name="Standing rules")).to_be_visible(timeout=SOON_MS)
    page.get_by_role("link", name="Show the rule").click()
    listening(page)
    page.get_by_role("button", name="Stop this rule").click()
    expect(page.get_by_role("button", name="Stop this rule")).to_have_count(0)
    assert not_reloaded(page)
    expect(ben.get_by_role("heading", name="Standing rules")).to_be_hidden(timeout=SOON_MS)
    assert not_reloaded(ben)


def test_a_rule_is_stopped_in_place_in_the_list(windows: Windows) -> None:
    project = windows.stage.project()
    agent, founder = windows.stage.caller(project), windows.stage.caller(project, "founder")
    path = f"/api/escalations/{report(agent, project)}/resolve"
    assert founder.post(path, decision="skip_feature", remember_days=30).status == 200
    page = listening(windows.open(project, path="/problems"))
    page.get_by_role("button", name="Stop this rule").click()
    expect(page.get_by_role("heading", name="Standing rules")).to_be_hidden()
    assert not_reloaded(page)


def test_a_category_is_corrected_in_place_and_others_see_it(windows: Windows) -> None:
    project = windows.stage.project()
    path = f"/escalations/{report(windows.stage.caller(project), project)}"
    ben = listening(windows.open(project, "ben", path))
    note(ben).fill("Half a thought")
    page = listening(windows.open(project, path=path))
    page.get_by_text("Is this wrong?").click()
    page.get_by_role("radio", name="Waiting can fix this").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#question-kind")).to_contain_text("waiting can fix this")
    expect(ben.locator("#question-kind")).to_contain_text("waiting can fix this", timeout=SOON_MS)
    ben.get_by_text("Technical details").click()
    expect(ben.get_by_text("The category was set by Anna.")).to_be_visible()
    expect(ben.get_by_label("Anything the agent should know")).to_have_value("Half a thought")
    assert not_reloaded(page)
    assert not_reloaded(ben)


def test_a_job_is_paused_before_the_eyes_of_who_looks_at_it(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    report(agent, project)
    page = windows.open(project, path="/jobs")
    page.get_by_role("link", name="build-1").click()
    listening(page)
    button = page.get_by_role("button", name="Continue the job")
    expect(button).to_be_hidden()
    for number in range(4):
        body = NO_KEY | {"project_id": project, "signature": f"other-{number}"}
        assert agent.post("/api/jobs/build-1/errors", **body).body["verdict"] == "escalate"
    expect(button).to_be_visible(timeout=SOON_MS)
    expect(page.locator(".pause li")).to_have_count(5)
    assert agent.post("/api/jobs/build-1/errors", **body).body["verdict"] == "pause"
    button.click()
    expect(button).to_be_hidden()
    expect(page.get_by_text("Anna resumed the job.")).to_be_visible()
    assert not_reloaded(page)


def test_the_keyboard_moves_through_problems(windows: Windows) -> None:
    project = windows.stage.project()
    report(windows.stage.caller(project), project)
    page = listening(windows.open(project, path="/problems"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What was tried")).to_be_visible()
