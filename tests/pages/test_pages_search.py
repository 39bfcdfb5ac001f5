"""The history is searched by words, project, job, outcome, person and day; the address says how."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from webapp.actors import DESK, Actor
from webapp.desk.pages import history_csv
from webapp.desk.pages.spreadsheet import harmless
from webapp.extensions import db
from webapp.operations import answers, escalations, jobs, receipts
from webapp.queries import history
from webapp.queries.screens_history import HISTORY_LENGTH

Ask = Callable[..., uuid.UUID]
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
BEN = Actor(ref="person:2", name="Ben", grants={"*": "founder"})
LIST = {"HX-Request": "true", "HX-Target": "history-list"}


def shown(page: str) -> list[str]:
    return re.findall(r'href="/escalations/([0-9a-f-]{36})"', page)


@pytest.fixture
def past(app: Flask, ask: Ask) -> dict[str, uuid.UUID]:
    """Three questions of March: answered by Anna, skipped by Ben, taken back."""
    days = {"card": 3, "photos": 14, "mail": 20}
    keys = {}
    for name, day in days.items():
        with time_machine.travel(datetime(2026, 3, day, 12, tzinfo=UTC)):
            words = {
                "card": "The payment service refuses our test card at api.stripe.com.",
                "photos": "Photos überall: the gallery's ÉTUDE is not readable.",
                "mail": "Mail cannot be sent.",
            }
            key = ask(job=f"build-{name}", plain_english_problem=words[name])
            keys[name] = key
            with app.app_context():
                if name == "card":
                    answers.resolve(key, "skip_feature", "Ask O'Brien in the office", by=ANNA)
                    receipts.give(key, "failed", by=DESK)
                elif name == "photos":
                    answers.skip(key, by=BEN)
                else:
                    escalations.withdraw(key, by=DESK)
                jobs.tell(f"build-{name}", "shop", by=DESK, title=f"All about {name}")
    return keys


LOOKED_FOR = [
    ("q=payment", ["card"]),
    ("q=PAY+serv", ["card"]),
    ("q=stripe", ["card"]),
    ("q=O%27Brien", ["card"]),
    ("q=leave+it+out", ["card"]),
    ("q=%C3%BCberall", ["photos"]),
    ("q=gallery", ["photos"]),
    ("q=nowhere", []),
    ("q=payment+nowhere", []),
    ("q=%21%3F%26%7C%27%28", []),
    ("q=%5C%27+%3A%2A", []),
    ("q=%00", []),
    ("status=skipped", ["photos"]),
    ("status=withdrawn", ["mail"]),
    ("status=resolved", ["card"]),
    ("status=failed", ["card"]),
    ("status=worked", []),
    ("status=expired", []),
    ("person=person:1", ["card"]),
    ("person=person:2", ["photos"]),
    ("person=rule", []),
    ("person=nobody", []),
    ("job=about+ph", ["photos"]),
    ("job=BUILD-", ["mail", "photos", "card"]),
    ("job=%25", []),
    ("project=shop", ["mail", "photos", "card"]),
    ("project=other", []),
    ("since=2026-03-14", ["mail", "photos"]),
    ("until=2026-03-14", ["photos", "card"]),
    ("since=2026-03-14&until=2026-03-14", ["photos"]),
    ("until=9999-12-31", ["mail", "photos", "card"]),
    ("q=the&status=skipped&person=person:2", ["photos"]),
    ("q=&project=&job=&status=&person=&since=&until=", ["mail", "photos", "card"]),
]


def test_what_is_looked_for_is_found_and_nothing_else(
    anna: FlaskClient, past: dict[str, uuid.UUID]
) -> None:
    for query, expected in LOOKED_FOR:
        page = anna.get(f"/history?{query}")
        assert page.status_code == 200
        assert shown(page.text) == [str(past[name]) for name in expected], query
        assert ("No matches" in page.text) == (not expected)


def test_the_form_shows_what_was_looked_for(anna: FlaskClient, past: dict[str, uuid.UUID]) -> None:
    page = anna.get("/history?q=%3Cb%3E&status=skipped&job=x&since=2026-01-02&person=rule").text
    assert 'name="q" value="&lt;b&gt;"' in page
    assert '<option value="skipped" selected>' in page
    assert '<option value="rule" selected>' in page
    assert 'name="since" value="2026-01-02"' in page
    assert re.search(r"<details[^>]* open", page)
    assert not re.search(r"<details[^>]* open", anna.get("/history?q=x").text)


def test_what_cannot_be_looked_for_is_a_sentence(anna: FlaskClient) -> None:
    for query in ("since=31.3.2026", "until=2026-02-30", "status=lost"):
        answer = anna.get(f"/history?{query}")
        assert answer.status_code == 422
        assert "<h1>" in answer.text
        assert anna.get(f"/history.csv?{query}").status_code == 422


def test_htmx_gets_the_list_and_the_address_without_what_is_empty(
    anna: FlaskClient, past: dict[str, uuid.UUID]
) -> None:
    answer = anna.get("/history?q=payment&project=&status=", headers=LIST)
    assert answer.text.startswith('<section id="history-list"')
    assert "sse-swap" not in answer.text
    assert answer.headers["HX-Push-Url"] == "/history?q=payment"
    everything = anna.get("/history?q=", headers=LIST)
    assert 'sse-swap="history-list"' in everything.text
    assert everything.headers["HX-Push-Url"] == "/history"
    for headers in ({"HX-History-Restore-Request": "true"}, {"HX-Boosted": "true"}):
        assert "<html" in anna.get("/history?q=payment", headers=LIST | headers).text


def test_a_search_keeps_its_words_from_page_to_page(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    keys = [ask() for _ in range(HISTORY_LENGTH + 5)]
    with app.app_context():
        for key in keys:
            answers.skip(key, by=DESK)
    for query in ("q=payment+card", "status=skipped"):
        first = anna.get(f"/history?{query}").text
        older = re.search(r'href="(/history\?[^"]*cursor=[^"]+)"', first)
        assert older
        second = anna.get(older[1].replace("&amp;", "&")).text
        assert shown(first) + shown(second) == [str(key) for key in reversed(keys)]


def test_a_word_that_is_everywhere_is_found_by_the_way_of_the_history(
    app: Flask, anna: FlaskClient, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [ask() for _ in range(4)]
    with app.app_context():
        for key in keys:
            answers.skip(key, by=DESK)
    monkeypatch.setattr(history, "FEW", 2)
    page = anna.get("/history?q=payment").text
    assert shown(page) == [str(key) for key in reversed(keys)]
    assert "Latest matches" in page


def test_a_rare_word_among_many_rows_is_found_by_its_index(app: Flask, ask: Ask) -> None:
    key = ask(plain_english_problem="Zanzibar is unreachable.")
    with app.app_context():
        answers.skip(key, by=DESK)
        db.session.execute(
            db.text(
                "insert into agent_escalations (id, session_id, job_id, project_id, error_type, "
                "error_signature, plain_english_problem, attempts_summary, recommended_action, "
                "options, status, created_at, resolved_at) select gen_random_uuid(), 's', 'j', "
                "'shop', 'E', 'x:' || n, 'Nothing to see in number ' || n, '[]', '', '[]', "
                "'skipped', now(), now() from generate_series(1, 20000) as n"
            )
        )
        db.session.commit()
        db.session.execute(db.text("analyze agent_escalations"))
        query = history._matching(db.session(), history.Filters(q="zanz"), DESK)
        hits = query.with_only_columns(*history._ORDER).limit(history.FEW + 1)
        compiled = hits.compile(db.engine)
        explained = db.session.connection().exec_driver_sql(
            f"explain {compiled}", compiled.construct_params()
        )
        plan = "\n".join(explained.scalars())
    assert "ix_agent_escalations_words" in plan


def test_an_outsider_finds_nothing(otto: FlaskClient, past: dict[str, uuid.UUID]) -> None:
    for query in ("", "?q=payment", "?project=shop", "?job=build", "?person=person:1"):
        assert shown(otto.get(f"/history{query}").text) == []
        assert len(table(otto.get(f"/history.csv{query}").data)) == 1
    assert "shop" not in otto.get("/history").text.partition("<main")[2]


def table(data: bytes) -> list[list[str]]:
    assert data.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_table_has_what_was_found(anna: FlaskClient, past: dict[str, uuid.UUID]) -> None:
    answer = anna.get("/history.csv?q=payment")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="history-\d{4}-\d\d-\d\d.csv"', answer.headers["Content-Disposition"]
    )
    head, row = table(answer.data)
    payload = dict(zip(head, row, strict=True))
    assert payload["Job"] == "All about card"
    assert payload["Decision"] == "Leave it out"
    assert payload["By"] == "Anna"
    assert payload["Result"] == "failed"
    assert payload["Question"] == str(past["card"])
    assert "@example.com" not in answer.text


def test_the_table_goes_on_over_all_batches(
    app: Flask, anna: FlaskClient, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_csv, "BATCH", 2)
    keys = [ask() for _ in range(5)]
    with app.app_context():
        for key in keys:
            answers.skip(key, by=DESK)
    rows = table(anna.get("/history.csv").data)
    assert [row[-1] for row in rows[1:]] == [str(key) for key in reversed(keys)]


def test_no_cell_becomes_a_formula(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    evil = '=HYPERLINK("https://evil.example","Click")'
    key = ask(plain_english_problem=evil, job="@SUM(1)")
    with app.app_context():
        answers.resolve(key, "skip_feature", "+1\n=2", by=DESK)
    row = table(anna.get("/history.csv").data)[1]
    assert f"'{evil}" in row
    assert "'@SUM(1)" in row
    assert "'+1\n'=2" in row


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t1", "\n1", "  =1", "\xa0=1", "＝1"])
def test_each_start_of_a_formula_is_disarmed(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["a;=1", "a\t+1", 'a; "@x', "a\r\n -1"])
def test_so_is_each_where_a_spreadsheet_parts_cells_by_semicolons_or_tabs(cell: str) -> None:
    sign = next(letter for letter in cell if letter in "=+-@")
    assert harmless(cell) == cell.replace(sign, f"'{sign}")


@pytest.mark.parametrize("cell", ["", "a=1", "1-1", "anna"])
def test_plain_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    for path in ("/history?q=x", "/history.csv?q=x"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.location) == (
            303,
            f"/sign-in?next={path.replace('=', '%3D')}",
        )
