"""Connect an agent: a token with the lines to copy, or a link that shows them once."""

import io
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from werkzeug.test import TestResponse

from tests.conftest import Cast
from webapp.actors import DESK
from webapp.desk.pages.connect_steps import KINDS
from webapp.extensions import db
from webapp.models import AuditEvent, Person, Token, TokenOffer
from webapp.operations import members, people, pruning
from webapp.operations.hashing import hashed

URL = "/settings/connect"
Sql = Callable[..., list[Any]]


def form_of(browser: FlaskClient) -> dict[str, str]:
    return hidden(browser.get(URL).text, 'class="connect"')


def press(browser: FlaskClient, form: dict[str, str] | None = None, **fields: str) -> TestResponse:
    """Open the page, choose, and press a button."""
    usual = {"kind": "curl", "project": "shop", "scope": "agent", "how": "here"}
    return browser.post(URL, data=(form or form_of(browser)) | usual | fields)


def token_in(page: str) -> str:
    found = set(re.findall(r"unstuck_[\w-]{43}", page))
    assert len(found) == 1
    return found.pop()


def link_in(page: str) -> str:
    found = re.search(r"http://[^<]+(/offers/[\w-]{43})", page)
    assert found
    return found[1]


def take(browser: FlaskClient, link: str) -> TestResponse:
    """Open the link, and press its button."""
    page = browser.get(link)
    return browser.post(link, data=hidden(page.text, 'method="post"'))


def light(page: str) -> str:
    found = re.search(r'<p id="connect-light".*?</p>', page, re.DOTALL)
    assert found
    return found[0]


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """The browser of whoever runs the agent."""
    return app.test_client()


@pytest.mark.parametrize("kind", KINDS)
def test_one_press_makes_a_token_and_the_lines_carry_it(
    app: Flask, anna: FlaskClient, kind: str
) -> None:
    answer = press(anna, kind=kind)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    secret = token_in(answer.text)
    client = app.test_client()
    shown = client.get("/api/token", headers={"Authorization": f"Bearer {secret}"}).json
    assert shown["projects"] == [{"project_id": "shop", "role": "agent"}]
    assert shown["expires_at"]
    assert "http://localhost" in answer.text
    assert not re.search(r"@(URL|TOKEN|PACKAGE|JOB)@", answer.text)


def test_the_inbox_that_no_agent_has_reached_leads_here(anna: FlaskClient) -> None:
    assert f'href="{URL}"' in anna.get("/").text
    assert f'href="{URL}"' in anna.get("/settings").text


def test_the_light_turns_green_with_the_first_call(app: Flask, anna: FlaskClient) -> None:
    page = press(anna).text
    assert "Waiting for the first call" in light(page)
    (again,) = re.findall(rf'href="({URL}/tokens/\d+)"', page)
    assert "Waiting for the first call" in light(anna.get(again).text)
    headers = {"Authorization": f"Bearer {token_in(page)}"}
    assert app.test_client().get("/api/token", headers=headers).status_code == 200
    later = anna.get(again).text
    assert "The first call has arrived" in light(later)
    assert "unstuck_" not in later


def test_the_report_of_the_curl_lines_is_taken(app: Flask, anna: FlaskClient) -> None:
    page = unescape(press(anna).text)
    body = re.search(r"-d '(\{.*?\})'", page)
    assert body
    answer = app.test_client().post(
        "/api/jobs/my-job/errors",
        data=body[1],
        headers={"Authorization": f"Bearer {token_in(page)}", "Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text


def test_a_double_click_makes_one_token_and_shows_it_twice(
    app: Flask, anna: FlaskClient, sql: Sql
) -> None:
    form = form_of(anna)
    with ThreadPoolExecutor(2) as two:
        pages = list(two.map(lambda _: press(clone(app, anna), form), range(2)))
    assert {page.status_code for page in pages} == {200}
    assert len({token_in(page.text) for page in pages}) == 1
    assert sql("select count(*) from tokens") == [(1,)]


def clone(app: Flask, browser: FlaskClient) -> FlaskClient:
    """The same browser, for a request at the same moment."""
    same = app.test_client()
    for cookie in browser._cookies.values():
        same.set_cookie(cookie.key, cookie.value, domain="localhost")
    return same


def test_an_old_form_shows_no_token_again(anna: FlaskClient, sql: Sql) -> None:
    form = form_of(anna)
    press(anna, form)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        answer = press(anna, form)
    assert answer.status_code == 409
    assert "shown already" in answer.text
    assert "unstuck_" not in answer.text
    assert sql("select count(*) from tokens") == [(1,)]


def test_a_proof_that_is_old_has_to_be_renewed(anna: FlaskClient, sql: Sql) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        for how in ("here", "link"):
            answer = press(anna, how=how)
            assert answer.status_code == 403
            assert 'href="/settings/sign-in#confirm"' in answer.text
    assert sql("select count(*) from tokens") == [(0,)]
    assert sql("select count(*) from token_offers") == [(0,)]


@pytest.mark.parametrize("project", ["other", "*", "", "never-made"])
@pytest.mark.parametrize("how", ["here", "link"])
def test_a_project_in_which_one_does_not_answer_is_refused(
    anna: FlaskClient, sql: Sql, project: str, how: str
) -> None:
    assert press(anna, project=project, how=how).status_code == 422
    assert sql("select count(*) from tokens") == [(0,)]


def test_who_only_reads_connects_nothing(cast: Cast, app: Flask) -> None:
    browser = app.test_client()
    with app.app_context():
        link = people.make_link("olga@example.com", role="observer", project_id="shop")
    browser.post(f"/sign-in/{link}")
    assert "Ask an owner" in browser.get(URL).text
    assert 'class="connect"' not in browser.get(URL).text


def test_nobody_sees_the_light_of_another_project(anna: FlaskClient, otto: FlaskClient) -> None:
    (token,) = re.findall(rf'href="({URL}/tokens/\d+)"', press(anna).text)
    (offer,) = re.findall(rf'href="({URL}/links/\d+)"', press(anna, how="link").text)
    assert otto.get(token).status_code == otto.get(offer).status_code == 404
    for key in ("token-1", "offer-1", "token-", "offer-x", "token-" + "9" * 30, "", "token-²"):
        assert otto.get(f"/live/connect?key={key}").status_code == 404


def test_a_link_shows_the_lines_once_to_a_stranger(
    anna: FlaskClient, stranger: FlaskClient, app: Flask
) -> None:
    page = press(anna, how="link", kind="claude-code")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Nobody has used the link yet" in light(page.text)
    link = link_in(page.text)
    opened = stranger.get(link)
    assert opened.status_code == stranger.get(link).status_code == 200  # opening uses nothing up
    assert "unstuck_" not in opened.text
    shown = take(stranger, link)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    secret = token_in(shown.text)
    assert stranger.get(link).status_code == 410
    assert stranger.get("/").status_code == 303  # signed in nowhere
    (again,) = re.findall(rf'href="({URL}/links/\d+)"', page.text)
    assert "Waiting for the first call" in light(anna.get(again).text)
    answer = app.test_client().get("/api/token", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json["scope"] == "agent"
    assert answer.json["projects"] == [{"project_id": "shop", "role": "agent"}]
    assert "The first call has arrived" in light(anna.get(again).text)


def test_a_link_never_makes_a_token_that_answers(anna: FlaskClient, stranger: FlaskClient) -> None:
    link = link_in(press(anna, how="link", scope="founder").text)
    secret = token_in(take(stranger, link).text)
    answer = stranger.get("/api/token", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.json["scope"], answer.json["acts_as"]) == ("agent", None)


def test_a_link_and_its_use_are_on_record_without_a_secret(
    app: Flask, anna: FlaskClient, stranger: FlaskClient
) -> None:
    link = link_in(press(anna, how="link").text)
    secret = token_in(take(stranger, link).text)
    with app.app_context():
        query = db.select(AuditEvent).where(AuditEvent.action.like("token.%"))
        made, taken = db.session.scalars(query.order_by(AuditEvent.id)).all()
        assert (made.action, made.actor_name, made.project_id) == ("token.offered", "Anna", "shop")
        assert (taken.action, taken.actor_ref) == ("token.offer_taken", "nobody")
        assert taken.subject.startswith("token:")
        written = f"{made.details}{taken.details}"
        assert secret not in written
        assert link.rpartition("/")[2] not in written


def test_of_two_who_press_at_the_same_moment_one_gets_the_token(
    app: Flask, anna: FlaskClient, sql: Sql
) -> None:
    link = link_in(press(anna, how="link").text)
    browsers = [app.test_client() for _ in range(4)]
    forms = [hidden(each.get(link).text, 'method="post"') for each in browsers]
    with ThreadPoolExecutor(4) as four:
        pairs = zip(browsers, forms, strict=True)
        answers = list(four.map(lambda pair: pair[0].post(link, data=pair[1]), pairs))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]
    assert sql("select count(*) from tokens") == [(1,)]


def test_a_double_click_of_a_stranger_loses_nothing(
    anna: FlaskClient, stranger: FlaskClient, sql: Sql
) -> None:
    link = link_in(press(anna, how="link").text)
    form = hidden(stranger.get(link).text, 'method="post"')
    first, second = (stranger.post(link, data=form) for _ in range(2))
    assert token_in(first.text) == token_in(second.text)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        assert stranger.post(link, data=form).status_code == 410
    assert sql("select count(*) from tokens") == [(1,)]


def test_a_link_ends_after_an_hour(anna: FlaskClient, stranger: FlaskClient, sql: Sql) -> None:
    link = link_in(press(anna, how="link").text)
    form = hidden(stranger.get(link).text, 'method="post"')
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert stranger.get(link).status_code == 410
        assert stranger.post(link, data=form).status_code in (400, 410)
    assert sql("select count(*) from tokens") == [(0,)]


def test_a_link_ends_with_what_its_founder_may(
    app: Flask, anna: FlaskClient, stranger: FlaskClient, sql: Sql
) -> None:
    link = link_in(press(anna, how="link").text)
    with app.app_context():
        her = db.session.scalars(db.select(Person.id)).one()
        members.change_role(her, "shop", "observer", by=DESK)
    assert take(stranger, link).status_code == 410
    assert sql("select count(*) from tokens") == [(0,)]


def test_a_changed_password_ends_the_links_that_were_not_used(
    anna: FlaskClient, stranger: FlaskClient, app: Flask, sql: Sql
) -> None:
    with app.app_context():
        her = db.session.scalars(db.select(Person)).one()
        her.password_hash = hashed("the old words of hers")
        db.session.commit()
    link = link_in(press(anna, how="link").text)
    form = hidden(anna.get("/settings/sign-in").text, 'action="/settings/password"')
    changed = form | {"current": "the old words of hers", "new": "some other words of hers"}
    assert anna.post("/settings/password", data=changed).status_code == 303
    assert stranger.get(link).status_code == 410
    assert sql("select count(*) from token_offers") == [(0,)]


def test_what_is_over_is_forgotten(app: Flask, anna: FlaskClient, sql: Sql) -> None:
    press(anna, how="link")
    with app.app_context():
        pruning.prune_invitations(datetime.now(UTC))
        assert sql("select count(*) from token_offers") == [(1,)]
        pruning.prune_invitations(datetime.now(UTC) + timedelta(days=1))
    assert sql("select count(*) from token_offers") == [(0,)]


def test_a_made_up_link_is_as_used_as_any(stranger: FlaskClient) -> None:
    for link in ("/offers/never-made", "/offers/" + "x" * 43):
        assert stranger.get(link).status_code == 410


def test_a_link_is_for_its_maker_to_look_at(anna: FlaskClient, ben: FlaskClient) -> None:
    (again,) = re.findall(rf'href="({URL}/links/\d+)"', press(anna, how="link").text)
    assert anna.get(again).status_code == 200
    assert ben.get(again).status_code == 404


def test_what_is_stored_of_a_link_is_a_hash(app: Flask, anna: FlaskClient) -> None:
    link = link_in(press(anna, how="link").text)
    with app.app_context():
        offer = db.session.scalars(db.select(TokenOffer)).one()
        assert link.rpartition("/")[2] not in str(vars(offer))
        assert db.session.scalars(db.select(Token)).all() == []


def test_pip_installs_the_package_from_this_server(
    anna: FlaskClient, stranger: FlaskClient
) -> None:
    page = press(anna, kind="python").text
    found = re.search(
        r"pip install http://localhost(/client/unstuck-[\w.]+-py3-none-any.whl)", page
    )
    assert found
    answer = stranger.get(found[1])
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as wheel:
        assert wheel.testzip() is None
        names = set(wheel.namelist())
        (record,) = (name for name in names if name.endswith("RECORD"))
        recorded = {line.split(",")[0] for line in wheel.read(record).decode().splitlines()}
    assert {"unstuck/__init__.py", "unstuck/py.typed", "unstuck/cli/doctor.py"} <= names
    assert recorded == names
    assert stranger.get("/client/other.whl").status_code == 404
