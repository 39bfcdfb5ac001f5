"""Who one is, and in which language one reads."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import cookies
from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.settings.parts import show
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.operations import people
from webapp.queries import screens_settings
from webapp.rules.limits import clean_text
from webapp.templating.language import COOKIE


@signed_in
def settings() -> Response:
    """Name, address and language."""
    return _page()


@signed_in
def rename() -> Response | Redirect:
    """Change one's own name."""
    name = clean_text(request.form.get("name", ""))
    try:
        people.rename(name, by=current_actor())
    except Invalid as error:
        return _page(422, name=name, name_error=error.detail)
    return redirect("/settings?done=name", 303)


@signed_in
def speak() -> Redirect:
    """Change the language of one's pages. The browser keeps it for when nobody is signed in."""
    language = request.form.get("language") or None
    people.speak(language, by=current_actor())
    response = redirect("/settings?done=language", 303)
    cookies.keep(response, COOKIE, language or "", cookies.YEAR_S if language else 0)
    return response


def _page(status: int = 200, **changes: object) -> Response:
    shown = screens_settings.profile(db.session(), current_actor())
    usual = {"name": shown["person"].name, "name_error": None}
    return show("profile", "profile", status=status, **(shown | usual | changes))


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings", "settings", settings)
    bp.add_url_rule("/settings/name", "rename", rename, methods=["POST"])
    bp.add_url_rule("/settings/language", "speak", speak, methods=["POST"])
