"""Who one is."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.settings.parts import show
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.operations import people
from webapp.queries import screens_settings
from webapp.rules.limits import clean_text


@signed_in
def settings() -> Response:
    """Name and address."""
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


def _page(status: int = 200, **changes: object) -> Response:
    shown = screens_settings.profile(db.session(), current_actor())
    usual = {"name": shown["person"].name, "name_error": None}
    return show("profile", "profile", status=status, **(shown | usual | changes))


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings", "settings", settings)
    bp.add_url_rule("/settings/name", "rename", rename, methods=["POST"])
