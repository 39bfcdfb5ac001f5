"""What every template may use. StrictUndefined: a forgotten variable is an error, never a blank."""

from flask import Flask
from jinja2 import StrictUndefined


def init_app(app: Flask) -> None:
    """Set up Jinja."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
