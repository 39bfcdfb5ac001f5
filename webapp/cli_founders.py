"""Commands about people: the way in for the first one, and the way back."""

import sys

import click
from flask.cli import AppGroup

from webapp import addresses
from webapp.actors import ALL_PROJECTS
from webapp.cli_database import current_config, with_database
from webapp.extensions import db
from webapp.operations import people
from webapp.queries import accounts as queries

_MOST_NAMED = 10

founder_group = AppGroup("founder", help="People who answer.")


@founder_group.command("link")
@click.argument("email", required=False)
@click.option("--create", is_flag=True, help="Create an owner of all projects if EMAIL is new.")
@click.option(
    "--alone",
    is_flag=True,
    help="End all other ways in: password, passkeys, sessions and own tokens.",
)
@with_database
def link(email: str | None, create: bool, alone: bool) -> None:
    """Print a one-time sign-in link for EMAIL. Leave EMAIL out if there is only one person."""
    if create and not email:
        raise click.UsageError("Name the owner to create: founder link EMAIL --create")
    address = people.address(email) if email else _only_address()
    if not create and not queries.is_member(db.session(), address):
        raise click.ClickException(
            f"Nobody signs in with the address {address}. {_who_does()}"
            "To create an owner of all projects with this address, add --create."
        )
    _print(people.make_link(address, create=create, alone=alone))
    click.echo(_whose(address), err=True)


@founder_group.command("first-link", hidden=True)
@with_database
def first_link() -> None:
    """Print a link for the first founder, as long as nobody has ever signed in."""
    if not queries.anyone_signed_in(db.session()):
        click.echo(_sign_in_url(people.make_first_link()))


def _only_address() -> str:
    """The address of the only person; with more or none of them, a sentence that says so."""
    found = queries.addresses_of_members(db.session(), 2)
    if len(found) == 1:
        return found[0]
    raise click.UsageError(
        f"{_who_does()}Name one: founder link EMAIL"
        if found
        else "Nobody can sign in yet. Create the first owner: founder link EMAIL --create"
    )


def _who_does() -> str:
    found = queries.addresses_of_members(db.session(), _MOST_NAMED + 1)
    if not found:
        return ""
    more = " and more" if len(found) > _MOST_NAMED else ""
    return f"These addresses can sign in: {', '.join(found[:_MOST_NAMED])}{more}. "


def _whose(email: str) -> str:
    """Whom a link signs in: an address is what somebody wrote, who may be another than is meant."""
    found = queries.of_address(db.session(), email)
    if found is None:
        return f"{email} was changed meanwhile."
    person, memberships = found
    everywhere = {ALL_PROJECTS: "all projects"}
    roles = [
        f"{one.role} of {everywhere.get(one.project_id, one.project_id)}" for one in memberships
    ]
    whom = f"It signs in {person.name} ({email}), {', '.join(roles)}: is that whom you mean?"
    others = queries.ways_in(db.session(), person)
    if not others:
        return whom
    return f"{whom} {', '.join(others)} let them in as well: add --alone to end these."


def _print(secret: str) -> None:
    """The link alone is the output; what else helps a person is not."""
    reached = _reached()
    click.echo(f"{reached.main}/sign-in/{secret}")
    if reached.network:
        click.echo(f"In the same network: {reached.network}/sign-in/{secret}", err=True)
    if not sys.stderr.isatty():
        return
    if reached.only_here:
        click.echo(addresses.FROM_A_PHONE, err=True)
    else:
        click.echo(addresses.qr_code(f"{reached.best}/sign-in/{secret}"), err=True)


def _sign_in_url(secret: str) -> str:
    return f"{_reached().main}/sign-in/{secret}"


def _reached() -> addresses.Addresses:
    """Where the server is reached, or will be once it runs."""
    config = current_config()
    return addresses.running(config.data_dir) or addresses.Addresses.of(config, config.port)
