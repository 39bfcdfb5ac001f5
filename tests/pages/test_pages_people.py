"""People of a project: invited by a link, listed with what they may do, taken out."""

import re

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send

from webapp import live
from webapp.extensions import db
from webapp.models import Invitation, Membership, Person, Token
from webapp.operations import people, tokens

LINK = re.compile(r"http://localhost(/invitations/[\w-]{43})")


def csrf(browser: FlaskClient) -> dict[str, str]:
    return {"csrf_token": hidden(browser.get("/settings").text, 'action="/sign-out"')["csrf_token"]}


def post(browser: FlaskClient, path: str, **fields: str):
    return browser.post(f"/settings/people{path}", data=csrf(browser) | fields)


def browser_of(app: Flask, email: str, role: str, project: str = "shop") -> FlaskClient:
    with app.app_context():
        link = people.make_link(email, role=role, project_id=project)
    client = app.test_client()
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


def person_id(app: Flask, email: str) -> int:
    with app.app_context():
        return db.session.scalars(db.select(Person.id).where(Person.email == email)).one()


def invite(browser: FlaskClient, email: str, role: str = "founder", project: str = "shop") -> str:
    """The path of the link."""
    made = post(browser, "/invite", email=email, role=role, project=project)
    assert made.status_code == 200, made.text
    assert "no-store" in made.headers["Cache-Control"]
    found = LINK.search(made.text)
    assert found
    return found[1]


def accept(browser: FlaskClient, link: str, **fields: str):
    page = browser.get(link)
    return browser.post(link, data=hidden(page.text, 'method="post"') | fields)


def test_a_founder_is_invited_and_joins(app: Flask, olivia: FlaskClient, ask) -> None:
    link = invite(olivia, "Carla.Diaz@example.com")
    carla = app.test_client()
    page = carla.get(link)
    assert 'value="Carla Diaz"' in page.text
    assert accept(carla, link, name="Carla D.").location == "/"
    assert "Carla D." in olivia.get("/settings/people").text
    key = ask()
    assert send(carla, key, decision="skip_feature").status_code == 303
    assert "carla" not in carla.get(f"/escalations/{key}").text  # the address is nowhere


def test_opening_the_link_uses_nothing_up_and_joining_does(app: Flask, olivia: FlaskClient) -> None:
    """FIELD: GET on the mailed link decides, and a mail scanner approves."""
    link = invite(olivia, "carla@example.com")
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200
    assert accept(app.test_client(), link, name="Carla").status_code == 303
    late = app.test_client()
    assert late.get(link).status_code == 410
    token = hidden(late.get(invite(olivia, "dora@example.com")).text, 'method="post"')
    assert late.post(link, data=token | {"name": "Late"}).status_code == 410


def test_an_observer_reads_and_answers_nothing(app: Flask, olivia: FlaskClient, ask) -> None:
    oscar = app.test_client()
    accept(oscar, invite(olivia, "oscar@example.com", "observer"), name="Oscar")
    key = ask()
    page = oscar.get(f"/escalations/{key}")
    assert page.status_code == 200
    assert 'id="answer"' not in page.text
    for verb in ("resolve", "skip"):
        form = csrf(oscar) | {"decision": "skip_feature"}
        assert oscar.post(f"/escalations/{key}/{verb}", data=form).status_code == 403


def test_a_link_lets_nobody_into_the_account_of_somebody_else(
    app: Flask, olivia: FlaskClient, otto: FlaskClient
) -> None:
    """The owner of one project holds the link, and Otto has an account with other projects."""
    link = invite(olivia, "otto@example.com")
    for thief in (app.test_client(), olivia):
        assert "Sign in with that account first" in thief.get(link).text
        elsewhere = thief.get(invite(olivia, "dora@example.com")).text
        answer = thief.post(link, data=hidden(elsewhere, 'method="post"') | {"name": "Otto"})
        assert "Sign in with that account first" in answer.text
        assert thief.get("/").status_code == (200 if thief is olivia else 303)
    assert "shop" not in otto.get("/jobs").text
    assert accept(otto, link).location == "/"
    with app.app_context():
        grants = db.session.execute(
            db.select(Membership.project_id, Membership.role).where(
                Membership.person_id == person_id(app, "otto@example.com")
            )
        ).all()
    assert sorted(map(tuple, grants)) == [("other", "founder"), ("shop", "founder")]


def test_an_invitation_never_lowers_what_somebody_may(app: Flask, olivia: FlaskClient) -> None:
    link = invite(olivia, "otto@example.com", "observer")
    otto = browser_of(app, "otto@example.com", "founder")  # came in another way meanwhile
    assert accept(otto, link).status_code == 303
    with app.app_context():
        assert set(db.session.scalars(db.select(Membership.role))) == {"owner", "founder"}


def test_a_revoked_an_old_and_a_replaced_link_are_over(app: Flask, olivia: FlaskClient) -> None:
    first = invite(olivia, "carla@example.com")
    second = invite(olivia, "carla@example.com")
    page = olivia.get("/settings/people").text
    assert page.count('<p class="setting-name"><bdi>carla@example.com</bdi>') == 1
    renew = re.search(r'action="/settings/people(/invitations/\d+/renew)"', page)
    assert renew
    third = LINK.search(post(olivia, renew[1]).text)
    assert third
    stranger = app.test_client()
    assert [stranger.get(link).status_code for link in (first, second, third[1])] == [410, 410, 200]
    revoke = renew[1].replace("renew", "revoke")
    for _ in range(2):  # a revoked one stays revoked
        assert post(olivia, revoke).status_code == 303
    assert stranger.get(third[1]).status_code == 410
    assert post(olivia, renew[1]).status_code == 409


def test_an_invitation_is_over_after_a_week(app: Flask, olivia: FlaskClient, sql) -> None:
    link = invite(olivia, "carla@example.com")
    sql("update invitations set expires_at = now() - interval '1 second'")
    assert app.test_client().get(link).status_code == 410
    assert "Expired" in olivia.get("/settings/people").text


def test_what_cannot_be_invited_is_refused_in_place(olivia: FlaskClient, anna: FlaskClient) -> None:
    for email, role, words in (
        ("no address", "founder", "an email address"),
        ("anna@example.com", "founder", "already in this project"),
        ("carla@example.com", "agent", "Choose a role"),
    ):
        answer = post(olivia, "/invite", email=email, role=role, project="shop")
        assert answer.status_code == 422
        assert words in answer.text


def test_only_owners_invite_and_only_to_their_own(
    app: Flask, anna: FlaskClient, olga: FlaskClient, olivia: FlaskClient
) -> None:
    asked = {"email": "carla@example.com", "role": "owner"}
    for browser, project, status in (
        (anna, "shop", 403),
        (olga, "shop", 403),
        (olivia, "other", 404),
        (olivia, "*", 404),
        (anna, "other", 404),
    ):
        assert post(browser, "/invite", **asked, project=project).status_code == status
    assert app.test_client().post("/settings/people/invite", data=asked).status_code == 400
    with app.app_context():
        assert db.session.scalars(db.select(Invitation.id)).all() == []


def test_invitations_of_other_projects_do_not_exist(app: Flask, olivia: FlaskClient) -> None:
    foreign = browser_of(app, "omar@example.com", "owner", "other")
    invite(foreign, "carla@example.com", project="other")
    assert "carla@example.com" not in olivia.get("/settings/people").text
    with app.app_context():
        key = db.session.scalars(db.select(Invitation.id)).one()
    for path in (f"/invitations/{key}", "/invitations/9999"):
        assert post(olivia, f"{path}/renew").status_code == 404
        assert post(olivia, f"{path}/revoke").status_code == 404


def test_addresses_are_for_owners_only(
    app: Flask, anna: FlaskClient, olga: FlaskClient, olivia: FlaskClient
) -> None:
    browser_of(app, "eve@example.com", "owner", "*")
    for browser, mine in ((anna, "anna@example.com"), (olga, "olga@example.com")):
        page = browser.get("/settings/people").text
        assert "Olivia" in page
        assert "Eve" in page
        assert "@" not in page.replace(mine, "")
        assert 'action="/settings/people' not in page
    page = olivia.get("/settings/people").text
    assert "anna@example.com" in page
    assert "eve@example.com" not in page  # she is above this project


def test_other_projects_people_are_not_there(olivia: FlaskClient, otto: FlaskClient) -> None:
    assert "Otto" not in olivia.get("/settings/people").text
    assert "Olivia" not in otto.get("/settings/people").text


def test_a_role_is_changed_and_the_last_owner_is_kept(
    app: Flask, anna: FlaskClient, olivia: FlaskClient
) -> None:
    her, herself = person_id(app, "anna@example.com"), person_id(app, "olivia@example.com")
    last = post(olivia, f"/{herself}/remove", project="shop")
    assert last.status_code == 409
    assert "This is the last owner" in last.text
    assert post(olivia, f"/{herself}/role", project="shop", role="founder").status_code == 409
    assert post(olivia, f"/{her}/role", project="shop", role="agent").status_code == 422
    assert post(olivia, f"/{her}/role", project="shop", role="owner").status_code == 303
    assert post(anna, f"/{herself}/role", project="shop", role="observer").status_code == 303
    assert "Invite someone" not in olivia.get("/settings/people").text


def test_who_is_no_owner_changes_nobody(
    app: Flask, anna: FlaskClient, olga: FlaskClient, olivia: FlaskClient, otto: FlaskClient
) -> None:
    key = person_id(app, "olivia@example.com")
    for browser, status in ((anna, 403), (olga, 403), (otto, 404)):
        assert post(browser, f"/{key}/role", project="shop", role="observer").status_code == status
        assert post(browser, f"/{key}/remove", project="shop").status_code == status
    assert post(olivia, "/9999/remove", project="shop").status_code == 404


def test_who_is_taken_out_is_signed_out_everywhere_at_once(
    app: Flask, anna: FlaskClient, olivia: FlaskClient
) -> None:
    her = person_id(app, "anna@example.com")
    with app.app_context():
        _, secret = tokens.create("Anna's", ["shop"], "founder", person_id=her)
        link = people.make_link("anna@example.com")
    assert post(olivia, f"/{her}/remove", project="shop").status_code == 303
    assert anna.get("/").status_code == 303
    assert anna.get("/live/inbox").status_code == 401
    assert (
        anna.get("/api/escalations", headers={"Authorization": f"Bearer {secret}"}).status_code
        == 401
    )
    assert app.test_client().post(f"/sign-in/{link}").status_code == 410
    with app.app_context():
        assert db.session.scalar(db.select(Token.revoked_at)) is not None


def test_who_is_taken_out_of_one_project_keeps_the_others(
    app: Flask, otto: FlaskClient, olivia: FlaskClient, ask
) -> None:
    accept(otto, invite(olivia, "otto@example.com"))
    key = ask()
    assert otto.get(f"/escalations/{key}").status_code == 200
    post(olivia, f"/{person_id(app, 'otto@example.com')}/remove", project="shop")
    assert otto.get(f"/escalations/{key}").status_code == 404
    assert otto.get("/").status_code == 200


def test_an_open_stream_ends_when_its_member_is_taken_out(
    app: Flask, anna: FlaskClient, olivia: FlaskClient
) -> None:
    stream = anna.get("/live/inbox", buffered=False)
    frames = iter(stream.response)
    assert b"retry" in next(frames)
    post(olivia, f"/{person_id(app, 'anna@example.com')}/remove", project="shop")
    for _ in frames:  # ends by itself, or the test runs into its time limit
        pass
    live.stop(app)


def test_the_invitations_of_who_is_taken_out_are_over(
    app: Flask, anna: FlaskClient, olivia: FlaskClient
) -> None:
    her = person_id(app, "anna@example.com")
    post(olivia, f"/{her}/role", project="shop", role="owner")
    link = invite(anna, "carla@example.com")
    post(olivia, f"/{her}/role", project="shop", role="founder")
    assert app.test_client().get(link).status_code == 410


def test_who_comes_back_begins_anew(app: Flask, anna: FlaskClient, olivia: FlaskClient) -> None:
    post(olivia, f"/{person_id(app, 'anna@example.com')}/remove", project="shop")
    again = app.test_client()
    assert accept(again, invite(olivia, "anna@example.com"), name="Anna").status_code == 303
    assert again.get("/").status_code == 200


def test_a_member_who_lost_a_device_is_signed_out_everywhere(
    app: Flask, olivia: FlaskClient, anna: FlaskClient, otto: FlaskClient
) -> None:
    key = person_id(app, "anna@example.com")
    button = f'action="/settings/people/{key}/sign-out"'
    assert button in olivia.get("/settings/people").text
    assert button not in anna.get("/settings/people").text
    done = post(olivia, f"/{key}/sign-out", project="shop")
    assert done.location == "/settings/people?done=signed-out"
    assert "signed out on all devices" in olivia.get(done.location).text
    assert anna.get("/").status_code == 303
    mine = person_id(app, "olivia@example.com")
    assert f'action="/settings/people/{mine}/sign-out"' not in olivia.get("/settings/people").text
    assert post(otto, f"/{key}/sign-out", project="shop").status_code == 404
