"""The settings: one's name, the browsers where one is signed in, the tokens of one's agents."""

import re

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.actors import Actor
from webapp.desk.pages.devices import in_words
from webapp.extensions import db
from webapp.models import BrowserSession, Person, Token
from webapp.operations import people, tokens

POSTS = (
    "/settings/name",
    "/settings/sessions/1/end",
    "/settings/sessions/end-others",
    "/settings/tokens",
    "/settings/tokens/1/end",
)


def csrf(browser: FlaskClient) -> dict[str, str]:
    return {"csrf_token": hidden(browser.get("/settings").text, 'action="/sign-out"')["csrf_token"]}


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def secret_in(page: str) -> str:
    found = re.search(r">(unstuck_[\w-]{43})<", page)
    assert found
    return found[1]


def test_strangers_change_nothing(app: Flask) -> None:
    stranger = app.test_client()
    assert stranger.get("/settings").status_code == 303
    for path in POSTS:
        assert stranger.post(path).status_code == 400
        assert stranger.get(path).status_code in (303, 404, 405)


def test_a_form_of_another_site_changes_nothing(anna: FlaskClient) -> None:
    for path in POSTS:
        assert anna.post(path, data={"name": "Mallory"}).status_code == 400


def test_a_new_name_is_shown_from_then_on(anna: FlaskClient) -> None:
    answer = anna.post("/settings/name", data=csrf(anna) | {"name": "  Anna   Berg "})
    assert (answer.status_code, answer.location) == (303, "/settings?done=name")
    page = anna.get(answer.location).text
    assert "Your name has been changed." in page
    assert "Signed in as <bdi>Anna Berg</bdi>" in page


def test_what_is_no_name_is_refused_in_place(app: Flask, anna: FlaskClient) -> None:
    for name in ("", "   ", "x" * 81, "anna@example.com"):
        answer = anna.post("/settings/name", data=csrf(anna) | {"name": name})
        assert answer.status_code == 422
        assert "Use a name of" in answer.text
        assert 'aria-invalid="true"' in answer.text
    with app.app_context():
        assert db.session.scalars(db.select(Person.name)).all() == ["Anna"]


def test_only_ones_own_address_is_on_the_page(anna: FlaskClient, ben: FlaskClient) -> None:
    page = anna.get("/settings").text
    assert "anna@example.com" in page
    assert "ben@example.com" not in page


def test_another_browser_is_signed_out(app: Flask, anna: FlaskClient, cast) -> None:
    phone = cast.browser("anna@example.com")
    page = anna.get("/settings/sign-in").text
    assert page.count("This browser") == 1
    end = re.findall(r'action="(/settings/sessions/\d+/end)"', page)
    assert len(end) == 1
    for _ in range(2):  # an ended one stays ended
        assert anna.post(end[0], data=csrf(anna)).status_code == 303
    assert phone.get("/").status_code == 303
    assert anna.get("/").status_code == 200


def test_all_others_are_signed_out_at_once(anna: FlaskClient, ben: FlaskClient, cast) -> None:
    others = [cast.browser("anna@example.com") for _ in range(2)]
    assert "Sign out everywhere else" in anna.get("/settings/sign-in").text
    answer = anna.post("/settings/sessions/end-others", data=csrf(anna))
    assert "All other browsers have been signed out." in anna.get(answer.location).text
    assert [other.get("/").status_code for other in others] == [303, 303]
    assert ben.get("/").status_code == 200


def test_nobody_ends_the_session_of_another(
    app: Flask, anna: FlaskClient, ben: FlaskClient
) -> None:
    with app.app_context():
        keys = db.session.scalars(db.select(BrowserSession.id)).all()
    ended = [ben.post(f"/settings/sessions/{key}/end", data=csrf(ben)) for key in (keys[0], 9999)]
    assert [answer.status_code for answer in ended] == [404, 404]
    assert ended[0].text == ended[1].text
    assert anna.get("/").status_code == 200


def test_a_token_is_shown_once_and_works(app: Flask, anna: FlaskClient) -> None:
    made = anna.post(
        "/settings/tokens",
        data=csrf(anna) | {"name": "Build agent", "project": "shop", "scope": "agent"},
    )
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    secret = secret_in(made.text)
    answer = anna.get("/api/escalations", headers=bearer(secret))
    assert answer.status_code == 200
    page = anna.get("/settings/tokens").text
    assert secret not in page
    assert f"<code>{secret[:14]}…</code>" in page
    assert "Build agent" in page


def test_a_token_of_a_founder_may_answer(app: Flask, anna: FlaskClient) -> None:
    form = csrf(anna) | {"name": "My script", "project": "shop", "scope": "founder"}
    secret_in(anna.post("/settings/tokens", data=form).text)
    with app.app_context():
        assert db.session.scalars(db.select(Token.scope)).all() == ["founder"]
    assert "your own: answers in your name" in anna.get("/settings/tokens").text


def test_a_token_for_what_is_not_ones_own_is_refused_in_place(
    app: Flask, anna: FlaskClient, olga: FlaskClient
) -> None:
    for browser, project in ((anna, "other"), (anna, "*"), (anna, ""), (olga, "shop")):
        form = csrf(browser) | {"name": "Mine", "project": project, "scope": "agent"}
        answer = browser.post("/settings/tokens", data=form)
        assert answer.status_code == 422
    nameless = anna.post("/settings/tokens", data=csrf(anna) | {"name": " ", "project": "shop"})
    assert nameless.status_code == 422
    assert "Use a token name" in nameless.text
    with app.app_context():
        assert db.session.scalars(db.select(Token.id)).all() == []


def test_an_owner_makes_tokens_for_any_project(cast) -> None:
    owner = cast.browser("olivia@example.com", "*")
    for project in ("a new one", "*"):
        form = csrf(owner) | {"name": "Mine", "project": project, "scope": "agent"}
        secret_in(owner.post("/settings/tokens", data=form).text)
    page = owner.get("/settings/tokens").text
    assert "all projects" in page
    assert "a new one" in page


def test_a_revoked_token_is_refused_and_gone_from_the_list(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        token, secret = tokens.create("Build agent", ["shop"])
        key = token.id
    assert f'action="/settings/tokens/{key}/end"' in anna.get("/settings/tokens").text
    for _ in range(2):  # an ended one stays ended
        answer = anna.post(f"/settings/tokens/{key}/end", data=csrf(anna))
        assert answer.location == "/settings/tokens?done=token"
    assert anna.get("/api/escalations", headers=bearer(secret)).status_code == 401
    page = anna.get("/settings/tokens").text
    assert "No agent has a token yet. Create one below." in page


def test_tokens_of_other_projects_are_not_there(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        foreign = tokens.create("Foreign", ["other"])[0].id
        both = tokens.create("Both", ["shop", "other"])[0].id
        everywhere = tokens.create("Everywhere", ["*"])[0].id
    page = anna.get("/settings/tokens").text
    assert "Foreign" not in page
    assert "<bdi>other</bdi>" not in page
    assert page.count("projects of others") == 1
    assert page.count("all projects") == 1
    ended = {
        key: anna.post(f"/settings/tokens/{key}/end", data=csrf(anna)).status_code
        for key in (foreign, both, everywhere, 9999)
    }
    assert ended == {foreign: 404, both: 403, everywhere: 403, 9999: 404}
    with app.app_context():
        assert set(db.session.scalars(db.select(Token.revoked_at))) == {None}


def test_an_observer_sees_and_ends_no_token(app: Flask, olga: FlaskClient) -> None:
    with app.app_context():
        key = tokens.create("Build agent", ["shop"])[0].id
    page = olga.get("/settings/tokens").text
    assert "Build agent" not in page
    assert "New token" not in page
    assert olga.post(f"/settings/tokens/{key}/end", data=csrf(olga)).status_code == 404


def test_a_long_list_of_tokens_is_paged(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(
            db.text(
                "insert into tokens (name, prefix, secret_hash, scope, project_ids, created_at) "
                "select 'Agent ' || n, 'unstuck_', n, 'agent', '{shop}', "
                "now() - n * interval '1 hour' from generate_series(1, 120) as n"
            )
        )
        db.session.commit()
    path, seen = "/settings/tokens", []
    while path:
        page = anna.get(path).text
        seen += re.findall(r"<span>(Agent \d+)</span>", page)
        older = re.search(r'href="(/settings/tokens\?cursor=[^"#]+)', page)
        path = older[1] if older else ""
    assert seen == [f"Agent {number}" for number in range(1, 121)]


def test_names_are_text_and_nothing_else(app: Flask, anna: FlaskClient) -> None:
    evil = '"><script>alert(1)</script>'
    with app.app_context():
        tokens.create(evil, ["shop"])
        people.rename(evil, by=person("anna@example.com"))
    assert evil not in anna.get("/settings/tokens").text


def person(email: str) -> Actor:
    found = db.session.scalars(db.select(Person).where(Person.email == email)).one()
    return Actor(ref=f"person:{found.id}", name=found.name)


def test_a_browser_is_named_in_words() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    safari = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
    )
    edge = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
    )
    words = [in_words(agent) for agent in (firefox, safari, edge, "curl/8", None)]
    assert words == [
        "Firefox on Linux",
        "Safari on iPhone",
        "Edge on Windows",
        "Unknown browser",
        "Unknown browser",
    ]
