"""A real Chromium for the tests, driven by Playwright; one for the whole run.

Without Chromium these tests are skipped, with one line that says so. REQUIRE_BROWSER=1 makes that a
failure instead.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_MISSING = (
    "no Chromium was found, so nothing was tried in a browser: install it "
    "(on Debian: apt-get install chromium), or set CHROMIUM to its path"
)


def program() -> str | None:
    """Where Chromium is."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip from this one place: the summary then has one line for all tests in a browser."""
    if "chromium" in getattr(item, "fixturenames", ()) and program() is None:
        missing = pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip
        missing(_MISSING)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Each window is a context of its own: `chromium.new_context()`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        yield browser
        browser.close()
