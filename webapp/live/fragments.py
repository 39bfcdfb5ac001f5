"""Which regions a page has, what can change each, and how it is rendered: event → HTML.

A region is one element of a page. Its name is the element's id and the SSE event name under which
its new HTML is sent. A region is rendered once per audience, never per client: it holds no text
of one viewer and no CSRF token. The page itself includes the same template with the same context.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.events.kinds import Kind
from webapp.events.log import Event
from webapp.queries import screens, screens_jobs


@dataclass(frozen=True)
class Region:
    """One live element. `context(session, by, key)` gives what its template needs; `key` is the
    view's subject (an escalation's id, a job's key) or empty."""

    name: str
    template: str
    context: Callable[[Session, Actor, str], dict[str, Any]]
    kinds: frozenset[Kind]

    def render(self, session: Session, by: Actor, key: str) -> str:
        """The region's HTML, inside an app context."""
        return render_template(self.template, **self.context(session, by, key))


@dataclass(frozen=True)
class View:
    """A page's stream: its regions, who may open it, and which events concern it.

    `check(session, by, key)` raises NotFound for a subject that the caller may not see.
    """

    regions: tuple[Region, ...]
    check: Callable[[Session, Actor, str], None]
    concerns: Callable[[Event, str], bool]

    def context(self, session: Session, by: Actor, key: str) -> dict[str, Any]:
        """What the templates of all regions need, for the page that includes them."""
        merged: dict[str, Any] = {}
        for region in self.regions:
            merged |= region.context(session, by, key)
        return merged


_ALL = frozenset(Kind)
_COUNTING = frozenset({Kind.WAITING_FOR_INPUT, Kind.ESCALATION_RESOLVED, Kind.ESCALATION_WITHDRAWN})
_RECEIPTS = frozenset(
    {
        Kind.DECISION_DELIVERED,
        Kind.DECISION_PICKED_UP,
        Kind.DECISION_WORKED,
        Kind.DECISION_FAILED,
    }
)
_HOLDS = frozenset({Kind.ANSWER_HELD, Kind.ANSWER_UNDONE})
_CARDS = _COUNTING | {Kind.ESCALATION_JOINED, Kind.JOB_CHANGED}


_COUNTS = Region("inbox-counts", "inbox/_counts.html", screens.inbox_counts, _COUNTING)


def _anyone(_session: Session, _by: Actor, _key: str) -> None:
    """A view without a subject: whoever is signed in sees what is theirs."""


def _question(session: Session, by: Actor, key: str) -> None:
    screens.question(session, by, key)


def _job(session: Session, by: Actor, key: str) -> None:
    screens_jobs.job(session, by, key)


def _always(_event: Event, _key: str) -> bool:
    return True


def _counted(event: Event, _key: str) -> bool:
    return event.kind in _COUNTING


def _of_question(event: Event, key: str) -> bool:
    named = str(event.payload.get("escalation_id", ""))
    return named == key.lower() or event.kind in _COUNTING or event.kind == Kind.JOB_CHANGED


def _of_job(event: Event, key: str) -> bool:
    return str(event.job) == key or event.kind in _COUNTING


VIEWS: Mapping[str, View] = {
    "inbox": View(
        (_COUNTS, Region("inbox-list", "inbox/_list.html", screens.inbox_list, _CARDS)),
        _anyone,
        lambda event, _key: event.kind in _CARDS,
    ),
    "question": View(
        (
            _COUNTS,
            Region(
                "question-state",
                "escalations/_state.html",
                screens.question_state,
                _COUNTING | _RECEIPTS | _HOLDS,
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
        ),
        _question,
        _of_question,
    ),
    "jobs": View(
        (_COUNTS, Region("jobs-list", "jobs/_list.html", screens_jobs.jobs_list, _ALL)),
        _anyone,
        _always,
    ),
    "job": View(
        (
            _COUNTS,
            Region("job-header", "jobs/_header.html", screens_jobs.job_header, _ALL),
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
                screens.history_list,
                _COUNTING | _RECEIPTS,
            ),
        ),
        _anyone,
        lambda event, _key: event.kind in _COUNTING | _RECEIPTS,
    ),
    "quiet": View((_COUNTS,), _anyone, _counted),
}
"""The views by name, as in /live/<name>?key=…"""
