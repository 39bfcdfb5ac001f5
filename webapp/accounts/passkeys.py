"""Signing in by passkey. A script asks for what the browser needs, and sends the form with it."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import limits
from webapp.accounts.hosts import root
from webapp.accounts.sign_in import entrance, let_in
from webapp.operations import passkeys
from webapp.operations.passkey_answers import NotThisPasskey, Site

CHALLENGE_KEY: Final = "challenge"
LONGEST: Final = 20_000


def site() -> Site:
    """This desk, as passkeys know it."""
    parts = urlsplit(root())
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def has_name() -> bool:
    """Whether the desk has a name: browsers make no passkeys for bare numbers."""
    try:
        ip_address(site().id)
    except ValueError:
        return True
    return False


def kept(asked: tuple[str, str]) -> Response:
    """What the browser needs; the challenge stays in its cookie until it is answered."""
    options, session[CHALLENGE_KEY] = asked
    response = Response(options, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def answered() -> tuple[str, str]:
    """The challenge that this browser was given, and its answer."""
    return session.pop(CHALLENGE_KEY, ""), request.form.get("credential", "")[:LONGEST]


def passkey_options() -> Response:
    """What a browser needs to show a passkey."""
    return kept(passkeys.begin_showing(site()))


def sign_in_by_passkey() -> Redirect | tuple[str, int]:
    """Take the answer of a passkey."""
    challenge, credential = answered()
    attempt = limits.SignInAttempt()
    try:
        browser = passkeys.sign_in(site(), challenge, credential, request.headers.get("User-Agent"))
    except NotThisPasskey as error:
        return entrance(error.status, passkey_error=error.detail)
    attempt.worked()
    return let_in(browser)


def back_from_passkey() -> Redirect:
    """Where the address of a refused form is opened anew."""
    return redirect("/sign-in", 303)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    path = "/sign-in/passkey"
    bp.add_url_rule(path, "back_from_passkey", back_from_passkey)
    bp.add_url_rule(path, "sign_in_by_passkey", sign_in_by_passkey, methods=["POST"])
    bp.add_url_rule(f"{path}/options", "passkey_options", passkey_options, methods=["POST"])
