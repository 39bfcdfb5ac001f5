"""Signing in by a link that works once, and out again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.accounts.routes import safe_path
from webapp.operations import people


@pytest.fixture
def link(app: Flask) -> str:
    with app.app_context():
        return f"/sign-in/{people.make_link('anna@example.com', project_id='shop')}"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_opening_the_link_uses_nothing_up(client: FlaskClient, link: str) -> None:
    """FIELD: GET on the mailed link decides, and a mail scanner approves."""
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert "<button" in page.text
    assert client.get("/").status_code == 303
    assert client.post(link).location == "/"
    assert client.get("/").status_code == 200


def test_the_second_use_gets_a_friendly_page(app: Flask, client: FlaskClient, link: str) -> None:
    assert client.post(link).status_code == 303
    late = app.test_client()
    for answer in (late.post(link), late.get(link)):
        assert answer.status_code == 410
        assert "This link no longer works" in answer.text
        assert "How to get a new link" in answer.text
    assert late.get("/").status_code == 303
    assert "You're signed in on this device." in client.get(link).text


def test_a_link_that_never_was_gets_the_same_page(client: FlaskClient) -> None:
    assert client.get("/sign-in/never-made").status_code == 410
    assert client.post("/sign-in/never-made").status_code == 410


def test_the_page_that_was_wanted_comes_after_the_sign_in(client: FlaskClient, link: str) -> None:
    sent_away = client.get("/jobs?project_id=shop")
    assert sent_away.status_code == 303
    explained = client.get(sent_away.location)
    assert "founder link" in explained.text
    assert client.post(link).location == "/jobs?project_id=shop"


def test_the_link_may_name_the_page_itself(client: FlaskClient, link: str) -> None:
    assert 'name="next" value="/history"' in client.get(f"{link}?next=/history").text
    assert client.post(link, data={"next": "/history"}).location == "/history"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/sign-out",
    ],
)
def test_nobody_is_sent_to_a_foreign_place(client: FlaskClient, link: str, path: str) -> None:
    assert safe_path(path) is None
    assert client.post(link, data={"next": path}).location == "/"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_a_foreign_page_cannot_sign_its_visitor_in(
    client: FlaskClient, link: str, headers: dict[str, str]
) -> None:
    assert client.post(link, headers=headers).status_code == 400
    assert client.post(link, headers={"Origin": "http://localhost"}).status_code == 303


def test_signing_out_ends_the_session(anna: FlaskClient) -> None:
    token = hidden(anna.get("/").text, 'action="/sign-out"')
    assert anna.post("/sign-out").status_code == 400
    assert anna.get("/").status_code == 200
    assert anna.post("/sign-out", data=token).location == "/sign-in"
    assert anna.get("/").status_code == 303


def test_someone_signed_in_is_not_asked_again(anna: FlaskClient) -> None:
    assert anna.get("/sign-in?next=/jobs").location == "/jobs"
    assert anna.get("/sign-in?next=//evil").location == "/"


def test_a_browser_that_nobody_used_for_a_week_signs_in_again(anna: FlaskClient) -> None:
    began = datetime.now(UTC)
    for days in (6, 12):  # each visit counts
        with time_machine.travel(began + timedelta(days=days), tick=False):
            assert anna.get("/").status_code == 200
    with time_machine.travel(began + timedelta(days=20), tick=False):
        assert anna.get("/").location.startswith("/sign-in")


def test_after_thirty_days_every_browser_signs_in_again(anna: FlaskClient) -> None:
    began = datetime.now(UTC)
    for days in (6, 12, 18, 24, 29):
        with time_machine.travel(began + timedelta(days=days), tick=False):
            assert anna.get("/").status_code == 200
    with time_machine.travel(began + timedelta(days=31), tick=False):
        assert anna.get("/").location.startswith("/sign-in")
