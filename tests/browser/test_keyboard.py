"""The keyboard alone is enough, from the first link to the outcome; and it never takes a letter."""

import pytest
from playwright.sync_api import Page, expect
from stage import ask
from windows import Windows, note

pytestmark = pytest.mark.browser

GUIDANCE = "Anything the agent should know"


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText"
        )
        if focused and name in focused:
            return
    raise AssertionError(f"Tab never leads to {name!r}")


def test_the_whole_story_by_keyboard_alone(patient_windows: Windows) -> None:
    stage = patient_windows.stage
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project, plain_english_problem="The first?")
    ask(agent, project, plain_english_problem="The second?")
    page = patient_windows.open(project, path="/jobs")
    live(page)

    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    live(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="The first?")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The first?")
    live(page)
    page.keyboard.press("2")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # unfolds the note
    page.keyboard.press("Tab")
    expect(page.get_by_label(GUIDANCE)).to_be_focused()
    page.keyboard.type("jk 1? n u")
    expect(page.get_by_label(GUIDANCE)).to_have_value("jk 1? n u")
    tab_to(page, "Send answer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Anna answered")).to_be_focused()

    page.keyboard.press("u")
    expect(page.get_by_role("radio").nth(1)).to_be_focused()
    expect(page.get_by_label(GUIDANCE)).to_have_value("jk 1? n u")
    page.keyboard.press("1")
    tab_to(page, "Send answer")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Anna answered")).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("The second?")
    waited = agent.get(f"/api/escalations/{asked['id']}/decision?wait=20")
    assert waited.body["decision"] == "skip_feature"


def test_the_help_sheet_takes_the_focus_and_gives_it_back(windows: Windows) -> None:
    project = windows.stage.project()
    ask(windows.stage.caller(project), project, plain_english_problem="The first?")
    page = live(windows.open(project))
    page.keyboard.press("j")
    card = page.get_by_role("link", name="The first?")
    expect(card).to_be_focused()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    for _ in range(4):  # the focus stays in the sheet, or goes to the browser's own controls
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => [document.body, document.documentElement].includes(document.activeElement)"
            " || !!document.activeElement.closest('dialog')"
        )
    page.keyboard.press("j")  # keys of the page rest meanwhile
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(card).to_be_focused()


def test_the_help_sheet_opens_by_a_button_too(windows: Windows) -> None:
    page = live(windows.open(windows.stage.project()))
    page.get_by_role("button", name="Keyboard shortcuts").click()
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()


def test_keys_with_a_modifier_are_the_browser_s_own(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = live(windows.open(project, path=f"/escalations/{asked['id']}"))
    for key in ("Control+1", "Alt+2", "Meta+1"):
        page.keyboard.press(key)
    expect(page.locator(".choice input:checked")).to_have_count(0)
    note(page).press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    expect(page.get_by_label(GUIDANCE)).to_have_value("?")
