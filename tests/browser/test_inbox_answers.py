"""Answers in the inbox in a real browser: cards open in place, and taps count once."""

import pytest
from playwright.sync_api import Page, expect
from stage import ask
from windows import Windows

pytestmark = pytest.mark.browser

OPTIONS = [
    {"value": "red", "label": "The red one"},
    {"value": "blue", "label": "The blue one"},
]


# The second click of a hurried finger: as soon as the option is there.
CLICK_AT_ONCE = """(selector) => new MutationObserver((_, observer) => {
    const option = document.querySelector(`${selector}[data-deaf] .choice`);
    if (!option) return;
    observer.disconnect();
    option.click();
    document.documentElement.dataset.clicked = "yes";
}).observe(document.body, { subtree: true, childList: true, attributes: true })"""


def asked(windows: Windows, project: str, words: str) -> str:
    agent = windows.stage.caller(project)
    return str(ask(agent, project, plain_english_problem=words, options=OPTIONS)["id"])


def opened(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def decision(windows: Windows, project: str, key: str) -> str | None:
    stored = windows.stage.caller(project).get(f"/api/escalations/{key}").body
    found: str | None = stored["founder_decision"]
    return found


def test_three_questions_take_four_taps(windows: Windows) -> None:
    project = windows.stage.project()
    keys = [asked(windows, project, f"Which {thing}?") for thing in ("logo", "font", "photo")]
    phone = {"width": 390, "height": 844}
    page = opened(windows.open(project, viewport=phone))
    page.locator(f"#card-{keys[0]} .card-open").click()
    for key in keys:
        option = page.locator(f"#card-{key}").get_by_role("button", name="The blue one")
        expect(option).to_be_in_viewport(ratio=1)
        # For a moment a card that opened by itself is deaf to a hurried second tap.
        expect(page.locator(f"#card-{key} .card-options[data-deaf]")).to_have_count(0)
        option.click()
        expect(page.locator(f"#card-{key}")).to_have_count(0)
    assert [decision(windows, project, key) for key in keys] == ["blue"] * 3


def test_a_double_tap_answers_one_question(windows: Windows) -> None:
    project = windows.stage.project()
    first, second = (asked(windows, project, words) for words in ("The first?", "The second?"))
    page = opened(windows.open(project))
    page.locator(f"#card-{first} .card-open").click()
    page.evaluate(CLICK_AT_ONCE, f"#card-{second} .card-options")
    page.locator(f"#card-{first}").get_by_role("button", name="The red one").click()
    expect(page.locator("html")).to_have_attribute("data-clicked", "yes")
    expect(page.locator(f"#card-{second} .choice").first).to_be_visible()
    assert decision(windows, project, second) is None
    assert decision(windows, project, first) == "red"


def test_an_open_card_stays_open_while_the_list_changes(windows: Windows) -> None:
    project = windows.stage.project()
    key = asked(windows, project, "The first?")
    page = opened(windows.open(project))
    page.locator(f"#card-{key} .card-open").click()
    option = page.locator(f"#card-{key}").get_by_role("button", name="The red one")
    expect(option).to_be_focused()
    asked(windows, project, "The second?")
    expect(page.get_by_role("link", name="The second?")).to_be_visible()
    expect(option).to_be_focused()
    opener = page.locator(f"#card-{key} .card-open")
    expect(opener).to_have_attribute("aria-expanded", "true")
    opener.click()
    expect(option).to_have_count(0)


def test_the_keyboard_opens_a_card_and_chooses(windows: Windows) -> None:
    project = windows.stage.project()
    key = asked(windows, project, "The first?")
    page = opened(windows.open(project))
    for pressed in ("j", "a"):
        page.keyboard.press(pressed)
    expect(page.locator(f"#card-{key} .choice").first).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator(f"#card-{key}")).to_have_count(0)
    assert decision(windows, project, key) == "blue"


def test_several_are_selected_by_keyboard_and_answered_with_one_tap(windows: Windows) -> None:
    project = windows.stage.project()
    keys = [asked(windows, project, f"Which {thing}?") for thing in ("logo", "font")]
    agent = windows.stage.caller(project)
    others = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    odd = [
        ask(agent, project, plain_english_problem=words, options=others)["id"]
        for words in ("Odd?", "Even?")
    ]
    page = opened(windows.open(project, viewport={"width": 390, "height": 844}))
    for pressed in ("j", "x"):
        page.keyboard.press(pressed)
    page.wait_for_url("**/?select=1#card-*")
    opened(page)
    expect(page.locator(f"#card-{keys[0]} input")).to_be_checked()
    expect(page.locator(f"#card-{keys[0]} .card-title a")).to_be_focused()
    for pressed in ("j", "x"):
        page.keyboard.press(pressed)
    expect(page.locator(f"#card-{odd[0]} input")).to_be_disabled()
    asked(windows, project, "Which photo?")
    expect(page.get_by_role("link", name="Which photo?")).to_be_visible()
    for key in keys:
        expect(page.locator(f"#card-{key} input")).to_be_checked()
    expect(page.locator(f"#card-{odd[0]} input")).to_be_disabled()
    page.get_by_role("button", name="Answer together").click()
    page.get_by_role("button", name="The blue one").click()
    expect(page.get_by_role("heading", name="2 questions answered")).to_be_visible()
    assert [decision(windows, project, key) for key in keys] == ["blue"] * 2
