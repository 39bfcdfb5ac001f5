"""A moment to take an answer back, on the pages of two people and with an agent that waits."""

import re
import threading

import pytest
from playwright.sync_api import Page, expect
from stage import PATIENT_GRACE_S, Answer, Caller, ask
from windows import SOON_MS, Windows, note

pytestmark = pytest.mark.browser

GUIDANCE = "Anything the agent should know"
RELEASED_MS = PATIENT_GRACE_S * 1000 + 2_000


class Agent(threading.Thread):
    """Waits for the decision as an agent does."""

    def __init__(self, caller: Caller, key: str) -> None:
        super().__init__()
        self.caller, self.key = caller, key
        self.got: Answer | None = None
        self.start()

    def run(self) -> None:
        self.got = self.caller.get(f"/api/escalations/{self.key}/decision?wait=30")


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def answer(page: Page, label: str, guidance: str = "") -> None:
    page.get_by_role("radio", name=re.compile(f"^{label}")).check()
    note(page).fill(guidance)
    page.get_by_role("button", name="Send answer").click()


def test_an_answer_is_taken_back_and_another_one_goes_to_the_agent(
    patient_windows: Windows,
) -> None:
    stage = patient_windows.stage
    project = stage.project()
    caller = stage.caller(project)
    asked = ask(caller, project)
    path = f"/escalations/{asked['id']}"
    anna = live(patient_windows.open(project, "anna", path))
    ben = live(patient_windows.open(project, "ben", path))
    bens_inbox = live(patient_windows.beside(ben, "/"))
    agent = Agent(caller, asked["id"])

    answer(anna, "Leave it out", "Not before spring.")
    expect(anna.get_by_role("heading", name="Anna answered")).to_be_focused()
    expect(anna.locator("#question-state")).to_contain_text(
        re.compile(r"The agent gets it in (\d seconds|1 second|a moment)")
    )
    expect(ben.get_by_role("heading", name="Anna answered")).to_be_visible(timeout=SOON_MS)
    expect(ben.locator("#question-state")).to_contain_text("Not before spring.")
    expect(bens_inbox.get_by_text("Nothing needs you right now")).to_be_visible()
    expect(bens_inbox).to_have_title("Inbox — Unstuck")
    assert caller.get(f"/api{path}").body["status"] == "pending"

    anna.get_by_role("button", name="Take it back").click()
    expect(anna.get_by_role("radio", name=re.compile("^Leave it out"))).to_be_focused()
    expect(anna.get_by_label(GUIDANCE)).to_have_value("Not before spring.")
    expect(ben.locator("#question-state")).to_contain_text("Anna took an answer back.")
    expect(ben.get_by_role("button", name="Send answer")).to_be_enabled()
    expect(bens_inbox.get_by_role("link", name=asked["plain_english_problem"])).to_be_visible()
    expect(bens_inbox).to_have_title("(1) Inbox — Unstuck")
    assert agent.is_alive(), "the agent waits on"

    answer(anna, "I know how", "Use the old account.")
    agent.join(RELEASED_MS / 1000)
    assert agent.got is not None
    assert (agent.got.body["decision"], agent.got.body["guidance"]) == (
        "provide_guidance",
        "Use the old account.",
    )
    for page in (anna, ben):
        expect(page.get_by_role("heading", name="Answered", exact=True)).to_be_visible()
        expect(page.get_by_text("Delivered to the agent", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Take it back")).to_have_count(0)


def test_too_late_is_said_in_place(patient_windows: Windows) -> None:
    """The stream is cut, so that the button stays although the answer has gone."""
    stage = patient_windows.stage
    project = stage.project()
    caller = stage.caller(project)
    asked = ask(caller, project)
    page = patient_windows.open(project)
    page.route("**/live/**", lambda route: route.abort())
    page.goto(f"/escalations/{asked['id']}")
    answer(page, "Leave it out")
    take_back = page.get_by_role("button", name="Take it back")
    expect(take_back).to_be_visible()
    assert caller.get(f"/api/escalations/{asked['id']}/decision?wait=20").status == 200
    take_back.click()
    expect(page.get_by_role("alert")).to_contain_text("It's too late to take the answer back")
    expect(page.get_by_role("heading", name="Answered", exact=True)).to_be_focused()


def test_the_focus_on_the_button_goes_to_the_heading_when_the_answer_goes(
    patient_windows: Windows,
) -> None:
    stage = patient_windows.stage
    project = stage.project()
    asked = ask(stage.caller(project), project)
    page = live(patient_windows.open(project, path=f"/escalations/{asked['id']}"))
    answer(page, "Leave it out")
    page.get_by_role("button", name="Take it back").focus()
    heading = page.get_by_role("heading", name="Answered", exact=True)
    expect(heading).to_be_focused(timeout=RELEASED_MS)


def test_without_scripts_it_is_taken_back_all_the_same(patient_windows: Windows) -> None:
    stage = patient_windows.stage
    project = stage.project()
    caller = stage.caller(project)
    asked = ask(caller, project)
    page = patient_windows.open(project, java_script_enabled=False)
    page.goto(f"/escalations/{asked['id']}")
    answer(page, "I know how", "Use the old account.")
    expect(page.locator("#question-state")).to_contain_text("The agent gets it in a few seconds")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_label(GUIDANCE)).to_have_value("Use the old account.")
    expect(page.get_by_role("radio", name=re.compile("^I know how"))).to_be_checked()
    assert caller.get(f"/api/escalations/{asked['id']}").body["status"] == "pending"


def test_text_of_mine_stays_while_an_answer_comes_and_goes(patient_windows: Windows) -> None:
    """Somebody answers while I type, and takes it back; then the agent withdraws the question."""
    stage = patient_windows.stage
    project = stage.project()
    caller = stage.caller(project)
    asked = ask(caller, project)
    path = f"/escalations/{asked['id']}"
    anna = live(patient_windows.open(project, "anna", path))
    ben = live(patient_windows.open(project, "ben", path))
    mine = note(anna)
    mine.fill("Half a thou")
    answer(ben, "Leave it out")
    expect(anna.get_by_text("This question was closed before you sent")).to_be_visible()
    expect(mine).to_have_value("Half a thou")
    expect(mine).not_to_be_editable()
    ben.get_by_role("button", name="Take it back").click()
    expect(anna.get_by_text("This question was closed before you sent")).to_be_hidden()
    expect(mine).to_be_editable()
    mine.press("End")
    anna.keyboard.type("ght")
    caller.post(f"/api{path}/withdraw", reason="It works again.")
    expect(anna.get_by_role("heading", name="No longer needs an answer")).to_be_visible()
    expect(mine).to_have_value("Half a thought")
    expect(mine).to_be_visible()
