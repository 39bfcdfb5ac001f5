"""What commands need of the database: that of the running server, or the data it left."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from webapp import addresses, demo, embedded, pool
from webapp.config import Config, SetupError
from webapp.errors import AppError
from webapp.extensions import db

P = ParamSpec("P")
R = TypeVar("R")


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command its app context and the database of the server, which is started for as long
    as it takes where no server runs. Errors are printed as a sentence."""

    @wraps(command)
    @with_appcontext
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        config = current_config()
        _find_server(config)
        pool.of(db.engine).patient = True
        try:
            with embedded.ensure_running(config):
                if not config.database_url:
                    upgrade()  # the data may be of an earlier version
                return command(*args, **kwargs)
        except AppError as error:
            raise click.ClickException(error.detail) from error

    return wrapped


def current_config() -> Config:
    """The configuration of this process."""
    config: Config = current_app.extensions["unstuck"]
    return config


def _find_server(config: Config) -> None:
    """Refuse to work on data that no server uses, and say so where the server doesn't run. With
    DATABASE_URL the servers may run anywhere, so nothing is said."""
    if config.database_url or addresses.running(config.data_dir):
        return
    folder = config.data_dir
    if url := demo.url_that_answers(config):
        raise SetupError(
            f"The Unstuck server at {url} doesn't use the data folder {folder}. "
            "Give this command the server's own DATA_DIR or DATABASE_URL."
        )
    if not embedded.has_data(config):
        raise SetupError(
            f"There is no Unstuck server on the data folder {folder}. Start one with `make run`, "
            "or give this command the DATA_DIR or DATABASE_URL of the server you mean."
        )
    click.echo(
        f"No server is running on the data folder {folder}. This command works on its data; "
        "start the server with `make run`.",
        err=True,
    )
