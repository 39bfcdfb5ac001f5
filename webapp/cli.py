"""The commands: thin wrappers around operations."""

import os
import sys
from dataclasses import replace

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from webapp import demo
from webapp.accounts.secret_keys import secret_keys
from webapp.cli_backup import backup, restore
from webapp.cli_database import current_config, with_database
from webapp.cli_founders import founder_group
from webapp.clock import now
from webapp.config import PROJECT_ROOT
from webapp.extensions import db
from webapp.operations import handing_over, pruning, sealing, token_replacement, tokens
from webapp.queries import tokens as token_queries


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
    help="For how many days the token works, or 'never' for no end.",
)
@click.option(
    "--person",
    "email",
    help="Make the person's own token, which acts in their name and has their permissions.",
)
@click.option(
    "--replaces",
    metavar="PREFIX",
    help="The agents' token to replace. The new one takes over its jobs.",
)
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 24 * 365),
    help="With --replaces: end the old token in N hours, 0 for now. By default, its end stays.",
)
@with_database
def create_token(
    name: str,
    projects: tuple[str, ...],
    scope: tokens.Scope,
    expires_days: int | None,
    email: str | None,
    replaces: str | None,
    overlap_hours: int | None,
) -> None:
    """Create a token and print it. It is shown only once."""
    if replaces is None and overlap_hours is not None:
        raise click.UsageError("--overlap-hours goes with --replaces.")
    if replaces is not None and (scope != "agent" or email is not None):
        raise click.UsageError("--replaces is for agents' tokens, without --scope and --person.")
    if email is not None:
        _, secret = tokens.create_personal(name, list(projects), email, expires_days)
    else:
        until = tokens.in_days(expires_days)
        if replaces is None:
            _, secret = tokens.create(name, list(projects), scope, expires_at=until)
        else:
            _, secret = token_replacement.create(
                name, list(projects), replaces, expires_at=until, overlap_hours=overlap_hours
            )
    click.echo(secret)


@token_group.command("list")
@with_database
def list_tokens() -> None:
    """List the active tokens: prefix, scope, projects, last use, end, name."""
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


@click.command("up")
def up() -> None:
    """Run the server and its database until Ctrl-C."""
    os.chdir(PROJECT_ROOT)
    # In this process's place: what watches over the desk does without the application.
    os.execv(sys.executable, [sys.executable, "-m", "webapp.serving"])  # noqa: S606


@click.command("worker")
@with_appcontext
def run_worker() -> None:
    """Send webhooks, callbacks and messages. `make run` starts a worker, too."""
    from webapp.outbound import worker  # the other commands start without it

    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("demo")
@click.option("--all-verdicts", is_flag=True, help="Let the agent ask until its job is paused.")
@with_appcontext
def run_demo(all_verdicts: bool) -> None:
    """Run an example agent that gets stuck and asks you."""
    demo.run(current_config(), ["--all-verdicts"] if all_verdicts else [])


@click.command("prune")
@click.option(
    "--days",
    type=click.IntRange(1),
    help="Delete events and sign-ins older than N days, whatever the settings say.",
)
@click.option(
    "--batch", type=click.IntRange(1, 100_000), default=5_000, help="Rows per transaction (5000)."
)
@click.option(
    "--audit-days",
    type=click.IntRange(90),
    help="Also delete entries of the audit log older than N days (90 or more).",
)
@with_database
def prune(days: int | None, batch: int, audit_days: int | None) -> None:
    """Delete what is older than the settings say (KEEP_EVENTS_DAYS and others). The running server
    does this once a day. Questions and answers are kept unless KEEP_QUESTIONS_DAYS is set."""
    keep = current_config().retention
    if days is not None:
        keep = replace(keep, events_days=days, sign_ins_days=days)
    if audit_days is not None:
        keep = replace(keep, audit_days=audit_days)
    found = pruning.prune_all(keep, now(), batch)
    for name, count in found.items():
        click.echo(f"Forgot {count} {name}.")


@click.command("reseal")
@with_database
def reseal() -> None:
    """Encrypt stored secrets with the new SECRET_KEY, after you changed it.

    Secrets sealed with a key of SECRET_KEY_FALLBACKS are decrypted and sealed again. After that,
    the earlier keys are no longer needed for them. Keys that were handed over are sealed with
    the present SECRETS_KEY in the same way.
    """
    done, lost = sealing.reseal(secret_keys())
    click.echo(f"Sealed {done} secrets with the present SECRET_KEY.")
    handed, unreadable = handing_over.reseal(current_config().secrets_keys)
    click.echo(f"Sealed {handed} handed-over keys with the present SECRETS_KEY.")
    if unreadable:
        raise click.ClickException(
            f"{unreadable} handed-over keys can't be opened with SECRETS_KEY or "
            "SECRETS_KEY_FALLBACKS. Add the key they were sealed with and try again."
        )
    if lost:
        raise click.ClickException(
            f"{lost} secrets can't be opened with SECRET_KEY or SECRET_KEY_FALLBACKS, and stay as "
            "they are. Add the key they were sealed with to SECRET_KEY_FALLBACKS and try again."
        )


def init_app(app: Flask) -> None:
    """Install the commands."""
    app.cli.add_command(token_group)
    app.cli.add_command(founder_group)
    app.cli.add_command(prune)
    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(reseal)
    app.cli.add_command(up)
    app.cli.add_command(run_worker)
    app.cli.add_command(run_demo)
