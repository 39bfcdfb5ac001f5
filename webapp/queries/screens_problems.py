"""Reads shaped for the pages of problems: each returns the variables that its template names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.errors import NotFound
from webapp.models import AgentEscalation, CategoryCorrection, Job, Problem, StandingRule
from webapp.queries import corrections, escalations, problems
from webapp.queries.screens_memory import Decided, decided
from webapp.rules.limits import number_in
from webapp.rules.retelling import approach_in_words, problem_in_words, reason_of

PROBLEMS_SHOWN = 30
RULES_SHOWN = 50
ENDED_RULES_SHOWN = 5
ATTEMPTS_SHOWN = 50
QUESTIONS_SHOWN = 50


@dataclass(frozen=True)
class Row:
    """A problem in the list: in words, how it was last decided, the question that waits, and how
    often a standing rule answered instead of a founder."""

    problem: Problem
    words: str
    latest: Decided | None
    waiting: AgentEscalation | None
    by_rule: int


@dataclass(frozen=True)
class RuleRow:
    """A standing rule, with the problem that it answers, under the words that were
    answered: whatever an agent says later, that is what the founder allowed."""

    rule: StandingRule
    problem: Problem | None
    words: str
    may_stop: bool


@dataclass(frozen=True)
class CorrectionRow:
    """A correction of a category, with what completes "recognized because …"."""

    correction: CategoryCorrection
    reason: str
    may_remove: bool


@dataclass(frozen=True)
class Tried:
    """One failed attempt: what was tried in plain words, if it is plain, and what came of it."""

    at: datetime
    job: Job
    words: str | None
    verdict: str
    raw: str | None


def problems_list(session: Session, by: Actor, key: str = "") -> dict[str, Any]:
    """The problems that came up last; `key` is the cursor of an older page."""
    page = problems.listed(session, by=by, limit=PROBLEMS_SHOWN, cursor=key or None)
    return {"rows": rows(session, page.rows), "older": page.next_cursor, "first": not key}


def rows(session: Session, listed: Sequence[Problem]) -> list[Row]:
    """The problems with all that a row says, in a query for each kind of thing."""
    if not listed:
        return []
    words = _in_words(session, listed)
    latest = problems.latest_questions(session, listed)
    waiting = problems.latest_questions(session, listed, pending=True)
    by_rule = problems.answered_by_rules(session, listed)
    return [
        Row(
            problem=found,
            words=words[found.id],
            latest=decided(latest[found.id]) if found.id in latest else None,
            waiting=waiting.get(found.id),
            by_rule=by_rule.get(found.id, 0),
        )
        for found in listed
    ]


def problems_rules(session: Session, by: Actor, _key: str = "") -> dict[str, Any]:
    """The standing rules in force, how many more there are, and those that ended last."""
    found = problems.rules(session, by=by, limit=RULES_SHOWN)
    more = len(found) == RULES_SHOWN
    left_out = problems.rules_count(session, by=by) - len(found) if more else 0
    ended = problems.ended_rules(session, by, ENDED_RULES_SHOWN)
    return {
        "rules": _rule_rows(session, found, by),
        "rules_left_out": left_out,
        "ended": _rule_rows(session, ended, by),
    }


def problems_corrections(session: Session, by: Actor, _key: str = "") -> dict[str, Any]:
    """What founders said of the category of all problems that a rule recognises."""
    found = corrections.listed(session, by=by, limit=RULES_SHOWN)
    return {
        "corrections": [
            CorrectionRow(
                correction=one,
                reason=reason_of(one.rule) or one.rule,
                may_remove=by.role_in(one.project_id) in ANSWERING,
            )
            for one in found
        ]
    }


def _rule_rows(session: Session, rules: Sequence[StandingRule], by: Actor) -> list[RuleRow]:
    about = problems.of_rules(session, rules) if rules else {}
    return [
        RuleRow(
            rule=rule,
            problem=about.get(rule.id),
            words=rule.answered_words or _asked(session, rule),
            may_stop=_may_stop(rule, by),
        )
        for rule in rules
    ]


def problem(session: Session, by: Actor, key: str) -> Problem:
    """The problem of that key, or NotFound when it does not exist or the caller may not see it."""
    number = number_in(key)
    if number is None:
        raise NotFound(lazy_gettext("Problem not found. Start from the list of problems."))
    return problems.find(session, number, by=by)


def problem_header(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The problem in words, with its counts."""
    found = problem(session, by, key)
    waiting = problems.latest_questions(session, [found], pending=True)
    return {
        "problem": found,
        "words": _in_words(session, [found])[found.id],
        "waiting_question": waiting.get(found.id),
        "by_rule": problems.answered_by_rules(session, [found]).get(found.id, 0),
    }


def problem_rule(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """The standing rule that answers the problem, or else the one that did so last."""
    found = problem(session, by, key)
    rule = problems.rules_for(session, [found]).get(found.id)
    if rule is None:
        rule = next(iter(problems.ended_rules(session, by, 1, of_problem=found)), None)
    may_stop = rule is not None and not rule.is_over and _may_stop(rule, by)
    return {"rule": rule, "may_stop": may_stop}


def problem_questions(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """All that was asked about the problem, with answers and outcomes, the latest first."""
    found = problems.questions(session, problem(session, by, key), QUESTIONS_SHOWN)
    waiting = escalations.waiting_jobs(session, [row.id for row in found])
    asked = [(decided(row), waiting[row.id].count) for row in found]
    return {"asked": asked}


def problem_attempts(session: Session, by: Actor, key: str) -> dict[str, Any]:
    """What was tried, the latest first, and how many earlier attempts there were."""
    found = problem(session, by, key)
    tried = [
        Tried(
            attempt.at, job, approach_in_words(attempt.approach), attempt.verdict, attempt.approach
        )
        for attempt, job in problems.attempts(session, found, ATTEMPTS_SHOWN)
    ]
    return {"tried": tried, "earlier": found.seen - len(tried), "problem": found}


def _in_words(session: Session, listed: Sequence[Problem]) -> dict[int, str]:
    """The problems as a question put them, or by their family where none has."""
    unasked = [found for found in listed if not found.plain_english_problem]
    intents = problems.intents(session, unasked) if unasked else {}
    return {
        found.id: found.plain_english_problem
        or problem_in_words(found.family, found.error_type, intents.get(found.id))
        for found in listed
    }


def _asked(session: Session, rule: StandingRule) -> str:
    """The question whose answer became the rule, for one that did not keep its words."""
    question = session.get(AgentEscalation, rule.escalation_id) if rule.escalation_id else None
    return (
        question.plain_english_problem
        if question
        else str(gettext("This problem is no longer stored."))
    )


def _may_stop(rule: StandingRule, by: Actor) -> bool:
    return by.role_in(rule.project_id) in ANSWERING
