"""Settings → Notifications: add an address, prove it, be left alone at night; and who was told."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from werkzeug.test import TestResponse

from webapp.config import Mail
from webapp.desk.pages.settings import notifications
from webapp.operations import address_notices, channels, outbox, sealing
from webapp.queries import reach

KEY = "a key for tests that is long enough, 0123456789"
PAGE = "/settings/notifications"


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application where e-mail is set up. Nothing is sent: no worker runs."""
    mail = Mail(url="smtp://127.0.0.1:1", sender="unstuck@example.com")
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=mail)
    return app


def send(browser: FlaskClient, mark: str, path: str, **fields) -> TestResponse:
    form: dict = hidden(browser.get(PAGE).text, mark)
    return browser.post(path, data=form | fields)


def add(browser: FlaskClient, email: str = "anna@phone.example") -> TestResponse:
    return send(browser, 'id="new-email"', f"{PAGE}/email", email=email)


def press(browser: FlaskClient, verb: str, **fields) -> TestResponse:
    found = re.search(rf'action="({PAGE}/channels/\d+/{verb})"', browser.get(PAGE).text)
    assert found, verb
    return send(browser, f'action="{found[1]}"', found[1], **fields)


def code(sql) -> str:
    sealed = sql("select sealed from deliveries where kind = 'code' order by id desc limit 1")
    return sealing.unseal(sealed[0][0], (KEY,)) or ""


@pytest.fixture
def reached(anna: FlaskClient, sql) -> FlaskClient:
    """Anna, who has proved an address."""
    add(anna)
    assert press(anna, "verify", code=code(sql)).status_code == 303
    return anna


def test_an_address_works_once_its_code_was_entered(anna: FlaskClient, sql) -> None:
    assert "A code is on its way" in anna.get(add(anna).location).text
    assert code(sql) not in anna.get(PAGE).text
    assert "Wrong code" in press(anna, "verify", code="12").text
    done = press(anna, "verify", code=code(sql))
    assert "The channel works" in anna.get(done.location).text
    assert "added a channel" in sql("select action from audit_events")[-1][0].replace(
        "channel.added", "added a channel"
    )


@pytest.mark.parametrize("email", ["nonsense", "", "a@b\r\nBcc: c@d.example"])
def test_what_is_no_address_is_refused(anna: FlaskClient, email: str) -> None:
    assert add(anna, email).status_code == 422


def test_a_second_code_within_a_minute_is_refused(anna: FlaskClient, sql) -> None:
    add(anna)
    assert "less than a minute ago" in add(anna).text
    assert sql("select count(*) from deliveries")[0][0] == 1


def test_without_a_mail_server_the_page_says_what_to_do(app: Flask, anna: FlaskClient) -> None:
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], mail=None)
    page = anna.get(PAGE).text
    assert "Email isn’t set up on this server" in page
    assert "new-email" not in page


def test_nobody_touches_the_channel_of_another_person(reached: FlaskClient, ben) -> None:
    found = re.search(rf"{PAGE}/channels/\d+", reached.get(PAGE).text)
    assert found
    form = hidden(ben.get(PAGE).text, 'id="new-email"')
    for verb in ("verify", "test", "on", "off", "remove"):
        answer = ben.post(f"{found[0]}/{verb}", data=form | {"code": "1"})
        assert answer.status_code == 404, verb
    assert "anna@phone.example" not in ben.get(PAGE).text


def test_a_channel_is_tested_switched_off_and_on_and_removed(reached: FlaskClient, sql) -> None:
    press(reached, "test")
    assert sql("select kind from deliveries order by id desc")[0][0] == "test"
    press(reached, "off")
    assert "You switched it off." in reached.get(PAGE).text
    press(reached, "on")
    press(reached, "remove")
    assert "anna@phone.example" not in reached.get(PAGE).text
    assert {row.kind for row in sql("select kind from deliveries")} == {"new_address"}


def quiet(browser: FlaskClient, **fields) -> TestResponse:
    usual = {"zone": "Europe/Berlin", "from": "22:00", "until": "07:30", "days": ["0", "4"]}
    path = f"{PAGE}/quiet-hours"
    return send(browser, 'id="quiet-hours"', path, **(usual | {"quiet": "yes"} | fields))


def test_quiet_hours_are_kept(anna: FlaskClient, sql) -> None:
    assert "Your settings are saved" in anna.get(quiet(anna).location).text
    row = sql("select * from notification_settings")[0]
    assert (row.time_zone, row.quiet_from, row.quiet_until) == ("Europe/Berlin", 1320, 450)
    assert (row.quiet_days, row.shows_question) == ([0, 4], False)
    page = anna.get(PAGE).text
    assert 'value="07:30"' in page
    assert "<option selected>Europe/Berlin</option>" in page
    assert (row.summary_at, row.others_first_min) == (None, 0)
    quiet(anna, quiet="", summary="yes", summary_at="08:30", others_first="60", critical="yes")
    row = sql(
        "select quiet_from, summary_at, others_first_min, wakes_for_critical"
        " from notification_settings"
    )[0]
    assert tuple(row) == (None, 510, 60, True)
    page = anna.get(PAGE).text
    assert 'name="critical" value="yes" checked' in page
    assert 'value="08:30"' in page
    assert '<option value="60" selected>' in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"zone": "Mars/Base"}, "Choose a time zone"),
        ({"from": "25:00"}, "Enter times like 22:00"),
        ({"until": ""}, "Enter times like 22:00"),
        ({"days": []}, "Choose at least one day"),
        ({"summary": "yes", "summary_at": "8"}, "Enter times like 22:00"),
        ({"others_first": "7"}, "Choose one of the times in the list"),
        ({"others_first": "x"}, "Choose one of the times in the list"),
    ],
)
def test_what_makes_no_sense_is_refused(anna: FlaskClient, fields: dict, said: str) -> None:
    refused = quiet(anna, **fields)
    assert refused.status_code == 422
    assert said in refused.text


def test_a_questions_page_says_who_was_told_and_why_not(
    app: Flask, reached: FlaskClient, ask, sql
) -> None:
    key = ask()
    assert 'id="notified"' not in reached.get(f"/escalations/{key}").text
    with app.app_context():
        outbox.plan()
    assert "Waiting" in reached.get(f"/escalations/{key}").text.partition('id="notified"')[2]
    sql("update deliveries set state = 'not_needed', due_at = null, reason = 'closed'")
    page = reached.get(f"/escalations/{key}").text.partition('id="notified"')[2]
    assert "Anna" in page
    assert "The question was closed before." in page
    assert "anna@phone.example" not in page


def test_the_empty_inbox_leads_to_the_page(anna: FlaskClient) -> None:
    assert f'href="{PAGE}"' in anna.get("/").text


def test_a_page_in_use_says_so_at_most_every_20_seconds(anna: FlaskClient, sql) -> None:
    form = hidden(anna.get(PAGE).text, 'id="new-email"')
    assert anna.post("/presence", data=form).status_code == 204
    sql("update presences set seen_at = seen_at - interval '10 seconds'")
    before = sql("select seen_at from presences")[0][0]
    anna.post("/presence", data=form)
    assert sql("select seen_at from presences")[0][0] == before
    sql("update presences set seen_at = seen_at - interval '20 seconds'")
    anna.post("/presence", data=form)
    assert sql("select seen_at from presences")[0][0] > before


def test_the_log_shows_what_was_sent_and_filters_it(
    app: Flask, reached: FlaskClient, ask, sql
) -> None:
    key = ask()
    with app.app_context():
        outbox.plan()
    log = f"{PAGE}/log"
    page = reached.get(log).text
    assert f'href="/escalations/{key}">Question</a>' in page
    assert "anna@phone.example" in page
    assert "Code" in page
    sql("update deliveries set state = 'failed', provider_answer = '550 full' where kind = 'code'")
    assert "550 full" in reached.get(f"{log}?state=failed&channel=email").text
    assert "550 full" not in reached.get(f"{log}?state=waiting").text
    assert "No messages" in reached.get(f"{log}?person=999999").text
    assert reached.get(f"{log}?person=x&state=odd&channel=odd").text.count("<li class=") == 2
    sql("update deliveries set kind = 'new_address' where kind = 'code'")
    assert "New address" in reached.get(log).text


def test_every_kind_of_message_has_a_word_in_the_log() -> None:
    kinds = {*reach.TOLD, reach.SUMMARY, reach.ANSWERED, channels.CODE, channels.TEST}
    kinds |= {address_notices.NEW_ADDRESS, "edit"}
    assert kinds == set(notifications.MESSAGES)


def test_owners_read_who_was_told_and_neither_codes_nor_addresses(
    app: Flask, reached: FlaskClient, ask, cast, sql
) -> None:
    ask()
    with app.app_context():
        outbox.plan()
    log, (anna,) = f"{PAGE}/log", sql("select person_id from personal_channels")[0]
    owner = cast.browser("olga@example.com", "shop", "owner")
    page = owner.get(f"{log}?person={anna}").text
    assert page.count("<li class=") == 1
    assert "anna@phone.example" not in page
    refused = "550 5.1.1 <Anna@phone.example>: no such user anna"
    sql(f"update deliveries set state = 'failed', provider_answer = '{refused}'")
    assert refused in unescape(reached.get(log).text)
    page = owner.get(log).text
    assert "550 5.1.1 &lt;…&gt;: no such user …" in page
    assert "phone.example" not in page
    for stranger in (
        cast.browser("ben@example.com", "shop", "founder"),
        cast.browser("otto@example.com", "other", "owner"),
    ):
        assert "No messages" in stranger.get(log).text
        assert "No messages" in stranger.get(f"{log}?person={anna}").text


def test_the_log_has_pages(app: Flask, reached: FlaskClient, sql) -> None:
    sql(
        "insert into deliveries (message_id, channel, kind, project_id, personal_channel_id, state,"
        " created_at, moved_at) select 'test-' || number, 'email', 'test', '', channel.id,"
        " 'accepted', now(), now() from personal_channels as channel, generate_series(1, 60) number"
    )
    first = reached.get(f"{PAGE}/log?channel=email").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    assert "channel=email" in older[1]
    assert reached.get(unescape(older[1])).text.count("<li class=") == 11
