"""Each state of a question, on a phone, zoomed in, and for those who want no motion."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from stage import ask
from windows import Windows

pytestmark = pytest.mark.browser

LONG = "A long text that explains what would happen then, and why that might be right. " * 4
WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 4
ARABIC = "خدمة الدفع ترفض بطاقتنا التجريبية. ماذا أفعل؟"
OPTIONS = [
    {"value": f"option_{number}", "label": f"Choice {number}: {LONG[:90]}", "description": LONG}
    for number in range(10)
]
STATES = {
    "no options": {"options": []},
    "ten options with long texts": {"options": OPTIONS},
    "a very long word": {
        "plain_english_problem": WORD,
        "recommended_action": WORD,
        "attempts_summary": [WORD],
        "options": [{"value": "a", "label": WORD, "description": WORD}],
    },
    "right to left": {"plain_english_problem": ARABIC, "recommended_action": ARABIC},
    "100 kB of technical details": {"error_message": "at line 47 of checkout.py\n" * 4_000},
}
TWICE = (195, 422)
SIZES = {
    "phone": (390, 844),
    "narrowest": (320, 640),
    "zoomed to 200 %": (640, 450),
    "a phone zoomed to 200 %": TWICE,
}
PARTS = ("", "/sign-in", "/people", "/tokens")
PLACES = ("/jobs", "/problems", "/history", "/numbers", *(f"/settings{part}" for part in PARTS))


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def fits(page: Page) -> None:
    too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(too_wide) <= 0


@pytest.mark.parametrize("state", STATES)
def test_each_state_fits_every_width_and_can_be_answered(windows: Windows, state: str) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project, **STATES[state])
    page = live(windows.open(project, path=f"/escalations/{asked['id']}"))
    page.get_by_text("Technical details").click()
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
    options = page.get_by_role("radio")
    if options.count():
        assert options.count() == len(asked["options"])
        options.last.check()
    else:
        page.get_by_label("Your answer").fill("Take the blue one")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_focused()
    fits(page)
    page.goto("/")
    fits(page)


def test_each_page_fits_a_phone_zoomed_to_200_percent(windows: Windows) -> None:
    project = windows.stage.project()
    agent, founder = windows.stage.caller(project), windows.stage.caller(project, "founder")
    founder.post(f"/api/escalations/{ask(agent, project)['id']}/skip")
    width, height = TWICE
    page = windows.open(project, viewport={"width": width, "height": height})
    for place in PLACES:
        page.goto(place)
        fits(page)


def test_text_from_right_to_left_stands_on_the_right(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project, **STATES["right to left"])
    page = windows.open(project, path=f"/escalations/{asked['id']}")
    heading = page.get_by_role("heading", level=1)
    assert heading.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_while_it_is_sent_the_button_says_so_and_takes_no_second_tap(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = live(windows.open(project, path=f"/escalations/{asked['id']}"))
    held: list[Route] = []
    page.route("**/resolve", lambda route: held.append(route))
    page.get_by_role("radio", name=re.compile("^Leave it out")).check()
    with page.expect_request("**/resolve"):
        page.get_by_role("button", name="Send answer").click()
    sending = page.get_by_role("button", name="Sending…")
    expect(sending).to_be_disabled()
    expect(page.get_by_role("button", name="Skip this question")).to_be_disabled()
    # A change of the page meanwhile does not give the button back.
    ask(windows.stage.caller(project), project, plain_english_problem="Another?")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    expect(sending).to_be_disabled()
    held[0].abort()
    expect(page.get_by_role("button", name="Send answer")).to_be_enabled()
    expect(page.get_by_text("Your answer will be sent as soon as it's back.")).to_be_visible()
    page.unroute("**/resolve")
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def test_nobody_picks_it_up_and_the_page_says_so_by_itself(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    asked = ask(agent, project)
    page = windows.open(project)
    page.clock.install()
    page.goto(f"/escalations/{asked['id']}")
    page.get_by_role("radio", name=re.compile("^Leave it out")).check()
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    words = page.get_by_text("The agent hasn't picked it up yet.")
    expect(words).to_be_hidden()
    page.clock.fast_forward("02:05")
    expect(words).to_be_visible()
    agent.post(f"/api/escalations/{asked['id']}/receipt", stage="picked_up")
    expect(page.get_by_text("Picked up", exact=True)).to_be_visible()
    expect(words).to_have_count(0)


@pytest.mark.parametrize(("wish", "name"), [("reduce", "none"), ("no-preference", "arrive")])
def test_what_arrives_fades_in_only_where_motion_is_wanted(
    windows: Windows, wish: str, name: str
) -> None:
    project = windows.stage.project()
    page = live(windows.open(project, reduced_motion=wish))
    asked = ask(windows.stage.caller(project), project)
    card = page.locator(f"#card-{asked['id']}")
    expect(card).to_be_visible()
    assert card.evaluate("element => getComputedStyle(element).animationName") == name
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((element) =>
            parseFloat(getComputedStyle(element).transitionDuration) > 0).length"""
    )
    assert moving == 0
