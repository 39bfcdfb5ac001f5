"""Tokens by command: made, listed, revoked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from webapp.operations import people


@pytest.fixture
def run(app: Flask):
    """A command; its output and how it ended."""

    def running(*words: str) -> tuple[str, int]:
        done = app.test_cli_runner().invoke(args=words)
        return done.output, done.exit_code

    return running


def test_a_token_is_made_listed_and_revoked(run) -> None:
    lasting = ("--expires-days", "never")
    made, _ = run("token", "create", "--name", "Builder", "--project", "shop", *lasting)
    secret = made.strip()
    assert re.fullmatch(r"unstuck_[\w-]{43}", secret)
    listed, _ = run("token", "list")
    assert listed == f"{secret[:14]}\tagent\tshop\tnever used\tno end\tBuilder\n"
    assert secret not in listed
    assert run("token", "revoke", secret[:14]) == ("", 0)
    assert run("token", "list") == ("", 0)
    assert run("token", "revoke", "unstuck_nothing")[1] == 1


def test_a_token_ends_after_90_days_unless_said_otherwise(run) -> None:
    run("token", "create", "--name", "Builder", "--project", "shop")
    until = re.search(r"\tuntil (\S+)\t", run("token", "list")[0])
    assert until
    left = datetime.fromisoformat(until[1]).replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=88) < left <= timedelta(days=90)


def test_a_token_ends_by_itself_where_that_is_wanted(run) -> None:
    run("token", "create", "--name", "Builder", "--project", "shop", "--expires-days", "30")
    assert re.search(r"\tuntil \d{4}-\d\d-\d\d\t", run("token", "list")[0])
    wrong = run("token", "create", "--name", "B", "--project", "shop", "--expires-days", "0")
    assert wrong[1] == 2


def test_a_token_of_a_person_says_whose_it_is(app: Flask, run) -> None:
    words = ("token", "create", "--name", "Script", "--project", "*", "--person")
    output, code = run(*words, "anna@example.com")
    assert code == 1
    assert "Nobody here has the address" in output
    with app.app_context():
        people.make_link("anna@example.com", project_id="shop")
    assert run(*words, "Anna@example.com")[1] == 0
    assert "\tacts as anna@example.com\t*\t" in run("token", "list")[0]


def test_a_token_that_replaces_another_ends_it_if_that_is_said(run) -> None:
    new = ("token", "create", "--name", "Builder", "--project", "shop")
    old = run(*new)[0].strip()
    heir, code = run(*new, "--replaces", old[:14], "--overlap-hours", "0")
    assert code == 0
    listed = run("token", "list")[0]
    assert heir[:14] in listed
    assert old[:14] not in listed
    output, code = run(*new, "--replaces", old[:14])
    assert code != 0
    assert "was replaced already" in output
    third, code = run(*new, "--replaces", heir[:14])
    assert code == 0
    listed = run("token", "list")[0]
    assert heir[:14] in listed
    assert third[:14] in listed


def test_what_goes_together_is_said_where_a_token_replaces_another(run) -> None:
    new = ("token", "create", "--name", "Builder", "--project", "shop")
    assert run(*new, "--overlap-hours", "3")[1] == 2
    assert run(*new, "--replaces", "unstuck_x", "--scope", "founder")[1] == 2
    assert run(*new, "--replaces", "unstuck_nothing")[1] == 1
