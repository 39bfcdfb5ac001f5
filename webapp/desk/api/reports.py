"""Failures reported, and problems that are over."""

from webapp.actors import Actor
from webapp.desk.api import callback
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.error_responses import OTHERS_CALLBACK
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import ErrorReport, Success, WhichProject
from webapp.desk.api.schemas.responses import Healed, Verdict
from webapp.desk.api.which import policy, project_of_call, reach_of
from webapp.operations import problems
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.rules.categories import Origin

TAG = "Errors"
_SEVERAL = {409: "Several of your projects have this job: add ?project_id=."}


@endpoint(
    "POST",
    "/api/jobs/{job_id}/errors",
    operation_id="report_error",
    tag=TAG,
    summary="Report a failure",
    body=ErrorReport,
    query=WhichProject,
    takes_key=True,
    responses={200: ("The verdict: what to do next.", Verdict)},
    errors=_SEVERAL
    | OTHERS_CALLBACK
    | {429: "The project has too many open questions, or the token sends too much."},
)
def report_error(
    job_id: str, body: ErrorReport, query: WhichProject, key: str | None, by: Actor
) -> ApiResponse:
    """Report what failed and what the agent tried. The verdict says what to do next: try another
    way, wait, ask the founder, skip, or pause. Sending the same report again with the same `id` or
    Idempotency-Key returns the stored verdict with `repeated`, and counts nothing."""
    named = project_of_call(body.project_id, query.project_id)
    called = callback.wanted(body.callback, job_id, named, by)
    sent = _report(body, key, called)
    verdict = receive.report(job_id, named, sent, by=by, policy=policy())
    answer = Verdict.model_validate(verdict)
    if called and answer.escalation_id and answer.decision is None:
        answer.callback = callback.kept(answer.escalation_id, job_id, called, is_new=False, by=by)
    if answer.verdict == "escalate" and answer.escalation_id:
        answer.reach = reach_of(answer.escalation_id).value
    return one(answer)


def _report(body: ErrorReport, key: str | None, called: str | None) -> Report:
    options = body.options
    return Report(
        session_id=body.session_id,
        error_type=body.error_type,
        error_message=body.error_message,
        intent=body.intent,
        approach=body.approach,
        category=body.category,
        signature=body.signature,
        origin=body.origin or Origin.WORK,
        plain_english_problem=body.plain_english_problem or None,
        recommended_action=body.recommended_action or None,
        options=None if options is None else [choice.stored() for choice in options],
        recommended=body.recommended,
        answer_schema=body.answer_schema,
        deadline_at=body.deadline.at if body.deadline else None,
        deadline_then=body.deadline.then if body.deadline else None,
        text_format=body.stored_format,
        urgency=body.stored_urgency,
        agent_state=body.agent_state,
        include_other_jobs=body.include_other_jobs,
        id=body.id or key,
        callback_url=called,
    )


@endpoint(
    "POST",
    "/api/jobs/{job_id}/errors/healed",
    operation_id="heal_error",
    tag=TAG,
    summary="Report a solved problem",
    body=Success,
    query=WhichProject,
    responses={200: ("The attempts at this problem count from zero again.", Healed)},
    errors=_SEVERAL,
)
def heal_error(job_id: str, body: Success, query: WhichProject, by: Actor) -> ApiResponse:
    """Send this after a success, so that the failures before it no longer count."""
    named = project_of_call(body.project_id, query.project_id)
    problem = problems.heal(job_id, named, body.error_signature, by=by)
    healed = 0 if problem is None else problem.healed
    return one(
        Healed(error_signature=body.error_signature, known=problem is not None, times_healed=healed)
    )
