"""Who may do what: sign-in pages, tokens, and the actor behind each request."""

from flask import Flask

from webapp import origin
from webapp.accounts import access, forms, recent, routes


def init_app(app: Flask) -> None:
    """Serve the sign-in pages, and check every form that is posted."""
    app.register_blueprint(routes.bp)
    app.before_request(forms.check)
    app.extensions["recent_tokens"] = recent.RecentTokens()
    origin.read_by(access.origin_of_request)
