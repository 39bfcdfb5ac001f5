"""What every template may use. StrictUndefined: a forgotten variable is an error, never a blank."""

from flask import Flask
from jinja2 import StrictUndefined

from webapp.templating import assets, compression, headers, language, words


def init_app(app: Flask) -> None:
    """Set up Jinja, the static files and the headers that guard a page."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    compression.init_app(app)  # first, because Flask asks the first of them last
    assets.init_app(app)
    language.init_app(app)
    words.init_app(app)
    headers.init_app(app)
