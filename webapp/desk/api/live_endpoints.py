"""The endpoints that the streams serve (webapp/live): documented here with all others."""

from webapp.desk.api.endpoint import ENDPOINTS, Endpoint
from webapp.desk.api.schemas.events import Event
from webapp.desk.api.schemas.requests import Feed, Since, Wait
from webapp.desk.api.schemas.responses import Answered, Decisions

ENDPOINTS.append(
    Endpoint(
        "GET",
        "/api/escalations/{escalation_id}/decision",
        operation_id="get_decision",
        tag="Decisions",
        summary="Wait for the answer",
        description="Waits up to `wait` seconds for the question to leave `pending`. Any number "
        "of callers may wait; a caller that comes back late gets the same 200.",
        query=Wait,
        responses={
            200: ("The decision, or a question to the agent (`until=turn`).", Answered),
            204: ("The question is still pending. Repeat the request.", None),
        },
    )
)

ENDPOINTS.append(
    Endpoint(
        "GET",
        "/api/decisions",
        operation_id="get_decisions",
        tag="Decisions",
        summary="Wait for all answers",
        description="One request for all questions of an agent. Returns every decision of the "
        "token's projects after the cursor, in order, each exactly once. Without `after` it starts "
        "with the next decision. Waits up to `wait` seconds for the first one, then returns an "
        "empty list. At most 200 per response: repeat with the new cursor.",
        query=Feed,
        responses={200: ("The decisions, and the cursor for the next request.", Decisions)},
    )
)

ENDPOINTS.append(
    Endpoint(
        "GET",
        "/api/jobs/{job_id}/events",
        operation_id="get_events",
        tag="Jobs",
        summary="Follow a job",
        description="With `Accept: text/event-stream`, a live stream of the events of the job. "
        "Each has its number as `id:`, and a comment line comes at least every 15 seconds. After a "
        "reconnect with the header `Last-Event-ID` or `?after=`, you get the events you missed, "
        "once and in order. Otherwise a JSON array of the events in the log.",
        query=Since,
        responses={200: ("The events after that number, in order.", list[Event])},
        media=("application/json", "text/event-stream"),
        headers={
            "Last-Event-ID": (
                "The number of the last event you read. It takes precedence over `after`.",
                {"type": "string", "pattern": "^[0-9]{0,18}$"},
            )
        },
        errors={
            400: "The log has no such position.",
            409: "Several of your projects have this job: add ?project_id=.",
        },
    )
)
