"""Escalations: asked, listed, read."""

from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for

from webapp.actors import Actor
from webapp.desk.api import callback, shown
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.error_responses import OTHERS_CALLBACK
from webapp.desk.api.response import ApiResponse, many, one, page_of
from webapp.desk.api.schemas.requests import Filter, NewEscalation, WhichProject
from webapp.desk.api.schemas.responses import Escalation
from webapp.desk.api.which import (
    escalation_key,
    most_open_questions,
    own_project,
    project_of_call,
    reach_of,
)
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.operations import escalations as operations
from webapp.operations import jobs
from webapp.queries import escalations as queries
from webapp.queries.pages import encode
from webapp.rules.limits import LARGEST_LIST
from webapp.rules.signature import signature

TAG = "Escalations"

_READ_AT_ONCE = 50


@endpoint(
    "POST",
    "/api/jobs/{job_id}/escalations",
    operation_id="create_escalation",
    tag=TAG,
    summary="Ask the founder",
    body=NewEscalation,
    query=WhichProject,
    takes_key=True,
    responses={
        201: ("The question is open; Location is its address.", Escalation),
        200: ("The same question under the same id was stored already.", Escalation),
    },
    errors={
        409: "The id was used for another question, several projects have this job, or the job "
        "is paused.",
        429: "The project has too many open questions, or the token sends too much.",
    }
    | OTHERS_CALLBACK,
)
def create_escalation(
    job_id: str, body: NewEscalation, query: WhichProject, key: str | None, by: Actor
) -> ApiResponse:
    """Open a question in the agent's own words. Sending it again with the same `id` or
    Idempotency-Key is safe."""
    named = project_of_call(body.project_id, query.project_id)
    project_id = jobs.project_of(db.session(), job_id, named, by=by)
    made = operations.id_for_key(project_id, job_id, key, _server_key()) if key else None
    called = callback.wanted(body.callback, job_id, project_id, by)
    stored, is_new = operations.open_question(
        job_id,
        project_id,
        _question(project_id, body, called),
        by=by,
        escalation_id=body.id or made,
        most_open=most_open_questions(),
    )
    asked = shown.question(stored, by)
    if stored.is_pending:
        asked.reach = reach_of(stored.id).value
    if called:
        asked.callback = callback.kept(stored.id, job_id, called, is_new=is_new, by=by)
    return one(asked, 201 if is_new else 200, Location=f"/api/escalations/{asked.id}")


def _server_key() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key


def _question(project_id: str, body: NewEscalation, called: str | None) -> operations.Question:
    message = body.error_message or body.plain_english_problem
    return operations.Question(
        session_id=body.session_id,
        error_type=body.error_type,
        error_signature=body.error_signature or signature(project_id, body.error_type, message),
        plain_english_problem=body.plain_english_problem,
        attempts_summary=body.attempts_summary or [],
        recommended_action=body.recommended_action or "",
        options=[choice.stored() for choice in body.options or []],
        recommended=body.recommended,
        error_message=body.error_message,
        answer_schema=body.answer_schema,
        deadline_at=body.deadline.at if body.deadline else None,
        deadline_then=body.deadline.then if body.deadline else None,
        text_format=body.stored_format,
        urgency=body.stored_urgency,
        agent_state=body.agent_state,
        callback_url=called,
    )


_PAGE = "Oldest first. The header Link with rel=next has the next page."


@endpoint(
    "GET",
    "/api/jobs/{job_id}/escalations",
    operation_id="list_job_escalations",
    tag=TAG,
    summary="List the questions of a job",
    query=Filter,
    responses={200: (_PAGE, list[Escalation])},
    errors={409: "Several of your projects have this job: add ?project_id=."},
)
def list_job_escalations(job_id: str, query: Filter, by: Actor) -> ApiResponse:
    """The questions of a job. The list of an unknown job is empty."""
    try:
        project_id = own_project(query.project_id, by) or jobs.project_of(
            db.session(), job_id, None, by=by
        )
    except NotFound:
        if query.project_id is not None:
            raise
        return many([])
    return _page(query, by, project_id, job_id=job_id)


@endpoint(
    "GET",
    "/api/escalations",
    operation_id="list_escalations",
    tag=TAG,
    summary="List questions",
    query=Filter,
    responses={200: (_PAGE, list[Escalation])},
)
def list_escalations(query: Filter, by: Actor) -> ApiResponse:
    """The questions of all projects of the token, or of one."""
    return _page(query, by, own_project(query.project_id, by))


def _page(query: Filter, by: Actor, project_id: str | None, **path: str) -> ApiResponse:
    """At most `limit` questions and a megabyte, however long their texts are."""
    session, size, cursor = db.session(), 0, query.cursor
    listed: list[str] = []
    while len(listed) < query.limit:
        page = queries.listed(
            session,
            by=by,
            project_id=project_id,
            job_id=path.get("job_id"),
            status=query.status,
            limit=min(_READ_AT_ONCE, query.limit - len(listed)),
            cursor=cursor,
        )
        for row, question in zip(page.rows, shown.questions(page.rows, by), strict=True):
            text = question.model_dump_json()
            size += len(text)
            if listed and size > LARGEST_LIST:
                return page_of(listed, _next_url(cursor, path))
            listed.append(text)
            cursor = encode(row.created_at, row.id)
        if page.next_cursor is None:
            return page_of(listed)
        session.expunge_all()  # a question may hold a hundred kilobytes
    return page_of(listed, _next_url(cursor, path))


def _next_url(cursor: str | None, path: dict[str, Any]) -> str:
    """The address of the next page. The query is written behind it by hand: to url_for a name such
    as _external or _anchor is an argument of its own."""
    kept = request.args.to_dict() | {"cursor": cursor}
    return f"{url_for(request.endpoint or '', **path)}?{urlencode(kept)}"


@endpoint(
    "GET",
    "/api/escalations/{escalation_id}",
    operation_id="get_escalation",
    tag=TAG,
    summary="Read a question",
    responses={200: ("The question.", Escalation)},
)
def get_escalation(escalation_id: str, by: Actor) -> ApiResponse:
    """One question with its answer and outcome."""
    found = queries.find(db.session(), escalation_key(escalation_id), by=by)
    return one(shown.question(found, by))
