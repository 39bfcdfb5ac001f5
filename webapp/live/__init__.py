"""The SSE blueprint: streams of pages and agents, waiting calls, the listener and the hub."""

from flask import Blueprint, Flask

bp = Blueprint("live", __name__)


def init_app(app: Flask) -> None:
    """Serve the streams."""
    app.register_blueprint(bp)
