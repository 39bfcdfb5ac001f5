"""Jobs: told, read, resumed."""

from webapp.actors import Actor
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.error_responses import OTHERS_JOB
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import JobNews, OfProject, WhichProject
from webapp.desk.api.schemas.responses import Job
from webapp.desk.api.which import project_of_call
from webapp.extensions import db
from webapp.models import Job as JobRow
from webapp.operations import jobs as operations
from webapp.queries import jobs as queries

TAG = "Jobs"
_SEVERAL = "Several of your projects have this job: add ?project_id=."


@endpoint(
    "PUT",
    "/api/jobs/{job_id}",
    operation_id="update_job",
    tag=TAG,
    summary="Create or update a job",
    body=JobNews,
    body_optional=True,
    query=WhichProject,
    responses={200: ("The job.", Job)},
    errors={409: f"The job is paused. Only a founder can resume it. {_SEVERAL}"} | OTHERS_JOB,
)
def update_job(job_id: str, body: JobNews, query: WhichProject, by: Actor) -> ApiResponse:
    """The first request with a new id creates the job. Fields left out stay as they are."""
    job = operations.tell(
        job_id,
        project_of_call(body.project_id, query.project_id),
        by=by,
        session_id=body.session_id,
        title=body.title,
        state=body.state,
        summary=body.summary,
        result_url=body.result_url,
        preview=body.preview,
    )
    return _shown(job)


@endpoint(
    "GET",
    "/api/jobs/{job_id}",
    operation_id="get_job",
    tag=TAG,
    summary="Read a job",
    query=WhichProject,
    responses={200: ("The job.", Job)},
    errors={409: _SEVERAL},
)
def get_job(job_id: str, query: WhichProject, by: Actor) -> ApiResponse:
    """Its state, its questions, and the number of its latest event."""
    return _shown(queries.find(db.session(), job_id, query.project_id, by=by))


@endpoint(
    "POST",
    "/api/jobs/{job_id}/resume",
    operation_id="resume_job",
    tag=TAG,
    summary="Resume a paused job",
    body=OfProject,
    body_optional=True,
    query=WhichProject,
    takes_key=True,
    founder_only=True,
    responses={200: ("The job is working again.", Job)},
    errors={409: f"The job is not paused. {_SEVERAL}"},
)
def resume_job(
    job_id: str, body: OfProject, query: WhichProject, key: str | None, by: Actor
) -> ApiResponse:
    """Only founders can resume a job. Its count of questions starts at 0 again. The body is
    optional."""
    named = project_of_call(body.project_id, query.project_id)
    return _shown(operations.resume(job_id, named, by=by, key=key))


def _shown(job: JobRow) -> ApiResponse:
    return one(Job.of(queries.view(db.session(), job)))
