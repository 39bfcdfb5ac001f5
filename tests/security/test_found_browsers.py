"""Somebody finds a browser in which an owner signed in some time ago: no way in outlasts it, and
the owners learn of what was tried."""

import re

import pytest
from browsers import browser_of, person_id, post
from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token

from webapp.extensions import db
from webapp.models import Membership, Person
from webapp.operations import people, tokens

OLD = "update browser_sessions set confirmed_at = now() - interval '20 days'"


def everything(sql) -> list[object]:
    counted = "invitations", "memberships", "tokens", "token_offers", "webhooks"
    counted += ("personal_channels",)
    return [sql(f"select * from {table} order by 1") for table in counted]


INVITED = {"email": "eve@example.com", "project": "shop", "role": "owner"}
CONNECT = {"kind": "curl", "project": "shop", "scope": "agent"}
WEBHOOK = {
    "project": "shop",
    "url": "https://hooks.example.com",
    "events": "agent.waiting_for_input",
}
DEVICE = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6"
    "-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
TOKEN = {"name": "for good", "project": "shop", "scope": "agent", "lives": "never"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/settings/people/invite", INVITED),
        ("/settings/people/invitations/{invitation}/renew", {}),
        ("/settings/people/{member}/role", {"project": "shop", "role": "owner"}),
        ("/settings/people/{member}/remove", {"project": "shop"}),
        ("/settings/tokens", TOKEN),
        ("/settings/connect", CONNECT | {"how": "here"}),
        ("/settings/connect", CONNECT | {"how": "link"}),
        ("/settings/tokens/{token}/replace", {"overlap": "168"}),
        ("/settings/webhooks", WEBHOOK),
        ("/settings/notifications/devices", DEVICE),
    ],
)
def test_a_found_browser_makes_no_way_in(
    app: Flask, olivia: FlaskClient, cast, sql, path: str, fields: dict[str, str]
) -> None:
    cast.browser("ben@example.com")
    assert (
        post(olivia, "/settings/people/invite", **INVITED | {"email": "c@d.e"}).status_code == 200
    )
    invitation = sql("select id from invitations")[0][0]
    with app.app_context():
        token = tokens.create("of an agent", ["shop"])[0].id
    path = path.format(member=person_id(app, "ben@example.com"), invitation=invitation, token=token)
    sql(OLD)
    before = everything(sql)
    refused = post(olivia, path, **fields)
    assert refused.status_code == 403
    assert 'href="/settings/sign-in#confirm"' in refused.text
    assert everything(sql) == before
    sql("update browser_sessions set confirmed_at = now()")
    assert post(olivia, path, **fields).status_code in (200, 303)
    assert everything(sql) != before


def notices(page: str) -> list[str]:
    return re.findall(r'action="(/settings/people/notices/\d+/dismiss)"', page)


def test_every_owner_is_told_of_a_new_owner_until_they_dismiss_it(
    app: Flask, olivia: FlaskClient, cast, sql
) -> None:
    omar, eve = (
        browser_of(app, "omar@example.com", "owner"),
        browser_of(app, "eve@example.com", "owner", "*"),
    )
    ben, foreign = (
        cast.browser("ben@example.com"),
        browser_of(app, "otto@example.com", "owner", "o"),
    )
    sql("delete from owner_notices")
    role = {"project": "shop", "role": "owner"}
    path = f"/settings/people/{person_id(app, 'ben@example.com')}/role"
    assert post(olivia, path, **role).status_code == 303
    for owner in (olivia, omar, eve):
        page = owner.get("/").text
        assert "<bdi>Ben</bdi> is now an owner of <bdi>shop</bdi>." in page
        assert "Added by <bdi>Olivia</bdi>." in page
    for nobody in (ben, foreign):
        assert not notices(nobody.get("/").text)
    mine = notices(olivia.get("/").text)[0]
    assert post(omar, mine).status_code == 303  # it is not his: nothing happens
    assert notices(olivia.get("/jobs").text) == [mine]
    gone = post(olivia, mine, next="/jobs")
    assert (gone.status_code, gone.location) == (303, "/jobs")
    assert not notices(olivia.get("/jobs").text)
    assert len(notices(omar.get("/jobs").text)) == 1
    assert "changed the role of" in omar.get("/settings/audit").text


@pytest.mark.parametrize("way", ["invitation", "command"])
def test_owners_are_told_by_whatever_way_the_new_one_came(
    app: Flask, olivia: FlaskClient, way: str
) -> None:
    if way == "command":
        browser_of(app, "eve@example.com", "owner", "*")
        said = "<bdi>Eve</bdi> is now an owner of all projects."
    else:
        link = re.search(
            r"/invitations/[\w-]{43}", post(olivia, "/settings/people/invite", **INVITED).text
        )
        assert link
        eve = app.test_client()
        token = csrf_token(eve.get(link[0]).text)
        assert eve.post(link[0], data={"csrf_token": token, "name": "Eve"}).status_code == 303
        said = "<bdi>Eve</bdi> is now an owner of <bdi>shop</bdi>."
    assert said in olivia.get("/").text


def test_a_notice_leads_to_no_foreign_page(app: Flask, olivia: FlaskClient) -> None:
    browser_of(app, "eve@example.com", "owner", "*")
    answer = post(olivia, notices(olivia.get("/").text)[0], next="//evil.example/")
    assert answer.location == "/settings/people"


def test_a_changed_password_ends_own_tokens_unused_links_and_sent_invitations(
    app: Flask, olivia: FlaskClient, cast, sql
) -> None:
    cast.browser("ben@example.com")
    words = "four quiet words together", "other words that nobody knows"
    assert post(olivia, "/settings/password", new=words[0]).status_code == 303
    her = person_id(app, "olivia@example.com")
    made = post(olivia, "/settings/tokens", **TOKEN | {"scope": "founder"})
    own = re.search(r">(unstuck_[\w-]{43})<", made.text)
    assert own
    headers = {"Authorization": f"Bearer {own[1]}"}
    post(olivia, "/settings/people/invite", **INVITED)
    with app.app_context():
        link, his = people.make_link("olivia@example.com"), people.make_link("ben@example.com")
        agent = tokens.create("builder", ["shop"])[1]
    assert olivia.get("/api/escalations", headers=headers).status_code == 200
    changed = post(olivia, "/settings/password", new=words[1], current=words[0])
    assert changed.status_code == 303
    assert olivia.get("/api/escalations", headers=headers).status_code == 401
    assert app.test_client().post(f"/sign-in/{link}").status_code == 410
    assert sql("select count(*) from invitations where closed_at is null") == [(0,)]
    # What is another's goes on: Ben's link, and the token of the project's agent.
    assert app.test_client().post(f"/sign-in/{his}").status_code == 303
    works = {"Authorization": f"Bearer {agent}"}
    assert olivia.get("/api/escalations", headers=works).status_code == 200
    ended = "select count(*) from audit_events where action = 'token.ended' and actor_ref = :ref"
    assert sql(ended, ref=f"person:{her}") == [(1,)]


def test_a_first_password_ends_no_token(app: Flask, olivia: FlaskClient, sql) -> None:
    post(olivia, "/settings/tokens", **TOKEN | {"scope": "founder"})
    with app.app_context():
        link = people.make_link("olivia@example.com")
    assert post(olivia, "/settings/password", new="four quiet words together").status_code == 303
    assert sql("select count(*) from tokens where revoked_at is null") == [(1,)]
    assert app.test_client().post(f"/sign-in/{link}").status_code == 410


def own_token(app: Flask, email: str, *projects: str) -> int:
    with app.app_context():
        made = tokens.create(
            "Their script", list(projects), "founder", person_id=person_id(app, email)
        )
        return made[0].id


def test_an_owner_sees_and_ends_the_own_tokens_of_members(
    app: Flask, olivia: FlaskClient, cast
) -> None:
    cast.browser("ben@example.com")
    key = own_token(app, "ben@example.com", "shop")
    page = olivia.get("/settings/tokens").text
    assert "<bdi>Ben</bdi>'s own: answers in their name" in page
    end = f"/settings/tokens/{key}/end"
    assert end in page
    for other in (cast.browser("anna@example.com"), browser_of(app, "o@example.com", "owner", "o")):
        assert "Their script" not in other.get("/settings/tokens").text
        assert post(other, end).status_code == 404
    assert post(olivia, end).status_code == 303
    assert "Their script" not in olivia.get("/settings/tokens").text


@pytest.mark.parametrize("projects", [("*",), ("shop", "other")])
def test_nobody_ends_a_token_that_reaches_what_is_not_theirs(
    app: Flask, olivia: FlaskClient, cast, projects: tuple[str, ...]
) -> None:
    cast.browser("ben@example.com")
    with app.app_context(), people.transaction() as session:
        his = session.scalars(db.select(Person.id).where(Person.email == "ben@example.com")).one()
        session.add(Membership(person_id=his, project_id="other", role="founder"))
    key = own_token(app, "ben@example.com", *projects)
    page = olivia.get("/settings/tokens").text
    assert "Their script" in page
    assert f"/settings/tokens/{key}/end" not in page
    assert post(olivia, f"/settings/tokens/{key}/end").status_code == 403
    eve = browser_of(app, "eve@example.com", "owner", "*")
    assert post(eve, f"/settings/tokens/{key}/end").status_code == 303
