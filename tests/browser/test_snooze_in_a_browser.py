"""The key s and a tap put a question off; it is gone from the inbox while a page is open."""

import pytest
from playwright.sync_api import expect
from stage import ask
from windows import PATIENCE_MS, Windows

pytestmark = pytest.mark.browser


def test_the_key_s_puts_the_selected_card_off(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = windows.open(project)
    other = windows.beside(page, "/")
    expect(other.locator(f"#card-{asked['id']}")).to_be_visible()
    page.locator(f"#card-{asked['id']} a").first.focus()
    page.keyboard.press("s")
    page.wait_for_url(f"**/escalations/{asked['id']}#snooze")
    page.get_by_role("button", name="In 1 hour").click()
    expect(page.get_by_text("1 question is snoozed")).to_be_visible()
    expect(page.locator(f"#card-{asked['id']}")).to_have_count(0)
    expect(other.locator(f"#card-{asked['id']}")).to_have_count(0, timeout=PATIENCE_MS)


def test_on_the_page_of_a_question_s_opens_the_times(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = windows.open(project, path=f"/escalations/{asked['id']}")
    expect(page.get_by_role("button", name="This evening")).to_be_hidden()
    page.keyboard.press("s")
    page.get_by_role("button", name="This evening").click()
    expect(page.get_by_text("1 question is snoozed")).to_be_visible()
    page.get_by_text("1 question is snoozed").click()
    page.locator(".snoozed a").click()
    page.get_by_role("button", name="Show it in the inbox now").click()
    expect(page.get_by_text("Remind me later")).to_be_visible()
