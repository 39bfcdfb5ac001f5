"""Who may do what: sign-in pages, tokens, and the actor behind each request."""

from flask import Blueprint, Flask

bp = Blueprint("accounts", __name__)


def init_app(app: Flask) -> None:
    """Serve the sign-in pages."""
    app.register_blueprint(bp)
