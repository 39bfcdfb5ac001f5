"""`make screenshots`: a picture of each page, wide and narrow, light and dark, in screenshots/.

A desk of its own on a database that is thrown away, filled with scenes.py.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

import gallery_moments  # noqa: E402
import scenes  # noqa: E402
import scenes_answers  # noqa: E402
import scenes_messages  # noqa: E402
import scenes_problems  # noqa: E402
import scenes_settings  # noqa: E402
from flask import Flask  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402
from states import states  # noqa: E402
from web_process import DeskProcess  # noqa: E402

from webapp import create_app  # noqa: E402
from webapp.config import Config  # noqa: E402
from webapp.embedded import Server  # noqa: E402
from webapp.extensions import db  # noqa: E402
from webapp.operations import people  # noqa: E402
from webapp.queries import jobs  # noqa: E402

SIZES = {"narrow": (390, 844), "wide": (1440, 900)}
EMPTY = {
    "inbox": "/",
    "jobs": "/jobs",
    "problems": "/problems",
    "history": "/history",
    "numbers": "/numbers",
    "settings": "/settings",
}
SCHEMES = ("light", "dark")
LOOKS = [(size, scheme, "en") for size in SIZES for scheme in SCHEMES]
LOOKS += [("narrow", "light", "de"), ("wide", "dark", "de")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--hide-scrollbars",
]
# What a usual computer has as its system typeface looks more like this than like DejaVu.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>system-ui</string></test>
<edit name="family" mode="assign" binding="strong"><string>Liberation Sans</string></edit></match>
<match target="pattern"><test name="family"><string>sans-serif</string></test>
<edit name="family" mode="prepend" binding="strong"><string>Liberation Sans</string></edit></match>
</fontconfig>"""


@dataclass(frozen=True)
class Desk:
    """A filled desk: the pages to take, by the names of the pictures, and sign-in links. The last
    link is of somebody for whom nothing has happened yet."""

    url: str
    app: Flask
    pages: dict[str, str]
    links: list[str]


@contextmanager
def desk() -> Iterator[Desk]:
    """A filled desk that runs."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "pg", durable=False) as pg:
        pg.create_database("gallery")
        key = "a key for pictures that is long enough, 0123456789"
        environ = {"DATABASE_URL": pg.url("gallery"), "SECRET_KEY": key, "DATA_DIR": folder}
        environ |= {"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "unstuck@example.com"}
        app = create_app(Config.from_environ(environ))
        with app.app_context():
            upgrade()
            # First, because the rules of somebody who is in no project answer nothing.
            links = [people.make_link("anna.berg@example.com") for _ in range(12)]
            known = scenes_problems.fill()
            questions = scenes.fill() | scenes_answers.fill()
            scenes_settings.fill()
            scenes_messages.fill(key)
            links.append(people.make_link("new@example.com", project_id="empty"))
            by = scenes.ANNA
            keys = {view.job.job_id: view.job.id for view in jobs.listed(db.session(), by=by).rows}
            db.session.remove()
            db.engine.dispose()
        process = DeskProcess(os.environ | environ, workers=1)
        try:
            process.start()
            yield Desk(process.url, app, paths(questions, keys, known), links)
        finally:
            process.stop()


def paths(
    questions: dict[str, UUID], keys: dict[str, int], known: dict[str, int]
) -> dict[str, str]:
    """The pages to take, by the name of the picture."""
    return {
        "inbox": "/",
        "whats-new": "/morning",
        **{f"question-{name}": f"/escalations/{key}" for name, key in questions.items()},
        "jobs": "/jobs",
        "job": f"/jobs/{keys['invoices']}",
        "job-gallery": f"/jobs/{keys['gallery']}",
        "job-paused": f"/jobs/{keys['nightly/2026-11-22']}",
        "problems": "/problems",
        **{f"problem-{name}": f"/problems/{key}" for name, key in known.items()},
        "history": "/history",
        "history-search": "/history?q=photo",
        "history-filters": "/history?status=resolved&project=flower-shop&since=2020-01-01",
        "history-nothing": "/history?q=zebra",
        "numbers": "/numbers",
        "numbers-90": "/numbers?days=90",
        "settings": "/settings",
        "settings-sign-in": "/settings/sign-in",
        "settings-people": "/settings/people",
        "settings-connect": "/settings/connect",
        "settings-tokens": "/settings/tokens",
        "settings-notifications": "/settings/notifications",
        "notification-log": "/settings/notifications/log",
        "settings-webhooks": "/settings/webhooks",
        "webhook-log": "/settings/webhooks/log",
        "audit": "/settings/audit",
        "error": "/nothing-here",
    }


def take(page: Page, folder: Path, name: str) -> None:
    """One picture of the whole page."""
    page.evaluate("document.fonts.ready")
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def sign_in(context: BrowserContext, link: str) -> Page:
    """A tab of whoever the link is for."""
    page = context.new_page()
    page.goto(link)
    page.locator("main form .primary").click()
    page.locator("#connection").wait_for(state="attached")
    return page


def round_trip(browser: Browser, desk: Desk, out: Path) -> None:
    """All pages in each look: width, scheme, language."""
    for size, scheme, language in LOOKS:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            base_url=desk.url,
            locale=language,
        )
        look = f"{size}-{scheme}" if language == "en" else f"{size}-{scheme}-{language}"
        link = f"/sign-in/{desk.links.pop(0)}"
        stranger = context.new_page()
        for name, path in (("sign-in", "/sign-in"), ("sign-in-link", link)):
            stranger.goto(path)
            take(stranger, out, f"{name}-{look}")
        page = sign_in(context, link)
        for name, path in desk.pages.items():
            page.goto(path)
            if not path.startswith("/nothing"):
                page.locator("#connection[data-state=live]").wait_for()
            take(page, out, f"{name}-{look}")
        gallery_moments.meanwhile(page, desk.app, out, look, take)
        page.goto(link)
        take(page, out, f"sign-in-used-{look}")
        for name, (path, bring_about) in states(desk.pages).items():
            page.goto(path)
            bring_about(page)
            take(page, out, f"{name}-{look}")
        page.unroute_all(behavior="ignoreErrors")  # what is still held back
        context.close()


def empty(browser: Browser, url: str, link: str, out: Path) -> None:
    """What somebody sees for whom nothing has happened yet."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=url)
        if size == "narrow":
            page = sign_in(context, f"/sign-in/{link}")
            state = context.storage_state()
        else:
            page = context.new_page()
            context.add_cookies(state["cookies"])
        for name, path in EMPTY.items():
            page.goto(path)
            page.locator("#connection[data-state=live]").wait_for()
            take(page, out, f"empty-{name}-{size}-light")
        context.close()


def main() -> None:
    """Write all pictures."""
    out = ROOT / "screenshots"
    out.mkdir(exist_ok=True)
    with desk() as filled, sync_playwright() as playwright:
        fonts = Path(tempfile.mkdtemp()) / "fonts.conf"
        fonts.write_text(FONTS)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
        )
        newcomer = filled.links.pop()
        round_trip(browser, filled, out)
        empty(browser, filled.url, newcomer, out)
        gallery_moments.crowds(browser, filled.url, filled.app, sign_in, out, take)
        browser.close()
    print(f"{len(list(out.glob('*.png')))} pictures are in {out}")


if __name__ == "__main__":
    main()
