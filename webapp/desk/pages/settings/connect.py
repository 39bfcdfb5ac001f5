"""Connect an agent: choose its kind, and get a token with the lines to copy, or a link to send."""

import secrets
from typing import Any, Final

from flask import Blueprint, Response, current_app, request, session
from flask_babel import lazy_gettext as _

from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.hosts import root, root_for_others
from webapp.actors import ALL_PROJECTS
from webapp.desk.pages import package
from webapp.desk.pages.connect_steps import KINDS, filled
from webapp.desk.pages.settings.parts import BIGGEST, show, show_secret
from webapp.errors import Conflict, Invalid
from webapp.extensions import db
from webapp.operations import sessions, token_offers, tokens
from webapp.operations.secrets import pressed_token
from webapp.queries import projects, screens_connect
from webapp.queries import tokens as queries
from webapp.rules.limits import clean_text

_FIELDS: Final = ("kind", "project", "scope", "name", "press")


@signed_in
def connect() -> Response:
    """The kinds of agents to choose from, and the form."""
    return _page()


@signed_in
def connect_agent() -> Response:
    """Make a token, or a link to it. This response is the only one that ever holds it."""
    by = current_actor()
    limits.new_token(by.ref)
    form = {name: clean_text(request.form.get(name, "")) for name in _FIELDS}
    if form["kind"] not in KINDS:
        form["kind"] = next(iter(KINDS))
    form["name"] = form["name"].strip() or str(KINDS[form["kind"]].name)
    try:
        _require_one(form["project"])
        return _link(form) if request.form.get("how") == "link" else _token(form)
    except (Invalid, Conflict, sessions.ConfirmFirst) as error:
        first = isinstance(error, sessions.ConfirmFirst)
        return _page(error.status, form=form, error=error.detail, confirm_first=first)


def _require_one(project_id: str) -> None:
    if project_id.strip() == ALL_PROJECTS:
        raise Invalid(
            _("Enter one project. An agent works in one project."),
            {"project": "is not one project"},
        )


def _token(form: dict[str, str]) -> Response:
    by = current_actor()
    scope: tokens.Scope = "founder" if form["scope"] == "founder" else "agent"
    press = form["press"] or secrets.token_urlsafe(16)
    secret = pressed_token(current_app.config["SECRET_KEY"], press, by.ref)
    token, secret = tokens.create_for(
        form["name"],
        form["project"],
        scope,
        by=by,
        session_secret=session[SESSION_KEY],
        secret=secret,
    )
    steps = filled(
        form["kind"],
        url=root(),
        token=secret,
        package=package.address(root()),
        number=token.id,
    )
    key = f"{screens_connect.OF_TOKEN}{token.id}"
    shown = {"kind": KINDS[form["kind"]], "steps": steps}
    return show_secret("connect", "connect_token", view="connect", key=key, **shown)


def _link(form: dict[str, str]) -> Response:
    offer, secret = token_offers.make(
        form["name"],
        form["project"],
        form["kind"],
        by=current_actor(),
        session_secret=session[SESSION_KEY],
    )
    address, is_local = root_for_others()
    return show_secret(
        "connect",
        "connect_link",
        view="connect",
        key=f"{screens_connect.OF_OFFER}{offer.id}",
        kind=KINDS[offer.kind],
        link=f"{address}/offers/{secret}",
        is_local=is_local,
    )


@signed_in
def connected_token(token_id: int) -> Response:
    """Whether the agent has called, without its token."""
    token = queries.find(db.session(), token_id, by=current_actor())
    return show("connect", "connect_status", "connect", f"{screens_connect.OF_TOKEN}{token.id}")


@signed_in
def connected_offer(offer_id: int) -> Response:
    """Whether the link was used and the agent has called."""
    offer = queries.find_offer(db.session(), offer_id, by=current_actor())
    return show("connect", "connect_status", "connect", f"{screens_connect.OF_OFFER}{offer.id}")


def _page(status: int = 200, **changes: Any) -> Response:
    by = current_actor()
    mine = queries.answering(by)
    known = projects.names(db.session(), by=by) if ALL_PROJECTS in mine else mine
    form = dict.fromkeys(_FIELDS, "") | {"kind": _chosen(), "scope": "agent"}
    usual = {"form": form, "error": None, "confirm_first": False}
    context = usual | changes
    context["form"] = context["form"] | {"press": secrets.token_urlsafe(16)}
    return show(
        "connect",
        "connect",
        status=status,
        kinds=KINDS,
        may_connect=bool(mine),
        has_all=ALL_PROJECTS in mine,
        known_projects=known,
        **context,
    )


def _chosen() -> str:
    asked = request.args.get("kind", "")
    return asked if asked in KINDS else next(iter(KINDS))


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings/connect", "connect", connect)
    bp.add_url_rule("/settings/connect", "connect_agent", connect_agent, methods=["POST"])
    token = f"/settings/connect/tokens/<int(max={BIGGEST}):token_id>"
    bp.add_url_rule(token, "connected_token", connected_token)
    offer = f"/settings/connect/links/<int(max={BIGGEST}):offer_id>"
    bp.add_url_rule(offer, "connected_offer", connected_offer)
