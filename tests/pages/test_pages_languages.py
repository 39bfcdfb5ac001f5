"""Pages speak the language of whoever reads them; machines are always spoken to in English."""

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.live.hub import channel
from webapp.rules.languages import LANGUAGES

Ask = Callable[..., uuid.UUID]

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def spoken(client: FlaskClient, path: str = "/", **headers: str) -> str:
    """The language that a page says it is in."""
    page = client.get(path, headers=headers).text
    found = re.search(r'<html lang="(\w+)" dir="ltr">', page)
    assert found, page[:200]
    heading = {"en": "Inbox", "de": "Eingang"}[found[1]]
    assert path != "/" or f"<h1>{heading}</h1>" in page
    return found[1]


def choose(client: FlaskClient, language: str) -> None:
    form = client.get("/settings").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    sent = {"csrf_token": token[1], "language": language}
    assert client.post("/settings/language", data=sent).location == "/settings?done=language"


def test_a_page_speaks_what_the_browser_wishes_and_else_english(anna: FlaskClient) -> None:
    assert spoken(anna) == "en"
    assert spoken(anna, **GERMAN) == "de"
    assert spoken(anna, **{"Accept-Language": "de-CH"}) == "de"
    assert spoken(anna, **{"Accept-Language": "fr,ja;q=0.8"}) == "en"
    assert spoken(anna, **{"Accept-Language": "en-GB,de;q=0.5"}) == "en"
    assert "Accept-Language" in anna.get("/").headers["Vary"]


def test_what_a_person_set_holds_on_all_their_browsers(
    app: Flask, anna: FlaskClient, ben: FlaskClient, cast
) -> None:
    choose(anna, "de")
    other = cast.browser("anna@example.com")
    assert spoken(other) == "de"
    assert spoken(other, **{"Accept-Language": "en"}) == "de"
    assert spoken(ben) == "en"
    choose(other, "en")
    assert spoken(other, **GERMAN) == "en"
    choose(other, "")
    assert spoken(other, **GERMAN) == "de"


def test_signed_out_it_stays_the_language_that_was_set_here(anna: FlaskClient) -> None:
    choose(anna, "de")
    with anna.session_transaction() as session:
        session.clear()
    assert spoken(anna, "/sign-in") == "de"


def test_only_a_language_that_there_is_can_be_set(anna: FlaskClient, app: Flask) -> None:
    form = anna.get("/settings").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    sent = {"csrf_token": token[1], "language": "tlh"}
    assert anna.post("/settings/language", data=sent).status_code == 422
    assert app.test_client().post("/settings/language", data={"language": "de"}).status_code == 400
    anna.set_cookie("language", "tlh")
    assert spoken(anna) == "en"


def test_the_settings_offer_each_language_in_its_own_words(anna: FlaskClient) -> None:
    page = anna.get("/settings").text
    for code, name in LANGUAGES.items():
        assert f'<option value="{code}" lang="{code}">{name}</option>' in page


def test_an_error_is_told_in_the_language_of_the_page(anna: FlaskClient) -> None:
    page = anna.get(f"/escalations/{uuid.uuid4()}", headers=GERMAN)
    assert page.status_code == 404
    assert "Frage nicht gefunden" in page.text
    assert "Nicht gefunden" in anna.get("/nothing", headers=GERMAN).text


def test_the_table_has_its_heads_in_the_language_of_the_page(anna: FlaskClient) -> None:
    assert anna.get("/history.csv", headers=GERMAN).text.startswith("\ufeffGefragt am,")
    assert anna.get("/history.csv").text.startswith("\ufeffAsked at,")


def test_what_agents_and_founders_wrote_stays_as_it_is(anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    page = anna.get(f"/escalations/{key}", headers=GERMAN).text
    assert '<h1 dir="auto">The payment service refuses our test card.</h1>' in page
    assert "Antwort senden" in page


CALLS = (
    ("GET", "/api/escalations/no-uuid", {}),
    ("GET", "/api/nothing", {}),
    ("GET", "/api/jobs/unknown", {}),
    ("PUT", "/api/escalations", {}),
    ("POST", "/api/jobs/build-1/escalations", {"json": {"session_id": ""}}),
    ("POST", "/api/jobs/build-1/escalations", {"data": "{"}),
    ("POST", "/api/jobs/build-1/resume", {"json": {}}),
    ("GET", "/api/openapi.json", {}),
    ("GET", "/api/docs", {}),
    ("GET", "/readyz", {}),
)


@pytest.mark.parametrize(("method", "path", "more"), CALLS)
def test_machines_get_the_same_bytes_whatever_language_they_wish(
    app: Flask, ask: Ask, founder: dict[str, str], method: str, path: str, more: dict
) -> None:
    ask()
    client = app.test_client()
    usual = client.open(path, method=method, headers=founder, **more)
    client.set_cookie("language", "de")
    wished = client.open(path, method=method, headers=founder | GERMAN, **more)
    assert (wished.status_code, wished.data) == (usual.status_code, usual.data)


def test_the_loser_of_a_race_is_told_in_english_through_the_api(
    app: Flask, ask: Ask, founder: dict[str, str]
) -> None:
    key, client = ask(), app.test_client()
    for expected in (200, 409):
        answer = client.post(
            f"/api/escalations/{key}/resolve",
            json={"decision": "skip_feature"},
            headers=founder | GERMAN,
        )
        assert answer.status_code == expected
    assert answer.json["title"] == "Conflict"
    assert answer.json["detail"].startswith("founder of shop answered this question")


def test_a_page_follows_the_stream_in_its_own_language(anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    assert 'sse-connect="/live/inbox"' in anna.get("/").text
    assert 'sse-connect="/live/inbox?lang=de"' in anna.get("/", headers=GERMAN).text
    german = anna.get(f"/escalations/{key}", headers=GERMAN).text
    assert f'sse-connect="/live/question?key={key}&amp;lang=de"' in german
    assert channel("question", str(key), "de") == f"question?key={key}&lang=de"
