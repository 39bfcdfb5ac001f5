"""Who may do what: sign-in pages, tokens, and the actor behind each request."""

from flask import Flask

from webapp.accounts import forms, routes


def init_app(app: Flask) -> None:
    """Serve the sign-in pages, and check every form that is posted."""
    app.register_blueprint(routes.bp)
    app.before_request(forms.check)
