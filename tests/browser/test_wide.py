"""A wide screen: the list on the left, the question on the right, and both stay live."""

import pytest
from playwright.sync_api import Locator, Page, expect
from stage import Caller, ask
from windows import Windows, note, wait_until

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1440, "height": 900}}


def card(page: Page, words: str) -> Locator:
    return page.locator("#inbox-list").get_by_role("link", name=words)


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    wait_until(page, "Boolean(desk.open)")  # until the script of wide screens has come
    return page


def two(windows: Windows) -> tuple[str, Caller, dict, dict]:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    first = ask(agent, project, plain_english_problem="The first?")
    second = ask(agent, project, plain_english_problem="The second?")
    return project, agent, first, second


def test_a_question_opens_beside_the_list_under_its_own_address(windows: Windows) -> None:
    project, _, first, second = two(windows)
    page = live(windows.open(project, **WIDE))
    expect(page.get_by_text("Choose a question to read it here.")).to_be_visible()
    card(page, "The first?").click()
    expect(heading(page)).to_have_text("The first?")
    expect(heading(page)).to_be_focused()
    expect(page).to_have_url(f"{windows.stage.url}/escalations/{first['id']}")
    expect(card(page, "The first?")).to_have_attribute("aria-current", "true")
    note(page).fill("Half a thought")

    card(page, "The second?").click()
    expect(heading(page)).to_have_text("The second?")
    expect(page).to_have_title("(2) The second? — Unstuck")
    page.go_back()
    expect(heading(page)).to_have_text("The first?")
    expect(note(page)).to_have_value("Half a thought")
    page.reload()
    expect(card(page, "The first?")).to_have_attribute("aria-current", "true")
    expect(note(page)).to_have_value("Half a thought")
    page.go_forward()
    expect(heading(page)).to_have_text("The second?")
    other = windows.beside(page, f"/escalations/{second['id']}")
    expect(card(other, "The second?")).to_have_attribute("aria-current", "true")


def test_both_panes_follow_what_happens(windows: Windows) -> None:
    project, agent, first, _ = two(windows)
    page = live(windows.open(project, **WIDE))
    card(page, "The first?").click()
    expect(heading(page)).to_have_text("The first?")
    live(page)
    ask(agent, project, plain_english_problem="The third?")
    expect(card(page, "The third?")).to_be_visible()
    founder = windows.stage.caller(project, "founder")
    assert founder.post(f"/api/escalations/{first['id']}/skip").status == 200
    expect(page.get_by_role("heading", name="Skipped")).to_be_visible()
    expect(card(page, "The first?")).to_have_count(0)
    page.keyboard.press("j")
    expect(card(page, "The second?")).to_be_focused()
    expect(heading(page)).to_have_text("The second?")
    third = card(page, "The third?")
    third.click()
    expect(heading(page)).to_have_text("The third?")
    page.get_by_label("Leave it out").check()
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator("#question-state .answered-title")).to_be_visible()
    page.keyboard.press("n")
    expect(heading(page)).to_have_text("The second?")


def test_the_keys_move_the_selection_without_filling_the_way_back(windows: Windows) -> None:
    project, _, _, second = two(windows)
    page = live(windows.open(project, **WIDE))
    page.keyboard.press("j")
    expect(heading(page)).to_have_text("The first?")
    page.keyboard.press("j")
    expect(heading(page)).to_have_text("The second?")
    expect(card(page, "The second?")).to_be_focused()
    expect(page).to_have_url(f"{windows.stage.url}/escalations/{second['id']}")
    page.keyboard.press("2")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("k")
    expect(heading(page)).to_have_text("The first?")
    page.go_back()
    expect(heading(page)).to_have_text("Inbox")
    expect(page.get_by_text("Choose a question to read it here.")).to_be_visible()


def test_without_scripts_a_wide_screen_shows_the_page_alone(windows: Windows) -> None:
    project, _, first, _ = two(windows)
    page = windows.open(
        project, path=f"/escalations/{first['id']}", java_script_enabled=False, **WIDE
    )
    expect(heading(page)).to_have_text("The first?")
    expect(page.locator("#inbox-list")).to_have_count(0)
    box = page.locator("article.question").bounding_box()
    assert box
    assert abs(box["x"] + box["width"] / 2 - 720) < 10, "in the middle"
