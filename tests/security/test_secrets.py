"""Nothing secret in a log, an error page, an address that is kept, a process list, or a table."""

import re
from pathlib import Path

import pytest
from desk_process import Desk, processes_of
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from web_process import DeskProcess

from tests.conftest import Cast
from webapp.actors import DESK
from webapp.embedded import Server
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import invitations, people, tokens

HERE = Path(__file__).parent


def fetch(
    desk: DeskProcess, path: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> tuple[int, str]:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_what_fails_unforeseen_shows_no_trace_and_logs_no_address(
    environ: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    desk = DeskProcess(environ, workers=1, application="broken_desk:app", folder=HERE)
    try:
        desk.start()
        pages = [fetch(desk, "/broken/my-secret%0AINFO%20forged"), fetch(desk, "/api/broken")]
        too_long = fetch(desk, "/sign-in", {"X-Filler": "x" * 9000})
        too_many = fetch(desk, "/sign-in", {f"X-{number}": "x" for number in range(80)})
        long_line = fetch(desk, f"/{'x' * 9000}")
        change = fetch(desk, "/api/broken", method="POST")
    finally:
        desk.stop()
    for status, text in pages:
        assert status == 500
        assert "Try again in a moment" in text
        assert "saved" not in text
        assert not re.search(r"Traceback|RuntimeError|broke|\.py|unstuck_secret", text)
    assert change[0] == 500
    assert "may have saved your change" in change[1]
    assert {too_long[0], too_many[0], long_line[0]} <= {400, 414, 431}
    log = capfd.readouterr().err
    assert "unexpected error on GET /broken/<secret>" in log
    assert "RuntimeError" in log  # whoever runs the desk learns what it was
    assert "my-secret" not in log
    assert "unstuck_secret" not in log
    assert "\nINFO forged" not in log


def test_no_process_shows_the_database_s_password_or_the_key(
    server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url, key = server.create_database("listed"), "a key that nobody may read, 0123456789 abc"
    password = url.split("@")[0].rpartition(":")[2]
    assert len(password) > 8
    try:
        with Desk(tmp_path, DATABASE_URL=url, SECRET_KEY=key) as desk:
            lines = "\n".join(processes_of(tmp_path).values())
            link = desk.first_link.rpartition("/")[2]
    finally:
        server.drop_database("listed")
    assert "gunicorn" in lines
    for secret in (password, key, link):
        assert secret not in lines
        assert secret not in desk.complaints()


def test_no_table_holds_a_secret_that_lets_somebody_in(app: Flask, cast: Cast) -> None:
    browser = cast.browser()
    with app.app_context():
        link = people.make_link("new@example.com")
        _, token = tokens.create("builder", ["shop"])
        _, invitation = invitations.invite("ben@example.com", "shop", "founder", by=DESK)
        with browser.session_transaction() as cookie:
            session = cookie["browser"]
        tables = db.metadata.tables.values()
        text = "\n".join(
            str(row) for table in tables for row in db.session.execute(db.select(table))
        )
    assert "new@example.com" in text
    for secret in (link, token, invitation, session):
        assert len(secret) > 40
        assert secret not in text


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_stored(
    app: Flask, server: Server
) -> None:
    log = server._cluster.log_file
    begin = log.stat().st_size
    with app.app_context():
        people.make_link("anna@example.com")
        known = db.session.scalars(db.select(Person)).one()
        again = db.insert(Person).values(
            email=known.email, name="Secret", created_at=known.created_at
        )
        with pytest.raises(IntegrityError) as caught:
            db.session.execute(again)
        db.session.rollback()
    assert "Secret" not in str(caught.value)
    written = log.read_bytes()[begin:]
    assert b"duplicate key value" in written
    assert b"anna@example.com" not in written


@pytest.mark.parametrize("kind", ["sign-in", "invitations"])
def test_the_address_of_a_link_is_told_to_nobody_and_its_page_is_not_kept(
    app: Flask, kind: str
) -> None:
    with app.app_context():
        link = people.make_link("anna@example.com", project_id="shop")
        _, invitation = invitations.invite("ben@example.com", "shop", "founder", by=DESK)
    secret = link if kind == "sign-in" else invitation
    for _ in range(2):  # a scanner that opens it uses nothing up
        for method in ("HEAD", "GET"):
            answer = app.test_client().open(f"/{kind}/{secret}", method=method)
            assert answer.status_code == 200
            assert answer.headers["Referrer-Policy"] == "strict-origin"
            assert answer.headers["Cache-Control"] == "private, no-store"
    assert "<button" in answer.text
    # Nothing on the page but its own form knows the address.
    assert not re.search(rf'(?:href|src)="[^"]*{secret}', answer.text)


def test_a_page_that_shows_a_secret_is_not_kept(anna: FlaskClient) -> None:
    page = anna.get("/settings/tokens").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "name": "builder", "project": "shop", "scope": "agent"}
    answer = anna.post("/settings/tokens", data=form)
    assert "unstuck_" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
