"""What the parts of the settings share: their links, and the line that says what was done."""

from typing import Any, Final

from flask import Response, request
from flask_babel import lazy_gettext as _

from webapp.accounts.access import current_actor
from webapp.desk.pages.rendering import page
from webapp.queries import tokens

BIGGEST: Final = 2**63 - 1
NO_TOKENS: Final = "tokens"
FOR_OWNERS: Final = "audit"
PARTS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("profile", "/settings", _("Profile")),
    ("sign-in", "/settings/sign-in", _("Sign-in")),
    ("people", "/settings/people", _("People")),
    (NO_TOKENS, "/settings/tokens", _("Tokens")),
    (FOR_OWNERS, "/settings/audit", _("Record")),
)
DONE: Final = {
    "name": _("Your name is changed. What you decided before keeps the name that you had then."),
    "language": _("Your pages speak that language now."),
    "session": _("That browser is signed out."),
    "sessions": _("All other browsers are signed out."),
    "address": _("From now on you sign in with the new address."),
    "wanted": _(
        "An owner has to confirm the new address. Until then you sign in with the old one."
    ),
    "confirmed-address": _("The new address is confirmed."),
    "password": _(
        "You have a new password. Your other browsers are signed out, and unused sign-in links no "
        "longer work."
    ),
    "no-password": _("There is no password any more."),
    "confirmed": _("Thank you. For a quarter of an hour you can change how you sign in."),
    "passkey": _("From now on you can sign in with this passkey."),
    "no-passkey": _("The passkey no longer works. You can delete it on your device, too."),
    "identity": _("From now on you can sign in through the provider."),
    "no-identity": _("The provider does not sign you in any more."),
    "no-codes": _("No code is asked for any more."),
    "token": _("The token no longer works."),
    "role": _("What they may do is changed."),
    "signed-out": _("They are signed out everywhere, and can sign in again."),
    "member": _("They are no longer in that project."),
    "invitation": _("The invitation no longer works."),
}


def show(part: str, template: str, *, status: int = 200, **context: Any) -> Response:
    """A part of the settings as a page."""
    by = current_actor()
    hidden = set() if tokens.answering(by) else {NO_TOKENS}
    hidden |= set() if by.owns_something else {FOR_OWNERS}
    return page(
        f"settings/{template}.html",
        "quiet",
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
