"""The first page is light: what it costs over the wire, in how many requests, from which hosts."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect
from stage import ask
from windows import Windows

pytestmark = pytest.mark.browser

MOST_BYTES = 100_000
MOST_REQUESTS = 10
NOTE_STREAM = """document.addEventListener("htmx:sseMessage", ({ target }) => {
    if (target.id === "inbox-list") document.documentElement.dataset.streamed = "yes";
});"""


class Wire:
    """What a page sends for from now on, as the browser itself counts it. What was on its way
    before, such as the stream of the page that is being left, is not the new page's."""

    def __init__(self, page: Page) -> None:
        self.urls: list[str] = []
        self.bytes = 0
        self.parts: dict[str, int] = {}
        self.cached: list[str] = []
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.on("Network.requestWillBeSent", self._sent)
        self._session.on("Network.loadingFinished", self._finished)
        self._session.on("Network.dataReceived", self._received)
        self._session.on("Network.requestServedFromCache", self._kept)
        self._open: dict[str, int] = {}
        self._by_id: dict[str, str] = {}

    def _sent(self, event: dict[str, Any]) -> None:
        self.urls.append(event["request"]["url"])
        self._by_id[event["requestId"]] = event["request"]["url"]

    def _received(self, event: dict[str, Any]) -> None:
        key = event["requestId"]
        if key in self._by_id:
            self._open[key] = self._open.get(key, 0) + event["encodedDataLength"]

    def _finished(self, event: dict[str, Any]) -> None:
        if url := self._by_id.get(event["requestId"]):
            self._open.pop(event["requestId"], None)
            self.bytes += int(event["encodedDataLength"])
            self.parts[url] = int(event["encodedDataLength"])

    def _kept(self, event: dict[str, Any]) -> None:
        self.cached.append(self._by_id[event["requestId"]])

    def forget_what_is_kept(self) -> None:
        """Empty the browser's cache: nobody was here before."""
        self._session.send("Network.clearBrowserCache")

    @property
    def total(self) -> int:
        """The bytes of finished answers with their headers, and of the stream that stays open."""
        return self.bytes + sum(self._open.values())


@pytest.fixture
def inbox(windows: Windows) -> tuple[Page, Wire]:
    """An inbox with fifty questions, opened by a browser that has never been here."""
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    page = windows.open(project)
    for number in range(50):
        ask(agent, project, plain_english_problem=f"Which of the {number + 2} colours is it?")
    # Its stream has brought all of them: no event is left that would send the list once more.
    expect(page.locator(".card")).to_have_count(50)
    page.add_init_script(NOTE_STREAM)
    wire = Wire(page)
    wire.forget_what_is_kept()
    page.goto("/")
    expect(page.locator(".card")).to_have_count(50)
    # The stream begins with all of the page's regions.
    expect(page.locator("html")).to_have_attribute("data-streamed", "yes")
    return page, wire


def test_the_first_page_is_light_and_asks_nobody_else(inbox: tuple[Page, Wire]) -> None:
    page, wire = inbox
    assert wire.total > 20_000, "what was counted cannot be all of it"
    assert wire.total <= MOST_BYTES, wire.parts
    assert len(wire.urls) <= MOST_REQUESTS, wire.urls
    own = urlsplit(page.url).netloc
    assert {urlsplit(url).netloc for url in wire.urls} == {own}
    print(f"{wire.total} bytes in {len(wire.urls)} requests: {wire.parts}")


def test_the_second_page_loads_its_text_alone(inbox: tuple[Page, Wire]) -> None:
    page, _ = inbox
    wire = Wire(page)
    page.goto("/jobs")
    expect(page.locator("#connection[data-state=live]")).to_be_visible()
    assert wire.total < 20_000, wire.urls
    kept = [url for url in wire.urls if "/assets/" in url or "/static/" in url]
    assert set(kept) <= set(wire.cached)
