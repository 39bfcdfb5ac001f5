"""Connecting an agent in a real browser: the light, the copy button, and no scripts at all."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from stage import Caller, Stage
from test_access import complaints
from windows import PATIENCE_MS, Windows

pytestmark = pytest.mark.browser

WAITS = "Waiting for the first call"
ARRIVED = "The first call has arrived"
TOKEN = re.compile(r"unstuck_[\w-]{43}")


def connect(page: Page, button: str = "Create the token and show the lines") -> None:
    page.get_by_role("radio", name="curl").check()
    page.get_by_role("button", name=button).click()


def token_of(page: Page) -> str:
    found = TOKEN.search(page.locator("main").inner_text())
    assert found
    return found[0]


def test_the_light_turns_green_when_the_first_call_arrives(windows: Windows) -> None:
    stage = windows.stage
    anna = windows.open(stage.project(), "anna", "/settings/connect")
    connect(anna)
    light = anna.locator("#connect-light")
    expect(light).to_contain_text(WAITS)
    expect(anna.locator("#connection")).to_have_text("Live")
    assert Caller(stage.port, token_of(anna)).get("/api/token").status == 200
    expect(light).to_contain_text(ARRIVED, timeout=PATIENCE_MS)
    expect(light).to_have_class(re.compile(r"\bon\b"))
    assert complaints(anna) == {}


def test_the_lines_are_copied_with_one_press(windows: Windows) -> None:
    granted = ["clipboard-read", "clipboard-write"]
    path = "/settings/connect"
    anna = windows.open(windows.stage.project(), "anna", path, permissions=granted)
    connect(anna)
    copy = anna.locator("[data-copies='step-1']")
    copy.click()
    expect(copy).to_have_text("Copied")
    copied = anna.evaluate("navigator.clipboard.readText()")
    assert token_of(anna) in copied
    assert copied.startswith("curl ")


def test_a_link_that_was_sent_shows_its_steps_on_the_founder_s_page(
    windows: Windows, chromium: Browser
) -> None:
    stage = windows.stage
    anna = windows.open(stage.project(), "anna", "/settings/connect")
    assert complaints(anna) == {}
    connect(anna, "Create a link to send")
    light = anna.locator("#connect-light")
    expect(light).to_contain_text("Nobody has used the link yet")
    expect(anna.locator("#connection")).to_have_text("Live")
    link = anna.locator("#link").inner_text().strip()
    context = chromium.new_context(base_url=stage.url, java_script_enabled=False)
    stranger = context.new_page()
    stranger.goto(f"/offers/{link.rpartition('/')[2]}")
    stranger.get_by_role("button", name="Show the lines").click()
    expect(light).to_contain_text("The link was used", timeout=PATIENCE_MS)
    token = token_of(stranger)
    context.close()
    assert Caller(stage.port, token).get("/api/token").status == 200
    expect(light).to_contain_text(ARRIVED, timeout=PATIENCE_MS)


def test_an_agent_is_connected_without_scripts(stage: Stage, chromium: Browser) -> None:
    context = chromium.new_context(base_url=stage.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(stage.sign_in_link(stage.project()))
    page.locator("main form .primary").click()
    page.goto("/settings/connect")
    connect(page)
    assert Caller(stage.port, token_of(page)).get("/api/token").status == 200
    page.get_by_role("link", name="Look again later").click()
    expect(page.locator("#connect-light")).to_contain_text(ARRIVED)
    context.close()


def test_what_a_stranger_sees_shuts_nobody_out(windows: Windows, chromium: Browser) -> None:
    stage = windows.stage
    anna = windows.open(stage.project(), "anna", "/settings/connect")
    connect(anna, "Create a link to send")
    path = f"/offers/{anna.locator('#link').inner_text().strip().rpartition('/')[2]}"
    context = chromium.new_context(base_url=stage.url)
    stranger = context.new_page()
    stranger.goto(path)
    assert complaints(stranger) == {}
    stranger.get_by_role("button", name="Show the lines").click()
    expect(stranger.locator("#step-1")).to_be_visible()
    assert complaints(stranger) == {}
    stranger.goto(path)
    assert complaints(stranger) == {}
    context.close()
