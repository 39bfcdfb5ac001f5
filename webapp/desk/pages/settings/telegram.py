"""Telegram: the link that starts the bot, and the confirmation of the account that opened it."""

from flask import Blueprint, Response, current_app, redirect, request, session
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.secret_keys import secret_keys
from webapp.config import Config
from webapp.desk.pages.settings.notifications import notifications_page
from webapp.desk.pages.settings.parts import BIGGEST
from webapp.errors import Conflict, Invalid
from webapp.operations import telegram
from webapp.operations.sessions import ConfirmFirst


@signed_in
def connect_telegram() -> Response | Redirect:
    """Make the link that starts the bot."""
    by = current_actor()
    limits.new_token(by.ref)
    config: Config = current_app.extensions["unstuck"]
    try:
        if config.telegram is None:
            raise Conflict(_("Telegram isn’t set up. Ask the operator to set TELEGRAM_BOT_TOKEN."))
        made = telegram.connect(secret_keys(), session_secret=session[SESSION_KEY], by=by)
    except (Conflict, ConfirmFirst) as error:
        return _refused(error)
    return redirect(f"/settings/notifications#channel-{made.id}", 303)


@signed_in
def confirm_telegram(channel_id: int) -> Response | Redirect:
    """Confirm that an account is one's own."""
    try:
        telegram.confirm(
            channel_id,
            request.form.get("account", ""),
            secret_keys(),
            session_secret=session[SESSION_KEY],
            by=current_actor(),
        )
    except (Invalid, ConfirmFirst) as error:
        return _refused(error)
    return redirect("/settings/notifications?done=telegram-connected", 303)


def _refused(error: Conflict | Invalid | ConfirmFirst) -> Response:
    first = isinstance(error, ConfirmFirst)
    return notifications_page(
        error.status, telegram_error=error.detail, telegram_confirm_first=first
    )


def add_to(bp: Blueprint) -> None:
    """Give them their addresses."""
    page = "/settings/notifications/telegram"
    bp.add_url_rule(page, "connect_telegram", connect_telegram, methods=["POST"])
    bp.add_url_rule(
        f"{page}/<int(max={BIGGEST}):channel_id>/confirm",
        "confirm_telegram",
        confirm_telegram,
        methods=["POST"],
    )
