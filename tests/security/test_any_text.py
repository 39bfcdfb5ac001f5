"""Whatever agents and founders write is data: in pages, in streams, in tables for a spreadsheet."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import config_for
from webapp import create_app
from webapp.accounts.sign_in import safe_path
from webapp.desk.pages.audit_words import sentence
from webapp.desk.pages.spreadsheet import row
from webapp.events.log import Event
from webapp.live.frames import event_frame, region_frame
from webapp.models import Action, AuditEvent

LINES = ("\r", "\n", "\r\n", "\0", "\u2028", "\x85", "\x0b", "\u202e", "%0a")
MARKS = ("<script>", "</", "<!--", "]]>", '"', "'", "&", "`", "{{ 7*7 }}", "javascript:")
FIELDS = ("data: ", "id: 9", "event: x", "=1+1", "@", ";=1+1;", '; "+1', "\n-1")
NASTY = st.sampled_from(LINES) | st.sampled_from(MARKS) | st.sampled_from(FIELDS)
TEXT = st.lists(NASTY | st.text(max_size=20), max_size=8).map("".join)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
FAST = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def bare() -> Flask:
    """A desk without a database, for what needs none."""
    return create_app(config_for("postgresql://nobody@nowhere/none"))


class Tags(HTMLParser):
    """The tags of a document with their attributes' names, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", ()))


def received(wire: str) -> list[tuple[str, str, str]]:
    """What a browser makes of a stream: id, name and data of each event, as the standard says."""
    found, fields = [], {"id": "", "event": "", "data": []}
    for line in re.split(r"\r\n|\r|\n", wire):
        if not line:
            if fields["data"]:
                found.append((fields["id"], fields["event"], "\n".join(fields["data"])))
            fields = {"id": "", "event": "", "data": []}
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            fields["data"].append(value)
        else:
            fields[name] = value
    return found


@FAST
@given(text=TEXT)
def test_a_job_s_event_stays_one_event_with_that_very_text(text: str) -> None:
    storable = text.encode("utf-8", "replace").decode()
    event = Event(1, 7, "agent.job_changed", NOON, {"title": storable}, "shop", storable)
    [(number, kind, data)] = received(event_frame(event).body.decode())
    assert (number, kind) == ("7", "agent.job_changed")
    assert json.loads(data)["title"] == storable


@FAST
@given(html=TEXT)
def test_a_region_stays_one_event_with_that_very_html(html: str) -> None:
    storable = html.encode("utf-8", "replace").decode()
    [(_, name, data)] = received(region_frame("inbox", "card", storable).body.decode())
    assert name == "card"
    assert data == re.sub(r"\r\n|\r", "\n", storable)


@FAST
@given(text=TEXT)
def test_a_text_adds_no_tag_and_no_attribute_to_a_page(bare: Flask, text: str) -> None:
    def shown(value: str) -> Tags:
        attempts = SimpleNamespace(attempts_summary=[value, value], text_format="plain")
        with bare.test_request_context():
            html = render_template("escalations/_attempts.html", escalation=attempts)
            return Tags(
                html + render_template("errors/page.html", status=1, title=value, detail=value)
            )

    assert shown(text).tags == shown("plain").tags


@FAST
@given(text=TEXT)
def test_a_text_adds_no_tag_to_the_record(bare: Flask, text: str) -> None:
    def shown(value: str) -> Tags:
        values: dict[str, Any] = {
            "actor_name": value,
            "subject": value,
            "details": {"name": value},
        }
        with bare.test_request_context():
            return Tags(str(sentence(AuditEvent(action=Action.TOKEN_MADE, **values), {}, {})))

    assert shown(text).tags == [("bdi", ()), ("bdi", ())]


@FAST
@given(cells=st.lists(TEXT, min_size=1, max_size=4))
def test_a_row_stays_a_row_and_no_cell_is_a_formula(cells: list[str]) -> None:
    storable = [cell.encode("utf-8", "replace").decode().replace("\0", "\ufffd") for cell in cells]
    [read] = csv.reader(io.StringIO(row(storable), newline=""))
    assert [cell.replace("'", "") for cell in read] == [cell.replace("'", "") for cell in storable]
    assert not [cell for cell in read if cell.lstrip().startswith(tuple("=+-@"))]


@FAST
@given(cells=st.lists(TEXT, min_size=1, max_size=4))
def test_no_cell_is_a_formula_where_semicolons_or_tabs_part_them(cells: list[str]) -> None:
    # What a spreadsheet of a country with decimal commas makes of it: a quote within counts for
    # nothing, so neither does the one at the end of a line.
    storable = [cell.encode("utf-8", "replace").decode().replace("\0", "\ufffd") for cell in cells]
    parts = re.split(r"[;\t\r\n]", row(["first", *storable]))
    assert not [part for part in parts if part.strip(' "').startswith(tuple("=+-@"))]


@FAST
@given(path=TEXT | TEXT.map(lambda text: f"/{text}"))
def test_whatever_is_wanted_after_the_sign_in_is_on_this_desk(path: str) -> None:
    found = safe_path(path)
    assert found is None or re.fullmatch(r"/(?![/\\])[^\\\x00-\x1f]*", found)
