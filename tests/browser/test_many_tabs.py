"""Seven tabs of one browser share one stream, and none of them freezes."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from stage import ask
from windows import PATIENCE_MS, Windows

pytestmark = pytest.mark.browser

TABS = 7
BACK_MS = 3_000
MOST_CHANNELS = 50


class Streams:
    """The streams that a browser has open now."""

    def __init__(self, context: BrowserContext) -> None:
        self.open: list[Request] = []
        context.on("request", self._began)
        context.on("requestfinished", self._ended)
        context.on("requestfailed", self._ended)

    def _began(self, request: Request) -> None:
        if "/live/" in request.url:
            self.open.append(request)

    def _ended(self, request: Request) -> None:
        if request in self.open:
            self.open.remove(request)


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def counted(number: int) -> re.Pattern[str]:
    """The title of a tab that shows so many questions."""
    return re.compile(rf"^\({number}\) ")


def quick(page: Page) -> float:
    """Milliseconds that a plain request of this tab takes."""
    return page.evaluate(
        """async () => {
            const began = performance.now();
            await (await fetch("/healthz", { cache: "no-store" })).text();
            return performance.now() - began;
        }"""
    )


def test_seven_tabs_share_one_stream_and_none_freezes(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent = stage.caller(project)
    keys = [
        ask(agent, project, plain_english_problem=f"Number {number}?")["id"] for number in range(3)
    ]
    first = windows.open(project)
    streams = Streams(first.context)
    first.reload()
    paths = ["/jobs", "/problems", "/history", *(f"/escalations/{key}" for key in keys)]
    pages = [live(first), *(live(windows.beside(first, path)) for path in paths)]
    assert len(pages) == TABS
    first.wait_for_timeout(300)  # a stream that was replaced ends a moment later
    assert len(streams.open) == 1
    assert streams.open[0].url.count("of=") == TABS

    took = [quick(page) for page in pages]
    assert max(took) < 10_000, took  # one that freezes waits for a stream's end

    # Each tab gets what is its own, and all of them the number.
    founder = stage.caller(project, "founder", "Ben")
    founder.post(f"/api/escalations/{keys[0]}/resolve", decision="skip_feature")
    for page in pages:
        expect(page).to_have_title(counted(2))
    expect(pages[4].get_by_role("heading", name="Answered")).to_be_visible()
    for page in pages[5:]:
        expect(page.get_by_role("button", name="Send answer")).to_be_visible()
    assert len(streams.open) == 1


def test_when_the_tab_that_leads_closes_another_one_goes_on(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent = stage.caller(project)
    first = live(windows.open(project))
    second = live(windows.beside(first, "/jobs"))
    third = live(windows.beside(first, "/"))
    first.close()
    ask(agent, project, plain_english_problem="Who is there?")
    expect(third.get_by_role("link", name="Who is there?")).to_be_visible(timeout=BACK_MS)
    expect(second).to_have_title(counted(1))
    second.close()
    ask(agent, project, plain_english_problem="And now?")
    expect(third.get_by_role("link", name="And now?")).to_be_visible(timeout=BACK_MS)


def test_a_tab_that_is_looked_at_takes_over_from_one_that_does_not_answer(
    windows: Windows,
) -> None:
    """A phone freezes the tabs that nobody looks at, and one of them may be the one that leads."""
    stage = windows.stage
    project = stage.project()
    first = windows.open(project, path="/sign-in")
    first.evaluate("navigator.locks.request('unstuck-tabs-1', () => new Promise(() => {})) && 0")
    second = live(windows.beside(first, "/"))
    ask(stage.caller(project), project, plain_english_problem="Anybody awake?")
    expect(second.get_by_role("link", name="Anybody awake?")).to_be_visible()


def test_without_locks_each_tab_has_a_stream_of_its_own(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    first = windows.open(project)
    first.context.add_init_script("delete Navigator.prototype.locks")
    streams = Streams(first.context)
    first.reload()
    live(first)
    second = live(windows.beside(first, "/jobs"))
    assert len(streams.open) == 2
    ask(stage.caller(project), project, plain_english_problem="Who is there?")
    for page in (first, second):
        expect(page).to_have_title(counted(1))
    # Nobody looks at the first one any more: it lets go, and comes back when it is looked at.
    hide(first, "hidden")
    first.wait_for_timeout(300)
    assert len(streams.open) == 1
    ask(stage.caller(project), project, plain_english_problem="And now?")
    expect(second).to_have_title(counted(2))
    expect(first).to_have_title(counted(1))
    hide(first, "visible")
    expect(first).to_have_title(counted(2), timeout=BACK_MS)


HERE = """(fresh) => {
    const line = new BroadcastChannel("unstuck-tabs-1");
    for (let number = 0; number < 60; number++) {
        const channel = `problem?key=${number}`;
        line.postMessage({ do: "here", id: `tab ${number}`, channel, fresh, visible: false });
    }
    line.close();
}"""


def test_more_open_pages_than_one_stream_takes_do_not_connect_for_ever(windows: Windows) -> None:
    first = windows.open(windows.stage.project())
    second = live(windows.beside(first, "/jobs"))
    live(first)
    streams: list[str] = []
    first.context.on("request", lambda request: streams.append(request.url))
    with first.context.expect_event(
        "request",
        lambda request: request.url.count("of=") == MOST_CHANNELS,
        timeout=PATIENCE_MS,
    ):
        second.evaluate(HERE, True)
    first.wait_for_timeout(300)  # one more try may be on its way
    streams.clear()
    for _ in range(3):  # as they say every five seconds
        second.evaluate(HERE, False)
        first.wait_for_timeout(100)
    assert [url for url in streams if "/live/" in url] == []
    # A page that is looked at has a place among them.
    with first.context.expect_event("request", lambda request: "of=history" in request.url):
        third = windows.beside(first, "/history")
    live(third)


def test_each_failed_try_to_connect_doubles_the_pause_and_chance_spreads_it(
    windows: Windows,
) -> None:
    page = live(windows.open(windows.stage.project()))
    pauses = page.evaluate(
        """async () => {
            const later = window.setTimeout, pauses = [];
            window.fetch = () => Promise.reject(new Error("out of reach"));
            const enough = new Promise((done) => {
                window.setTimeout = (next, ms) => {
                    if (pauses.push(ms) < 20) later(next, 0); else done();
                };
            });
            new desk.Pipe(() => {}, () => {}).connect(["inbox"]);
            await enough;
            return pauses;
        }"""
    )
    for number, pause in enumerate(pauses):
        middle = min(15_000, 1_000 * 2**number)
        assert middle / 2 <= pause <= middle * 1.5
    assert len(set(pauses)) > len(pauses) / 2


def hide(page: Page, state: str) -> None:
    """What a browser does when another tab is looked at; this one does not do it by itself."""
    page.evaluate(
        """(state) => {
            const now = { value: state, configurable: true };
            Object.defineProperty(document, "visibilityState", now);
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )
