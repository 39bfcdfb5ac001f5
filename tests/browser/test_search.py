"""The history is searched while one types, its address says what is seen, no script is needed."""

import re

import pytest
from playwright.sync_api import Page, expect
from stage import Caller, ask
from windows import SOON_MS, Windows

pytestmark = pytest.mark.browser

NAMES = ("payment", "photos", "mail")


def closed(founder: Caller, agent: Caller, project: str, words: str) -> None:
    asked = ask(agent, project, plain_english_problem=words)
    founder.post(f"/api/escalations/{asked['id']}/skip")


def past(windows: Windows, **options: bool) -> tuple[Page, Caller, Caller, str]:
    """A history of three questions, opened."""
    project = windows.stage.project()
    agent, founder = windows.stage.caller(project), windows.stage.caller(project, "founder")
    for name in NAMES:
        closed(founder, agent, project, f"All about {name}.")
    page = windows.open(project, path="/history", **options)
    expect(page.locator("#history-list .row")).to_have_count(len(NAMES))
    return page, founder, agent, project


def rows(page: Page) -> list[str]:
    return page.locator("#history-list .row-title").all_inner_texts()


def test_the_list_follows_what_is_typed_and_so_does_the_address(windows: Windows) -> None:
    page, *_ = past(windows)
    field = page.get_by_role("searchbox")
    field.press_sequentially("phot")
    expect(page.locator("#history-list .row")).to_have_count(1)
    assert rows(page) == ["All about photos."]
    expect(page).to_have_url(re.compile(r"/history\?q=phot$"))
    expect(field).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("1 question")
    page.keyboard.type("zz")
    expect(page.locator(".empty-title")).to_have_text("No matches")
    expect(page.locator("#announcer")).to_have_text("No matches")
    page.reload()
    expect(page.locator(".empty-title")).to_have_text("No matches")
    expect(page.get_by_role("searchbox")).to_have_value("photzz")


def test_the_way_back_leads_through_the_searches(windows: Windows) -> None:
    page, *_ = past(windows)
    page.get_by_role("searchbox").fill("mail")
    expect(page).to_have_url(re.compile(r"q=mail$"))
    page.get_by_role("link", name="All about mail.").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All about mail.")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("mail")
    expect(page.locator("#history-list .row")).to_have_count(1)


def test_the_way_back_from_a_search_leads_to_a_page_that_is_live(windows: Windows) -> None:
    page, founder, agent, project = past(windows)
    page.get_by_role("searchbox").fill("mail")
    expect(page).to_have_url(re.compile(r"q=mail$"))
    page.go_back()
    expect(page.locator("#history-list .row")).to_have_count(len(NAMES))
    expect(page.locator("#connection")).to_have_text("Live")
    closed(founder, agent, project, "All about vases.")
    expect(page.get_by_role("link", name="All about vases.")).to_be_visible(timeout=SOON_MS)


def test_a_filter_works_as_soon_as_it_is_chosen(windows: Windows) -> None:
    page, *_ = past(windows)
    page.get_by_text("Filters").click()
    page.get_by_label("Result").select_option("Expired")
    expect(page.locator(".empty-title")).to_have_text("No matches")
    expect(page).to_have_url(re.compile(r"/history\?status=expired$"))
    page.get_by_label("Result").select_option("Skipped")
    expect(page.locator("#history-list .row")).to_have_count(len(NAMES))


def test_a_search_stands_still_and_the_whole_list_is_live_again_after_it(windows: Windows) -> None:
    page, founder, agent, project = past(windows)
    expect(page.locator("#connection[data-state=live]")).to_be_visible()
    field = page.get_by_role("searchbox")
    field.fill("photos")
    expect(page.locator("#history-list .row")).to_have_count(1)
    closed(founder, agent, project, "All about flowers.")
    expect(page.locator("#inbox-counts")).to_have_attribute("data-count", "0")
    expect(page.locator("#history-list .row")).to_have_count(1)
    field.fill("")
    expect(page.locator("#history-list .row")).to_have_count(len(NAMES) + 1)
    expect(page).to_have_url(re.compile(r"/history$"))
    closed(founder, agent, project, "All about vases.")
    expect(page.get_by_role("link", name="All about vases.")).to_be_visible(timeout=SOON_MS)


def test_it_is_searched_without_scripts_by_a_button(windows: Windows) -> None:
    page, *_ = past(windows, java_script_enabled=False)
    page.get_by_role("searchbox").fill("payment")
    page.get_by_role("button", name="Search").click()
    assert rows(page) == ["All about payment."]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert "All about payment." in download.value.path().read_text("utf-8-sig")


def test_a_token_is_copied_by_a_button(windows: Windows) -> None:
    project = windows.stage.project()
    page = windows.open(project, path="/settings/tokens")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("What is it for?").fill("Build agent")
    page.get_by_role("button", name="Create token").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    secret = page.evaluate("navigator.clipboard.readText()")
    assert Caller(windows.stage.port, secret).get("/api/escalations").status == 200


def test_settings_work_without_scripts(windows: Windows) -> None:
    project = windows.stage.project()
    page = windows.open(project, path="/settings", java_script_enabled=False)
    page.get_by_label("Your name").fill("Anna Berg")
    page.locator("form[action='/settings/name'] button").click()
    expect(page.get_by_text("Your name has been changed.")).to_be_visible()
    page.get_by_role("link", name="Tokens").click()
    page.get_by_label("What is it for?").fill("Build agent")
    page.get_by_role("button", name="Create token").click()
    secret = page.locator(".secret").inner_text()
    assert Caller(windows.stage.port, secret).get("/api/escalations").status == 200
    page.get_by_role("link", name="Done").click()
    page.get_by_text("Revoke Build agent").click()
    page.get_by_role("button", name="Revoke this token").click()
    expect(page.get_by_text("The token no longer works.")).to_be_visible()
    assert Caller(windows.stage.port, secret).get("/api/escalations").status == 401
