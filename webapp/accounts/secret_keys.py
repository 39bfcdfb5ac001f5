"""The keys of this server: SECRET_KEY, then its earlier values."""

from flask import current_app


def secret_keys() -> tuple[str, ...]:
    """The present key first, then those of SECRET_KEY_FALLBACKS, the newest first."""
    config = current_app.config
    return (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])
