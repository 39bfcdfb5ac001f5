"""Signing in through an OpenID provider: for members and the invited, and nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from openid_provider import CLIENT, SECRET, OpenIdProvider
from pages_forms import hidden

from webapp.actors import DESK
from webapp.config import Config, ConfigError
from webapp.extensions import db
from webapp.models import AuditEvent, Identity, Invitation, Membership, Person
from webapp.operations import invitations, members

ANNA = {"sub": "a-1", "email": "Anna@Example.com", "email_verified": True, "name": "Anna B."}
NEW = {"sub": "c-3", "email": "carla@example.com", "email_verified": True, "name": "Carla D."}


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(app: Flask, running: OpenIdProvider) -> OpenIdProvider:
    """The provider, honest again, and this desk as its client."""
    running.signs_with, running.who, running.lies = running.key, dict(ANNA), {}
    running.in_the_token, running.refuses = True, False
    running.session_since, running.tells_when, running.asks_again = None, True, True
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], provider=payload(running.issuer))
    return running


def payload(issuer: str):
    environ = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    return Config.from_environ(environ | {"SECRET_KEY": "0123456789abcdef" * 2}).provider


def arrive(app: Flask, provider: OpenIdProvider, browser: FlaskClient | None = None):
    browser = browser or app.test_client()
    away = browser.get("/sign-in/provider")
    assert away.status_code == 302
    return browser, browser.get(provider.visit(away.location))


def identities(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        query = db.select(Person.email, Identity.subject).join(Identity)
        return [tuple(row) for row in db.session.execute(query)]


@pytest.fixture
def left(app: Flask, anna: FlaskClient, sql) -> None:
    """Anna is a member who has no way in: she came by a link, and signed out."""
    sql("update browser_sessions set ended_at = now()")


def send(browser: FlaskClient, path: str, **fields: str):
    token = hidden(browser.get("/settings").text, 'action="/sign-out"')["csrf_token"]
    return browser.post(path, data={"csrf_token": token} | fields)


def connect(app: Flask, provider: OpenIdProvider, browser: FlaskClient) -> None:
    """Anna, signed in, connects who she is at the provider."""
    answer = arrive(app, provider, browser)[1]
    assert answer.location == "/settings/sign-in#provider"
    done = send(browser, "/settings/identities")
    assert done.location == "/settings/sign-in?done=identity#provider"


def test_a_member_without_another_way_comes_in_and_is_known_from_then_on(
    app: Flask, left: None, provider: OpenIdProvider
) -> None:
    browser, answer = arrive(app, provider)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Signed in as <bdi>Anna</bdi>" in browser.get("/").text
    provider.who["email"] = "another@example.com"  # the subject is who counts
    assert arrive(app, provider)[1].status_code == 303
    assert identities(app) == [("anna@example.com", "a-1")]
    with app.app_context():
        actions = db.session.scalars(db.select(AuditEvent.action)).all()
    assert actions.count("identity.linked") == 1


@pytest.mark.parametrize("way", ["session", "password", "passkey", "token", "identity"])
def test_nobody_gets_into_an_account_that_another_may_hold_by_its_address_alone(
    app: Flask, left: None, provider: OpenIdProvider, sql, way: str
) -> None:
    # Somebody accepted an invitation to her address, or took it for theirs. If she came in here,
    # they would share what is given to her later.
    sql(
        {
            "session": "update browser_sessions set ended_at = null",
            "password": "update people set password_hash = 'x'",
            "passkey": """insert into passkeys (person_id, credential_id, public_key, sign_count,
                name, created_at) values (1, 'x', 'x', 0, 'theirs', now())""",
            "token": """insert into tokens (name, prefix, secret_hash, scope, project_ids,
                person_id, created_at) values ('x', 'x', 'x', 'founder', '{shop}', 1, now())""",
            "identity": """insert into identities (person_id, issuer, subject, created_at)
                values (1, 'https://elsewhere', 'x', now())""",
        }[way]
    )
    browser, answer = arrive(app, provider)
    assert answer.status_code == 403
    assert "connect the provider under Settings" in answer.text
    assert browser.get("/").status_code == 303
    assert ("anna@example.com", "a-1") not in identities(app)


def test_who_is_signed_in_connects_the_provider_by_a_button(
    app: Flask, anna: FlaskClient, provider: OpenIdProvider
) -> None:
    assert 'href="/sign-in/provider"' in anna.get("/settings/sign-in").text
    answer = arrive(app, provider, anna)[1]
    assert answer.location == "/settings/sign-in#provider"
    assert identities(app) == []  # coming back decides nothing
    page = anna.get("/settings/sign-in").text
    assert "as <bdi>Anna@Example.com</bdi>" in page
    assert send(anna, "/settings/identities").status_code == 303
    assert identities(app) == [("anna@example.com", "a-1")]
    assert arrive(app, provider)[1].location == "/"
    assert send(anna, "/settings/identities").location == "/settings/sign-in"  # once


def test_another_may_be_found_there_and_is_left(app: Flask, anna: FlaskClient, provider) -> None:
    provider.who = dict(NEW)
    arrive(app, provider, anna)
    assert "<bdi>carla@example.com</bdi>" in anna.get("/settings/sign-in").text
    assert send(anna, "/settings/identities/leave").status_code == 303
    assert "carla@example.com" not in anna.get("/settings/sign-in").text
    assert identities(app) == []


def test_connecting_needs_a_fresh_proof(app: Flask, anna: FlaskClient, provider, sql) -> None:
    arrive(app, provider, anna)
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    page = anna.get("/settings/sign-in").text
    assert "Confirm it's you above" in page
    assert 'action="/settings/identities"' not in page
    assert send(anna, "/settings/identities").status_code == 403
    assert identities(app) == []


def test_who_is_somebody_else_here_already_is_not_connected(
    app: Flask, anna: FlaskClient, ben: FlaskClient, provider
) -> None:
    arrive(app, provider, ben)
    connect(app, provider, anna)
    assert send(ben, "/settings/identities").status_code == 409
    assert identities(app) == [("anna@example.com", "a-1")]


def test_a_provider_is_disconnected_where_another_way_is_left(
    app: Flask, anna: FlaskClient, ben: FlaskClient, provider, sql
) -> None:
    connect(app, provider, anna)
    assert "Disconnect this account" in anna.get("/settings/sign-in").text
    [(number,)] = sql("select id from identities")
    path = f"/settings/identities/{number}/disconnect"
    assert send(ben, path).status_code == 404
    refused = send(anna, path)
    assert refused.status_code == 409
    assert "your only way to sign in" in refused.text
    send(anna, "/settings/password", new="correct horse battery")
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")
    assert send(anna, path).status_code == 403
    sql("update browser_sessions set confirmed_at = now()")
    assert send(anna, path).location == "/settings/sign-in?done=no-identity#provider"
    assert identities(app) == []
    assert arrive(app, provider)[1].status_code == 403
    with app.app_context():
        actions = db.session.scalars(db.select(AuditEvent.action)).all()
    assert actions.count("identity.unlinked") == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_opening_another_s_page_signs_nobody_in(app: Flask, provider, site: str) -> None:
    answer = app.test_client().get("/sign-in/provider", headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_the_wanted_page_comes_after_it(app: Flask, left: None, provider) -> None:
    browser = app.test_client()
    browser.get(browser.get("/jobs").location)
    assert arrive(app, provider, browser)[1].location == "/jobs"


def test_the_sign_in_page_has_its_button_only_where_there_is_one(app: Flask, provider) -> None:
    assert "Sign in with 127.0.0.1" in app.test_client().get("/sign-in").text
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], provider=None)
    assert "/sign-in/provider" not in app.test_client().get("/sign-in").text
    for path in ("/sign-in/provider", "/sign-in/provider/back?code=1&state=2"):
        assert app.test_client().get(path).status_code == 404


def test_nobody_registers_by_themselves(app: Flask, anna: FlaskClient, provider) -> None:
    provider.who = dict(NEW)
    browser, answer = arrive(app, provider)
    assert answer.status_code == 403
    assert "Ask an owner to invite you." in answer.text
    assert browser.get("/").status_code == 303
    assert identities(app) == []


def test_who_is_invited_comes_in_by_all_their_invitations(
    app: Flask, anna: FlaskClient, provider
) -> None:
    with app.app_context():
        invitations.invite("carla@example.com", "shop", "founder", by=DESK)
        invitations.invite("carla@example.com", "other", "observer", by=DESK)
    provider.who = dict(NEW)
    browser, answer = arrive(app, provider)
    assert answer.status_code == 303
    assert "Signed in as <bdi>Carla D.</bdi>" in browser.get("/").text
    with app.app_context():
        query = db.select(Membership.project_id, Membership.role).join(
            Person, Person.id == Membership.person_id
        )
        found = db.session.execute(query.where(Person.email == "carla@example.com")).all()
        assert sorted(map(tuple, found)) == [("other", "observer"), ("shop", "founder")]
        assert None not in db.session.scalars(db.select(Invitation.closed_at)).all()


def test_an_invitation_that_is_too_old_lets_nobody_in(app: Flask, provider, sql) -> None:
    with app.app_context():
        invitations.invite("carla@example.com", "shop", "founder", by=DESK)
    sql("update invitations set expires_at = now() - interval '1 second'")
    provider.who = dict(NEW)
    assert arrive(app, provider)[1].status_code == 403


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_was_not_verified_is_nobody_s(
    app: Flask, left: None, provider, verified: object
) -> None:
    provider.who["email_verified"] = verified
    answer = arrive(app, provider)[1]
    assert answer.status_code == 403
    assert "verified your email address" in answer.text


def test_who_was_taken_out_stays_out(app: Flask, left: None, provider) -> None:
    assert arrive(app, provider)[1].status_code == 303
    with app.app_context():
        members.remove(1, "shop", by=DESK)
    assert arrive(app, provider)[1].status_code == 403


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another one"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": None},
    ],
    ids=["nonce", "no nonce", "audience", "issuer", "expired", "no subject"],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    app: Flask, left: None, provider, lies: dict[str, object]
) -> None:
    provider.lies = lies
    browser, answer = arrive(app, provider)
    assert answer.status_code == 403
    assert "The sign-in didn't work." in answer.text
    assert browser.get("/").status_code == 303


def test_a_token_that_another_key_signed_is_refused(app: Flask, left: None, provider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "first"})
    assert arrive(app, provider)[1].status_code == 403


def test_a_state_is_for_one_browser_and_one_use(app: Flask, left: None, provider) -> None:
    browser, thief = app.test_client(), app.test_client()
    back = provider.visit(browser.get("/sign-in/provider").location)
    assert thief.get(back).status_code == 403
    thief.get("/sign-in/provider")
    assert thief.get(back).status_code == 403
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 403
    made_up = f"{urlsplit(back).path}?code=x&state=made-up"
    assert app.test_client().get(made_up).status_code == 403
    assert app.test_client().get(urlsplit(back).path).status_code == 403


def test_who_refuses_at_the_provider_is_back_at_the_entrance(app: Flask, provider) -> None:
    provider.refuses = True
    answer = arrive(app, provider)[1]
    assert answer.status_code == 403
    assert 'id="by-password"' in answer.text


def test_the_address_may_come_from_the_provider_s_other_answer(
    app: Flask, left: None, provider
) -> None:
    provider.in_the_token = False
    assert arrive(app, provider)[1].status_code == 303
    provider.lies = {"sub": "somebody else"}
    assert arrive(app, provider)[1].status_code == 403


def test_a_provider_that_is_away_is_told_in_a_sentence(app: Flask, provider) -> None:
    away = payload("http://127.0.0.1:9")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], provider=away)
    answer = app.test_client().get("/sign-in/provider")
    assert answer.status_code == 502
    assert "Try again later, or sign in another way." in answer.text


def test_half_a_configuration_is_refused_with_a_sentence() -> None:
    key = {"SECRET_KEY": "0123456789abcdef" * 2}
    for environ in ({"OIDC_CLIENT_ID": "x"}, {"OIDC_ISSUER": "https://a"}):
        with pytest.raises(ConfigError, match="set OIDC_DISCOVERY_URL or OIDC_ISSUER"):
            Config.from_environ(key | environ)
    whole = {"OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y", "OIDC_DISCOVERY_URL": "nowhere"}
    with pytest.raises(ConfigError, match="must be addresses"):
        Config.from_environ(key | whole)
    assert SECRET not in repr(payload("https://login.example.com"))
