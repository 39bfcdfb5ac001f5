"""Windows: a person at a real browser, signed in to the desk of the stage."""

from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect
from stage import Stage

SOON_MS = 4_000
"""Within what a page that is open shows what others did. It takes tens of milliseconds (see the
benchmarks); a busy machine gets time, yet less than a page under a resting pointer may wait."""

ONE_PANE = {"width": 1024, "height": 720}
"""A window in which a page has one column; test_wide.py opens those with two panes."""

PATIENCE_MS = 90_000
"""For what takes an agent its time."""

ASSERT_MS = 15_000

UNTIL = """async (deadline) => {
    const end = performance.now() + deadline;
    while (!(CONDITION)) {
        if (performance.now() > end) return false;
        await new Promise((again) => { setTimeout(again, 20); });
    }
    return true;
}"""

expect.set_options(timeout=ASSERT_MS)


class Windows:
    """Opens windows and watches that no script fails and no rule about scripts is broken."""

    def __init__(self, chromium: Browser, stage: Stage) -> None:
        self._chromium, self.stage = chromium, stage
        self._contexts: list[Any] = []
        self.complaints: list[str] = []

    def open(self, project: str, name: str = "anna", path: str = "/", **options: Any) -> Page:
        """A window of its own in which a founder of the project is signed in and looks at `path`.
        The options are those of a Playwright context."""
        options = {"viewport": ONE_PANE} | options
        context = self._chromium.new_context(base_url=self.stage.url, **options)
        self._contexts.append(context)
        page = context.new_page()
        page.goto(self.stage.sign_in_link(project, name))
        page.locator("main form .primary").click()
        expect(page.locator("#inbox-list")).to_be_attached()
        return self.show(page, path)

    def beside(self, page: Page, path: str) -> Page:
        """Another tab of that window."""
        return self.show(page.context.new_page(), path)

    def show(self, page: Page, path: str) -> Page:
        """Watch this tab from now on, and open the path in it."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note)
        page.goto(path)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def note(page: Page) -> Locator:
    """The field for a note to the agent, unfolded."""
    field = page.get_by_label("Anything the agent should know")
    if not field.is_visible():
        page.get_by_text("Add a note", exact=True).click()
    return field


def wait_until(page: Page, condition: str) -> None:
    """Waits until a JavaScript expression is true in the page. Instead of `wait_for_function`: that
    compiles the expression again in the page for each look but the first, which its Content
    Security Policy forbids, so it fails whenever the first look comes too early."""
    assert page.evaluate(UNTIL.replace("CONDITION", condition), ASSERT_MS), condition
