"""Nobody is shut out: axe finds nothing on any page or state, wide and narrow, light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gallery
import pytest
from playwright.sync_api import Browser, Page
from states import states

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
    const { violations } = await axe.run(document, {
        runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], preload: false
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" | ")}`);
}"""


class Desk:
    """A filled desk, somebody who is signed in, and somebody for whom nothing happened yet."""

    def __init__(self, browser: Browser, url: str, pages: dict[str, str], links: list[str]) -> None:
        self.pages = pages
        self._links = links
        self._url, self._browser = url, browser
        self.anna = self._signed_in(links[0])
        self.newcomer = self._signed_in(links[-1])
        self.stranger = self._tab()

    def _tab(self) -> Page:
        return self._browser.new_context(base_url=self._url).new_page()

    def _signed_in(self, link: str) -> Page:
        page = self._tab()
        page.goto(f"/sign-in/{link}")
        page.get_by_role("button", name="Sign in").click()
        return page

    def unused_link(self) -> str:
        return f"/sign-in/{self._links[1]}"


@pytest.fixture(scope="module")
def filled(chromium: Browser) -> Iterator[Desk]:
    with gallery.desk() as desk:
        yield Desk(chromium, desk.url, desk.pages, desk.links)


def complaints(page: Page) -> dict[str, list[str]]:
    """What axe finds, by the look in which it finds it. The page is loaded once for all looks."""
    page.evaluate(AXE)
    found: dict[str, list[str]] = {}
    for size, (width, height) in gallery.SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in gallery.SCHEMES:
            page.emulate_media(color_scheme=scheme)
            violations: Any = page.evaluate(RUN, TAGS)
            if violations:
                found[f"{size} {scheme}"] = violations
    return found


def test_every_page(filled: Desk) -> None:
    found = {}
    for name, path in filled.pages.items():
        filled.anna.goto(path)
        found[name] = complaints(filled.anna)
    assert {name: what for name, what in found.items() if what} == {}


def test_every_state(filled: Desk) -> None:
    found = {}
    for name, (path, bring_about) in states(filled.pages).items():
        filled.anna.goto(path)
        bring_about(filled.anna)
        found[name] = complaints(filled.anna)
    assert {name: what for name, what in found.items() if what} == {}


def test_every_empty_page(filled: Desk) -> None:
    found = {}
    for name, path in gallery.EMPTY.items():
        filled.newcomer.goto(path)
        found[name] = complaints(filled.newcomer)
    assert {name: what for name, what in found.items() if what} == {}


def test_what_a_stranger_sees(filled: Desk) -> None:
    found = {}
    for path in ("/sign-in", filled.unused_link(), "/sign-in/used", "/nothing", "/api/docs"):
        filled.stranger.goto(path)
        found[path] = complaints(filled.stranger)
    assert {name: what for name, what in found.items() if what} == {}
