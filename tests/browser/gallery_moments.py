"""Pictures of what others do while one types, and of desks of other sizes."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import scenes
import scenes_crowds
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from windows import note

from webapp.operations import answers, escalations, people

TYPED = "The one with the blue rim. I have the file somewhere, wait a moment."
Take = Callable[[Page, Path, str], None]


def _answered(key: UUID) -> None:
    answers.resolve(key, "simpler_version", "The one of last year.", by=scenes.BEN)


def _withdrawn(key: UUID) -> None:
    escalations.withdraw(key, "I found it in the old shop.", by=scenes.AGENT)


MEANWHILE = {
    "question-taken-while-typing": _answered,
    "question-withdrawn-while-typing": _withdrawn,
}


def meanwhile(page: Page, app: Flask, out: Path, look: str, take: Take) -> None:
    """Somebody else is faster, or the agent needs no answer any more, while one types."""
    for name, happens in MEANWHILE.items():
        with app.app_context():
            options = [scenes.SIMPLER, scenes.SKIP]
            asked = "Which of the logos is the current one?"
            signature = f"{scenes.SHOP}:Question:v1-{name}-{look}"
            key = scenes.ask(
                "logos", scenes.SHOP, asked, options=options, error_signature=signature
            )
        page.goto(f"/escalations/{key}")
        page.locator("#connection[data-state=live]").wait_for()
        page.locator(".choice").first.click()
        note(page).fill(TYPED)
        with app.app_context():
            happens(key)
        page.locator("#question-state:not([data-status=pending])").wait_for()
        take(page, out, f"{name}-{look}")


def crowds(
    browser: Browser,
    url: str,
    app: Flask,
    sign_in: Callable[[BrowserContext, str], Page],
    out: Path,
    take: Take,
) -> None:
    """The inbox of somebody who is asked one question, fifty, or five thousand."""
    with app.app_context():
        links = {
            name: people.make_link(f"{name}@example.com", role="founder", project_id=project)
            for name, project in scenes_crowds.fill().items()
        }
    for name, link in links.items():
        context = browser.new_context(base_url=url)
        page = sign_in(context, f"/sign-in/{link}")
        for size, scheme, (width, height) in (
            ("narrow", "light", (390, 844)),
            ("wide", "dark", (1440, 900)),
        ):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.goto("/")
            page.locator("#connection[data-state=live]").wait_for()
            take(page, out, f"inbox-{name}-{size}-{scheme}")
            following = page.locator("[rel=next]")
            if following.count():
                following.click()
                page.locator(".crumbs").wait_for()
                page.locator("#connection[data-state=live]").wait_for()
                take(page, out, f"inbox-{name}-later-{size}-{scheme}")
        context.close()
