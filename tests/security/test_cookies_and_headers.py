"""The cookie and the headers, with HTTPS in front and without."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from tests.api.questions import QUESTION
from tests.conftest import config_for
from webapp import create_app
from webapp.actors import DESK
from webapp.extensions import db
from webapp.operations import answers, people


@pytest.fixture
def public(database_url: str) -> Iterator[Flask]:
    app = create_app(config_for(database_url, PUBLIC_URL="https://desk.example.com"))
    yield app
    with app.app_context():
        db.engine.dispose()


def cookie(app: Flask, host: str) -> str:
    """What a browser is asked to keep before the sign-in: by what its forms are known."""
    return app.test_client().get("/sign-in", headers={"Host": host}).headers["Set-Cookie"]


def test_over_https_the_cookie_is_bound_to_this_very_host(public: Flask) -> None:
    name, _, rest = cookie(public, "desk.example.com").partition("=")
    assert name == "__Host-session"
    parts = {part.strip() for part in rest.split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def test_on_this_machine_it_has_a_plain_name(app: Flask) -> None:
    kept = cookie(app, "localhost:5000")
    assert kept.startswith("session=")
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert "Secure" not in kept


def test_https_is_asked_for_where_there_is_https(public: Flask, app: Flask) -> None:
    header = "Strict-Transport-Security"
    asked = public.test_client().get("/healthz").headers[header]
    assert asked == "max-age=31536000; includeSubDomains"
    assert header not in app.test_client().get("/healthz").headers


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/nothing", "/api/docs", "/api/escalations", "/static/icons.svg"]
)
def test_every_answer_is_guarded(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    answer.close()
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Server" not in headers
    assert "Access-Control-Allow-Origin" not in headers


def test_no_cache_keeps_what_an_agent_reads(app: Flask, agent: dict[str, str]) -> None:
    client = app.test_client()
    asked = client.post("/api/jobs/build-1/escalations", json=QUESTION, headers=agent).json["id"]
    with app.app_context():
        answers.skip(UUID(asked), by=DESK)
    for path in (
        f"/api/escalations/{asked}",
        f"/api/escalations/{asked}/decision",
        "/api/jobs/build-1",
        "/api/jobs/build-1/events",
    ):
        answer = client.get(path, headers=agent)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path


def test_signing_out_has_the_browser_forget_the_pages(app: Flask, anna: FlaskClient) -> None:
    token = csrf_token(anna.get("/settings").text)
    answer = anna.post("/sign-out", data={"csrf_token": token})
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_so_is_the_one_that_keeps_the_language(public: Flask) -> None:
    site = "https://desk.example.com"
    host = {"base_url": site, "headers": {"Referer": f"{site}/settings"}}
    with public.app_context():
        link = people.make_link("anna@example.com")
    browser = public.test_client()
    browser.post(f"/sign-in/{link}", **host)
    token = csrf_token(browser.get("/settings", **host).text)
    form = {"csrf_token": token, "language": "de"}
    kept = browser.post("/settings/language", data=form, **host).headers["Set-Cookie"]
    assert kept.startswith("__Host-language=de;")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {
        part.strip() for part in kept.split(";")
    }
    browser.post("/sign-out", data={"csrf_token": token}, **host)
    assert '<html lang="de"' in browser.get("/sign-in", **host).text
