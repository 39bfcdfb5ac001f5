"""The files of a question, as its page shows and offers them."""

from uuid import UUID

from flask import Blueprint, Response, request

from webapp.accounts.access import current_actor, signed_in
from webapp.desk import files
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.queries import attachments


@signed_in
def attachment(escalation_id: UUID, attachment_id: UUID) -> Response:
    """One file, for whoever may see its question."""
    found = attachments.find(db.session(), attachment_id, by=current_actor())
    if found.escalation_id != escalation_id:
        raise NotFound(attachments.UNKNOWN)
    response = Response(found.content, content_type=files.content_type(found))
    response.headers.update(files.headers(found))
    # Kept by the browser, and asked about each time: whoever left the project sees it no longer.
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(found.sha256)
    response.make_conditional(request)
    return response


def add_to(bp: Blueprint) -> None:
    """Give the files their addresses."""
    rule = "/escalations/<uuid:escalation_id>/attachments/<uuid:attachment_id>"
    bp.add_url_rule(rule, "attachment", attachment)
