"""Files on the page of a question: images are seen, texts are read, and nothing in them runs."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, post, send
from pictures import png

from tests.conftest import Cast
from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import Attachment
from webapp.operations import attaching, pruning

Ask = Callable[..., uuid.UUID]
AGENT = Actor(ref="token:1", name="Build agent", grants={"shop": "agent", "other": "agent"})


def attach(app: Flask, key: uuid.UUID, content: bytes, name: str = "build.log") -> str:
    """Attach a file; returns its address on the page."""
    with app.app_context():
        made, _ = attaching.attach(key, attaching.File(name, content), by=AGENT)
    return f"/escalations/{key}/attachments/{made['id']}"


def test_an_image_is_shown_with_its_size_and_its_name(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    address = attach(app, key, png(40, 30), "checkout.png")
    page = anna.get(f"/escalations/{key}").text
    assert f'<img src="{address}" width="40" height="30"' in page
    assert "Image from the agent: checkout.png." in page
    sent = anna.get(address)
    assert (sent.status_code, sent.data, sent.content_type) == (200, png(40, 30), "image/png")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert sent.headers["Content-Disposition"].startswith("inline")
    assert sent.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": sent.headers["ETag"]}
    assert anna.get(address, headers=known).status_code == 304


def test_the_last_lines_of_a_text_are_shown_and_all_of_it_is_saved(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    log = "".join(f"line {n} <script>alert({n})</script>\n" for n in range(1, 301)).encode()
    address = attach(app, key, b"\x1b[31mred\x1b[0m\n" + log, "a <b>.html")
    page = anna.get(f"/escalations/{key}").text
    assert "line 300 &lt;script&gt;alert(300)&lt;/script&gt;" in page
    assert "line 101 " in page
    assert "line 100 " not in page
    assert "<script>alert" not in page
    assert "a &lt;b&gt;.html.txt" in page
    assert "the last lines" in page
    saved = anna.get(address)
    assert saved.content_type == "text/plain; charset=utf-8"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.data.endswith(log)


def test_a_text_of_one_endless_line_stays_small_on_the_page(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    attach(app, key, b"\xc3\xbc" * 900_000)
    attach(app, key, b"short\x1b[1m and bold", "short.log")
    page = anna.get(f"/escalations/{key}").text
    assert len(page) < 60_000
    assert "short and bold" in page


def test_only_those_who_see_the_question_see_its_file(
    app: Flask, anna: FlaskClient, ask: Ask, cast: Cast
) -> None:
    key, other = ask(), ask()
    address = attach(app, key, png())
    assert cast.browser("olga@example.com", role="observer").get(address).status_code == 200
    assert cast.browser("otto@example.com", "other").get(address).status_code == 404
    assert app.test_client().get(address).status_code == 303
    assert anna.get(address.replace(str(key), str(other))).status_code == 404
    assert anna.get(f"/escalations/{key}/attachments/{uuid.uuid4()}").status_code == 404
    api = f"/api/attachments/{address.rpartition('/')[2]}"
    assert anna.get(api).status_code == 401


def test_an_answer_to_the_question_before_its_file_is_not_taken(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    shown = hidden(anna.get(f"/escalations/{key}").text)
    attach(app, key, png())
    late = post(anna, key, "resolve", shown, decision="skip_feature")
    assert late.status_code == 409
    again = post(anna, key, "resolve", hidden(late.text), decision="skip_feature")
    assert again.status_code == 303


def test_a_question_with_a_file_is_not_answered_in_the_inbox(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    key = ask()
    assert 'class="card-open"' in anna.get("/").text
    attach(app, key, png())
    assert 'class="card-open"' not in anna.get("/").text


def test_an_owner_deletes_the_files_with_the_text_of_the_answer(
    app: Flask, olivia: FlaskClient, ask: Ask
) -> None:
    key = ask()
    address = attach(app, key, png(), "secret plan.png")
    token = hidden(olivia.get(f"/escalations/{key}").text)
    assert post(olivia, key, "resolve", token, decision="skip_feature").status_code == 303
    assert post(olivia, key, "erase", token).status_code == 303
    page = olivia.get(f"/escalations/{key}").text
    assert "This file was deleted:" in page
    assert "secret plan" not in page
    assert olivia.get(address).status_code == 404
    with app.app_context():
        assert db.session.query(Attachment).count() == 0


def test_files_of_closed_questions_are_deleted_when_old(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    closed, pending = ask(), ask()
    addresses = [attach(app, key, png()) for key in (closed, pending)]
    assert send(anna, closed, decision="skip_feature").status_code == 303
    with app.app_context():
        assert pruning.prune_files(now() - timedelta(hours=1)) == 0
        assert pruning.prune_files(now() + timedelta(hours=1)) == 1
    assert [anna.get(address).status_code for address in addresses] == [404, 200]
    assert "This file was deleted:" in anna.get(f"/escalations/{closed}").text
