"""Text goes over the wire compressed; streams, secrets and what repeats its address do not."""

import gzip
import json
import re
import uuid
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

Ask = Callable[..., uuid.UUID]
GZIP = {"Accept-Encoding": "gzip, br"}


def test_pages_and_what_belongs_to_them_are_compressed(anna: FlaskClient, ask: Ask) -> None:
    ask()
    page = anna.get("/").text
    assets = re.findall(r'(?:src|href)="(/(?:assets|static|manifest)[^"#]+)', page)
    compressible = [path for path in assets if ".png" not in path]
    assert len(compressible) >= 3
    for path in ["/", "/history", "/jobs", "/nothing-here", *compressible]:
        plain, packed = anna.get(path), anna.get(path, headers=GZIP)
        with plain, packed:
            assert packed.headers["Content-Encoding"] == "gzip", path
            assert "Accept-Encoding" in packed.headers["Vary"]
            assert "Accept-Encoding" in plain.headers["Vary"]
            assert "Content-Encoding" not in plain.headers
            assert len(packed.data) == int(packed.headers["Content-Length"])
            assert len(packed.data) < len(plain.data)
            if path.startswith(("/assets", "/static")):
                assert gzip.decompress(packed.data) == plain.data


def test_who_refuses_gzip_gets_none(anna: FlaskClient) -> None:
    for refusal in ("", "br", "identity", "gzip;q=0"):
        answer = anna.get("/", headers={"Accept-Encoding": refusal})
        assert "Content-Encoding" not in answer.headers


def test_what_repeats_its_address_is_not_compressed(anna: FlaskClient) -> None:
    for path in ("/history?q=secret", "/?x=1", "/numbers?days=7", "/sign-in/x?next=/jobs"):
        assert "Content-Encoding" not in anna.get(path, headers=GZIP).headers


def test_a_page_that_shows_a_secret_is_not_compressed(anna: FlaskClient) -> None:
    token = hidden(anna.get("/settings/tokens").text, 'id="new-token"')
    form = token | {"name": "Agent", "project": "shop", "scope": "agent"}
    made = anna.post("/settings/tokens", data=form, headers=GZIP)
    assert "unstuck_" in made.text
    assert "Content-Encoding" not in made.headers


def test_calls_of_agents_are_not_compressed(anna: FlaskClient, ask: Ask, agent) -> None:
    for number in range(5):
        ask(plain_english_problem=f"Question {number}")
    answer = anna.get("/api/escalations", headers=agent | GZIP)
    assert len(answer.data) > 2000
    assert "Content-Encoding" not in answer.headers


def test_an_unchanged_file_is_answered_as_such(app: Flask) -> None:
    browser = app.test_client()
    with browser.get("/static/icons.svg", headers=GZIP) as first:
        tag = first.headers["ETag"]
    with browser.get("/static/icons.svg", headers=GZIP | {"If-None-Match": tag}) as again:
        assert again.status_code == 304
        assert "Content-Encoding" not in again.headers


def test_asking_for_the_head_alone_works(anna: FlaskClient) -> None:
    assert anna.head("/", headers=GZIP).status_code == 200


def test_a_phone_can_keep_the_desk(app: Flask) -> None:
    stranger = app.test_client()
    page = stranger.get("/sign-in").text
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert page.count('name="theme-color"') == 2
    answer = stranger.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    payload = json.loads(answer.data)
    kinds = {(icon["sizes"], icon["purpose"]) for icon in payload["icons"]}
    assert kinds == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    touch = re.search(r'rel="apple-touch-icon" href="([^"]+)"', page)
    assert touch
    for address in [icon["src"] for icon in payload["icons"]] + [touch[1]]:
        with stranger.get(address) as picture:
            assert picture.data.startswith(b"\x89PNG")
            assert "immutable" in picture.headers["Cache-Control"]
