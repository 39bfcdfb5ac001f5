"""Accepting an invitation: a link with a button behind it, so that a scanner uses nothing up."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from webapp.accounts import limits
from webapp.accounts.access import page_actor
from webapp.accounts.sign_in import let_in, want
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.operations import invitations
from webapp.operations.people import name_from
from webapp.operations.secrets import digest
from webapp.queries import members
from webapp.rules.limits import clean_text


def show_invitation(secret: str) -> str | tuple[str, int]:
    """What one is invited to, and a button."""
    return _page(secret)


def accept_invitation(secret: str) -> Response | str | tuple[str, int]:
    """Join the project."""
    name = clean_text(request.form.get("name", ""))
    agent = request.headers.get("User-Agent")
    try:
        browser = invitations.accept(secret, name, agent, by=page_actor())
    except (invitations.InvitationUsed, invitations.SignInFirst):
        return _page(secret)
    except Invalid as error:
        return _page(secret, name=name, name_error=error.detail)
    return redirect("/", 303) if browser is None else let_in(browser, "/")


def _page(secret: str, **changes: object) -> str | tuple[str, int]:
    found = members.invitation(db.session(), digest(secret))
    if found is None:
        limits.stranger()
        return render_template("accounts/invitation_used.html"), 410
    invitation, known = found
    viewer = page_actor()
    sign_in_first = known is not None and (viewer is None or viewer.person_id != known.id)
    if sign_in_first:
        want(request.path)
    usual = {"name": name_from(invitation.email), "name_error": None}
    context = usual | changes
    page = render_template(
        "accounts/invitation.html",
        invitation=invitation,
        known=known,
        viewer=viewer,
        sign_in_first=sign_in_first,
        **context,
    )
    return page, 422 if changes else 200


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/invitations/<secret>", "show_invitation", show_invitation)
    path = "/invitations/<secret>"
    bp.add_url_rule(path, "accept_invitation", accept_invitation, methods=["POST"])
