"""Links that switch one channel off and can do nothing else (RFC 8058)."""

import hmac

from flask import Blueprint, render_template

from webapp.accounts.secret_keys import secret_keys
from webapp.operations import channels


def token(channel_id: int) -> str:
    """What a link to switch this channel off holds."""
    return f"{channel_id}-{_proof(channel_id, secret_keys()[0])}"


def _proof(channel_id: int, key: str) -> str:
    return hmac.digest(key.encode(), f"unsubscribe {channel_id}".encode(), "sha256").hex()[:32]


def _channel(given: str) -> int | None:
    number, _, proof = given.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    found = int(number)
    fits = [hmac.compare_digest(_proof(found, key), proof) for key in secret_keys()]
    return found if any(fits) else None


def show(given: str) -> str | tuple[str, int]:
    """A button and nothing more: scanners that open the links of an email change nothing."""
    if _channel(given) is None:
        return render_template("accounts/unsubscribe.html", works=False, done=False), 410
    return render_template("accounts/unsubscribe.html", works=True, done=False)


def unsubscribe(given: str) -> str | tuple[str, int]:
    """Switch the channel off. Mail programs send this without asking and without a page."""
    found = _channel(given)
    if found is None:
        return render_template("accounts/unsubscribe.html", works=False, done=False), 410
    channels.unsubscribe(found)
    return render_template("accounts/unsubscribe.html", works=True, done=True)


def add_to(bp: Blueprint) -> None:
    """Give the page its address."""
    bp.add_url_rule("/unsubscribe/<given>", "show_unsubscribe", show)
    bp.add_url_rule("/unsubscribe/<given>", "unsubscribe", unsubscribe, methods=["POST"])
