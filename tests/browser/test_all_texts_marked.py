"""No text of a page is left that cannot be translated: each is put between brackets by a catalogue
of its own, and whatever is outside of them, and was not written by a person or an agent, is found.

It needs no browser; it stands here because it reads the same scenes as the pictures.
"""

import re
from html.parser import HTMLParser

import gallery
import pytest
import scenes
import scenes_answers
import scenes_messages
import scenes_problems
import scenes_settings
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Domain

from webapp.extensions import babel, db
from webapp.operations import people
from webapp.queries import jobs

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "use"}
THEIRS = {"bdi", "code", "kbd", "pre", "textarea", "script", "style"}
"""Elements whose text nobody translates."""

_DATA = (
    "live reconnecting offline ended stale old failed unreachable one many none now minutes busy"
)
SAID = {"aria-label", "placeholder", "title", "alt", *(f"data-{name}" for name in _DATA.split())}
"""Attributes that are read out or shown."""

AMOUNT = re.compile(r"\d+ (minute|hour|day|week|month)s?( ago)?|\d+(\.\d)? [kM]B")
"""A length of time or the size of a file, which Babel words."""


class Brackets(NullTranslations):
    """A language in which each text is itself, in brackets."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, one: str, many: str, count: int) -> str:
        return f"⟦{one if count == 1 else many}⟧"

    def upgettext(self, _context: str, message: str) -> str:
        return f"⟦{message}⟧"


class Bracketed(Domain):
    def get_translations(self) -> NullTranslations:
        return Brackets()


class Unmarked(HTMLParser):
    """Collects what stands outside of all brackets and was not written by somebody."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.depth = 0
        self.theirs: list[bool] = []
        self.found: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in SAID & given.keys():
            self.look(given[name] or "", inside=False)
        if tag not in VOID:
            own = tag in THEIRS or given.get("dir") == "auto" or given.get("translate") == "no"
            own = own or (given.get("lang") is not None and tag != "html")
            self.theirs.append(own or any(self.theirs[-1:]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.theirs.pop()

    def handle_data(self, data: str) -> None:
        inside = self.look(data, inside=any(self.theirs[-1:]) or self.depth > 0)
        self.depth += inside

    def look(self, text: str, *, inside: bool) -> int:
        """Note what is outside; returns by how much deeper or higher the text ends."""
        depth = 0
        outside = ""
        for letter in text:
            depth += (letter == "⟦") - (letter == "⟧")
            if depth == 0 and letter != "⟧":
                outside += letter
        ours = not inside and depth == 0 and not AMOUNT.fullmatch(text.strip())
        if ours and any(letter.isalpha() for letter in outside):
            self.found.append(text.strip())
        return depth


def title_of(page: str) -> str:
    return page[page.index("<title>") : page.index("</title>")]


@pytest.fixture
def addresses(app: Flask) -> dict[str, str]:
    """A desk with all scenes, and the pages that pictures are taken of."""
    with app.app_context():
        # First, because the rules of somebody who is in no project answer nothing.
        people.make_link("anna.berg@example.com")
        known = scenes_problems.fill()
        questions = scenes.fill() | scenes_answers.fill()
        scenes_settings.fill()
        scenes_messages.fill("a key for these scenes that is long enough")
        listed = jobs.listed(db.session(), by=scenes.ANNA).rows
        return gallery.paths(questions, {view.job.job_id: view.job.id for view in listed}, known)


def test_every_text_of_every_page_is_marked(
    app: Flask, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(babel), "domain_instance", Bracketed())
    with app.app_context():
        link = people.make_link("anna.berg@example.com")
        new = people.make_link("new@example.com", role="founder", project_id="empty")
    anna, newcomer = app.test_client(), app.test_client()
    stranger = app.test_client()
    before = ("/sign-in", f"/sign-in/{link}", "/sign-in/used", "/join/used", "/nothing")
    pages = {path: stranger.get(path).text for path in before}
    assert anna.post(f"/sign-in/{link}").status_code == 303
    assert newcomer.post(f"/sign-in/{new}").status_code == 303
    pages |= {path: anna.get(path).text for path in addresses.values()}
    pages |= {f"{path} (empty)": newcomer.get(path).text for path in gallery.EMPTY.values()}
    left = {path: unmarked(page) for path, page in pages.items()}
    remaining = sorted({text for found in left.values() for text in found})
    assert not remaining, "\n".join(remaining)


def unmarked(page: str) -> list[str]:
    # The title of a question is its problem, and so an agent's; the desk's name has no other.
    body = page.replace(title_of(page), "<title>")
    return Unmarked(body).found


def test_the_search_for_unmarked_texts_finds_some() -> None:
    marked = '<p title="⟦a⟧">⟦b <bdi>c</bdi>⟧ 12 <span lang="en">d</span><i>⟦e <b>f⟧</b></i></p>'
    assert Unmarked(marked).found == []
    assert Unmarked('<p title="a">⟦b⟧ c<br><b>d</b></p>').found == ["a", "⟦b⟧ c", "d"]


def test_a_page_in_brackets_is_the_page(anna: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def inbox() -> str:
        """The page without what changes with each second: the tokens of its forms."""
        return re.sub(r'name="csrf_token" value="[^"]*"', "", anna.get("/").text)

    plain = inbox()
    assert "csrf_token" not in plain
    monkeypatch.setitem(vars(babel), "domain_instance", Bracketed())
    assert inbox().replace("⟦", "").replace("⟧", "") == plain
