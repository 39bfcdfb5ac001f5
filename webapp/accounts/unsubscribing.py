"""Links that switch one channel off and can do nothing else (RFC 8058)."""

from typing import Final

from flask import Blueprint, render_template
from itsdangerous import BadSignature

from webapp.accounts.secret_keys import signer
from webapp.operations import channels

_SALT: Final = "unsubscribe"


def token(channel_id: int) -> str:
    """What a link to switch this channel off holds."""
    return signer(_SALT).sign(str(channel_id)).decode()


def _channel(given: str) -> int | None:
    try:
        return int(signer(_SALT).unsign(given))
    except BadSignature:
        return None


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
