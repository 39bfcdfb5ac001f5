"""What emails say about a person's own addresses, sent to those they had before."""

from typing import Any, Final

from flask_babel import gettext

from webapp.operations.address_notices import ADDRESS_CHANGED, NEW_ADDRESS

Words = tuple[str, list[str]]
"""A subject and paragraphs."""

KINDS: Final = (NEW_ADDRESS, ADDRESS_CHANGED)


def words(kind: str, said: dict[str, Any], root: str) -> Words:
    """The words of a kind, from what is sealed in it and the address of this server."""
    return new_address(said["address"], root) if kind == NEW_ADDRESS else address_changed(root)


def new_address(address: str, root: str) -> Words:
    """That another address gets the person's messages."""
    return gettext("A new address gets your messages"), [
        gettext("%(address)s now gets your messages from Unstuck.", address=address),
        gettext("If you added it, you don’t need to do anything."),
        gettext(
            "If you didn’t, someone is using your account. Remove the address, then sign out"
            " everywhere else and change your password:"
        ),
        f"{root}/settings/notifications",
    ]


def address_changed(root: str) -> Words:
    """That the person no longer signs in with the address this goes to."""
    return gettext("Your email address in Unstuck has changed"), [
        gettext("You no longer sign in to Unstuck with this address: %(link)s", link=root),
        gettext(
            "If you didn’t change it, ask an owner of your project or your server’s operator for"
            " help right away."
        ),
    ]
