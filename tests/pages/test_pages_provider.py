"""Signing in through an OpenID provider: for members and the invited, and nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from openid_provider import CLIENT, SECRET, OpenIdProvider

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
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], provider=told(running.issuer))
    return running


def told(issuer: str):
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


def test_a_member_comes_in_and_is_known_from_then_on(
    app: Flask, anna: FlaskClient, provider: OpenIdProvider
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


def test_the_wanted_page_comes_after_it(app: Flask, anna: FlaskClient, provider) -> None:
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
    app: Flask, anna: FlaskClient, provider, verified: object
) -> None:
    provider.who["email_verified"] = verified
    answer = arrive(app, provider)[1]
    assert answer.status_code == 403
    assert "has not verified your e-mail address" in answer.text


def test_who_was_taken_out_stays_out(app: Flask, anna: FlaskClient, provider) -> None:
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
    app: Flask, anna: FlaskClient, provider, lies: dict[str, object]
) -> None:
    provider.lies = lies
    browser, answer = arrive(app, provider)
    assert answer.status_code == 403
    assert "That did not work." in answer.text
    assert browser.get("/").status_code == 303


def test_a_token_that_another_key_signed_is_refused(
    app: Flask, anna: FlaskClient, provider
) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "first"})
    assert arrive(app, provider)[1].status_code == 403


def test_a_state_is_for_one_browser_and_one_use(app: Flask, anna: FlaskClient, provider) -> None:
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
    app: Flask, anna: FlaskClient, provider
) -> None:
    provider.in_the_token = False
    assert arrive(app, provider)[1].status_code == 303
    provider.lies = {"sub": "somebody else"}
    assert arrive(app, provider)[1].status_code == 403


def test_a_provider_that_is_away_is_told_in_a_sentence(app: Flask, provider) -> None:
    away = told("http://127.0.0.1:9")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], provider=away)
    answer = app.test_client().get("/sign-in/provider")
    assert answer.status_code == 502
    assert "The provider cannot be reached." in answer.text


def test_half_a_configuration_is_refused_with_a_sentence() -> None:
    key = {"SECRET_KEY": "0123456789abcdef" * 2}
    for environ in ({"OIDC_CLIENT_ID": "x"}, {"OIDC_ISSUER": "https://a"}):
        with pytest.raises(ConfigError, match="set OIDC_DISCOVERY_URL or OIDC_ISSUER"):
            Config.from_environ(key | environ)
    whole = {"OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y", "OIDC_DISCOVERY_URL": "nowhere"}
    with pytest.raises(ConfigError, match="are addresses"):
        Config.from_environ(key | whole)
    assert SECRET not in repr(told("https://login.example.com"))
