"""What a page does while others act, and while the desk is away."""

import re

import pytest
from playwright.sync_api import Route, expect
from stage import ask, question
from windows import SOON_MS, Windows, note

from webapp.actors import DESK
from webapp.operations.escalations import Question, open_question

pytestmark = pytest.mark.browser

NOTHING = "Nothing needs you right now"
BACK_MS = 3_000
"""Within what a page is right again once the desk is back."""


def test_somebody_else_answers_the_question_that_i_have_open(windows: Windows) -> None:
    """The page says so in place, with the answer, and my text stays."""
    stage = windows.stage
    project = stage.project()
    asked = ask(stage.caller(project), project)
    anna = windows.open(project, "anna", f"/escalations/{asked['id']}")
    expect(anna.locator("#connection")).to_have_text("Live")
    guidance = note(anna)
    guidance.fill("The old account still works, I thi")

    ben = stage.caller(project, "founder", "Ben")
    ben.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature", guidance="Later.")

    state = anna.locator("#question-state")
    expect(state.get_by_role("heading", name="Answered")).to_be_visible(timeout=SOON_MS)
    for words in ("Ben", "Leave it out", "Later."):
        expect(state).to_contain_text(words)
    expect(guidance).to_be_visible()
    expect(guidance).to_have_value("The old account still works, I thi")
    expect(anna.get_by_text("This question was closed before you sent")).to_be_visible()
    expect(anna.get_by_role("button", name="Send answer")).to_be_hidden()


def test_an_empty_inbox_stays_live_and_the_tab_counts(windows: Windows) -> None:
    """FIELD: the live list stops refreshing when it is empty; "I did not know it was waiting"."""
    stage = windows.stage
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    anna = windows.open(project)
    expect(anna.locator("#connection")).to_have_text("Live")
    expect(anna).to_have_title("Inbox — Unstuck")
    for round_ in range(2):
        asked = ask(agent, project, plain_english_problem=f"Which colour for the door {round_}?")
        expect(anna.get_by_role("link", name=f"door {round_}")).to_be_visible(timeout=SOON_MS)
        expect(anna).to_have_title("(1) Inbox — Unstuck")
        founder.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature")
        expect(anna.get_by_text(NOTHING)).to_be_visible(timeout=SOON_MS)
        expect(anna).to_have_title("Inbox — Unstuck")


def test_nothing_is_called_sent_before_the_desk_took_it(windows: Windows) -> None:
    """FIELD: "sent" is shown before the server took the answer."""
    stage = windows.stage
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)
    page = windows.open(project, "anna", f"/escalations/{asked['id']}")
    held: list[Route] = []
    page.route("**/resolve", lambda route: held.append(route))
    page.get_by_role("radio", name=re.compile("^I know how")).check()
    guidance = note(page)
    guidance.fill("Use the old account.")
    with page.expect_request("**/resolve"):
        page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_have_count(0)

    held[0].abort()

    expect(page.get_by_text("Your answer will be sent as soon as it's back.")).to_be_visible()
    expect(page.get_by_role("heading", name="Answered")).to_have_count(0)
    expect(guidance).to_have_value("Use the old account.")
    assert agent.get(f"/api/escalations/{asked['id']}").body["status"] == "pending"
    page.unroute("**/resolve")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_text("Offline")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def test_what_happens_between_page_and_stream_is_not_lost(windows: Windows) -> None:
    """FIELD: an event between page render and stream connect is lost."""
    stage = windows.stage
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    asked = ask(agent, project)
    page = windows.open(project, "anna", "/history")
    expect(page.locator("#connection")).to_have_text("Live")  # its own stream is open already
    held: list[Route] = []
    page.route("**/live/**", lambda route: held.append(route), times=1)
    with page.expect_request("**/live/**"):
        page.goto("/")
    card = page.get_by_role("link", name=asked["plain_english_problem"])
    expect(card).to_be_visible()

    founder.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature")
    expect(card).to_be_visible()
    held[0].continue_()

    expect(page.get_by_text(NOTHING)).to_be_visible()


def test_after_a_restart_of_the_desk_an_open_page_is_right_again(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    page = windows.open(project)
    expect(page.locator("#connection")).to_have_text("Live")

    stage.kill_desk()
    expect(page.locator("#connection")).to_have_text("Reconnecting…")
    asked = {"plain_english_problem": "Asked while nobody was there?", "options": []}
    with stage.app.app_context():
        open_question("build-1", project, Question(**question(**asked)), by=DESK)
    stage.desk.start()

    expect(page.get_by_role("link", name="Asked while nobody was there?")).to_be_visible(
        timeout=BACK_MS
    )
    expect(page.locator("#connection")).to_have_text("Live")
    ask(stage.caller(project), project, plain_english_problem="And asked afterwards?")
    expect(page.get_by_role("link", name="And asked afterwards?")).to_be_visible(timeout=SOON_MS)
