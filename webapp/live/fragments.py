"""Which regions each page has, and what can change each of them."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.events.kinds import Kind
from webapp.events.log import Event
from webapp.live.regions import Region, View
from webapp.queries import (
    screens,
    screens_answer,
    screens_connect,
    screens_history,
    screens_inbox,
    screens_jobs,
    screens_memory,
    screens_problems,
    screens_secrets,
)

_ALL = frozenset(Kind)
_COUNTING = frozenset(
    {
        Kind.WAITING_FOR_INPUT,
        Kind.ANSWER_HELD,
        Kind.ANSWER_UNDONE,
        Kind.ESCALATION_RESOLVED,
        Kind.ESCALATION_WITHDRAWN,
        Kind.ESCALATION_EXPIRED,
        Kind.BUILD_PAUSED,
        Kind.BUILD_RESUMED,
    }
)
_RECEIPTS = frozenset(
    {
        Kind.DECISION_DELIVERED,
        Kind.DECISION_PICKED_UP,
        Kind.DECISION_WORKED,
        Kind.DECISION_FAILED,
    }
)
_TALK = frozenset({Kind.QUESTION_ASKED_BACK, Kind.REPLIED})
_SECRETS = frozenset({Kind.SECRET_HANDED_OVER, Kind.SECRET_TAKEN, Kind.SECRET_REVOKED})
_PROBLEMS = (_COUNTING | _RECEIPTS | {Kind.RETRYING, Kind.BACKING_OFF}) | {
    Kind.ESCALATION_JOINED,
    Kind.ERROR_HEALED,
    Kind.CATEGORY_CORRECTED,
    Kind.CORRECTION_REMOVED,
    Kind.RULE_ENDED,
    Kind.TEXT_ERASED,
}
_HISTORY = _COUNTING | _RECEIPTS | {Kind.TEXT_ERASED}
_CORRECTIONS = frozenset({Kind.CATEGORY_CORRECTED, Kind.CORRECTION_REMOVED})
_RULES = _COUNTING | {Kind.RULE_ENDED, Kind.TEXT_ERASED}
_CARDS = (_COUNTING | _TALK) | {
    Kind.FILE_ATTACHED,
    Kind.ESCALATION_JOINED,
    Kind.JOB_CHANGED,
    Kind.DEADLINE_EXTENDED,
    Kind.QUESTION_ASSIGNED,
}


_COUNTS = Region("inbox-counts", "inbox/_counts.html", screens.inbox_counts, _COUNTING)


def _anyone(_session: Session, _by: Actor, key: str) -> None:
    """A view without a subject: whoever is signed in sees what is theirs. Each made-up subject
    would be an audience of its own, for which everything is rendered once more."""
    if key:
        raise NotFound("There is no such page to follow. Reload the page you are on.")


def _question(session: Session, by: Actor, key: str) -> None:
    screens.question(session, by, key)


def _job(session: Session, by: Actor, key: str) -> None:
    screens_jobs.job(session, by, key)


def _problem(session: Session, by: Actor, key: str) -> None:
    screens_problems.problem(session, by, key)


def _connecting(session: Session, by: Actor, key: str) -> None:
    screens_connect.light(session, by, key)


def _always(_event: Event, _key: str) -> bool:
    return True


def _counted(event: Event, _key: str) -> bool:
    return event.kind in _COUNTING


def _of_question(event: Event, key: str) -> bool:
    named = str(event.payload.get("escalation_id", ""))
    of_any = _COUNTING | {Kind.JOB_CHANGED, Kind.CATEGORY_CORRECTED, Kind.TEXT_ERASED}
    return named == key.lower() or event.kind in of_any


def _of_job(event: Event, key: str) -> bool:
    return str(event.job) == key or event.kind in _COUNTING


VIEWS: Mapping[str, View] = {
    "inbox": View(
        (_COUNTS, Region("inbox-list", "inbox/_list.html", screens_inbox.inbox_list, _CARDS)),
        screens_inbox.inbox,
        lambda event, _key: event.kind in _CARDS,
    ),
    "question": View(
        (
            _COUNTS,
            Region(
                "question-state",
                "escalations/_state.html",
                screens_answer.question_state,
                _HISTORY | {Kind.RULE_ENDED, Kind.NOTE_ADDED},
            ),
            Region(
                "question-deadline",
                "escalations/_deadline.html",
                screens_answer.question_deadline,
                _COUNTING | {Kind.DEADLINE_EXTENDED} | _TALK,
            ),
            Region(
                "question-assigned",
                "escalations/_assigned.html",
                screens_answer.question_assigned,
                _COUNTING | {Kind.QUESTION_ASSIGNED},
            ),
            Region(
                "question-talk",
                "escalations/_talk.html",
                screens_answer.question_talk,
                _COUNTING | _TALK | {Kind.TEXT_ERASED},
            ),
            Region(
                "question-attachments",
                "escalations/_attachments.html",
                screens_answer.question_attachments,
                frozenset({Kind.FILE_ATTACHED, Kind.TEXT_ERASED}),
            ),
            Region(
                "question-secrets",
                "escalations/_secrets.html",
                screens_secrets.question_secrets,
                _COUNTING | _SECRETS,
            ),
            Region(
                "question-waiters",
                "escalations/_waiters.html",
                screens.question_waiters,
                _CARDS,
            ),
            Region(
                "question-attempts",
                "escalations/_attempts.html",
                screens.question_attempts,
                frozenset({Kind.ESCALATION_JOINED}),
            ),
            Region(
                "question-kind",
                "escalations/_kind.html",
                screens_memory.question_kind,
                frozenset({Kind.CATEGORY_CORRECTED}),
            ),
            Region(
                "question-details",
                "escalations/_details.html",
                screens_memory.question_details,
                frozenset({Kind.CATEGORY_CORRECTED, Kind.ESCALATION_JOINED}),
            ),
        ),
        _question,
        _of_question,
    ),
    "jobs": View(
        (_COUNTS, Region("jobs-list", "jobs/_list.html", screens_jobs.jobs_list, _ALL)),
        screens_jobs.jobs_of,
        _always,
    ),
    "job": View(
        (
            _COUNTS,
            Region("job-header", "jobs/_header.html", screens_jobs.job_header, _ALL),
            Region("job-story", "jobs/_story.html", screens_jobs.job_story, _ALL),
            Region("job-feed", "jobs/_feed.html", screens_jobs.job_feed, _ALL),
        ),
        _job,
        _of_job,
    ),
    "history": View(
        (
            _COUNTS,
            Region(
                "history-list",
                "history/_list.html",
                screens_history.history_list,
                _HISTORY,
            ),
        ),
        _anyone,
        lambda event, _key: event.kind in _HISTORY,
    ),
    "problems": View(
        (
            _COUNTS,
            Region(
                "problems-rules",
                "problems/_rules.html",
                screens_problems.problems_rules,
                _RULES,
            ),
            Region(
                "problems-corrections",
                "problems/_corrections.html",
                screens_problems.problems_corrections,
                _CORRECTIONS,
            ),
            Region(
                "problems-list", "problems/_list.html", screens_problems.problems_list, _PROBLEMS
            ),
        ),
        _anyone,
        lambda event, _key: event.kind in _PROBLEMS,
    ),
    "problem": View(
        (
            _COUNTS,
            Region(
                "problem-header",
                "problems/_header.html",
                screens_problems.problem_header,
                _PROBLEMS,
            ),
            Region(
                "problem-rule",
                "problems/_rule.html",
                screens_problems.problem_rule,
                _RULES,
            ),
            Region(
                "problem-questions",
                "problems/_questions.html",
                screens_problems.problem_questions,
                _PROBLEMS,
            ),
            Region(
                "problem-attempts",
                "problems/_attempts.html",
                screens_problems.problem_attempts,
                _PROBLEMS | {Kind.JOB_CHANGED},
            ),
            Region(
                "problem-details",
                "problems/_details.html",
                screens_problems.problem_attempts,
                _PROBLEMS,
            ),
        ),
        _problem,
        lambda event, _key: event.kind in _PROBLEMS or event.kind == Kind.JOB_CHANGED,
    ),
    "connect": View(
        (
            _COUNTS,
            Region(
                "connect-light",
                "connect/_light.html",
                screens_connect.light,
                frozenset(),
                of_tokens=True,
            ),
        ),
        _connecting,
        _counted,
    ),
    "quiet": View((_COUNTS,), _anyone, _counted),
}
"""The views by name, as in /live/<name>?key=…"""
