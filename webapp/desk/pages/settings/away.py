"""Being away: until when, and who gets one's messages meanwhile."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.desk.pages.settings.notifications import notifications_page
from webapp.errors import Invalid
from webapp.operations import away
from webapp.rules.limits import number_in


@signed_in
def leave() -> Response | Redirect:
    """Be away until a day."""
    until, deputy = request.form.get("until", ""), number_in(request.form.get("deputy", ""))
    try:
        away.leave(until, deputy or 0, by=current_actor())
    except Invalid as error:
        return notifications_page(error.status, away_error=error.detail, away_until=until)
    return redirect("/settings/notifications?done=away", 303)


@signed_in
def come_back() -> Redirect:
    """Be there again."""
    away.come_back(by=current_actor())
    return redirect("/settings/notifications?done=back", 303)


def add_to(bp: Blueprint) -> None:
    """Give the forms their addresses."""
    bp.add_url_rule("/settings/away", "leave", leave, methods=["POST"])
    bp.add_url_rule("/settings/away/end", "come_back", come_back, methods=["POST"])
