"""The commands: thin wrappers around operations. A command that needs the database finds it running
or starts it for as long as it takes."""

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from webapp import demo, embedded
from webapp.actors import ALL_PROJECTS
from webapp.clock import now
from webapp.config import PROJECT_ROOT, Config
from webapp.errors import AppError
from webapp.extensions import db
from webapp.operations import people, pruning, tokens
from webapp.queries import accounts as queries
from webapp.queries import tokens as token_queries

P = ParamSpec("P")
R = TypeVar("R")


class Days(click.ParamType[int | None]):
    """A number of days, or `never`."""

    name = "days"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        """None for `never`."""
        if value == "never":
            return None
        return click.IntRange(1, 3650)(value, param, ctx)


token_group = AppGroup("token", help="Tokens of agents.")
founder_group = AppGroup("founder", help="People who answer.")


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command its app context and a database that answers; print errors as a sentence."""

    @wraps(command)
    @with_appcontext
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with embedded.ensure_running(_config()):
                if not _config().database_url:
                    upgrade()  # a command may come before the desk has ever run
                return command(*args, **kwargs)
        except AppError as error:
            raise click.ClickException(error.detail) from error

    return wrapped


def _config() -> Config:
    config: Config = current_app.extensions["unstuck"]
    return config


@token_group.command("create")
@click.option("--name", required=True, help="What the token is for, such as the agent's name.")
@click.option(
    "--project", "projects", multiple=True, required=True, help="A project id; '*' for all."
)
@click.option("--scope", type=click.Choice(["agent", "founder"]), default="agent")
@click.option(
    "--expires-days",
    type=Days(),
    default=tokens.DAYS,
    show_default=True,
    help="It works for N days, or 'never' expires.",
)
@click.option(
    "--person",
    "email",
    help="Somebody's own token, which acts as they do and ends with what they may.",
)
@with_database
def create_token(
    name: str,
    projects: tuple[str, ...],
    scope: tokens.Scope,
    expires_days: int | None,
    email: str | None,
) -> None:
    """Make a token and print it. It is shown this once."""
    if email is not None:
        _, secret = tokens.create_personal(name, list(projects), email, expires_days)
    else:
        until = tokens.in_days(expires_days)
        _, secret = tokens.create(name, list(projects), scope, expires_at=until)
    click.echo(secret)


@token_group.command("list")
@with_database
def list_tokens() -> None:
    """Print the tokens in force: start, what it may, projects, last use, end, name."""
    for token, email in token_queries.all_in_force(db.session()):
        used = f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never used"
        until = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "no end"
        may = f"acts as {email}" if email else token.scope
        parts = (token.prefix, may, ",".join(token.project_ids), used, until, token.name)
        click.echo("\t".join(parts))


@token_group.command("revoke")
@click.argument("prefix")
@with_database
def revoke_token(prefix: str) -> None:
    """End the token that starts with PREFIX."""
    tokens.revoke(prefix)


@founder_group.command("link")
@click.argument("email")
@with_database
def link(email: str) -> None:
    """Print a one-time sign-in link for EMAIL; the founder is made if new."""
    click.echo(sign_in_url(people.make_link(email)))
    click.echo(_whose(people.address(email)), err=True)


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
    return f"It signs in {person.name} ({email}), {', '.join(roles)}: is that whom you mean?"


@founder_group.command("first-link", hidden=True)
@with_database
def first_link() -> None:
    """Print a link for the first founder, as long as nobody has ever signed in."""
    if not queries.anyone_signed_in(db.session()):
        click.echo(sign_in_url(people.make_link(people.FIRST_FOUNDER)))


@click.command("up")
def up() -> None:
    """Run the desk until Ctrl-C: the database, its schema and the web server."""
    os.chdir(PROJECT_ROOT)
    # In this process's place: what watches over the desk does without the application.
    os.execv(sys.executable, [sys.executable, "-m", "webapp.serving"])  # noqa: S606


@click.command("demo")
@click.option("--all-verdicts", is_flag=True, help="Let it ask so much that its job is paused.")
@with_appcontext
def run_demo(all_verdicts: bool) -> None:
    """Let an example agent build something, get stuck and ask."""
    demo.run(_config(), ["--all-verdicts"] if all_verdicts else [])


@click.command("prune")
@click.option("--days", type=click.IntRange(1), default=90, help="Keep what is younger (90).")
@click.option("--batch", type=click.IntRange(1, 100_000), default=5_000, help="At once (5000).")
@click.option(
    "--audit-days",
    type=click.IntRange(90),
    help="Forget who did what, too, where it is older (90 or more; left out, all of it is kept).",
)
@with_database
def prune(days: int, batch: int, audit_days: int | None) -> None:
    """Forget old events, and sign-ins that are over. Questions and answers are kept."""
    before = now() - timedelta(days=days)
    events = 0
    while found := pruning.prune_events(before, batch):
        events += found
    while pruning.prune_report_verdicts(before, batch):
        pass
    sign_ins = pruning.prune_sign_ins(before)
    click.echo(f"Forgot {events} events and {sign_ins} sign-ins from before {before:%Y-%m-%d}.")
    if audit_days is not None:
        forgotten = pruning.prune_audit(now() - timedelta(days=audit_days))
        click.echo(f"Forgot {forgotten} entries of who did what.")


def sign_in_url(secret: str) -> str:
    """Where the link leads: the public address if one is set, else this machine."""
    config = _config()
    root = config.public_url or f"http://{config.host}:{config.port}"
    return f"{root}/sign-in/{secret}"


def init_app(app: Flask) -> None:
    """Install the commands."""
    app.cli.add_command(token_group)
    app.cli.add_command(founder_group)
    app.cli.add_command(prune)
    app.cli.add_command(up)
    app.cli.add_command(run_demo)
