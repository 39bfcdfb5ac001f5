"""How much work an inbox is, counted by a browser: taps, scrolling, screens, and how quickly a page
responds while events arrive. A measurement, not a test: `python tests/browser/recorded_run.py`.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

import gallery  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright  # noqa: E402
from stage import KEY, Caller, Stage, ask, desk_with_grace  # noqa: E402

from webapp import create_app  # noqa: E402
from webapp.config import Config  # noqa: E402
from webapp.embedded import Server  # noqa: E402

PHONE = {"width": 390, "height": 844}
OPTIONS = [{"value": "red", "label": "The red one"}, {"value": "blue", "label": "The blue one"}]
GRACE_S = 8.0
EVENTS_PER_S = 20
OBSERVE = """window.interactions = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.interactionId) interactions.push(entry.duration);
  }
}).observe({ type: "event", durationThreshold: 16 });"""


class Thumb:
    """Taps, and counts them; a page that has to scroll for it is counted as well."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.scrolls = page, 0, 0

    def tap(self, target: Locator) -> None:
        box = target.bounding_box()
        if box is None or box["y"] < 0 or box["y"] + box["height"] > PHONE["height"]:
            self.scrolls += 1
        target.click()
        self.taps += 1


@contextmanager
def running() -> Iterator[Stage]:
    """A server of its own."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "pg", durable=False) as pg:
        pg.create_database("template_migrated")
        url = pg.url("template_migrated")
        app = create_app(
            Config.from_environ({"DATABASE_URL": url, "SECRET_KEY": KEY, "DATA_DIR": folder})
        )
        with app.app_context():
            upgrade()
            app.extensions["sqlalchemy"].engine.dispose()
        with desk_with_grace(pg, Path(folder), "run", GRACE_S, workers=1) as stage:
            yield stage


def phone(browser: Browser, stage: Stage, project: str, **options: object) -> Page:
    """A founder of the project, signed in."""
    context = browser.new_context(base_url=stage.url, **{"viewport": PHONE} | options)
    page = context.new_page()
    page.goto(stage.sign_in_link(project))
    page.locator("main form .primary").click()
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def fill(stage: Stage, count: int) -> tuple[str, Caller]:
    """A project in which `count` questions wait."""
    project = stage.project()
    agent = stage.caller(project)
    for number in range(count):
        words = f"Which of the two logos is right for page {number}?"
        ask(agent, project, f"job-{number}", plain_english_problem=words, options=OPTIONS)
    return project, agent


def answer_in_place(page: Page, thumb: Thumb, count: int) -> None:
    """Open the first card and answer `count` questions: the next card opens by itself."""
    thumb.tap(page.locator(".card-open").first)
    for _ in range(count):
        card = page.locator(".card:has(.card-options .choice)")
        expect(card).to_have_count(1)
        expect(card.locator(".card-options[data-deaf]")).to_have_count(0)
        key = card.get_attribute("id")
        thumb.tap(card.get_by_role("button", name="The blue one"))
        expect(page.locator(f"#{key}")).to_have_count(0)


def three(browser: Browser, stage: Stage) -> str:
    page = phone(browser, stage, fill(stage, 3)[0])
    thumb = Thumb(page)
    answer_in_place(page, thumb, 3)
    return f"3 questions answered: {thumb.taps} taps, {thumb.scrolls} scrolls"


def forty_five(browser: Browser, stage: Stage) -> str:
    page = phone(browser, stage, fill(stage, 45)[0])
    screens = page.evaluate("document.documentElement.scrollHeight / innerHeight")
    return f"45 questions: {screens:.2f} screens of {PHONE['width']} × {PHONE['height']}"


def twenty(browser: Browser, stage: Stage) -> str:
    """Answer 12 in the list, put 4 off, and answer 4 on their own pages."""
    page = phone(browser, stage, fill(stage, 20)[0])
    thumb, began = Thumb(page), time.monotonic()
    answer_in_place(page, thumb, 12)
    for _ in range(4):
        page.goto("/")
        thumb.tap(page.locator(".card-title a").first)
        thumb.tap(page.locator("[data-keys=snooze]"))
        thumb.tap(page.get_by_role("button", name="Tomorrow at 9:00"))
    page.goto("/")
    thumb.tap(page.locator(".card-title a").first)
    for number in range(4):
        thumb.tap(page.get_by_label("The red one"))
        thumb.tap(page.get_by_role("button", name="Send answer"))
        expect(page.locator("#question-state")).to_have_attribute("data-status", "held")
        if number < 3:
            thumb.tap(page.locator(".onward a"))
            expect(page.locator("#question-state")).to_have_attribute("data-status", "pending")
    took = time.monotonic() - began
    return (
        f"20 questions answered or put off: {thumb.taps} taps, {thumb.scrolls} scrolls, "
        f"{took:.0f} s of a script, {took + 2 * thumb.taps:.0f} s with 2 s of thought for each tap"
    )


def interactions(browser: Browser, stage: Stage) -> str:
    """Open and close cards, and move through the list, while questions arrive."""
    project, agent = fill(stage, 20)
    page = phone(browser, stage, project)
    page.evaluate(OBSERVE)
    over = threading.Event()

    def arrive() -> None:
        number = 0
        while not over.wait(1 / EVENTS_PER_S):
            number += 1
            report = {"project_id": project, "session_id": "s", "error_type": "SyntaxError"}
            report["error_message"] = f"SyntaxError: {number % 7}"
            agent.post(f"/api/jobs/noise-{number % 30}/errors", **report)

    arrivals = threading.Thread(target=arrive)
    arrivals.start()
    try:
        for number in range(20):
            page.locator(".card-open").nth(number % 3).click()
            page.keyboard.press("jk"[number % 2])
            page.wait_for_timeout(200)
    finally:
        over.set()
        arrivals.join()
    took = sorted(page.evaluate("interactions"))
    worst = took[-1] if took else 16
    return f"INP while {EVENTS_PER_S} reports a second arrive: {worst:.0f} ms"


def main() -> None:
    """Print what each part took."""
    with running() as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=gallery.CHROMIUM, args=gallery.ARGUMENTS
        )
        for part in (three, forty_five, twenty, interactions):
            print(part(browser, stage), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
