"""What is forgotten: old events, sign-in links and sessions that can no longer be used, and what
was written down for the owner long ago."""

from datetime import datetime

from sqlalchemy import text

from webapp.operations.transaction import transaction

_EVENTS = text(
    """
    delete from job_events where ctid = any(array(
        select ctid from job_events where at < :before limit :batch
    ))
    """
)
_VERDICTS = text(
    """
    delete from report_verdicts where ctid = any(array(
        select ctid from report_verdicts where at < :before limit :batch
    ))
    """
)
_LINKS = text("delete from sign_in_links where expires_at < :before")
# The last one stays: it shows that somebody signed in here, so that no start-up link works again.
_SESSIONS = text(
    """
    delete from browser_sessions where coalesce(ended_at, expires_at) < :before
        and id < (select max(id) from browser_sessions)
    """
)

# A function, because the application's own role may not delete there.
_AUDIT = text("select prune_audit_events(:before)")


def prune_events(before: datetime, batch: int) -> int:
    """Forget up to `batch` events from before that moment. Returns how many there were.

    Small batches: writers never wait long for one. A job's numbers go on as if nothing had
    happened; a reader that comes back for what is gone is told so.
    """
    with transaction("prune") as session:
        found = session.connection().execute(_EVENTS, {"before": before, "batch": batch})
        return found.rowcount


def prune_report_verdicts(before: datetime, batch: int) -> int:
    """Forget up to `batch` verdicts that were kept for repeated reports. Returns how many there
    were. A report that is repeated later than that counts as a new one."""
    with transaction("prune") as session:
        found = session.connection().execute(_VERDICTS, {"before": before, "batch": batch})
        return found.rowcount


def prune_sign_ins(before: datetime) -> int:
    """Forget links and sessions that were over before that moment. Returns how many there were."""
    with transaction("prune") as session:
        connection = session.connection()
        over = [connection.execute(each, {"before": before}) for each in (_LINKS, _SESSIONS)]
        return sum(found.rowcount for found in over)


def prune_audit(before: datetime) -> int:
    """Forget who did what before that moment. The database refuses what is younger than 90 days."""
    with transaction("prune") as session:
        forgotten: int = session.connection().execute(_AUDIT, {"before": before}).scalar_one()
        return forgotten
