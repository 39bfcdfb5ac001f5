"""Who is in one's projects: invite them, change what they may do, take them out."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.accounts.hosts import root
from webapp.desk.pages.settings.parts import BIGGEST, show, show_secret
from webapp.errors import Conflict, Invalid
from webapp.extensions import db
from webapp.models import Invitation
from webapp.operations import invitations, members
from webapp.queries import screens_settings
from webapp.rules.limits import clean_text


@signed_in
def people_settings() -> Response:
    """The members of the viewer's projects, and the open invitations."""
    return _page()


@signed_in
def invite() -> Response:
    """Make an invitation and show its link, this once."""
    form = {name: _field(name) for name in ("email", "project", "role")}
    try:
        made = invitations.invite(form["email"], form["project"], form["role"], by=current_actor())
    except Invalid as error:
        return _page(422, invitation_form=form, invitation_error=error.detail)
    return _show_link(*made)


@signed_in
def renew_invitation(invitation_id: int) -> Response:
    """Make a new link for an open invitation and show it, this once."""
    return _show_link(*invitations.renew(invitation_id, by=current_actor()))


@signed_in
def revoke_invitation(invitation_id: int) -> Redirect:
    """Let an invitation work no longer."""
    invitations.revoke(invitation_id, by=current_actor())
    return redirect("/settings/people?done=invitation", 303)


@signed_in
def change_role(person_id: int) -> Response | Redirect:
    """Change what a member may do in a project."""
    try:
        members.change_role(person_id, _field("project"), _field("role"), by=current_actor())
    except (Conflict, Invalid) as error:
        return _page(error.status, refusal=error.detail)
    return redirect("/settings/people?done=role", 303)


@signed_in
def remove_member(person_id: int) -> Response | Redirect:
    """Take a member out of a project."""
    try:
        members.remove(person_id, _field("project"), by=current_actor())
    except Conflict as error:
        return _page(error.status, refusal=error.detail)
    return redirect("/settings/people?done=member", 303)


@signed_in
def sign_member_out(person_id: int) -> Redirect:
    """Sign a member out on all their devices."""
    members.sign_out(person_id, _field("project"), by=current_actor())
    return redirect("/settings/people?done=signed-out", 303)


def _field(name: str) -> str:
    return clean_text(request.form.get(name, ""))


def _show_link(invitation: Invitation, secret: str) -> Response:
    link = f"{root()}/invitations/{secret}"
    return show_secret("people", "invitation", invitation=invitation, link=link)


def _page(status: int = 200, **changes: object) -> Response:
    usual = {
        "invitation_form": {"email": "", "project": "", "role": "founder"},
        "invitation_error": None,
        "refusal": None,
    }
    shown = screens_settings.people(db.session(), current_actor())
    return show("people", "people", status=status, **(shown | usual | changes))


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings/people", "people_settings", people_settings)
    bp.add_url_rule("/settings/people/invite", "invite", invite, methods=["POST"])
    one = f"/settings/people/invitations/<int(max={BIGGEST}):invitation_id>"
    bp.add_url_rule(f"{one}/renew", "renew_invitation", renew_invitation, methods=["POST"])
    bp.add_url_rule(f"{one}/revoke", "revoke_invitation", revoke_invitation, methods=["POST"])
    member = f"/settings/people/<int(max={BIGGEST}):person_id>"
    bp.add_url_rule(f"{member}/role", "change_role", change_role, methods=["POST"])
    bp.add_url_rule(f"{member}/sign-out", "sign_member_out", sign_member_out, methods=["POST"])
    bp.add_url_rule(f"{member}/remove", "remove_member", remove_member, methods=["POST"])
