"""Somebody finds a browser and adds an address of their own for messages: its person is told, and
the address ends with what they do about it."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from browsers import person_id, post
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.config import Mail
from webapp.operations import people, sealing

KEY = "a key for tests that is long enough, 0123456789"
PAGE = "/settings/notifications"
EVE = "eve@phone.example"
Sql = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def mailed(app: Flask) -> None:
    """A mail server is set up; no worker sends what is stored for it."""
    mail = Mail(url="smtp://127.0.0.1:1", sender="unstuck@example.com")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=mail)


def stale(sql: Sql) -> None:
    sql("update browser_sessions set confirmed_at = now() - interval '1 hour'")


def add(browser: FlaskClient, sql: Sql, email: str = EVE) -> TestResponse:
    """Add an address and prove it."""
    assert post(browser, f"{PAGE}/email", email=email).status_code == 303
    return verify(browser, sql)


def verify(browser: FlaskClient, sql: Sql, channel: int | None = None) -> TestResponse:
    row = sql(
        "select personal_channel_id, sealed from deliveries where kind = 'code'"
        " order by id desc limit 1"
    )[0]
    code = sealing.unseal(row.sealed, (KEY,))
    return post(browser, f"{PAGE}/channels/{channel or row.personal_channel_id}/verify", code=code)


def told(sql: Sql, kind: str = "new_address") -> dict[str, dict[str, str]]:
    """The notices of a kind, by where they go."""
    rows = sql("select sealed from deliveries where kind = :kind", kind=kind)
    said = [json.loads(sealing.unseal(row.sealed, (KEY,)) or "") for row in rows]
    assert len({each["to"] for each in said}) == len(said)
    return {each["to"]: each for each in said}


def addresses(sql: Sql) -> list[str]:
    return [row.address for row in sql("select address from personal_channels order by address")]


def test_a_found_browser_adds_and_proves_no_address(anna: FlaskClient, app: Flask, sql) -> None:
    stale(sql)
    refused = post(anna, f"{PAGE}/email", email=EVE)
    assert refused.status_code == 403
    assert 'href="/settings/sign-in#confirm"' in refused.text
    assert f'value="{EVE}"' in refused.text
    assert sql("select from personal_channels") == sql("select from deliveries") == []
    sql("update browser_sessions set confirmed_at = now()")
    assert post(anna, f"{PAGE}/email", email=EVE).status_code == 303
    stale(sql)
    late = verify(anna, sql)
    assert late.status_code == 403
    assert 'href="/settings/sign-in#confirm"' in late.text
    shown = {"channel": sql("select id from personal_channels")[0].id, "code": "123456"}
    by_device = anna.post("/push/shown", data=shown, headers={"Sec-Fetch-Site": "same-origin"})
    assert by_device.status_code == 404  # a code alone proves devices, and no address
    assert sql("select verified_at from personal_channels")[0].verified_at is None
    assert app.test_client().post(f"{PAGE}/email", data={"email": EVE}).status_code in (400, 401)


def test_a_person_is_told_at_each_address_they_had(anna: FlaskClient, sql) -> None:
    sql("update people set language = 'de'")
    add(anna, sql, "anna@example.com")
    assert told(sql) == {}  # she has only her own
    add(anna, sql, "anna@phone.example")
    assert list(told(sql)) == ["anna@example.com"]
    sql("delete from deliveries where kind = 'new_address'")
    sql("update personal_channels set off_since = now(), off_because = 'person'")
    add(anna, sql)  # whoever adds one may have switched off the others before
    notices = told(sql)
    assert sorted(notices) == ["anna@example.com", "anna@phone.example"]
    assert {each["address"] for each in notices.values()} == {EVE}
    assert {each["language"] for each in notices.values()} == {"de"}
    assert verify(anna, sql).status_code == 303  # proved already: nobody is told again
    assert len(told(sql)) == 2


def test_nobody_is_told_of_what_another_person_adds(anna, ben: FlaskClient, sql) -> None:
    add(anna, sql, "anna@phone.example")
    sql("delete from deliveries")
    add(ben, sql, "ben@phone.example")
    assert list(told(sql)) == ["ben@example.com"]
    his = sql("select id from personal_channels where address = 'ben@phone.example'")[0].id
    sql("update personal_channels set verified_at = null, position = null")
    assert verify(anna, sql, his).status_code == 404


def test_one_address_that_is_added_and_proved_twice_at_once_is_told_once(
    app: Flask, anna: FlaskClient, cast, sql
) -> None:
    browsers = anna, cast.browser("anna@example.com")
    with ThreadPoolExecutor(2) as threads:
        added = list(
            threads.map(lambda browser: post(browser, f"{PAGE}/email", email=EVE), browsers)
        )
        assert sorted(answer.status_code for answer in added) == [303, 409]
        proved = list(threads.map(lambda browser: verify(browser, sql), browsers))
    assert [answer.status_code for answer in proved] == [303, 303]
    assert (addresses(sql), list(told(sql))) == ([EVE], ["anna@example.com"])


def end_one(anna: FlaskClient, _app: Flask, _sql: Sql) -> None:
    (end,) = re.findall(
        r'action="(/settings/sessions/\d+/end)"', anna.get("/settings/sign-in").text
    )
    assert post(anna, end).status_code == 303


def end_others(anna: FlaskClient, _app: Flask, _sql: Sql) -> None:
    assert post(anna, "/settings/sessions/end-others").status_code == 303


def set_password(anna: FlaskClient, _app: Flask, _sql: Sql) -> None:
    changed = post(anna, "/settings/password", new="four quiet words together")
    assert changed.status_code == 303


def reset(_anna: FlaskClient, app: Flask, _sql: Sql) -> None:
    with app.app_context():
        people.make_link("anna@example.com", alone=True)


@pytest.mark.parametrize("ends", [end_one, end_others, set_password, reset])
def test_an_address_ends_with_the_browser_that_added_it(
    app: Flask, anna: FlaskClient, cast, sql, ends: Callable[..., None]
) -> None:
    add(cast.browser("anna@example.com"), sql)
    if ends is not reset:  # that ends what every browser added
        add(anna, sql, "anna@phone.example")
    sql("insert into personal_channels (person_id, kind, address, created_at) select id, 'email',"
        " 'long@ago.example', now() from people")  # fmt: skip
    ends(anna, app, sql)
    assert EVE not in addresses(sql)
    assert "long@ago.example" in addresses(sql)
    assert ("anna@phone.example" in addresses(sql)) == (ends is not reset)
    removed = "select count(*) from audit_events where action = 'channel.removed'"
    assert sql(removed) == [(1,)]


def test_it_also_ends_when_that_browser_signed_out_before(anna: FlaskClient, cast, sql) -> None:
    found = cast.browser("anna@example.com")
    add(found, sql)
    assert post(found, "/sign-out").status_code == 303
    assert addresses(sql) == [EVE]  # signing out at the office switches off no messages
    assert post(anna, "/settings/sessions/end-others").status_code == 303
    assert addresses(sql) == []


def test_the_address_they_sign_in_with_stays_and_so_does_that_of_others(
    anna: FlaskClient, ben: FlaskClient, cast, sql
) -> None:
    add(cast.browser("anna@example.com"), sql, "anna@example.com")
    add(ben, sql, "ben@phone.example")
    assert post(anna, "/settings/sessions/end-others").status_code == 303
    assert addresses(sql) == ["anna@example.com", "ben@phone.example"]


def test_an_owner_who_signs_a_member_out_ends_the_addresses_added_there(
    app: Flask, olivia: FlaskClient, anna: FlaskClient, sql
) -> None:
    add(anna, sql)
    path = f"/settings/people/{person_id(app, 'anna@example.com')}/sign-out"
    assert post(olivia, path, project="shop").status_code == 303
    assert addresses(sql) == []


NEW = "anna@new.example"


@pytest.mark.parametrize("way", ["code", "owner", "all projects"])
def test_the_old_address_is_told_that_it_changed(
    app: Flask, anna: FlaskClient, olivia: FlaskClient, sql, way: str
) -> None:
    her = person_id(app, "anna@example.com")
    if way == "all projects":
        sql("update memberships set project_id = '*', role = 'owner' where person_id = :p", p=her)
    assert post(anna, "/settings/address", email=NEW).status_code == 303
    if way == "code":
        assert told(sql, "address_changed") == {}
        sealed = sql("select sealed from deliveries where kind = 'address_code'")[0].sealed
        code = json.loads(sealing.unseal(sealed, (KEY,)) or "")["code"]
        assert post(anna, "/settings/address/code", code=code).status_code == 303
    if way == "owner":
        path = f"/settings/people/{her}/address"
        assert post(olivia, path, project="shop", email=NEW).status_code == 303
    (notice,) = told(sql, "address_changed").values()
    assert notice["to"] == "anna@example.com"
    assert NEW not in json.dumps(notice)  # the old mailbox may be somebody else's by now


def test_a_chat_in_telegram_is_told_and_ends_as_an_address_does(
    app: Flask, anna: FlaskClient, cast, sql
) -> None:
    her = person_id(app, "anna@example.com")
    sql(
        "insert into personal_channels (person_id, kind, address, name, created_at, code_until)"
        " values (:her, 'telegram', '900', 'Eve', now(), now() + interval '15 minutes')",
        her=her,
    )
    chat = sql("select id from personal_channels")[0].id
    found = cast.browser("anna@example.com")
    confirmed = post(found, f"{PAGE}/telegram/{chat}/confirm", account="900")
    assert confirmed.status_code == 303
    assert told(sql)["anna@example.com"]["address"] == "Eve"
    add(anna, sql, "anna@phone.example")
    in_the_chat = "select sealed from deliveries where channel = 'telegram' and kind = :kind"
    (notice,) = sql(in_the_chat, kind="new_address")
    assert sealing.unseal(notice.sealed, (KEY,)) == "anna@phone.example"
    assert post(anna, "/settings/sessions/end-others").status_code == 303
    assert addresses(sql) == ["anna@phone.example"]
