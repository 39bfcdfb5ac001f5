"""Who may do what: sign-in pages, tokens, and the actor behind each request."""

from flask import Flask

from webapp import origin
from webapp.accounts import access, cookies, forms, hosts, limits, routes, security_log, token_cache


def init_app(app: Flask) -> None:
    """Serve the sign-in pages, and check under which name, how often, and with which form."""
    config = app.extensions["unstuck"]
    app.session_interface = cookies.Sessions()
    security_log.init_app(app)
    hosts.init_app(app, config)
    limits.init_app(app, config, access.is_signed_in)
    app.register_blueprint(routes.bp)
    app.before_request(forms.check)
    app.extensions["token_cache"] = token_cache.TokenCache()
    origin.read_by(access.origin_of_request)
