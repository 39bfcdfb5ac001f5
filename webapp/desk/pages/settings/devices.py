"""Devices that get push messages: added by the page's script."""

from flask import Blueprint, Response, current_app, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.secret_keys import secret_keys
from webapp.config import Config
from webapp.desk.pages import devices
from webapp.desk.pages.settings.notifications import notifications_page
from webapp.errors import Conflict, Invalid
from webapp.operations import push, push_keys
from webapp.operations.sessions import ConfirmFirst


@signed_in
def push_key() -> dict[str, str]:
    """The key for which a browser makes its subscription."""
    config: Config = current_app.extensions["unstuck"]
    private = push_keys.private_key(secret_keys(), config.push.private_key)
    return {"key": push_keys.public_key(private)}


@signed_in
def add_device() -> Response | Redirect:
    """Add the browser that sends this, and send a message to it."""
    by = current_actor()
    limits.new_token(by.ref)
    config: Config = current_app.extensions["unstuck"]
    given = (request.form.get(name, "") for name in ("endpoint", "p256dh", "auth"))
    subscription = push.Subscription(*given)
    try:
        subscription.check(config.push.services, private=config.private_webhooks)
        made = push.add_device(
            subscription,
            devices.in_words(request.headers.get("User-Agent")),
            secret_keys(),
            session_secret=session[SESSION_KEY],
            by=by,
        )
    except (Invalid, Conflict, ConfirmFirst) as error:
        first = isinstance(error, ConfirmFirst)
        return notifications_page(error.status, device_error=error.detail, confirm_first=first)
    return redirect(f"/settings/notifications?done=device-added#channel-{made.id}", 303)


def add_to(bp: Blueprint) -> None:
    """Give them their addresses."""
    page = "/settings/notifications/devices"
    bp.add_url_rule(page, "add_device", add_device, methods=["POST"])
    bp.add_url_rule(f"{page}/key", "push_key", push_key, methods=["POST"])
