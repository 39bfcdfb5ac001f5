"""One's password and second factor. Each change needs a proof of who one is that is not old."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import limits, trusted_browsers
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.secret_keys import mail_keys, secret_keys
from webapp.desk.pages.settings import qr, sign_in
from webapp.desk.pages.settings.parts import show_secret
from webapp.errors import Conflict, Invalid
from webapp.extensions import db
from webapp.operations import addresses, passwords, second_factors, sessions
from webapp.queries import screens_settings
from webapp.rules.limits import clean_text


@signed_in
def confirm() -> Response | Redirect:
    """Prove once more who one is."""
    attempt = limits.SignInAttempt(confirms=current_actor().ref)
    try:
        password = request.form.get("password", "")
        passwords.confirm_by_password(password, session[SESSION_KEY], by=current_actor())
    except passwords.WrongPassword as error:
        return sign_in.page(422, confirm_error=error.detail)
    attempt.worked()
    return redirect(sign_in.goal() or "/settings/sign-in?done=confirmed", 303)


@signed_in
def change_address() -> Response | Redirect:
    """Ask to sign in with another address."""
    email = clean_text(request.form.get("email", ""))
    attempt = limits.SignInAttempt(confirms=current_actor().ref)  # it tells who is here already
    keys = mail_keys()
    if keys is not None:
        limits.mailed_code(current_actor().ref)
    try:
        theirs = addresses.change(email, session[SESSION_KEY], keys, by=current_actor())
    except (Invalid, Conflict) as error:
        return sign_in.page(error.status, email=email, email_error=error.detail)
    except sessions.ConfirmFirst as error:
        return sign_in.page(error.status, refusal=error.detail)
    attempt.worked()
    done = "address" if theirs else "wanted" if keys is None else "address-code"
    return redirect(f"/settings/sign-in?done={done}", 303)


@signed_in
def prove_address() -> Response | Redirect:
    """Enter the code that was mailed to the new address."""
    attempt = limits.SignInAttempt(confirms=current_actor().ref)
    try:
        addresses.prove(request.form.get("code", "")[:100], mail_keys(), by=current_actor())
    except (Invalid, Conflict) as error:
        return sign_in.page(error.status, code_error=error.detail)
    attempt.worked()
    return redirect("/settings/sign-in?done=address", 303)


@signed_in
def set_password() -> Response | Redirect:
    """Set or change the password."""
    new, current = request.form.get("new", ""), request.form.get("current", "")
    attempt = limits.SignInAttempt(confirms=current_actor().ref)
    try:
        passwords.set_password(new, current, session[SESSION_KEY], by=current_actor())
    except passwords.WrongPassword as error:
        return sign_in.page(422, current_error=error.detail)
    except Invalid as error:
        attempt.worked()  # nothing was guessed
        return sign_in.page(422, new_error=error.detail)
    except (sessions.ConfirmFirst, Conflict) as error:
        return sign_in.page(error.status, refusal=error.detail)
    attempt.worked()
    email = screens_settings.person(db.session(), current_actor()).email
    return trusted_browsers.remember(redirect("/settings/sign-in?done=password", 303), email)


@signed_in
def remove_password() -> Response | Redirect:
    """Do without a password."""
    return _guarded(
        lambda: passwords.remove(session[SESSION_KEY], by=current_actor()),
        "/settings/sign-in?done=no-password",
    )


@signed_in
def begin_second_factor() -> Response | Redirect:
    """Make a secret for an app; the next page shows it."""
    return _guarded(
        lambda: second_factors.begin(session[SESSION_KEY], secret_keys(), by=current_actor()),
        "/settings/second-factor",
    )


@signed_in
def show_second_factor() -> Response | Redirect:
    """The secret as a picture and as text, until a code of it was shown."""
    return _setup()


@signed_in
def turn_on_second_factor() -> Response | Redirect:
    """Show a code: from then on one is asked for."""
    code = request.form.get("code", "")[:100]
    try:
        codes = second_factors.turn_on(
            code, session[SESSION_KEY], secret_keys(), by=current_actor()
        )
    except Invalid as error:
        return _setup(422, error.detail)
    except (sessions.ConfirmFirst, Conflict) as error:
        return sign_in.page(error.status, refusal=error.detail)
    return show_secret("sign-in", "recovery_codes", codes=codes, is_new=True)


@signed_in
def turn_off_second_factor() -> Response | Redirect:
    """Ask for no code any more."""
    return _guarded(
        lambda: second_factors.turn_off(session[SESSION_KEY], by=current_actor()),
        "/settings/sign-in?done=no-codes",
    )


@signed_in
def renew_recovery_codes() -> Response:
    """Other recovery codes, shown this once."""
    try:
        codes = second_factors.renew_codes(session[SESSION_KEY], by=current_actor())
    except (sessions.ConfirmFirst, Conflict) as error:
        return sign_in.page(error.status, refusal=error.detail)
    return show_secret("sign-in", "recovery_codes", codes=codes, is_new=False)


def _guarded(change: Callable[[], None], then: str) -> Response | Redirect:
    try:
        change()
    except (sessions.ConfirmFirst, Conflict) as error:
        return sign_in.page(error.status, refusal=error.detail)
    return redirect(then, 303)


def _setup(status: int = 200, error: str | None = None) -> Response | Redirect:
    person = screens_settings.person(db.session(), current_actor())
    secret = second_factors.pending_secret(session[SESSION_KEY], secret_keys(), by=current_actor())
    if secret is None:
        return redirect("/settings/sign-in", 303)
    picture = qr.picture(second_factors.address(secret, person.email))
    shown = {"secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))}
    return show_secret(
        "sign-in", "second_factor", status=status, picture=picture, code_error=error, **shown
    )


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    for path, view in (
        ("/settings/confirm", confirm),
        ("/settings/address", change_address),
        ("/settings/address/code", prove_address),
        ("/settings/password", set_password),
        ("/settings/password/remove", remove_password),
        ("/settings/second-factor/begin", begin_second_factor),
        ("/settings/second-factor", turn_on_second_factor),
        ("/settings/second-factor/off", turn_off_second_factor),
        ("/settings/recovery-codes", renew_recovery_codes),
    ):
        bp.add_url_rule(path, view.__name__, view, methods=["POST"])
    bp.add_url_rule("/settings/second-factor", "show_second_factor", show_second_factor)
