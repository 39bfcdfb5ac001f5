"""While the server is down or somebody else answers, nothing on a phone is lost, scary or moved."""

import re

import pytest
from outage import proxy_without_a_desk
from playwright.sync_api import Page, Route, expect
from stage import ask
from windows import SOON_MS, Windows, note, wait_until

pytestmark = pytest.mark.browser

WAITING = "Your answer will be sent as soon as it's back."
BACK_MS = 20_000
"""Within what a page that has waited goes on, with the server's start."""


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def choose(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^Leave it out")).check()


def test_an_answer_goes_out_when_the_server_is_back(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)
    page = live(windows.open(project, path=f"/escalations/{asked['id']}"))
    choose(page)
    note(page).fill("Later.")
    stage.kill_desk()
    with proxy_without_a_desk(stage):
        page.get_by_role("button", name="Send answer").click()
        expect(page.get_by_text(WAITING)).to_be_visible()
        expect(page.locator("#notice")).to_be_empty()
        with page.expect_response("**/resolve") as again:
            pass  # by itself
        assert again.value.status == 502
    stage.desk.start()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible(timeout=BACK_MS)
    payload = agent.get(f"/api/escalations/{asked['id']}").body
    assert (payload["founder_decision"], payload["founder_guidance"]) == ("skip_feature", "Later.")


@pytest.mark.parametrize("button", ["Send answer", "Skip this question"])
def test_an_answer_whose_response_was_lost_is_no_conflict(windows: Windows, button: str) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = live(windows.open(project, path=f"/escalations/{asked['id']}"))
    address = re.compile("/(resolve|skip)$")
    statuses: list[int] = []

    def lose(route: Route) -> None:
        statuses.append(route.fetch().status)
        route.abort()

    page.route(address, lose, times=1)
    if button == "Send answer":
        choose(page)
    with page.expect_response(address) as again:
        page.get_by_role("button", name=button).click()
    assert (statuses, again.value.status) == ([200], 200)
    expect(page.get_by_role("heading", name=re.compile("Answered|Skipped"))).to_be_visible()
    expect(page.locator(".too-late")).to_be_hidden()
    expect(page.locator("#notice")).to_be_empty()


def test_who_goes_on_typing_sends_it_themselves(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    asked = ask(agent, project)
    page = live(windows.open(project, path=f"/escalations/{asked['id']}"))
    choose(page)
    page.route("**/resolve", lambda route: route.abort())
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_text(WAITING)).to_be_visible()
    # Between two tries the field takes text.
    note(page).fill("Half a")
    expect(page.get_by_text("Your answer hasn't been sent yet.")).to_be_visible()
    page.unroute("**/resolve")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_text("Offline")
    page.context.set_offline(False)
    live(page)
    assert agent.get(f"/api/escalations/{asked['id']}").body["status"] == "pending"
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def test_a_tapped_card_opens_when_the_server_is_back(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    ask(stage.caller(project), project, plain_english_problem="Which one?")
    page = live(windows.open(project))
    stage.kill_desk()
    with proxy_without_a_desk(stage):
        expect(page.locator("#connection")).to_have_text("Reconnecting…")
        page.get_by_role("link", name="Which one?").click()
        expect(page.get_by_text("The page will open as soon as it's back.")).to_be_visible()
        expect(page.locator("#notice")).to_have_attribute("data-calm", "")
        expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    stage.desk.start()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which one?", timeout=BACK_MS)


class Thumb:
    """A finger on that page."""

    def __init__(self, page: Page) -> None:
        self.line = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", (x, y))

    def move(self, x: float, y: float) -> None:
        self._send("touchMove", (x, y))

    def up(self) -> None:
        self._send("touchEnd")


UNTIL_MOVED = """(id) => {
    addEventListener("touchend", () => { window.liftedAt = performance.now(); }, true);
    new MutationObserver(() => {
        if (!document.getElementById(id)) window.movedAt ??= performance.now();
    }).observe(document.body, { childList: true, subtree: true });
}"""
PHONE = {"viewport": {"width": 390, "height": 420}, "has_touch": True, "is_mobile": True}


def test_cards_stay_where_they_are_while_a_thumb_scrolls_and_just_after(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    cards = [ask(agent, project, plain_english_problem=f"Number {n}?") for n in range(6)]
    page = live(windows.open(project, **PHONE))
    thumb = Thumb(page)
    thumb.down(200, 380)
    for y in (340, 300, 260, 220):
        thumb.move(200, y)
    wait_until(page, "scrollY > 50")
    founder.post(f"/api/escalations/{cards[0]['id']}/resolve", decision="skip_feature")
    expect(page).to_have_title(re.compile(r"^\(5\) "))
    expect(page.get_by_role("link", name="Number 0?")).to_have_count(1)
    page.evaluate(UNTIL_MOVED, f"card-{cards[0]['id']}")
    thumb.up()
    expect(page.get_by_role("link", name="Number 0?")).to_have_count(0, timeout=SOON_MS * 3)
    assert page.evaluate("movedAt - liftedAt") > 500, "milliseconds in which the thumb taps"


def test_a_tap_opens_the_card_it_began_on(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    first, second, _ = (
        ask(agent, project, plain_english_problem=words)
        for words in ("The first?", "The second?", "The third?")
    )
    page = live(windows.open(project, **PHONE | {"viewport": {"width": 390, "height": 844}}))
    box = page.locator(f"#card-{second['id']} a").first.bounding_box()
    assert box
    thumb = Thumb(page)
    thumb.down(box["x"] + 20, box["y"] + box["height"] / 2)
    founder.post(f"/api/escalations/{first['id']}/resolve", decision="skip_feature")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    thumb.up()
    expect(page.get_by_role("heading", level=1)).to_have_text("The second?")
