"""The commands for backups: one file that holds everything, and the way back."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

import click
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from webapp import addresses, embedded, pool
from webapp.backup import Backup, make
from webapp.backup.envelope import is_sealed
from webapp.cli_database import current_config, with_database
from webapp.config import Config, SetupError, make_data_dir
from webapp.extensions import db
from webapp.version import VERSION

P = ParamSpec("P")
R = TypeVar("R")

_RUNS: Final = (
    "select 1 from pg_stat_activity where datname = current_database() "
    "and application_name = 'unstuck listener'"
)
_HOLDS: Final = "select to_regclass('alembic_version') is not null"


def _passphrase_option(command: Callable[P, R]) -> Callable[P, R]:
    return click.option(
        "--passphrase-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file whose first line is the passphrase.",
    )(command)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seal", is_flag=True, help="Ask for a passphrase and encrypt the file with it.")
@_passphrase_option
@with_database
def backup(file: Path, seal: bool, passphrase_file: Path | None) -> None:
    """Write the database and the secret keys to FILE, while the server runs."""
    if file.exists():
        raise click.ClickException(f"{file} exists already. Name another file.")
    passphrase = _first_line(passphrase_file)
    if seal and not passphrase:
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    config = current_config()
    revision = db.session.scalar(db.text("select version_num from alembic_version"))
    db.session.remove()
    about = {"version": VERSION, "schema": revision}
    make(config, config.listen_url or embedded.database_url(config), file, passphrase, about)
    size = file.stat().st_size / 1_000_000
    how = "sealed with your passphrase" if passphrase else "not sealed: keep it where only you read"
    click.echo(f"Wrote {file} ({size:.1f} MB, {how}).")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace what the database holds now.")
@_passphrase_option
@with_appcontext
def restore(file: Path, overwrite: bool, passphrase_file: Path | None) -> None:
    """Restore a backup from FILE, while the server doesn't run."""
    config = current_config()
    pool.of(db.engine).patient = True
    if not config.database_url and addresses.running(config.data_dir):
        raise SetupError(f"A server runs on {config.data_dir}. Stop it, then restore.")
    passphrase = _first_line(passphrase_file)
    if is_sealed(file) and not passphrase:
        passphrase = click.prompt("Passphrase", hide_input=True)
    with Backup.open(file, passphrase) as opened:
        _refuse_newer(opened)
        with embedded.ensure_running(config):
            holds = _holds_data(config)
            db.engine.dispose()
            if holds and not overwrite:
                raise SetupError(
                    "The database already has data. Add --overwrite to replace all of it."
                )
            if config.database_url:
                opened.load(config.listen_url or config.database_url, clean=holds)
            else:
                with embedded.replaced_database(config) as url:
                    opened.load(url, clean=False)
            upgrade()
            db.session.remove()
            db.engine.dispose()
    click.echo(f"Restored the state of {opened.about['made_at']}.")
    _bring_back_keys(config, opened.keys)


def _first_line(file: Path | None) -> str | None:
    if file is None:
        return None
    lines = file.read_text("utf-8").splitlines()
    if not lines or not lines[0]:
        raise click.ClickException(f"{file} is empty. Write the passphrase on its first line.")
    return lines[0]


def _refuse_newer(opened: Backup) -> None:
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    try:
        scripts.get_revision(opened.about["schema"])
    except CommandError:
        raise SetupError(
            f"The backup was made by Unstuck {opened.about['version']}, which is newer than this "
            "one. Update Unstuck, then restore."
        ) from None


def _holds_data(config: Config) -> bool:
    with db.engine.connect() as connection:
        if config.database_url and connection.scalar(db.text(_RUNS)):
            raise SetupError("A server uses the database of DATABASE_URL. Stop it, then restore.")
        return bool(connection.scalar(db.text(_HOLDS)))


def _bring_back_keys(config: Config, keys: dict[str, list[str]]) -> None:
    """The keys that sessions and sealed secrets need: where the server made its key itself they are
    put back, elsewhere they are kept in a file and whoever runs the server is told."""
    present = {
        "SECRET_KEY": (config.secret_key, *config.secret_key_fallbacks),
        "SECRETS_KEY": config.secrets_keys,
    }
    needed = []
    for name, listed in keys.items():
        place, own = config.data_dir / name.lower(), list(listed)
        if place.exists() and place.read_text("utf-8").strip() == present[name][0]:
            _write_private(place, own.pop(0))
        if rest := [key for key in own if key not in present[name]]:
            needed.append(f"{name}_FALLBACKS={','.join(rest)}")
    if needed:
        kept = config.data_dir / "restored_keys"
        _write_private(kept, "\n".join(needed))
        click.echo(
            f"What the backup holds was encrypted with other keys, which are in {kept}. Set the "
            "variables that it names, or two-step verification and stored secrets can't be read; "
            "run `flask --app wsgi reseal`, then delete that file."
        )


def _write_private(path: Path, text: str) -> None:
    make_data_dir(path.parent)
    draft = path.with_name(f".{path.name}.new")
    draft.touch(0o600)
    draft.write_text(text + "\n", "utf-8")
    draft.replace(path)
