"""Unstuck: the desk between stuck AI agents and the founder they work for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from webapp import embedded
from webapp.config import PROJECT_ROOT, Config

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


def create_app(config: Config | None = None) -> Flask:
    """The application: config, extensions, errors, blueprints, commands, in that order."""
    # Here and not above: the supervisor (webapp/serving) imports this package as well, and starts
    # half a second sooner and in half the memory without the application.
    from flask import Flask

    from webapp import json_logs, log_masking

    log_masking.install()
    config = config or Config.from_environ(os.environ)
    app = Flask(
        __name__,
        template_folder=str(PROJECT_ROOT / "templates"),
        static_folder=str(PROJECT_ROOT / "static"),
    )
    app.config.from_mapping(_flask_settings(config))
    app.extensions["unstuck"] = config
    if config.json_logs:
        json_logs.init_app(app)
    _add_extensions(app, config)
    _add_parts(app)
    return app


def _add_extensions(app: Flask, config: Config) -> None:
    """What comes from libraries: proxies, the database, forms."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    from webapp import pool
    from webapp.disk import Disk
    from webapp.extensions import csrf, db, htmx, migrate

    if hops := config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        pool.watch(db.engine, Disk(None if config.database_url else config.data_dir))
    migrate.init_app(app, db, directory=str(PROJECT_ROOT / "migrations"))
    csrf.init_app(app)
    htmx.init_app(app)


def _add_parts(app: Flask) -> None:
    """The application's own parts. Errors come before what can raise them, commands last."""
    from webapp import (
        accounts,
        cli,
        database_errors,
        desk,
        errors,
        health,
        live,
        monitoring,
        templating,
    )

    for part in (
        templating,
        errors,
        database_errors,
        health,
        monitoring,
        accounts,
        desk,
        live,
        cli,
    ):
        part.init_app(app)


def _flask_settings(config: Config) -> dict[str, object]:
    from webapp import pool

    https = (config.public_url or "").startswith("https://")
    return {
        "SECRET_KEY": config.secret_key,
        "SECRET_KEY_FALLBACKS": list(config.secret_key_fallbacks),
        "SQLALCHEMY_DATABASE_URI": embedded.database_url(config),
        "SQLALCHEMY_ENGINE_OPTIONS": pool.options(pooled=config.listen_url is not None),
        "MAX_CONTENT_LENGTH": 2_000_000,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        "MAX_FORM_PARTS": 100,
        # An answer that arrives late must not bring back the cookie of its request over a newer
        # one: it would undo a sign-in, or the challenge of a passkey.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Browsers take a cookie of such a name only over HTTPS, from this very host, for all paths:
        # no neighbour under the same domain can slip in another.
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
        "SESSION_COOKIE_SECURE": https,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
    }
