"""A passkey in a real Chromium, with the authenticator that its own tests use."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from stage import Stage

pytestmark = pytest.mark.browser

PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Phone:
    """A browser on a device that keeps passkeys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        added = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM})
        self._key = {"authenticatorId": added["authenticatorId"]}

    def verified(self, is_verified: bool) -> None:
        """Whether the finger is the right one."""
        payload = self._key | {"isUserVerified": is_verified}
        self._devtools.send("WebAuthn.setUserVerified", payload)

    def passkeys(self) -> int:
        return len(self._devtools.send("WebAuthn.getCredentials", self._key)["credentials"])


@pytest.fixture
def phone(chromium: Browser, stage: Stage) -> Iterator[Phone]:
    # By its name: browsers make no passkeys for numbers.
    context = chromium.new_context(base_url=f"http://localhost:{stage.port}")
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if "Content Security" in line.text else None,
    )
    yield Phone(page)
    context.close()
    assert complaints == []


def test_a_passkey_is_added_and_signs_in(stage: Stage, phone: Phone) -> None:
    page, project = phone.page, stage.project()
    page.goto(stage.sign_in_link(project, "anna"))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/settings/sign-in")
    page.get_by_label("Name of the new passkey").fill("Anna's phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("You can now sign in with this passkey.")).to_be_visible()
    expect(page.locator(".setting-name", has_text="Anna's phone")).to_be_visible()
    assert phone.passkeys() == 1

    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("This device already has a passkey for Unstuck.")).to_be_visible()

    page.locator(".frame-footer").get_by_role("button", name="Sign out").click()
    phone.verified(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The sign-in didn't work.")).to_be_visible()
    phone.verified(True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Signed in as Anna")).to_be_visible()


def test_without_scripts_no_button_is_shown_that_would_do_nothing(
    chromium: Browser, stage: Stage
) -> None:
    context = chromium.new_context(base_url=stage.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    context.close()
