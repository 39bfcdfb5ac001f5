"""What ends a question, and what became of its answer."""

from webapp.actors import Actor
from webapp.desk.api import shown
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.error_responses import OTHERS_QUESTION
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import Receipt, Resolution, Skip, Withdrawal
from webapp.desk.api.schemas.responses import Escalation
from webapp.desk.api.which import escalation_key
from webapp.operations import answers, escalations, receipts

TAG = "Decisions"
_TAKEN = {409: "The question is no longer pending. `detail` says who answered it and when."}
_TAKEN_OR_CHANGED = {
    409: f"{_TAKEN[409]} Or it no longer matches `digest`. `escalation` is the present version."
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
    responses={200: ("The question is answered.", Escalation)},
    errors=_TAKEN_OR_CHANGED,
)
def resolve_escalation(
    escalation_id: str, body: Resolution, key: str | None, by: Actor
) -> ApiResponse:
    """The first answer wins. A later one gets 409 with who answered, when and what. Repeating the
    request with the same Idempotency-Key returns the same 200. Unlike on the page, an answer can't
    be taken back."""
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
    responses={200: ("The question is closed without a decision.", Escalation)},
    errors=_TAKEN_OR_CHANGED,
)
def skip_escalation(escalation_id: str, body: Skip, key: str | None, by: Actor) -> ApiResponse:
    """Like resolve, but without a decision. The agent gets the status `skipped`: it should go on
    without the matter. The body is optional."""
    given = answers.Answer(None, body.guidance, key=key, digest=body.digest)
    stored = answers.give(escalation_key(escalation_id), given, by=by)
    return one(shown.question(stored, by))


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/withdraw",
    operation_id="withdraw_escalation",
    tag=TAG,
    summary="Withdraw a question",
    body=Withdrawal,
    body_optional=True,
    takes_key=True,
    responses={200: ("The question no longer needs an answer.", Escalation)},
    errors=_TAKEN | OTHERS_QUESTION,
)
def withdraw_escalation(
    escalation_id: str, body: Withdrawal, key: str | None, by: Actor
) -> ApiResponse:
    """Use this if the agent solved the problem or stopped. The body is optional. Repeating the
    request with the same Idempotency-Key returns the same 200."""
    stored = escalations.withdraw(escalation_key(escalation_id), body.reason, by=by, key=key)
    return one(shown.question(stored, by))


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/receipt",
    operation_id="send_receipt",
    tag=TAG,
    summary="Report whether an answer worked",
    body=Receipt,
    responses={200: ("The receipt is stored.", Escalation)},
    errors={409: "There is no answer yet."} | OTHERS_QUESTION,
)
def send_receipt(escalation_id: str, body: Receipt, by: Actor) -> ApiResponse:
    """Send `picked_up` when the agent starts to follow the answer, then `worked` or `failed`.
    Sending the same again changes nothing. A later outcome replaces an earlier one."""
    stored = receipts.give(escalation_key(escalation_id), body.stage, body.note, by=by)
    return one(shown.question(stored, by))
