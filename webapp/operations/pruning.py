"""What is forgotten once it is old: events, attempts, files, sign-ins, tokens and invitations that
are over. If the settings say so, also the audit log, closed questions, and jobs and problems that
nothing refers to (docs/reference/retention.md).

Everything goes in small batches, each a transaction of its own: writers never wait long for one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import TextClause, text

from webapp.config import Retention
from webapp.operations import rate_counters
from webapp.operations.transaction import transaction

BATCH: Final = 5_000
"""Rows at once."""


def _oldest(table: str, condition: str) -> TextClause:
    """The statement that deletes up to `batch` rows of the table to which the condition applies."""
    return text(
        f"""
        delete from {table} where ctid = any(array(
            select ctid from {table} as old where {condition} limit :batch
        ))
        """  # noqa: S608 - the parts stand in this file
    )


_EVENTS: Final = _oldest("job_events", "at < :before")
_VERDICTS: Final = _oldest("report_verdicts", "at < :before")
_LINKS: Final = _oldest("sign_in_links", "expires_at < :before")
_DELIVERIES: Final = _oldest("deliveries", "moved_at < :before and due_at is null")
# The last one stays: it shows that somebody signed in here, so that no start-up link works again.
_SESSIONS: Final = _oldest(
    "browser_sessions",
    "coalesce(ended_at, expires_at) < :before and id < (select max(id) from browser_sessions)",
)
_OFFERS: Final = _oldest("token_offers", "expires_at < :before")
_INVITATIONS: Final = _oldest("invitations", "coalesce(closed_at, expires_at) < :before")
# One that another token replaces stays as long as that: through it, the other acts for its jobs.
_TOKENS: Final = _oldest(
    "tokens",
    "least(revoked_at, expires_at) < :before"
    " and not exists (select from tokens as later where later.replaces = old.id)",
)
# An open question keeps its files.
_FILES: Final = _oldest(
    "attachments",
    "exists (select from agent_escalations as asked where asked.id = old.escalation_id"
    " and asked.status <> 'pending' and asked.resolved_at < :before)",
)
# The last attempt of a job at a problem stays: pages show it, and verdicts depend on it.
_ATTEMPTS: Final = text(
    """
    with batch as materialized (
        select id, problem_id, job, at from attempts where id > :after order by id limit :batch
    ), forgotten as (
        delete from attempts using batch
        where attempts.id = batch.id and batch.at < :before and exists (
            select from attempts as later where later.problem_id = batch.problem_id
            and later.job = batch.job and later.id > batch.id
        ) returning 1
    )
    select (select count(*) from forgotten) as forgotten,
        (select max(id) from batch) as last, (select max(at) from batch) >= :before as at_end
    """
)
# An answer in force stays with its question: verdicts and standing rules rest on it.
_QUESTIONS: Final = text(
    """
    delete from agent_escalations where id = any(array(
        select id from agent_escalations as old
        where resolved_at < :before and status <> 'pending'
            and not exists (select from problems where answer = old.id)
            and not exists (select from problems where own_answer = old.id)
            and not exists (select from task_budgets join jobs on jobs.id = job
                where question = old.id and coalesce(last_event_at, created_at) >= :before)
            and not exists (
                select from standing_rules where escalation_id = old.id and revoked_at is null)
        order by resolved_at, id limit :batch for update skip locked
    ))
    """
)
# With its events and attempts, which are few by then. Who waited for a question that is kept stays.
_JOBS: Final = text(
    """
    delete from jobs where id = any(array(
        select id from jobs as old where coalesce(last_event_at, created_at) < :before
            and not exists (select from escalation_waiters where job = old.id)
        order by coalesce(last_event_at, created_at), id limit :batch for update skip locked
    ))
    """
)
# What founders said of a problem stays: its category, a rule for it, a question about it.
_PROBLEMS: Final = text(
    """
    delete from problems where id = any(array(
        select id from problems as old
        where last_seen_at < :before and corrected_category is null
            and not exists (select from attempts where problem_id = old.id and at >= :before)
            and not exists (select from standing_rules where project_id = old.project_id
                and error_signature = old.error_signature and revoked_at is null)
            and not exists (select from agent_escalations where project_id = old.project_id
                and error_signature = old.error_signature and status = 'pending')
        limit :batch for update skip locked
    ))
    """
)
_WITH_MORE: Final = 20
"""A job or problem takes rows of its own along: so many of a batch go at once."""

# A function, because the application's own role may not delete there.
_AUDIT: Final = text("select prune_audit_events(:before, :batch)")


def prune_events(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` events from before that moment. Returns how many there were.

    A job's numbers go on as if nothing had happened; a reader that comes back for what is gone is
    told so.
    """
    return _delete(_EVENTS, before, batch)


def prune_report_verdicts(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` verdicts that were kept for repeated reports. Returns how many there
    were. A report that is repeated later than that counts as a new one."""
    return _delete(_VERDICTS, before, batch)


def prune_deliveries(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` messages that were settled before that moment. Returns how many."""
    return _delete(_DELIVERIES, before, batch)


def prune_files(before: datetime, batch: int = BATCH) -> int:
    """Forget files of questions that were closed before that moment, some at once: each may have
    two megabytes. Returns how many. The questions still name them."""
    return _delete(_FILES, before, max(1, batch // _WITH_MORE))


def prune_sign_ins(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` links and as many sessions that were over before that moment. Returns
    how many there were."""
    return _delete(_LINKS, before, batch) + _delete(_SESSIONS, before, batch)


def prune_invitations(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` invitations, and as many links to tokens, that were over before that
    moment. Returns how many."""
    return _delete(_INVITATIONS, before, batch) + _delete(_OFFERS, before, batch)


def prune_tokens(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` tokens that were over before that moment and that no other one
    replaces. Returns how many there were; call it until there are none."""
    return _delete(_TOKENS, before, batch)


def prune_attempts(before: datetime, after: int = 0, batch: int = BATCH) -> tuple[int, int | None]:
    """Look at up to `batch` attempts after that id, and forget those from before that moment,
    except the last one of each job at each problem. Returns how many were forgotten, and the id
    to go on after; None at the end."""
    with transaction("prune") as session:
        values = {"before": before, "after": after, "batch": batch}
        found = session.connection().execute(_ATTEMPTS, values).one()
        return found.forgotten, None if found.at_end in (None, True) else found.last


def prune_questions(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` questions that were closed before that moment, with their answers and
    the list of who waited. Returns how many. Those whose answer is in force stay."""
    return _delete(_QUESTIONS, before, batch)


def prune_jobs(before: datetime, batch: int = BATCH) -> int:
    """Forget jobs in which nothing happened since that moment and that no question names, with
    what is left of their events and attempts. Returns how many; call it until there are none."""
    return _delete(_JOBS, before, max(1, batch // _WITH_MORE))


def prune_problems(before: datetime, batch: int = BATCH) -> int:
    """Forget problems that did not come up since that moment, with their attempts. Those stay for
    which a standing rule, a founder's correction or an open question exists. Returns how many."""
    return _delete(_PROBLEMS, before, max(1, batch // _WITH_MORE))


def prune_audit(before: datetime, batch: int = BATCH) -> int:
    """Forget up to `batch` entries of who did what from before that moment. Returns how many there
    were. The database refuses what is younger than 90 days."""
    with transaction("prune") as session:
        values = {"before": before, "batch": batch}
        forgotten: int = session.connection().execute(_AUDIT, values).scalar_one()
        return forgotten


def prune_all(
    keep: Retention,
    moment: datetime,
    batch: int = BATCH,
    goes_on: Callable[[], bool] = lambda: True,
) -> dict[str, int]:
    """Forget everything that is older at `moment` than the settings keep it. Returns how many rows
    of each kind there were. `goes_on` is asked between two batches."""
    steps: list[tuple[str, int | None, Callable[[datetime, int], int]]] = [
        ("events", keep.events_days, prune_events),
        ("report verdicts", keep.events_days, prune_report_verdicts),
        ("messages", keep.events_days, prune_deliveries),
        ("files", keep.files_days, prune_files),
        ("sign-ins", keep.sign_ins_days, prune_sign_ins),
        ("invitations", keep.sign_ins_days, prune_invitations),
        ("tokens", keep.sign_ins_days, prune_tokens),
        ("attempts", keep.attempts_days, _Attempts()),
        # In this order: what refers to a row goes before it.
        ("problems", keep.jobs_days, prune_problems),
        ("questions", keep.questions_days, prune_questions),
        ("jobs", keep.jobs_days, prune_jobs),
        ("counters of limits", 0, rate_counters.forget),
        ("audit entries", keep.audit_days, prune_audit),
    ]
    forgotten = {}
    for name, days, prune in steps:
        forgotten[name] = 0
        if days is None:
            continue
        before = moment - timedelta(days=days)
        while goes_on() and (found := prune(before, batch)):
            forgotten[name] += found
    return forgotten


class _Attempts:
    """Walks over the attempts, batch by batch."""

    def __init__(self) -> None:
        self._after: int | None = 0

    def __call__(self, before: datetime, batch: int) -> int:
        """Forget the next ones; 0 at the end."""
        while self._after is not None:
            found, self._after = prune_attempts(before, self._after, batch)
            if found:
                return found
        return 0


def _delete(statement: TextClause, before: datetime, batch: int) -> int:
    with transaction("prune") as session:
        values = {"before": before, "batch": batch}
        return session.connection().execute(statement, values).rowcount
