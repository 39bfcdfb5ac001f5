"""The desk can be kept among a phone's apps: what Chromium itself says about that."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from chromium import FLAGS, program
from playwright.sync_api import Browser, Page
from stage import Stage
from windows import Windows

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(windows: Windows) -> Page:
    """The inbox on a phone."""
    return windows.open(windows.stage.project(), viewport=PHONE)


def devtools(page: Page, method: str) -> dict[str, Any]:
    session = page.context.new_cdp_session(page)
    answer: dict[str, Any] = session.send(method)
    session.detach()
    return answer


def test_chromium_reads_the_manifest_without_a_complaint(phone: Page) -> None:
    found = devtools(phone, "Page.getAppManifest")
    assert found["url"].endswith("/manifest.webmanifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert (manifest["id"], manifest["scope"], manifest["start_url"]) == ("/", "/", "/")
    assert manifest["display"] == "standalone"
    assert manifest["name"]
    assert len(manifest["short_name"]) <= 12  # what fits below an icon


def test_chromium_finds_nothing_that_speaks_against_installing_it(
    chromium: Browser, stage: Stage, tmp_path: Path
) -> None:
    # A window that forgets everything, as the others are, can install nothing.
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=program(), args=list(FLAGS), base_url=stage.url, viewport=PHONE
    )
    page = context.pages[0]
    page.goto(stage.sign_in_link(stage.project()))
    page.locator("main form .primary").click()
    page.locator("#connection").wait_for(state="attached")
    assert devtools(page, "Page.getInstallabilityErrors")["installabilityErrors"] == []
    context.close()


def test_each_icon_is_a_picture_of_the_size_that_it_claims(phone: Page) -> None:
    manifest = json.loads(devtools(phone, "Page.getAppManifest")["data"])
    seen = set()
    for icon in manifest["icons"]:
        answer = phone.request.get(icon["src"])
        assert answer.headers["content-type"] == icon["type"] == "image/png"
        width, height = struct.unpack(">II", answer.body()[16:24])
        assert f"{width}x{height}" == icon["sizes"]
        seen.add((icon["purpose"], width))
    assert seen == {("any", 192), ("any", 512), ("maskable", 192), ("maskable", 512)}


def test_opened_from_its_icon_it_has_no_bar_of_the_browser_and_goes_to_the_inbox(
    phone: Page,
) -> None:
    manifest = json.loads(devtools(phone, "Page.getAppManifest")["data"])
    phone.goto(manifest["start_url"])
    assert phone.get_by_role("heading", level=1).inner_text() == "Inbox"
    # Whatever the app can open lies within it, or it would open in a browser.
    links = phone.eval_on_selector_all("a[href]", "all => all.map((a) => new URL(a.href).pathname)")
    assert all(link.startswith(manifest["scope"]) for link in links)
    # iOS reads these instead of some of the manifest.
    touch = phone.locator('link[rel="apple-touch-icon"]').get_attribute("href")
    assert phone.request.get(touch or "").ok
