"""A job that stands still, as agents bring it about."""

import uuid

from webapp.actors import Actor
from webapp.operations.jobs import PAUSE_AT
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.rules.categories import Category


def pause(job: str = "build-1", project: str = "shop", times: int = PAUSE_AT) -> list[uuid.UUID]:
    """Let so many failures of a job become questions; enough of them pause it. Returns their ids.
    Inside the app's context."""
    by = Actor(ref="token:1", name="Build agent", grants={project: "agent"})
    asked = []
    for _ in range(times):
        report = Report(
            session_id="session-1",
            error_type="KeyError",
            error_message="KeyError: 'API_KEY'",
            category=Category.NEVER_RETRY,
            signature=f"failure-{uuid.uuid4().hex}",
        )
        asked.append(uuid.UUID(receive.report(job, project, report, by=by).escalation_id or ""))
    return asked
