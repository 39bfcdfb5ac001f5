"""A report that is delivered twice: its verdict is kept under the report's id, and given again.

The verdict is stored by the statement that counts the report, under the primary key (job, report
id). So a repetition counts nothing, in whatever process it arrives, and of two that arrive at the
same moment the key lets one through.
"""

import hashlib
import json
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.operations.reports.context import Report, ReportContext
from webapp.operations.reports.verdict import Verdict

KEEP_FROM: Final = """insert into report_verdicts (job, report_id, digest, verdict, at)
        select id, %(report_id)s::text, %(digest)s::text, %(answer)s::jsonb, %(at)s from"""
"""The insertion into the table, up to the name of what gives the job's `id`."""

_KEEP: Final = f"{KEEP_FROM} jobs where id = %(job)s"

_ADDED: Final = (
    "category",
    "plain_english_problem",
    "recommended_action",
    "options",
    "recommended",
    "answer_schema",
    "deadline_then",
    "text_format",
    "urgency",
)
"""Fields of a report that the founder may be asked by, and that its digest left out at first."""

OTHER_CONTENT: Final = (
    "Another failure was reported under this id before, and this is the verdict on that one. "
    "Nothing was counted. Give each failure an id of its own."
)


def kept(report: Report, verdict: Verdict | None) -> dict[str, Any]:
    """The values that KEEP_FROM stores; nothing is kept of a report without an id."""
    if report.id is None or verdict is None:
        return {"report_id": None, "digest": None, "answer": None}
    answer = statements.Jsonb(asdict(verdict))
    return {"report_id": report.id, "digest": _digest(report), "answer": answer}


def keep(session: Session, job: int | None, report: Report, verdict: Verdict) -> None:
    """Store the verdict on a report with an id. Inside the transaction that counts the report, and
    that holds the job's row."""
    if report.id is not None and job is not None:
        statements.run(session, _KEEP, job=job, at=now(), **kept(report, verdict))


def of(context: ReportContext, report: Report) -> Verdict | None:
    """The verdict that the same report got before, or None if it is new."""
    if context.stored is None:
        return None
    known = {each.name for each in fields(Verdict)}
    answer = {name: value for name, value in context.stored["verdict"].items() if name in known}
    same = context.stored["digest"] == _digest(report)
    return Verdict(**answer | {"repeated": True, "warnings": [] if same else [OTHER_CONTENT]})


def _digest(report: Report) -> str:
    """What tells a repetition from another failure under the same id. A session that was begun
    again, and the agent's own state, make no difference."""
    content: list[Any] = [
        report.error_type,
        report.error_message,
        report.intent,
        report.approach,
        report.signature,
    ]
    # What was added later changes no digest of a report that is without it.
    later = {name: getattr(report, name) for name in _ADDED if getattr(report, name) is not None}
    if later:
        content.append(later)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
