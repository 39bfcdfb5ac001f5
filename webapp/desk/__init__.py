"""The desk: one blueprint with two doors, pages/ for people and api/ for machines."""

from flask import Blueprint, Flask

bp = Blueprint("desk", __name__)


def init_app(app: Flask) -> None:
    """Serve both doors."""
    app.register_blueprint(bp)
