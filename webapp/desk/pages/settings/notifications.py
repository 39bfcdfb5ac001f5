"""Notifications: how the viewer is told that a question waits, and when not."""

from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, request, session
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as Redirect

from webapp import quiet_hours
from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.secret_keys import secret_keys
from webapp.config import Config
from webapp.desk.pages.settings.parts import BIGGEST, show
from webapp.desk.pages.settings.webhooks import STATES
from webapp.errors import Conflict, Invalid
from webapp.extensions import db
from webapp.operations import channels, notification_settings, telegram
from webapp.operations.sessions import ConfirmFirst
from webapp.queries import screens_notifications, workers
from webapp.rules.limits import clean_text

DAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)

KINDS: Final[dict[str, Any]] = {
    "email": _("Email"),
    "push": _("Push message"),
    "telegram": _("Telegram"),
}
"""What a channel of each kind is called."""

MESSAGES: Final[dict[str, Any]] = {
    "question": _("Question"),
    "reminder": _("Reminder"),
    "last_call": _("Before the deadline"),
    "summary": _("Daily summary"),
    "answered": _("After the answer"),
    "edit": _("Change of a message"),
    "new_address": _("New address"),
    "code": _("Code"),
    "test": _("Test"),
}

OTHERS_FIRST: Final = (
    (0, _("Right away")),
    (15, _("After 15 minutes without an answer")),
    (60, _("After an hour without an answer")),
    (240, _("After 4 hours without an answer")),
)

OFF: Final = {
    "person": _("You switched it off."),
    "unsubscribed": _("You unsubscribed with a link in an email."),
    "failures": _("It failed for more than an hour, so Unstuck switched it off."),
    "gone": _("The mail server says that there is no such address."),
}
OFF_DEVICE: Final = OFF | {"gone": _("This browser takes no more messages. Add it again there.")}

OFF_TELEGRAM: Final = OFF | {"gone": _("Telegram says that you blocked the bot. Unblock it there.")}


@signed_in
def notification_settings_page() -> Response:
    """The channels, and when they stay silent."""
    return notifications_page()


@signed_in
def add_email_channel() -> Response | Redirect:
    """Add an e-mail address and send a code to it."""
    by = current_actor()
    limits.mailed_code(by.ref)
    email = clean_text(request.form.get("email", ""))
    try:
        if _config().mail is None:
            raise Conflict(
                _("Email isn’t set up. Ask the operator of your server to set SMTP_URL.")
            )
        made = channels.add_email(email, secret_keys(), session_secret=session[SESSION_KEY], by=by)
    except (Invalid, Conflict, ConfirmFirst) as error:
        first = isinstance(error, ConfirmFirst)
        return notifications_page(
            error.status, email=email, email_error=error.detail, confirm_email=first
        )
    return redirect(f"/settings/notifications?done=code-sent#channel-{made.id}", 303)


@signed_in
def verify_channel(channel_id: int) -> Response | Redirect:
    """Enter the code."""
    try:
        channels.verify(
            channel_id,
            request.form.get("code", ""),
            secret_keys(),
            session_secret=session[SESSION_KEY],
            by=current_actor(),
        )
    except (Invalid, ConfirmFirst) as error:
        first = isinstance(error, ConfirmFirst)
        return notifications_page(
            error.status, code_of=channel_id, code_error=error.detail, confirm_code=first
        )
    return redirect("/settings/notifications?done=channel-works", 303)


@signed_in
def test_channel(channel_id: int) -> Redirect:
    """Send a test."""
    channels.send_test(channel_id, by=current_actor())
    return redirect("/settings/notifications?done=channel-test", 303)


@signed_in
def switch_channel_on(channel_id: int) -> Redirect:
    """Switch a channel on."""
    channels.switch(channel_id, on=True, by=current_actor())
    return redirect("/settings/notifications?done=channel-on", 303)


@signed_in
def switch_channel_off(channel_id: int) -> Redirect:
    """Switch a channel off."""
    channels.switch(channel_id, on=False, by=current_actor())
    return redirect("/settings/notifications?done=channel-off", 303)


@signed_in
def remove_channel(channel_id: int) -> Redirect:
    """Remove a channel."""
    channels.remove(channel_id, by=current_actor())
    return redirect("/settings/notifications?done=no-channel", 303)


@signed_in
def save_quiet_hours() -> Response | Redirect:
    """Save the quiet hours, and what a message may show."""
    form = {name: request.form.get(name, "") for name in ("zone", "from", "until")}
    try:
        notification_settings.save(
            zone=form["zone"],
            quiet=(form["from"], form["until"]) if request.form.get("quiet") else None,
            days=request.form.getlist("days"),
            shows_question=bool(request.form.get("shows_question")),
            summary=request.form.get("summary_at", "") if request.form.get("summary") else None,
            others_first_min=_number(request.form.get("others_first", "0")),
            wakes_for_critical=bool(request.form.get("critical")),
            by=current_actor(),
        )
    except Invalid as error:
        return notifications_page(error.status, quiet_error=error.detail)
    return redirect("/settings/notifications?done=quiet-hours", 303)


@signed_in
def notification_log() -> Response:
    """What was sent to people, or waits."""
    asked = request.args
    named = asked.get("person", "")
    filters: dict[str, Any] = {
        "channel": next((kind for kind in KINDS if kind == asked.get("channel")), None),
        "state": next((state for state in STATES if state == asked.get("state")), None),
        "person": int(named) if named.isdecimal() and int(named) <= BIGGEST else None,
    }
    cursor = asked.get("cursor") or None
    found = screens_notifications.log(db.session(), current_actor(), cursor=cursor, **filters)
    chosen = {name: value for name, value in filters.items() if value is not None}
    older = urlencode(chosen | {"cursor": found["older"]}) if found["older"] else None
    words = {"states": STATES, "kinds": KINDS, "messages": MESSAGES, "filters": filters}
    return show("notifications", "notification_log", **(found | words | {"older": older}))


def _number(text: str) -> int:
    """The number, or -1, which is no choice."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def _config() -> Config:
    config: Config = current_app.extensions["unstuck"]
    return config


def _telegram(channels: list[screens_notifications.ChannelRow]) -> dict[str, Any]:
    """Whether there is a bot, what is known of it, and the links that still start it."""
    server = _config().telegram
    lease = server and workers.lease(db.session(), server.lease)
    bot = lease.about if lease else None
    pending = [row.channel for row in channels if row.channel.kind == telegram.TELEGRAM]
    given = {channel.id: telegram.parameter(channel, secret_keys()) for channel in pending}
    return {
        "is_set_up": server is not None,
        "bot": bot,
        "trouble": lease.trouble if lease else None,
        "links": {key: f"https://t.me/{bot}?start={each}" for key, each in given.items() if each},
    }


def notifications_page(status: int = 200, **changes: object) -> Response:
    """The page, with what went wrong."""
    shown = screens_notifications.mine(db.session(), current_actor())
    usual = {
        "email": None,
        "email_error": None,
        "code_of": None,
        "code_error": None,
        "quiet_error": None,
        "device_error": None,
        "confirm_first": False,
        "confirm_email": False,
        "confirm_code": False,
        "away_error": None,
        "away_until": "",
        "mail_is_set_up": _config().mail is not None,
        "telegram": _telegram(shown["channels"]),
        "telegram_error": None,
        "telegram_confirm_first": False,
        "zones": quiet_hours.zones(),
        "days": DAYS,
        "others_first": OTHERS_FIRST,
        "off": {"email": OFF, "push": OFF_DEVICE, "telegram": OFF_TELEGRAM},
    }
    context: dict[str, Any] = shown | usual | changes
    return show("notifications", "notifications", status=status, **context)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    page = "/settings/notifications"
    bp.add_url_rule(page, "notification_settings", notification_settings_page)
    bp.add_url_rule(f"{page}/log", "notification_log", notification_log)
    for path, view in (("email", add_email_channel), ("quiet-hours", save_quiet_hours)):
        bp.add_url_rule(f"{page}/{path}", view.__name__, view, methods=["POST"])
    one = f"{page}/channels/<int(max={BIGGEST}):channel_id>"
    for verb, action in (
        ("verify", verify_channel),
        ("test", test_channel),
        ("on", switch_channel_on),
        ("off", switch_channel_off),
        ("remove", remove_channel),
    ):
        bp.add_url_rule(f"{one}/{verb}", action.__name__, action, methods=["POST"])
