"""After signing out, the way back in a browser shows nothing of what was seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_chromium import PlainChromium
from playwright.sync_api import Browser
from stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def window(chromium: Browser, tmp_path: Path) -> Iterator[PlainChromium]:
    window = PlainChromium(tmp_path)
    yield window
    window.close()


def came_whole(window: PlainChromium) -> bool:
    """Whether the page was kept, and shown without asking the desk."""
    kinds = [payload["params"].get("type") for payload in window.seen if "params" in payload]
    return "BackForwardCacheRestore" in kinds


def test_back_shows_nothing_once_signed_out_and_is_instant_before(
    window: PlainChromium, stage: Stage
) -> None:
    project = stage.project()
    window.open(stage.url + stage.sign_in_link(project))
    window.js("document.querySelector('main form button').click()")
    window.until("location.pathname === '/' && document.readyState === 'complete'")
    for path in ("/settings", "/settings/people", "/jobs"):
        window.open(stage.url + path)
    name = window.js("document.querySelector('.frame-footer bdi').textContent")

    window.js("history.back()")
    window.until("location.pathname === '/settings/people'")
    assert came_whole(window)

    window.js("document.querySelector('.frame-footer form').requestSubmit()")
    window.until("location.pathname === '/sign-in' && document.readyState === 'complete'")
    for _ in range(3):  # the page with the button, and two that were kept before it
        window.js("window.isOld = true")
        window.js("history.back()")
        window.until("!window.isOld && location.pathname === '/sign-in'")
        assert name not in window.js("document.documentElement.textContent")
