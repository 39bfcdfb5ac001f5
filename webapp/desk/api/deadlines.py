"""More time for a question."""

from webapp.actors import Actor
from webapp.desk.api import shown
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import Extension
from webapp.desk.api.schemas.responses import Escalation
from webapp.desk.api.which import escalation_key
from webapp.operations import deadlines

TAG = "Decisions"


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/extend",
    operation_id="extend_deadline",
    tag=TAG,
    summary="Extend the deadline of a question",
    body=Extension,
    founder_only=True,
    responses={200: ("The question has the new deadline, or none.", Escalation)},
    errors={409: "The question is no longer pending, or it has no deadline."},
)
def extend_deadline(escalation_id: str, body: Extension, by: Actor) -> ApiResponse:
    """Set a later deadline, or null for none. Sending the same again changes nothing."""
    stored = deadlines.extend(escalation_key(escalation_id), body.deadline, by=by)
    return one(shown.question(stored, by))
