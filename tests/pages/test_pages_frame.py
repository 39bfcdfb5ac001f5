"""What stands around every page: headers, static files, error pages."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.config import PROJECT_ROOT

Ask = Callable[..., uuid.UUID]

TEMPLATES = sorted(
    path for path in (PROJECT_ROOT / "templates").rglob("*.html") if path.parent.name != "api"
)
FOREVER = "public, max-age=31536000, immutable"


HAS_AND_ALL = re.compile(r":has\([^{},]*\)[^{},]*[ >]\*")


def test_no_rule_restyles_the_page_when_anything_changes() -> None:
    """A browser can't tell whom `:has(…) > *` reaches. Each element that comes or goes would then
    restyle the page, which slows every tap."""
    assert HAS_AND_ALL.search(".card:has(.open) > * { margin: 0; }")
    assert not HAS_AND_ALL.search(".talk:not(:has(*)) { margin: 0; }")
    sheets = sorted((PROJECT_ROOT / "static/css").glob("*.css"))
    found = {sheet.name: HAS_AND_ALL.findall(sheet.read_text("utf-8")) for sheet in sheets}
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_every_page_has_a_strict_policy_and_varies(anna: FlaskClient, ask: Ask) -> None:
    for path in ("/", f"/escalations/{ask()}", "/jobs", "/history", "/sign-in/x", "/nothing"):
        headers = anna.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "HX-Request" in headers["Vary"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        kept = "no-store" if path.startswith("/sign-in/") else "no-cache"
        assert headers["Cache-Control"] == f"private, {kept}"  # the address of a link is a secret


def test_no_page_needs_what_the_policy_forbids(anna: FlaskClient, ask: Ask) -> None:
    for path in ("/", f"/escalations/{ask()}", "/jobs", "/jobs/1", "/history", "/sign-in/x"):
        page = anna.get(path).text
        assert not re.search(r"<[^>]* (style|on\w+)=", page)
        assert not re.search(r"<script(?![^>]* src=)", page)
        assert "<style" not in page
        assert not re.search(r"(src|href)=\"(https?:)?//", page)


def test_each_page_has_one_heading_landmarks_and_a_skip_link(anna: FlaskClient, ask: Ask) -> None:
    for path in ("/", f"/escalations/{ask()}", "/jobs", "/jobs/1", "/history", "/nothing"):
        page = anna.get(path).text
        assert len(re.findall(r"<h1[ >]", page)) == 1
        assert len(re.findall(r"<main ", page)) == 1
        assert 'href="#main"' in page
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_static_files_are_kept_for_good_under_their_hash(anna: FlaskClient) -> None:
    page = anna.get("/").text
    addresses = re.findall(r'(?:src|href)="(/(?:assets|static)/[^"#]+)', page)
    assert len(set(addresses)) >= 3
    for address in set(addresses):
        with anna.get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == FOREVER


def test_an_old_address_of_a_bundle_still_works_and_is_not_kept(anna: FlaskClient) -> None:
    old = anna.get("/assets/000000000000/desk.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
    assert anna.get("/assets/000000000000/other.css").status_code == 404


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (PROJECT_ROOT / "static" / "icons.svg").read_text("utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        named = set(re.findall(r'icon\("([^"]+)"', text))
        if path.name == "sentences.html":
            named |= set(re.findall(r'"agent\.\w+": "([^"]+)"', text))
        assert named <= known, path.name


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.name.startswith("_")], ids=str)
def test_a_fragment_names_its_variables_and_has_one_root_with_an_id(path: Path) -> None:
    text = path.read_text("utf-8")
    first, _, rest = text.partition("\n")
    assert first.startswith("{# Variables: ")
    html = re.sub(r"{%.*?%}", "", rest, flags=re.S).strip()
    root = re.match(r"<(\w+)\s[^>]*?\bid=\"", html)
    assert root, "the root has an id"
    assert html.endswith(f"</{root[1]}>")


def test_an_error_page_is_calm_for_strangers_too(app: Flask, anna: FlaskClient) -> None:
    for browser in (app.test_client(), anna):
        page = browser.get("/nothing-here")
        assert page.status_code == 404
        assert "<h1>Not found</h1>" in page.text
        assert "There is nothing at this address." in page.text
        assert 'href="/"' in page.text
        assert "Traceback" not in page.text


def test_no_error_page_speaks_the_language_of_machines(anna: FlaskClient) -> None:
    for answer in (anna.get("/nothing"), anna.delete("/"), anna.post("/jobs")):
        title = re.search(r"<h1>([^<]+)</h1>", answer.text)
        assert title
        assert title[1] not in ("Not Found", "Method Not Allowed", "Bad Request")
        assert "/api/" not in answer.text


def test_bundles_leave_out_comments(anna: FlaskClient) -> None:
    page = anna.get("/").text
    style, script = (
        anna.get(re.findall(rf'"(/assets/[^"]+{name})"', page)[0]).text
        for name in ("desk.css", "desk.js")
    )
    assert "/*" not in style
    assert len(style) > 10_000
    assert not re.search(r"^\s*//", script, re.MULTILINE)
