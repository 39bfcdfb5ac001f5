"""What the parts of the settings share: their links, and the line that says what was done."""

from typing import Any, Final

from flask import Response, request
from flask_babel import lazy_gettext as _

from webapp.accounts.access import current_actor
from webapp.desk.pages.rendering import page
from webapp.queries import tokens

BIGGEST: Final = 2**63 - 1
FOR_ANSWERING: Final = {"connect", "tokens"}
FOR_OWNERS: Final = {"audit", "webhooks"}
PARTS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("profile", "/settings", _("Profile")),
    ("sign-in", "/settings/sign-in", _("Sign-in")),
    ("notifications", "/settings/notifications", _("Notifications")),
    ("people", "/settings/people", _("People")),
    ("connect", "/settings/connect", _("Connect an agent")),
    ("tokens", "/settings/tokens", _("Tokens")),
    ("webhooks", "/settings/webhooks", _("Webhooks")),
    ("audit", "/settings/audit", _("Audit log")),
)
DONE: Final = {
    "name": _("Your name has been changed. Earlier answers keep your old name."),
    "language": _("Your language has been changed."),
    "session": _("The browser has been signed out."),
    "sessions": _("All other browsers have been signed out."),
    "address": _("Your email address has been changed. Use it the next time you sign in."),
    "wanted": _(
        "An owner has to confirm your new email address. Until then, sign in with the old one."
    ),
    "address-code": _(
        "A code is on its way to your new email address. Enter it below within 15 minutes."
    ),
    "confirmed-address": _("The new email address is confirmed."),
    "password": _(
        "Your password has been changed. Your other browsers are signed out, and "
        "unused sign-in links no longer work."
    ),
    "no-password": _("Your password has been removed."),
    "confirmed": _("Thank you. You can now change how you sign in for 15 minutes."),
    "passkey": _("You can now sign in with this passkey."),
    "no-passkey": _("The passkey no longer works. You can delete it on your device, too."),
    "identity": _("You can now sign in through the provider."),
    "no-identity": _("The account is disconnected. You can no longer sign in with it."),
    "no-codes": _("Two-step verification is off."),
    "token": _("The token no longer works."),
    "role": _("The role has been changed."),
    "signed-out": _("They are signed out on all devices. They can sign in again."),
    "member": _("They no longer have access to the project."),
    "code-sent": _("A code is on its way. Enter it below within 15 minutes."),
    "device-added": _("A test message is on its way to this device."),
    "telegram-connected": _("Telegram is connected. A test message is on its way."),
    "channel-works": _("The channel works. Unstuck will tell you there when a question waits."),
    "channel-test": _("The test is on its way. Reload this page to see what became of it."),
    "channel-on": _("The channel is on."),
    "channel-off": _("The channel is off."),
    "no-channel": _("The channel is removed."),
    "quiet-hours": _("Your settings are saved."),
    "away": _("You’re away. Your deputy gets your messages until then."),
    "back": _("Welcome back. You get your messages again."),
    "no-webhook": _("The webhook is removed."),
    "webhook-on": _("The webhook is on. It gets events from now on."),
    "webhook-off": _("The webhook is off."),
    "webhook-test": _("The test is on its way. Reload this page to see what became of it."),
    "sent-again": _("The message is being sent again. Reload this page to see what became of it."),
    "invitation": _("The invitation no longer works."),
}


def show(
    part: str,
    template: str,
    view: str = "quiet",
    key: str = "",
    *,
    status: int = 200,
    **context: Any,
) -> Response:
    """A part of the settings as a page. Its live view is `view`, with the subject `key`."""
    by = current_actor()
    hidden = set() if tokens.answering(by) else FOR_ANSWERING
    hidden |= set() if by.owns_something else FOR_OWNERS
    return page(
        f"settings/{template}.html",
        view,
        key,
        status=status,
        part=part,
        parts=[each for each in PARTS if each[0] not in hidden],
        done=DONE.get(request.args.get("done", "")),
        **context,
    )


def show_secret(part: str, template: str, **context: Any) -> Response:
    """A page that shows a secret, the only one that ever holds it, so nobody keeps a copy."""
    response = show(part, template, **context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
