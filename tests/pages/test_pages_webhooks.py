"""Settings → Webhooks: an owner adds one, sees what became of each message, and sends it again."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden
from werkzeug.test import TestResponse

from webapp.desk.pages.settings.webhooks import GROUPS
from webapp.events.kinds import Kind
from webapp.operations import outbox

URL = "https://hooks.example.com/unstuck"


def add(browser: FlaskClient, url: str = URL, project: str = "shop", **more) -> TestResponse:
    form: dict = hidden(browser.get("/settings/webhooks").text, 'id="new-webhook"')
    form |= {"url": url, "project": project, "events": ["agent.waiting_for_input"]} | more
    return browser.post("/settings/webhooks", data=form)


def press(browser: FlaskClient, path: str, page: str = "/settings/webhooks") -> TestResponse:
    form = hidden(browser.get(page).text, f'action="{path}"')
    return browser.post(path, data=form)


def first(browser: FlaskClient) -> str:
    found = re.search(
        r'action="(/settings/webhooks/\d+)/remove"', browser.get("/settings/webhooks").text
    )
    assert found
    return found[1]


def test_its_secret_is_shown_once_and_kept_sealed(olivia: FlaskClient, sql) -> None:
    made = add(olivia)
    secret = re.search(r"whsec_[\w+/=]{44}", made.text)
    assert secret
    assert "no-store" in made.headers["Cache-Control"]
    assert secret[0] not in olivia.get("/settings/webhooks").text
    assert secret[0][6:] not in sql("select secret from webhooks")[0][0]
    assert URL in olivia.get("/settings/webhooks").text


@pytest.mark.parametrize("url", ["http://example.com", "https://127.0.0.1/", "nonsense", ""])
def test_an_address_it_may_not_have_is_refused_and_the_form_keeps_what_was_typed(
    olivia: FlaskClient, url: str
) -> None:
    refused = add(olivia, url)
    assert refused.status_code == 422
    assert "Enter a public address that starts with https://" in refused.text
    assert f'value="{url}"' in refused.text


def test_without_an_event_it_is_refused(olivia: FlaskClient) -> None:
    assert "Choose at least one event" in add(olivia, events=[]).text
    assert "Choose at least one event" in add(olivia, events=["made.up"]).text


def test_it_takes_a_fresh_sign_in(olivia: FlaskClient, sql) -> None:
    sql("update browser_sessions set confirmed_at = now() - interval '1 day'")
    refused = add(olivia)
    assert "/settings/sign-in#confirm" in refused.text
    assert sql("select count(*) from webhooks")[0][0] == 0


def test_only_owners_see_webhooks(anna: FlaskClient, olivia: FlaskClient) -> None:
    assert anna.get("/settings/webhooks").status_code == 403
    assert "/settings/webhooks" not in anna.get("/settings").text
    assert "/settings/webhooks" in olivia.get("/settings").text


def test_a_test_is_a_message_like_all_others(olivia: FlaskClient, sql) -> None:
    add(olivia)
    answer = press(olivia, first(olivia) + "/test")
    log = olivia.get(answer.location)
    assert "unstuck.test" in log.text
    assert "The test is on its way" in log.text
    assert sql("select state, channel from deliveries")[0] == ("waiting", "webhook")


def test_what_was_switched_off_gets_nothing_until_it_is_on_again(
    app: Flask, olivia: FlaskClient, ask, sql
) -> None:
    add(olivia)
    press(olivia, first(olivia) + "/off")
    assert "Someone switched it off." in olivia.get("/settings/webhooks").text
    ask()
    with app.app_context():
        assert outbox.plan() == set()
    press(olivia, first(olivia) + "/on")
    ask(job="build-2")
    with app.app_context():
        assert outbox.plan() == {"webhook"}


def test_the_log_is_filtered_and_a_message_is_sent_again(
    app: Flask, olivia: FlaskClient, ask, sql
) -> None:
    add(olivia)
    ask()
    with app.app_context():
        outbox.plan()
    sql(
        "update deliveries set state = 'failed', due_at = null, attempts = 11, "
        "provider_answer = '500 <b>down</b>'"
    )
    assert "agent.waiting_for_input" not in olivia.get("/settings/webhooks/log?state=accepted").text
    log = olivia.get("/settings/webhooks/log?state=failed").text
    assert "500 &lt;b&gt;down&lt;/b&gt;" in log
    again = re.search(r'action="(/settings/webhooks/log/\d+/again)"', log)
    assert again
    press(olivia, again[1], "/settings/webhooks/log")
    assert sql("select state, attempts from deliveries")[0] == ("waiting", 0)


def test_a_message_that_is_being_sent_is_not_sent_again(olivia: FlaskClient, sql) -> None:
    add(olivia)
    press(olivia, first(olivia) + "/test")
    log = olivia.get("/settings/webhooks/log").text
    assert "/again" not in log
    sql("update deliveries set state = 'leased'")
    key = sql("select id from deliveries")[0][0]
    form = hidden(olivia.get("/settings/webhooks").text, 'id="new-webhook"')
    assert olivia.post(f"/settings/webhooks/log/{key}/again", data=form).status_code == 409


def test_a_webhook_that_is_removed_takes_its_log_along(olivia: FlaskClient, sql) -> None:
    add(olivia)
    press(olivia, first(olivia) + "/test")
    press(olivia, first(olivia) + "/remove")
    assert "There is no webhook yet." in olivia.get("/settings/webhooks").text
    assert sql("select count(*) from deliveries")[0][0] == 0
    record = olivia.get("/settings/audit").text
    assert "removed the webhook to <bdi>hooks.example.com</bdi>" in record


def test_a_project_has_at_most_twenty(olivia: FlaskClient, sql) -> None:
    add(olivia)
    columns = "project_id, url, events, secret, created_by, created_at"
    sql(f"insert into webhooks ({columns}) select {columns} from webhooks, generate_series(1, 19)")
    assert add(olivia).status_code == 409


def test_every_event_can_be_chosen() -> None:
    offered = [kind for _, kinds in GROUPS for kind, _ in kinds]
    assert sorted(offered) == sorted(Kind)


def test_a_page_says_when_no_worker_runs(olivia: FlaskClient, sql) -> None:
    assert "Messages aren’t going out" not in olivia.get("/settings/webhooks").text
    add(olivia)
    assert "Messages aren’t going out" in olivia.get("/settings/webhooks").text
    sql("insert into worker_beats values ('one', now(), now())")
    assert "Messages aren’t going out" not in olivia.get("/settings/webhooks").text
