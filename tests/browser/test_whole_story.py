"""An agent gets stuck, the founder answers on a page that is live, the agent goes on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from stage import Stage, until_asked
from windows import PATIENCE_MS, SOON_MS, Windows, note

pytestmark = pytest.mark.browser

INVOICES = "I cannot find the building block that writes invoices."
PAYMENTS = "I need the key for payments, and nobody has given me one."
NOTHING = "Nothing needs you right now"


@contextmanager
def agent_at_work(stage: Stage, project: str, folder: Path) -> Iterator[list[str]]:
    """The demo agent as a process of its own; the list holds what it printed once it is done."""
    printed: list[str] = []
    agent = stage.start_agent(project, folder)
    try:
        yield printed
        output, _ = agent.communicate(timeout=PATIENCE_MS / 1000)
        printed += output.splitlines()
        assert agent.returncode == 0, output
    finally:
        agent.kill()
        agent.communicate()


def mark(page: Page) -> None:
    """Leave something behind that a reload would wipe out."""
    page.evaluate("window.notReloaded = true")


def assert_not_reloaded(page: Page) -> None:
    assert page.evaluate("window.notReloaded") is True


def choose(page: Page, label: str) -> None:
    page.get_by_role("radio", name=re.compile(f"^{re.escape(label)}")).check()


def send_answer(page: Page) -> None:
    page.get_by_role("button", name="Send answer").click()


def test_the_founder_answers_on_live_pages_and_the_agent_goes_on(
    windows: Windows, tmp_path: Path
) -> None:
    stage = windows.stage
    project = stage.project()
    anna = windows.open(project, "anna")
    ben = windows.open(project, "ben")
    for page in (anna, ben):
        expect(page.get_by_text(NOTHING)).to_be_visible()
        expect(page.locator("#connection")).to_have_text("Live")
        mark(page)

    with agent_at_work(stage, project, tmp_path) as printed:
        # The card appears without a reload, for both of them.
        for page in (anna, ben):
            card = page.get_by_role("link", name=INVOICES)
            expect(card).to_be_visible(timeout=PATIENCE_MS)
            assert_not_reloaded(page)
        anna.get_by_role("link", name=INVOICES).click()
        expect(anna.get_by_role("heading", level=1)).to_have_text(INVOICES)
        bens_copy = windows.beside(ben, anna.url)
        for page in (anna, bens_copy):
            expect(page.locator("#connection")).to_have_text("Live")
            mark(page)

        # Half an answer is typed while the page changes around it.
        choose(anna, "Use this one")
        guidance = note(anna)
        guidance.press_sequentially("Please use plain")
        asked = until_asked(stage, project, INVOICES)
        stage.join(asked)
        expect(anna.get_by_text("2 jobs are waiting for this answer")).to_be_visible(
            timeout=SOON_MS
        )
        expect(guidance).to_have_value("Please use plain")
        expect(guidance).to_be_focused()
        anna.keyboard.type("bill")
        expect(guidance).to_have_value("Please use plainbill")
        expect(anna.get_by_role("radio", name=re.compile("^Use this one"))).to_be_checked()

        # Sent: both pages change in place, the inbox loses its card, the agent takes it up.
        send_answer(anna)
        for page in (anna, bens_copy):
            expect(page.get_by_role("heading", name="Answered")).to_be_visible(timeout=SOON_MS)
            expect(page.locator("#question-state")).to_contain_text("Please use plainbill")
        expect(ben.get_by_role("link", name=INVOICES)).to_have_count(0, timeout=SOON_MS)
        for page in (anna, bens_copy):
            expect(page.get_by_text("Picked up", exact=True)).to_be_visible(timeout=PATIENCE_MS)
            expect(page.get_by_text("It worked")).to_be_visible(timeout=PATIENCE_MS)
            expect(page.get_by_text("made with plainbill")).to_be_visible()
            assert_not_reloaded(page)

        # The other two questions, one after the other, as "next question" offers them.
        (tmp_path / "keys" / "PAYMENTS_API_KEY").write_text("live-key-4242")
        anna.goto("/")
        anna.get_by_role("link", name=PAYMENTS).click()
        choose(anna, "I have set the key")
        send_answer(anna)
        expect(anna.get_by_role("heading", name="Answered")).to_be_visible()
        anna.get_by_role("link", name="Next question").click()
        expect(anna.locator("#answer")).to_be_visible(timeout=PATIENCE_MS)
        anna.locator("input[value=simpler_version]").check()
        send_answer(anna)
        expect(anna.get_by_role("heading", name="Answered")).to_be_visible()

    # What was built depends on the answers.
    summary = [line.strip() for line in printed[-5:]]
    assert summary == [
        "catalogue: 3 teas",
        "payments: connected with the key that ends in 4242",
        "photos: a drawing instead of photos",
        "prices: right to the cent",
        "invoices: made with plainbill",
    ]
    assert "Sencha 8.50" in (tmp_path / "invoice.txt").read_text()
    expect(ben.get_by_text(NOTHING)).to_be_visible()
    assert_not_reloaded(ben)


def test_the_same_story_without_scripts(windows: Windows, tmp_path: Path) -> None:
    stage = windows.stage
    project = stage.project()
    founder = stage.caller(project, "founder")
    page = windows.open(project, java_script_enabled=False)

    with agent_at_work(stage, project, tmp_path) as printed:
        asked = until_asked(stage, project, INVOICES)
        page.goto("/")
        page.get_by_role("link", name=INVOICES).click()
        send_answer(page)  # nothing is chosen yet: the browser says so, and sends nothing
        expect(page.get_by_role("button", name="Send answer")).to_be_visible()
        choose(page, "Use this one")
        note(page).fill("plainbill")
        send_answer(page)
        expect(page.get_by_role("heading", name="Answered")).to_be_visible()
        assert page.url.endswith(f"/escalations/{asked['id']}")
        for other in ("key for payments", ""):
            rest = until_asked(stage, project, other)
            founder.post(f"/api/escalations/{rest['id']}/resolve", decision="skip_feature")

    assert "  invoices: made with plainbill" in printed
    assert "  payments: left out" in printed
    page.reload()
    expect(page.get_by_text("It worked")).to_be_visible()
