"""Founders by command: the way in for the first one, and the way back."""

import re

from flask import Flask

from webapp.operations import people


def test_a_link_says_whom_it_signs_in(app: Flask) -> None:
    with app.app_context():
        people.make_link("ben@example.com", role="observer", project_id="shop")
    runner = app.test_cli_runner()
    new = runner.invoke(args=["founder", "link", "Anna@Example.com"])
    assert re.fullmatch(r"http://[\w.:]+/sign-in/[\w-]{43}\n", new.stdout)
    assert "Anna (anna@example.com), owner of all projects" in new.stderr
    known = runner.invoke(args=["founder", "link", "ben@example.com"])
    assert "Ben (ben@example.com), observer of shop" in known.stderr
    assert app.test_client().post(known.stdout.strip()).status_code == 303


def test_what_is_no_address_makes_no_link(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["founder", "link", "anna"])
    assert (done.exit_code, done.stdout) == (1, "")
