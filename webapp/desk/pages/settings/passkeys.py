"""One's passkeys."""

from flask import Blueprint, Response, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.passkeys import answered, kept, site
from webapp.desk.pages.settings import sign_in
from webapp.desk.pages.settings.parts import BIGGEST
from webapp.errors import Conflict, Invalid
from webapp.operations import passkeys, sessions
from webapp.operations.passkey_answers import NotThisPasskey
from webapp.rules.limits import clean_text


@signed_in
def new_passkey_options() -> Response:
    """What a browser needs to make a passkey."""
    return kept(passkeys.begin_adding(site(), session[SESSION_KEY], by=current_actor()))


@signed_in
def add_passkey() -> Response | Redirect:
    """Keep a passkey that the browser made."""
    name = clean_text(request.form.get("name", ""))
    here = session[SESSION_KEY]
    try:
        passkeys.add(site(), *answered(), name, here, by=current_actor())
    except (NotThisPasskey, Invalid) as error:
        return sign_in.page(422, passkey_error=error.detail)
    except (sessions.ConfirmFirst, Conflict) as error:
        return sign_in.page(error.status, refusal=error.detail)
    return redirect("/settings/sign-in?done=passkey", 303)


@signed_in
def remove_passkey(passkey_id: int) -> Response | Redirect:
    """Let a passkey work no longer."""
    try:
        passkeys.remove(passkey_id, session[SESSION_KEY], by=current_actor())
    except sessions.ConfirmFirst as error:
        return sign_in.page(error.status, refusal=error.detail)
    return redirect("/settings/sign-in?done=no-passkey", 303)


@signed_in
def confirm_by_passkey() -> Response | Redirect:
    """Prove once more who one is."""
    here, attempt = session[SESSION_KEY], limits.SignInAttempt(confirms=current_actor().ref)
    try:
        passkeys.confirm_by_passkey(site(), *answered(), here, by=current_actor())
    except NotThisPasskey as error:
        return sign_in.page(422, refusal=error.detail)
    attempt.worked()
    return redirect(sign_in.goal() or "/settings/sign-in?done=confirmed", 303)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    one = f"/settings/passkeys/<int(max={BIGGEST}):passkey_id>/remove"
    for path, view in (
        ("/settings/passkeys/options", new_passkey_options),
        ("/settings/passkeys", add_passkey),
        (one, remove_passkey),
        ("/settings/confirm/passkey", confirm_by_passkey),
    ):
        bp.add_url_rule(path, view.__name__, view, methods=["POST"])
