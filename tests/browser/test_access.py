"""Nobody is shut out: axe finds nothing on any page or state, wide and narrow, light and dark."""

from collections.abc import Iterator

import gallery
import pytest
from axe import violations
from playwright.sync_api import Browser, Page
from states import states

# Each page is read in four looks: on a busy machine that takes minutes.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]


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
    found: dict[str, list[str]] = {}
    for size, (width, height) in gallery.SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in gallery.SCHEMES:
            page.emulate_media(color_scheme=scheme)
            if complained := violations(page):
                found[f"{size} {scheme}"] = complained
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
