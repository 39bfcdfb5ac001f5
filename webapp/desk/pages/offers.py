"""What the one who runs an agent sees behind a link: a button, and then the lines to copy."""

import secrets

from flask import Blueprint, Response, current_app, make_response, render_template, request

from webapp.accounts import limits
from webapp.accounts.hosts import root
from webapp.desk.pages import package
from webapp.desk.pages.connect_steps import KINDS, filled
from webapp.extensions import db
from webapp.operations import token_offers
from webapp.operations.secrets import digest
from webapp.queries import tokens
from webapp.rules.limits import clean_text


def show_offer(secret: str) -> Response:
    """A button: opening the page uses nothing up."""
    offer = tokens.offer(db.session(), digest(secret))
    if offer is None:
        return _used()
    shown = {"offer": offer, "kind": KINDS[offer.kind], "press": secrets.token_urlsafe(16)}
    return _kept_by_nobody(render_template("offers/page.html", **shown))


def take_offer(secret: str) -> Response:
    """Make the token and show it, this once."""
    press = clean_text(request.form.get("press", ""))[:100] or secrets.token_urlsafe(16)
    try:
        offer, token, made = token_offers.take(secret, press, current_app.config["SECRET_KEY"])
    except token_offers.OfferUsed:
        return _used()
    steps = filled(
        offer.kind, url=root(), token=made, package=package.address(root()), number=token.id
    )
    shown = {"token": token, "kind": KINDS[offer.kind], "steps": steps}
    return _kept_by_nobody(render_template("offers/token.html", **shown))


def _used() -> Response:
    limits.stranger()
    return make_response(render_template("offers/used.html"), 410)


def _kept_by_nobody(html: str) -> Response:
    response = make_response(html)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/offers/<secret>", "show_offer", show_offer)
    bp.add_url_rule("/offers/<secret>", "take_offer", take_offer, methods=["POST"])
