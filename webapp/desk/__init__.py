"""The desk: one blueprint with two interfaces, pages/ for people and api/ for machines."""

from flask import Blueprint, Flask

from webapp.desk import api, pages

bp = Blueprint("desk", __name__)
api.register(bp)
pages.register(bp)


def init_app(app: Flask) -> None:
    """Serve both interfaces."""
    api.init_app(app)
    app.register_blueprint(bp)
