"""What htmx puts in place: no reload, nothing typed is lost, focus where one expects it."""

import re

import pytest
from playwright.sync_api import Page, expect
from stage import ask, ask_by_report
from windows import SOON_MS, Windows, note

pytestmark = pytest.mark.browser

GUIDANCE = "Anything the agent should know"


def mark(page: Page) -> None:
    """Leave a mark that a reload would take away."""
    page.evaluate("window.notReloaded = true")


def is_marked(page: Page) -> bool:
    return page.evaluate("window.notReloaded === true") is True


def listening(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def test_an_answer_is_put_in_place_and_gets_the_focus(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    mark(page)
    page.get_by_role("radio", name=re.compile("^Leave it out")).check()
    note(page).fill("Later, please.")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    expect(page.get_by_role("heading", name="Answered")).to_be_focused()
    expect(page.locator("#answer")).to_be_hidden()
    assert is_marked(page)
    page.get_by_role("link", name="Back to the inbox").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")


def test_skipping_needs_no_choice(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    mark(page)
    page.get_by_role("button", name="Skip this question").click()
    expect(page.get_by_role("heading", name="Skipped")).to_be_visible()
    assert is_marked(page)


def test_a_mistake_is_shown_in_the_form_and_keeps_the_text(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    mark(page)
    note(page).fill("Half a thought")
    # The browser's own check would not even send it.
    page.evaluate("document.querySelectorAll('[required]').forEach(e => e.required = false)")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_text("Choose an answer, then send it.")).to_be_visible()
    expect(page.get_by_label(GUIDANCE)).to_have_value("Half a thought")
    expect(page.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("1")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    expect(page.locator("#question-state")).to_contain_text("Half a thought")
    assert is_marked(page)


def test_who_sends_second_is_told_in_place(windows: Windows) -> None:
    """The stream is cut, so that only the answer to the form can tell."""
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = windows.open(project)
    page.route("**/live/**", lambda route: route.abort())
    page.goto(f"/escalations/{asked['id']}")
    mark(page)
    page.get_by_role("radio", name=re.compile("^I know how")).check()
    note(page).fill("My long thought")
    ben = windows.stage.caller(project, "founder", "Ben")
    ben.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature")
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator("#question-state")).to_contain_text("Ben")
    expect(page.get_by_text("This question was closed before you sent")).to_be_visible()
    expect(page.get_by_label(GUIDANCE)).to_have_value("My long thought")
    expect(page.get_by_role("button", name="Send answer")).to_be_hidden()
    assert is_marked(page)


def test_typing_goes_on_through_every_swap(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    asked = ask_by_report(agent, project)
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    field = note(page)
    field.click()
    page.keyboard.type("The one")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    windows.stage.join(asked)
    expect(page.get_by_text("2 jobs are waiting for this answer")).to_be_visible(timeout=SOON_MS)
    ask(agent, project, plain_english_problem="Another one?")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    expect(field).to_be_focused()
    page.keyboard.type("old ")
    expect(field).to_have_value("The old one")


def test_a_region_is_swapped_once_for_each_change(windows: Windows) -> None:
    """htmx listens again when attributes change; without care each change would double the next."""
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    page = listening(windows.open(project))
    page.evaluate(
        """() => {
            window.swaps = 0;
            document.addEventListener("htmx:sseMessage", ({ target }) => {
                if (target.id === "inbox-counts") window.swaps += 1;
            });
        }"""
    )
    for number in range(1, 6):
        ask(agent, project, plain_english_problem=f"Number {number}?")
        expect(page.locator("#inbox-counts")).to_have_attribute("data-count", str(number))
    assert page.evaluate("window.swaps") == 5


def test_the_keyboard_is_enough(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    for words in ("The first?", "The second?"):
        ask(agent, project, plain_english_problem=words)
    page = listening(windows.open(project))
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="The first?")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="The second?")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The first?")
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name=re.compile("^I know how"))).to_be_checked()
    note(page).press("1")
    expect(page.get_by_label(GUIDANCE)).to_have_value("1")
    expect(page.get_by_role("radio", name=re.compile("^I know how"))).to_be_checked()


def test_a_page_whose_session_has_ended_says_so(windows: Windows) -> None:
    project = windows.stage.project()
    page = listening(windows.open(project))
    other = windows.beside(page, "/history")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")
    # A stream is told within seconds; then the page asks why it cannot come back.
    expect(page.locator("#connection")).to_contain_text("signed out", timeout=20_000)


def test_a_form_sent_after_the_session_ended_keeps_its_text(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = windows.open(project)
    page.route("**/live/**", lambda route: route.abort())
    page.goto(f"/escalations/{asked['id']}")
    other = windows.beside(page, "/history")
    page.get_by_role("radio", name=re.compile("^Leave it out")).check()
    note(page).fill("My long thought")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("alert")).to_contain_text("You're signed out.")
    expect(page.get_by_label(GUIDANCE)).to_have_value("My long thought")
    assert (
        windows.stage.caller(project).get(f"/api/escalations/{asked['id']}").body["status"]
        == "pending"
    )
