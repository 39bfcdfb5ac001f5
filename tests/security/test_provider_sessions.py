"""Somebody finds a browser in which a session at the OpenID provider is open, too: coming in by it
without a password proves nothing, so no way in that outlasts it can be made."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from browsers import post
from flask import Flask
from flask.testing import FlaskClient
from openid_provider import CLIENT, SECRET, OpenIdProvider

from webapp.config import Config

OLIVIA = {"sub": "o-1", "email": "olivia@example.com", "email_verified": True, "name": "Olivia"}
TOKEN = {"name": "for good", "project": "shop", "scope": "agent", "lives": "never"}
DAYS_AGO = 20 * 24 * 3600


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider()
    yield provider
    provider.stop()


def use(app: Flask, provider: OpenIdProvider, **more: str) -> None:
    environ = {
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "SECRET_KEY": "0123456789abcdef" * 2,
    }
    found = Config.from_environ(environ | {"OIDC_ISSUER": provider.issuer} | more).provider
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], provider=found)


def come(browser: FlaskClient, provider: OpenIdProvider, query: str = "") -> str:
    """Go to the provider and come back; where the browser is sent then."""
    away = browser.get(f"/sign-in/provider{query}")
    back = browser.get(provider.visit(away.location))
    assert back.status_code == 303, back.text
    return str(back.location)


def makes_a_token(browser: FlaskClient) -> bool:
    answer = post(browser, "/settings/tokens", **TOKEN)
    assert answer.status_code in (200, 403)
    return answer.status_code == 200


@pytest.fixture
def provider(app: Flask, running: OpenIdProvider, olivia: FlaskClient) -> OpenIdProvider:
    """The provider, to which Olivia connected her account. Her session there is weeks old."""
    running.who, running.session_since = dict(OLIVIA), None
    running.tells_when = running.asks_again = True
    use(app, running)
    assert come(olivia, running) == "/settings/sign-in#provider"
    assert post(olivia, "/settings/identities").status_code == 303
    running.session_since = int(time.time()) - DAYS_AGO
    return running


def test_who_just_gave_the_password_there_needs_no_second_proof(
    app: Flask, provider: OpenIdProvider
) -> None:
    provider.session_since = None
    browser = app.test_client()
    assert come(browser, provider) == "/"
    assert makes_a_token(browser)


@pytest.mark.parametrize("signed_out_first", [False, True])
def test_an_open_session_there_lets_in_and_proves_nothing(
    app: Flask, olivia: FlaskClient, provider: OpenIdProvider, sql, signed_out_first: bool
) -> None:
    """FIELD: a found browser made a proof of its own by going to the provider and back."""
    sql("update browser_sessions set confirmed_at = now() - interval '20 days'")
    if signed_out_first:
        post(olivia, "/sign-out")
    assert come(olivia, provider) == "/"
    assert olivia.get("/").status_code == 200
    assert not makes_a_token(olivia)


def test_the_provider_is_asked_to_ask_again_and_then_it_is_a_proof(
    olivia: FlaskClient, provider: OpenIdProvider, sql
) -> None:
    sql("update browser_sessions set confirmed_at = now() - interval '20 days'")
    assert 'href="/sign-in/provider?again=1"' in olivia.get("/settings/sign-in").text
    assert come(olivia, provider, "?again=1&then=/settings/tokens") == "/settings/tokens"
    assert makes_a_token(olivia)


@pytest.mark.parametrize("then", ["", "https://evil.example/", "//evil.example", "/sign-out"])
def test_confirming_leads_to_no_foreign_place(
    olivia: FlaskClient, provider: OpenIdProvider, then: str
) -> None:
    assert come(olivia, provider, f"?again=1&then={then}") == "/settings/sign-in"


@pytest.mark.parametrize(
    "lies",
    [
        {"auth_time": True},
        {"auth_time": None},
        {"auth_time": -1},
        {"auth_time": 1e300},
    ],
)
def test_a_provider_that_says_no_time_proves_nothing(
    olivia: FlaskClient, provider: OpenIdProvider, sql, lies: dict[str, object]
) -> None:
    provider.lies = lies
    try:
        come(olivia, provider, "?again=1")
    finally:
        provider.lies = {}
    assert not makes_a_token(olivia)


@pytest.mark.parametrize("silent", ["tells_when", "asks_again"])
def test_a_provider_that_does_not_do_as_asked_proves_nothing(
    olivia: FlaskClient, provider: OpenIdProvider, silent: str
) -> None:
    setattr(provider, silent, False)
    come(olivia, provider, "?again=1")
    assert not makes_a_token(olivia)
    page = olivia.get("/settings/sign-in").text
    assert "it didn't say when you signed in" in page


def test_a_moment_to_come_is_taken_for_now(olivia: FlaskClient, provider, sql) -> None:
    provider.lies = {"auth_time": int(time.time()) + DAYS_AGO}
    try:
        come(olivia, provider)
    finally:
        provider.lies = {}
    [(late,)] = sql("select max(confirmed_at) <= now() from browser_sessions")
    assert late


def test_an_owner_of_the_server_may_take_every_sign_in_for_a_proof(
    app: Flask, olivia: FlaskClient, provider: OpenIdProvider
) -> None:
    use(app, provider, OIDC_TRUST_SESSIONS="on")
    provider.tells_when = False
    come(olivia, provider)
    assert makes_a_token(olivia)
