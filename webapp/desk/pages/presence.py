"""That somebody uses an open page right now: they need no message."""

from flask import Blueprint, request, session

from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.operations import notification_settings, push
from webapp.rules.limits import clean_text


@signed_in
def presence() -> tuple[str, int]:
    """Note it; the page's script sends this while its person types or taps, at first with the
    address at which its browser gets push messages."""
    by = current_actor()
    notification_settings.seen(by=by)
    if endpoint := clean_text(request.form.get("endpoint", "")):
        push.seen(endpoint, session_secret=session[SESSION_KEY], by=by)
    return "", 204


def add_to(bp: Blueprint) -> None:
    """Give it its address."""
    bp.add_url_rule("/presence", "presence", presence, methods=["POST"])
