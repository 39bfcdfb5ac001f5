"""A long inbox in a real browser: how much of it a screen holds, and what arrives meanwhile."""

import pytest
from axe import violations
from playwright.sync_api import expect
from stage import ask
from windows import Windows

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
MOST_SCREENS = 6
PROBLEMS = (
    "I cannot set up payments, because the shop has no access key for Stripe yet.",
    "The price list and the shop differ for three products. Which of them is right?",
    "Which of the two logos is the current one?",
    "The photo service that we planned to use no longer takes new customers this year.",
    "May I write to the customers of last year?",
)
OPTIONS = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def test_forty_five_questions_fit_on_six_screens_of_a_phone(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    for number in range(45):
        words = f"{PROBLEMS[number % len(PROBLEMS)]} (no. {number})"
        ask(agent, project, f"job-{number % 7}", plain_english_problem=words, options=OPTIONS)
    page = windows.open(project, viewport=PHONE)
    expect(page.locator(".card")).to_have_count(45)
    expect(page.locator("#connection")).to_have_text("Live")
    screens = page.evaluate("document.documentElement.scrollHeight / innerHeight")
    print(f"45 questions take {screens:.2f} screens")
    assert screens <= MOST_SCREENS
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_links_and_the_project_stay_in_sight(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    for number in range(20):
        ask(agent, project, plain_english_problem=f"Which of the {number + 2} colours is it?")
    page = windows.open(project, viewport=PHONE)
    page.locator(".card").last.scroll_into_view_if_needed()
    expect(page.get_by_role("link", name="History", exact=True)).to_be_in_viewport(ratio=1)
    expect(page.locator(".group-title")).to_be_in_viewport(ratio=1)
    # A card that gets the focus is not hidden behind what stays.
    first = page.locator(".card a").first
    first.focus()
    top = page.locator(".card").first.bounding_box()
    title = page.locator(".group-title").bounding_box()
    assert top
    assert title
    assert top["y"] >= title["y"] + title["height"] - 1


def test_what_arrives_out_of_sight_is_announced_at_the_top(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    for number in range(15):
        ask(agent, project, plain_english_problem=f"Which of the {number + 2} colours is it?")
    page = windows.open(project, viewport=PHONE)
    expect(page.locator("#connection")).to_have_text("Live")
    arrivals = page.locator("#arrivals")
    expect(arrivals).to_be_hidden()
    ask(agent, project, plain_english_problem="The first that came?")
    expect(arrivals).to_have_text("1 new question")
    ask(agent, project, plain_english_problem="The second that came?")
    expect(arrivals).to_have_text("2 new questions")
    assert violations(page) == []
    arrivals.click()
    came = page.get_by_role("link", name="The first that came?")
    expect(came).to_be_focused()
    expect(came).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="The second that came?").scroll_into_view_if_needed()
    expect(arrivals).to_be_hidden()


def test_what_arrives_in_sight_is_not_announced(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    ask(agent, project, plain_english_problem="The first?")
    page = windows.open(project, viewport=PHONE)
    expect(page.locator("#connection")).to_have_text("Live")
    ask(agent, project, plain_english_problem="The second?")
    expect(page.locator(".card")).to_have_count(2)
    # Its observer has told by the frame after the next.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(page.locator("#arrivals")).to_be_hidden()


def test_the_slash_key_opens_the_search_and_finds(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    for words in ("Which logo?", "Which font?"):
        ask(agent, project, plain_english_problem=words)
    page = windows.open(project, viewport=PHONE)
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search waiting questions")
    expect(field).to_be_focused()
    assert violations(page) == []
    field.fill("font")
    field.press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.get_by_text("1 question found")).to_be_visible()
    page.get_by_role("link", name="Show all", exact=True).click()
    expect(page.locator(".card")).to_have_count(2)
