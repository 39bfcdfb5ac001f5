"""Founders by command: the way in for the first one, and the way back."""

import re
from dataclasses import replace

from flask import Flask

from webapp.operations import people

LINK = r"http://localhost:\d+/sign-in/[\w-]{43}\n"


def run(app: Flask, *words: str):
    return app.test_cli_runner().invoke(args=["founder", "link", *words])


def count_people(sql) -> int:
    return sql("select count(*) from people")[0][0]


def test_a_link_says_whom_it_signs_in(app: Flask) -> None:
    with app.app_context():
        people.make_link("ben@example.com", role="observer", project_id="shop")
    new = run(app, "Anna@Example.com", "--create")
    assert re.fullmatch(LINK, new.stdout)
    assert "Anna (anna@example.com), owner of all projects" in new.stderr
    known = run(app, "ben@example.com")
    assert "Ben (ben@example.com), observer of shop" in known.stderr
    assert app.test_client().post(known.stdout.strip()).status_code == 303


def test_nobody_is_created_unless_it_is_said(app: Flask, sql) -> None:
    with app.app_context():
        people.make_link("anna@example.com")
    refused = run(app, "you@example.com")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Nobody signs in with the address you@example.com" in refused.stderr
    assert "anna@example.com" in refused.stderr
    assert "--create" in refused.stderr
    assert count_people(sql) == 1


def test_a_removed_member_is_not_let_in_again_unless_it_is_said(app: Flask, sql) -> None:
    with app.app_context():
        people.make_link("anna@example.com")
        people.make_link("ben@example.com", role="founder", project_id="shop")
    sql("delete from memberships where project_id = 'shop'")
    assert run(app, "ben@example.com").exit_code == 1
    assert sql("select count(*) from memberships")[0][0] == 1
    assert run(app, "ben@example.com", "--create").exit_code == 0


def test_the_address_can_be_left_out_where_one_person_signs_in(app: Flask, sql) -> None:
    nobody = run(app)
    assert (nobody.exit_code, nobody.stdout) == (2, "")
    assert "Create the first owner" in nobody.stderr
    with app.app_context():
        people.make_link("anna@example.com")
    assert re.fullmatch(LINK, run(app).stdout)
    with app.app_context():
        people.make_link("ben@example.com", role="founder", project_id="shop")
    several = run(app)
    assert (several.exit_code, several.stdout) == (2, "")
    assert "anna@example.com, ben@example.com" in several.stderr
    assert count_people(sql) == 2


def test_the_first_link_is_for_the_owner_who_was_created_by_command(app: Flask, sql) -> None:
    assert run(app, "anna@example.com", "--create").exit_code == 0
    with app.app_context():
        link = people.make_first_link()
    assert app.test_client().post(f"/sign-in/{link}").status_code == 303
    assert [row[0] for row in sql("select email from people")] == ["anna@example.com"]


def test_a_link_leads_to_the_public_address(app: Flask) -> None:
    public = "https://desk.example.com"
    app.extensions["unstuck"] = replace(app.extensions["unstuck"], public_url=public)
    assert run(app, "anna@example.com", "--create").stdout.startswith(f"{public}/sign-in/")


def test_what_is_no_address_makes_no_link(app: Flask) -> None:
    done = run(app, "anna")
    assert (done.exit_code, done.stdout) == (1, "")
