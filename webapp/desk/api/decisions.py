"""What ends a question, and what became of its answer."""

from webapp.actors import Actor
from webapp.desk.api import shown
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import Receipt, Resolution, Skip, Withdrawal
from webapp.desk.api.schemas.responses import Escalation
from webapp.desk.api.which import escalation_key
from webapp.operations import answers, escalations, receipts

TAG = "Decisions"
_TAKEN = {409: "It is not pending any more: by whom and when it was answered stands in the detail."}
_TAKEN_OR_CHANGED = {
    409: f"{_TAKEN[409]} Or it differs from the `digest` that was sent: it is `escalation` now."
}


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/resolve",
    operation_id="resolve_escalation",
    tag=TAG,
    summary="Answer a question",
    body=Resolution,
    takes_key=True,
    founder_only=True,
    responses={200: ("The answer is taken.", Escalation)},
    errors=_TAKEN_OR_CHANGED,
)
def resolve_escalation(
    escalation_id: str, body: Resolution, key: str | None, by: Actor
) -> ApiResponse:
    """The first answer wins; a later one learns who answered, when and what. With the header
    Idempotency-Key the same call by the same caller gets the same 200 again. There is no moment to
    take it back, as there is on the page."""
    given = answers.Answer(
        body.decision,
        body.guidance,
        body.remember_days,
        key,
        digest=body.digest,
        answers=body.answers or None,
    )
    stored = answers.give(escalation_key(escalation_id), given, by=by)
    return one(shown.question(stored, by))


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/skip",
    operation_id="skip_escalation",
    tag=TAG,
    summary="Close a question without a decision",
    body=Skip,
    body_optional=True,
    takes_key=True,
    founder_only=True,
    responses={200: ("It is closed; the agent goes on without this.", Escalation)},
    errors=_TAKEN_OR_CHANGED,
)
def skip_escalation(escalation_id: str, body: Skip, key: str | None, by: Actor) -> ApiResponse:
    """As resolve, without a decision. The body may be left out."""
    given = answers.Answer(None, body.guidance, key=key, digest=body.digest)
    stored = answers.give(escalation_key(escalation_id), given, by=by)
    return one(shown.question(stored, by))


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/withdraw",
    operation_id="withdraw_escalation",
    tag=TAG,
    summary="Take a question back",
    body=Withdrawal,
    body_optional=True,
    takes_key=True,
    responses={200: ("Nobody needs to answer any more.", Escalation)},
    errors=_TAKEN,
)
def withdraw_escalation(
    escalation_id: str, body: Withdrawal, key: str | None, by: Actor
) -> ApiResponse:
    """The agent solved it or stopped. The body may be left out. With the header Idempotency-Key
    the same call by the same caller gets the same 200 again."""
    stored = escalations.withdraw(escalation_key(escalation_id), body.reason, by=by, key=key)
    return one(shown.question(stored, by))


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/receipt",
    operation_id="send_receipt",
    tag=TAG,
    summary="Say what became of the answer",
    body=Receipt,
    responses={200: ("It is noted.", Escalation)},
    errors={409: "There is no answer yet."},
)
def send_receipt(escalation_id: str, body: Receipt, by: Actor) -> ApiResponse:
    """`picked_up` when the agent took the answer up, then `worked` or `failed`. The same again
    changes nothing; a later outcome replaces an earlier one."""
    stored = receipts.give(escalation_key(escalation_id), body.stage, body.note, by=by)
    return one(shown.question(stored, by))
