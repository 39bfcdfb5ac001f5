"""Asking for a sign-in link by email. What is said is the same whether the address is known."""

from flask import Blueprint, current_app, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.accounts import limits
from webapp.accounts.secret_keys import secret_keys
from webapp.accounts.sign_in import entrance
from webapp.config import Config
from webapp.errors import Invalid, NotFound
from webapp.operations import mailed_links
from webapp.rules.limits import clean_text


def mail_link() -> Response | tuple[str, int]:
    """Take the address, and send a link there if it is a member's."""
    config: Config = current_app.extensions["unstuck"]
    if config.mail is None:
        raise NotFound(_("Email isn’t set up on this server."))
    email = clean_text(request.form.get("email", ""))
    limits.mailed_link(email)
    try:
        mailed_links.ask(email, secret_keys())
    except Invalid as error:
        return entrance(error.status, email=email, error=error.detail)
    return redirect("/sign-in/mail", 303)


def link_is_mailed() -> str:
    """Say where to look."""
    return render_template("accounts/link_mailed.html")


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/sign-in/mail", "link_is_mailed", link_is_mailed)
    bp.add_url_rule("/sign-in/mail", "mail_link", mail_link, methods=["POST"])
