"""Signing in by password, and by the code that may be asked for after it."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from webapp.accounts import limits, trusted_browsers
from webapp.accounts.secret_keys import secret_keys
from webapp.accounts.sign_in import entrance, let_in
from webapp.operations import passwords, second_factors
from webapp.rules.limits import clean_text

STEP_KEY: Final = "step"


def sign_in_by_password() -> Response | tuple[str, int]:
    """Take the address and the password."""
    email = clean_text(request.form.get("email", ""))
    password = request.form.get("password", "")
    attempt = limits.SignInAttempt(email, known=trusted_browsers.browser_of(email))
    try:
        arrival = passwords.sign_in(email, password, request.headers.get("User-Agent"))
    except passwords.WrongPassword as error:
        return entrance(error.status, email=email, error=error.detail)
    attempt.worked()
    if arrival.browser is not None:
        return trusted_browsers.remember(let_in(arrival.browser), email)
    session[STEP_KEY] = arrival.step
    return trusted_browsers.remember(redirect("/sign-in/code", 303), email)


def back_to_entrance() -> Response:
    """Where the address of a refused form is opened anew."""
    return redirect("/sign-in", 303)


def ask_for_code() -> Response | tuple[str, int]:
    """The page for the code."""
    return _code_page() if STEP_KEY in session else redirect("/sign-in", 303)


def sign_in_by_code() -> Response | tuple[str, int]:
    """Take the code that comes after the password."""
    code = clean_text(request.form.get("code", ""))[:100]
    agent, keys = request.headers.get("User-Agent"), secret_keys()
    attempt = limits.SignInAttempt()  # for the account, the operation counts by itself
    try:
        browser = second_factors.sign_in(session.get(STEP_KEY, ""), code, agent, keys)
    except second_factors.StepOver as error:
        session.pop(STEP_KEY, None)
        return entrance(error.status, error=error.detail)
    except second_factors.WrongCode as error:
        return _code_page(error.status, error.detail)
    attempt.worked()
    return let_in(browser)


def _code_page(status: int = 200, error: str | None = None) -> tuple[str, int]:
    return render_template("accounts/code.html", error=error), status


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    path = "/sign-in/password"
    bp.add_url_rule(path, "back_to_entrance", back_to_entrance)
    bp.add_url_rule(path, "sign_in_by_password", sign_in_by_password, methods=["POST"])
    bp.add_url_rule("/sign-in/code", "ask_for_code", ask_for_code)
    bp.add_url_rule("/sign-in/code", "sign_in_by_code", sign_in_by_code, methods=["POST"])
