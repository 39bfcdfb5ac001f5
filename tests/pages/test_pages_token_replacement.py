"""Replacing a token: the new one takes over the jobs of the old one, which ends when it is said."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from tests.api.questions import QUESTION
from tests.conftest import Cast
from webapp.clock import now
from webapp.extensions import db
from webapp.models import Token
from webapp.operations import tokens

Headers = dict[str, str]


@pytest.fixture
def old(app: Flask) -> tuple[int, Headers]:
    """An agent's token: its number, and its headers."""
    with app.app_context():
        token, secret = tokens.create("Build agent", ["shop"])
        return token.id, {"Authorization": f"Bearer {secret}"}


def replace(browser: FlaskClient, token_id: int, overlap: str = "24") -> Any:
    form = hidden(browser.get("/settings/tokens").text, 'action="/sign-out"')
    path = f"/settings/tokens/{token_id}/replace"
    return browser.post(path, data=form | {"overlap": overlap})


def bearer(page: str) -> Headers:
    found = re.search(r">(unstuck_[\w-]{43})<", page)
    assert found
    return {"Authorization": f"Bearer {found[1]}"}


def asked(client: FlaskClient, headers: Headers, job: str = "build-1") -> str:
    answer = client.post(f"/api/jobs/{job}/escalations", json=QUESTION, headers=headers)
    assert answer.status_code == 201
    return f"/api/escalations/{answer.json['id']}"


def test_the_new_token_takes_over_the_jobs_and_the_old_one_works_for_a_day(
    client: FlaskClient, olivia: FlaskClient, cast: Cast, old: tuple[int, Headers]
) -> None:
    key, agent = old
    question = asked(client, agent)
    page = replace(olivia, key)
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "It takes over the jobs of the old token. The old token works until" in page.text
    heir = bearer(page.text)
    assert client.post(f"{question}/withdraw", headers=cast.token("shop")).status_code == 403
    assert client.get("/api/escalations", headers=agent).status_code == 200
    assert client.post(f"{question}/withdraw", headers=heir).status_code == 200
    listed = olivia.get("/settings/tokens").text
    assert listed.count("Build agent") >= 2
    assert f'action="/settings/tokens/{key}/replace"' not in listed
    with time_machine.travel(now() + timedelta(hours=24, minutes=1)):
        assert client.get("/api/escalations", headers=agent).status_code == 401
        assert client.get("/api/escalations", headers=heir).status_code == 200


def test_the_old_token_ends_right_away_if_that_is_chosen(
    client: FlaskClient, olivia: FlaskClient, old: tuple[int, Headers]
) -> None:
    key, agent = old
    page = replace(olivia, key, "0")
    assert "The old token no longer works." in page.text
    assert client.get("/api/escalations", headers=agent).status_code == 401
    assert client.get("/api/escalations", headers=bearer(page.text)).status_code == 200


def test_a_token_keeps_its_end_where_that_comes_sooner(
    app: Flask, olivia: FlaskClient, sql: Any
) -> None:
    with app.app_context():
        soon = now() + timedelta(minutes=10)
        key = tokens.create("Builder", ["shop"], expires_at=soon)[0].id
    assert replace(olivia, key, "168").status_code == 200
    assert sql("select expires_at from tokens where id = :id", id=key) == [(soon,)]
    (lasts,) = sql("select expires_at from tokens where replaces = :id", id=key)
    assert lasts[0] > now() + timedelta(days=89)


def test_a_token_is_replaced_once(olivia: FlaskClient, old: tuple[int, Headers]) -> None:
    key, _ = old
    assert replace(olivia, key).status_code == 200
    again = replace(olivia, key)
    assert again.status_code == 409
    assert "was replaced already" in again.text


def test_an_ended_token_is_not_replaced(
    app: Flask, olivia: FlaskClient, old: tuple[int, Headers]
) -> None:
    key, _ = old
    with app.app_context():
        tokens.revoke(db.session.get_one(Token, key).prefix)
    refused = replace(olivia, key)
    assert refused.status_code == 409
    assert "has ended" in refused.text


def test_only_owners_replace_tokens_of_their_projects(
    app: Flask, cast: Cast, anna: FlaskClient, otto: FlaskClient, old: tuple[int, Headers], sql: Any
) -> None:
    key, _ = old
    assert f"/settings/tokens/{key}/replace" not in anna.get("/settings/tokens").text
    assert replace(anna, key).status_code == 403
    assert replace(otto, key).status_code == 404
    assert replace(otto, 9999).status_code == 404
    anonymous = app.test_client().post(f"/settings/tokens/{key}/replace")
    assert anonymous.status_code in (303, 400)
    assert sql("select count(*) from tokens") == [(1,)]


def test_an_owner_of_one_project_replaces_no_token_that_reaches_another(
    app: Flask, olivia: FlaskClient
) -> None:
    with app.app_context():
        keys = [
            tokens.create("Wide", ["shop", "other"])[0].id,
            tokens.create("Wider", ["*"])[0].id,
        ]
    assert [replace(olivia, key).status_code for key in keys] == [403, 403]


def test_nobody_s_own_token_is_replaced(app: Flask, olivia: FlaskClient, anna: FlaskClient) -> None:
    with app.app_context():
        token, _ = tokens.create_personal("Script", ["shop"], "anna@example.com")
        key = token.id
    assert replace(olivia, key).status_code == 403
    assert replace(anna, key).status_code == 403


def test_of_two_owners_at_the_same_moment_one_replaces_it(
    app: Flask, olivia: FlaskClient, old: tuple[int, Headers], sql: Any
) -> None:
    key, _ = old
    form = hidden(olivia.get("/settings/tokens").text, 'action="/sign-out"')
    cookie = olivia.get_cookie("session")
    assert cookie is not None
    ready, statuses = threading.Barrier(4), []

    def send() -> None:
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        ready.wait(30)
        statuses.append(browser.post(f"/settings/tokens/{key}/replace", data=form).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]
    assert sql("select count(*) from tokens where replaces = :id", id=key) == [(1,)]


def test_both_ends_are_on_record(olivia: FlaskClient, old: tuple[int, Headers]) -> None:
    replace(olivia, old[0])
    record = olivia.get("/settings/audit").text
    assert "replaced the token" in record
    assert "created the token" in record
