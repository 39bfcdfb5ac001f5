"""That somebody uses an open page right now: they need no message."""

from flask import Blueprint

from webapp.accounts.access import current_actor, signed_in
from webapp.operations import notification_settings


@signed_in
def presence() -> tuple[str, int]:
    """Note it; the page's script sends this while its person types or taps."""
    notification_settings.seen(by=current_actor())
    return "", 204


def add_to(bp: Blueprint) -> None:
    """Give it its address."""
    bp.add_url_rule("/presence", "presence", presence, methods=["POST"])
