"""Who is in one's projects: invite them, change what they may do, take them out."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, session
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.hosts import root_for_others
from webapp.accounts.secret_keys import mail_keys, secret_keys
from webapp.accounts.sign_in import safe_path
from webapp.config import Config
from webapp.desk.pages.settings.parts import BIGGEST, show, show_secret
from webapp.errors import AppError, Conflict, Invalid
from webapp.extensions import db
from webapp.models import Invitation
from webapp.operations import addresses, invitations, mailing, members, notices, sessions
from webapp.queries import screens_settings
from webapp.rules.limits import clean_text


@signed_in
def people_settings() -> Response:
    """The members of the viewer's projects, and the open invitations."""
    return _page()


@signed_in
def invite() -> Response:
    """Make an invitation and show its link, this once."""
    form = {"email": _field("email"), "project_id": _field("project"), "role": _field("role")}
    try:
        made = invitations.invite(*form.values(), **_caller())
    except (Invalid, sessions.ConfirmFirst) as error:
        fields = {"invitation_form": form, "invitation_error": error.detail}
        return _page(error.status, confirm_first=_confirms(error), **fields)
    return _show_link(*made)


@signed_in
def renew_invitation(invitation_id: int) -> Response:
    """Make a new link for an open invitation and show it, this once."""
    try:
        return _show_link(*invitations.renew(invitation_id, **_caller()))
    except sessions.ConfirmFirst as error:
        return _refused(error)


@signed_in
def revoke_invitation(invitation_id: int) -> Redirect:
    """Let an invitation work no longer."""
    invitations.revoke(invitation_id, by=current_actor())
    return redirect("/settings/people?done=invitation", 303)


@signed_in
def change_role(person_id: int) -> Response | Redirect:
    """Change what a member may do in a project."""
    try:
        members.change_role(person_id, _field("project"), _field("role"), **_caller())
    except (Conflict, Invalid, sessions.ConfirmFirst) as error:
        return _refused(error)
    return redirect("/settings/people?done=role", 303)


@signed_in
def remove_member(person_id: int) -> Response | Redirect:
    """Take a member out of a project."""
    try:
        members.remove(person_id, _field("project"), **_caller())
    except (Conflict, sessions.ConfirmFirst) as error:
        return _refused(error)
    return redirect("/settings/people?done=member", 303)


@signed_in
def confirm_address(person_id: int) -> Response | Redirect:
    """Confirm the address that a member wants."""
    try:
        email = _field("email")
        addresses.confirm(person_id, _field("project"), email, mail_keys(), **_caller())
    except (Conflict, Invalid, sessions.ConfirmFirst) as error:
        return _refused(error)
    return redirect("/settings/people?done=confirmed-address", 303)


@signed_in
def sign_member_out(person_id: int) -> Redirect:
    """Sign a member out on all their devices."""
    members.sign_out(person_id, _field("project"), by=current_actor())
    return redirect("/settings/people?done=signed-out", 303)


@signed_in
def dismiss_notice(notice_id: int) -> Redirect:
    """Show a notice of a new owner no longer."""
    notices.dismiss(notice_id, by=current_actor())
    return redirect(safe_path(request.form.get("next")) or "/settings/people", 303)


def _caller() -> dict[str, Any]:
    """Who asks, and the browser in which they have to have proved it a short while ago."""
    return {"by": current_actor(), "session_secret": session[SESSION_KEY]}


def _confirms(error: AppError) -> bool:
    return isinstance(error, sessions.ConfirmFirst)


def _refused(error: AppError) -> Response:
    return _page(error.status, refusal=error.detail, confirm_first=_confirms(error))


def _field(name: str) -> str:
    return clean_text(request.form.get(name, ""))


def _show_link(invitation: Invitation, secret: str) -> Response:
    root, only_here = root_for_others()
    link = f"{root}/invitations/{secret}"
    config: Config = current_app.extensions["unstuck"]
    if config.mail is not None and not only_here:
        mailing.send_invitation(invitation, link, current_actor().name, secret_keys())
    return show_secret(
        "people",
        "invitation",
        invitation=invitation,
        link=link,
        only_here=only_here,
        is_mailed=config.mail is not None and not only_here,
    )


def _page(status: int = 200, **changes: object) -> Response:
    usual = {
        "invitation_form": {"email": "", "project_id": "", "role": "founder"},
        "invitation_error": None,
        "refusal": None,
        "confirm_first": False,
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
    notice = f"/settings/people/notices/<int(max={BIGGEST}):notice_id>/dismiss"
    bp.add_url_rule(notice, "dismiss_notice", dismiss_notice, methods=["POST"])
    bp.add_url_rule(f"{member}/role", "change_role", change_role, methods=["POST"])
    bp.add_url_rule(f"{member}/address", "confirm_address", confirm_address, methods=["POST"])
    bp.add_url_rule(f"{member}/sign-out", "sign_member_out", sign_member_out, methods=["POST"])
    bp.add_url_rule(f"{member}/remove", "remove_member", remove_member, methods=["POST"])
