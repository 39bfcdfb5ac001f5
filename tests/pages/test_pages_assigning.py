"""Assigning a question, and being away, on the pages."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.clock import now

Ask = Callable[..., uuid.UUID]
SETTINGS = "/settings/notifications"


def people(browser: FlaskClient, key: uuid.UUID) -> dict[str, str]:
    """Who can be chosen: ids by name."""
    select = re.search(r'<select[^>]*id="assign-person".*?</select>', page(browser, key), re.S)
    assert select
    return {name: key for key, name in re.findall(r'value="(\d*)"[^>]*>([^<]+)<', select[0])}


def page(browser: FlaskClient, key: uuid.UUID) -> str:
    return browser.get(f"/escalations/{key}").text


def assign(browser: FlaskClient, key: uuid.UUID, person: str) -> int:
    path = f"/escalations/{key}/assign"
    form = hidden(page(browser, key), f'action="{path}"')
    return browser.post(path, data=form | {"person": person}).status_code


def test_a_question_is_assigned_and_says_so_on_its_page_and_card(
    anna: FlaskClient, ben: FlaskClient, olga: FlaskClient, ask: Ask
) -> None:
    key = ask()
    found = people(anna, key)
    assert set(found) == {"Everyone", "Anna", "Ben"}
    assert assign(anna, key, found["Ben"]) == 303
    for browser in (anna, ben, olga):
        assert "Assigned to <bdi>Ben</bdi>." in page(browser, key)
        assert "<bdi>Ben</bdi>" in browser.get("/").text
    assert "assign-person" not in page(olga, key)
    assert assign(ben, key, "") == 303
    assert "Assigned to <bdi>" not in page(anna, key)


def test_what_is_no_person_is_refused(anna: FlaskClient, ben: FlaskClient, ask: Ask) -> None:
    key = ask()
    for person in ("999", "nobody", "9" * 30, "-1"):
        assert assign(anna, key, person) == 422
    assert "Assigned to <bdi>" not in page(anna, key)


def test_nobody_is_offered_who_is_alone(anna: FlaskClient, ask: Ask) -> None:
    assert "assign-person" not in page(anna, ask())
    assert "Nobody else can answer in your projects." in anna.get(SETTINGS).text


def test_who_is_away_names_a_deputy_and_comes_back(anna: FlaskClient, ben: FlaskClient) -> None:
    form = hidden(anna.get(SETTINGS).text, 'id="leave"')
    deputy = re.search(r'<option value="(\d+)"[^>]*>Ben<', anna.get(SETTINGS).text)
    assert deputy
    day = (now() + timedelta(days=10)).date().isoformat()
    fields = form | {"deputy": deputy[1], "until": day}
    refused = anna.post("/settings/away", data=fields | {"until": "2020-01-01"})
    assert refused.status_code == 422
    assert "Choose a day from tomorrow on" in refused.text
    assert 'value="2020-01-01"' in refused.text
    assert anna.post("/settings/away", data=fields).status_code == 303
    assert "Your messages go to: <bdi>Ben</bdi>" in anna.get(SETTINGS).text
    back = hidden(anna.get(SETTINGS).text, 'id="come-back"')
    assert anna.post("/settings/away/end", data=back).status_code == 303
    assert 'id="leave"' in anna.get(SETTINGS).text
