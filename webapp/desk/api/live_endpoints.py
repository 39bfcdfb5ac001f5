"""The endpoints that the streams serve (webapp/live): documented here with all others."""

from webapp.desk.api.endpoint import ENDPOINTS, Endpoint
from webapp.desk.api.schemas.requests import Feed, Since, Wait
from webapp.desk.api.schemas.responses import Decision, Decisions, Event

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
            200: ("The answer.", Decision),
            204: ("Still pending: ask again.", None),
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
        description="Every decision of the token's projects after the cursor, in order, each "
        "exactly once: an agent with many open questions holds one request. Without `after` it "
        "begins with the next decision. Waits up to `wait` seconds for the first one; an empty "
        "list after that. At most 200 at once: ask again with the new cursor.",
        query=Feed,
        responses={200: ("The decisions, and where to go on.", Decisions)},
    )
)

ENDPOINTS.append(
    Endpoint(
        "GET",
        "/api/jobs/{job_id}/events",
        operation_id="get_events",
        tag="Jobs",
        summary="Follow a job",
        description="With `Accept: text/event-stream` the events of the job, live: each with its "
        "number as `id:` and a comment line at least every 15 seconds. A reader that comes back "
        "with the header `Last-Event-ID`, or with `?after=`, gets what it missed, once and in "
        "order. Otherwise a JSON array of what is in the log.",
        query=Since,
        responses={200: ("The events after that number, in order.", list[Event])},
        media=("application/json", "text/event-stream"),
        headers={
            "Last-Event-ID": (
                "The number of the last event that was read; it counts more than `after`.",
                {"type": "string", "pattern": "^[0-9]{0,18}$"},
            )
        },
        errors={
            400: "There is no such place in the log.",
            409: "Several of your projects have this job: add ?project_id=.",
        },
    )
)
