"""Reads of problems, of what was decided about them, and of standing rules."""

from collections.abc import Sequence

from flask_babel import lazy_gettext
from sqlalchemy import Select, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import NotFound
from webapp.models import AgentEscalation, Attempt, Job, Problem, StandingRule
from webapp.queries.escalations import narrow
from webapp.queries.pages import Page, keyset
from webapp.queries.scope import visible

_ANSWERED = ("resolved", "skipped")
_NOTHING = cast([], JSONB)


def listed(
    session: Session, *, by: Actor, limit: int = 30, cursor: str | None = None
) -> Page[Problem]:
    """The caller's problems, the one that came up last first."""
    query = select(Problem).where(visible(Problem.project_id, by))
    order = (Problem.last_seen_at, Problem.id)
    return keyset(session, query, order, limit, cursor, newest_first=True, key_type=int)


def find(session: Session, problem_id: int, *, by: Actor) -> Problem:
    """The problem, or NotFound when it does not exist or the caller may not see it."""
    query = select(Problem).where(Problem.id == problem_id, visible(Problem.project_id, by))
    found = session.scalar(query)
    if found is None:
        raise NotFound(
            lazy_gettext(
                "Problem not found. It may not exist, or you may not have access to its project."
            )
        )
    return found


def of(session: Session, about: AgentEscalation | StandingRule) -> Problem | None:
    """The problem that a question or a rule is about, if an agent ever reported it."""
    return session.scalar(
        select(Problem).where(
            Problem.project_id == about.project_id,
            Problem.error_signature == about.error_signature,
        )
    )


def id_of(session: Session, about: AgentEscalation | StandingRule) -> int | None:
    """The number of the problem that a question or a rule is about."""
    found = of(session, about)
    return found.id if found else None


def of_rules(session: Session, rules: Sequence[StandingRule]) -> dict[int, Problem]:
    """The problems that the rules answer, by the rule's id."""
    query = (
        select(StandingRule.id, Problem)
        .join(
            Problem,
            (Problem.project_id == StandingRule.project_id)
            & (Problem.error_signature == StandingRule.error_signature),
        )
        .where(StandingRule.id.in_([rule.id for rule in rules]))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def intents(session: Session, problems: Sequence[Problem]) -> dict[int, str]:
    """What the agents last wanted when each of the problems came up, where they said so."""
    query = (
        select(Attempt.problem_id, Attempt.intent)
        .where(
            Attempt.problem_id.in_([problem.id for problem in problems]),
            Attempt.intent.is_not(None),
        )
        .ext(distinct_on(Attempt.problem_id))
        .order_by(Attempt.problem_id, Attempt.id.desc())
    )
    return {key: intent for key, intent in session.execute(query) if intent}


def open_in_task(session: Session, project_id: str, job_id: str, intent: str) -> list[str]:
    """The signatures of the open problems that a job reported with this intent."""
    query = (
        select(Problem.error_signature)
        .join(Attempt, Attempt.problem_id == Problem.id)
        .join(Job, Job.id == Attempt.job)
        .where(
            Job.project_id == project_id,
            Job.job_id == job_id,
            Attempt.intent == intent,
            Problem.is_open,
        )
        .distinct()
    )
    return sorted(session.scalars(query))


def latest_questions(
    session: Session, problems: Sequence[Problem], *, pending: bool = False
) -> dict[int, AgentEscalation]:
    """The question of each problem that was answered last; with `pending`, the one that waits."""
    statuses = ("pending",) if pending else _ANSWERED
    keys = {(problem.project_id, problem.error_signature): problem.id for problem in problems}
    identity = (AgentEscalation.project_id, AgentEscalation.error_signature)
    latest = func.coalesce(AgentEscalation.resolved_at, AgentEscalation.created_at)
    query = (
        select(AgentEscalation)
        .where(
            tuple_(*identity).in_(list(keys)),
            AgentEscalation.status.in_(statuses),
            AgentEscalation.from_report,  # any agent may name a problem in a question of its own
        )
        .ext(distinct_on(*identity))
        .order_by(*identity, latest.desc(), AgentEscalation.id)
        .options(*narrow())
    )
    return {keys[row.project_id, row.error_signature]: row for row in session.scalars(query)}


def questions(session: Session, problem: Problem, limit: int) -> Sequence[AgentEscalation]:
    """The questions about the problem, the latest first."""
    query = _questions_of(problem).order_by(
        AgentEscalation.created_at.desc(), AgentEscalation.id.desc()
    )
    return session.scalars(query.limit(limit)).all()


def decided_before(
    session: Session, escalation: AgentEscalation, limit: int
) -> Sequence[AgentEscalation]:
    """How the same problem was answered before this question was, in its project, latest first."""
    query = _questions_of(escalation).where(
        AgentEscalation.id != escalation.id,
        AgentEscalation.status.in_(_ANSWERED),
        AgentEscalation.from_report == escalation.from_report,
    )
    if escalation.words_are_ours:  # what an agent worded is no precedent for what we ask
        query = query.where(func.coalesce(AgentEscalation.agent_worded, _NOTHING) == _NOTHING)
    if escalation.resolved_at is not None:
        query = query.where(AgentEscalation.resolved_at < escalation.resolved_at)
    order = (AgentEscalation.resolved_at.desc(), AgentEscalation.id)
    return session.scalars(query.order_by(*order).limit(limit)).all()


def _questions_of(about: Problem | AgentEscalation) -> Select[AgentEscalation]:
    return (
        select(AgentEscalation)
        .where(
            AgentEscalation.project_id == about.project_id,
            AgentEscalation.error_signature == about.error_signature,
        )
        .options(*narrow())
    )


def attempts(session: Session, problem: Problem, limit: int) -> list[tuple[Attempt, Job]]:
    """The failed attempts, each with its job, the latest first."""
    query = (
        select(Attempt, Job)
        .join(Job, Job.id == Attempt.job)
        .where(Attempt.problem_id == problem.id)
        .order_by(Attempt.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def latest_attempts(
    session: Session, about: AgentEscalation, jobs: Sequence[Job]
) -> dict[int, Attempt]:
    """What each of the jobs told of the problem last, by the job's id."""
    query = (
        select(Attempt)
        .join(Problem, Problem.id == Attempt.problem_id)
        .where(
            Problem.project_id == about.project_id,
            Problem.error_signature == about.error_signature,
            Attempt.job.in_([job.id for job in jobs]),
        )
        .ext(distinct_on(Attempt.job))
        .order_by(Attempt.job, Attempt.id.desc())
    )
    return {attempt.job: attempt for attempt in session.scalars(query)}


def rules(session: Session, *, by: Actor, limit: int) -> Sequence[StandingRule]:
    """The standing rules that are in force, the latest first."""
    query = _in_force().where(visible(StandingRule.project_id, by))
    order = (StandingRule.created_at.desc(), StandingRule.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()


def rules_count(session: Session, *, by: Actor) -> int:
    """How many standing rules are in force."""
    query = _in_force().where(visible(StandingRule.project_id, by))
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def rule(session: Session, rule_id: int, *, by: Actor) -> StandingRule:
    """The rule, in force or not, or NotFound when the caller may not see it."""
    query = select(StandingRule).where(
        StandingRule.id == rule_id, visible(StandingRule.project_id, by)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(
            lazy_gettext(
                "Rule not found. It may not exist, or you may not have access to its project."
            )
        )
    return found


def rules_for(session: Session, problems: Sequence[Problem]) -> dict[int, StandingRule]:
    """The rule in force for each of the problems that has one."""
    keys = {(problem.project_id, problem.error_signature): problem.id for problem in problems}
    identity = tuple_(StandingRule.project_id, StandingRule.error_signature)
    found = session.scalars(_in_force().where(identity.in_(list(keys)))).all()
    return {keys[row.project_id, row.error_signature]: row for row in found}


def answered_by_rules(session: Session, problems: Sequence[Problem]) -> dict[int, int]:
    """How often standing rules answered each of the problems."""
    keys = {(problem.project_id, problem.error_signature): problem.id for problem in problems}
    identity = (StandingRule.project_id, StandingRule.error_signature)
    query = (
        select(*identity, func.sum(StandingRule.uses))
        .where(tuple_(*identity).in_(list(keys)))
        .group_by(*identity)
    )
    return {keys[row[0], row[1]]: row[2] for row in session.execute(query)}


def rule_made_by(session: Session, escalation: AgentEscalation) -> StandingRule | None:
    """The rule that the answer to this question became, in force or not."""
    query = select(StandingRule).where(StandingRule.escalation_id == escalation.id)
    return session.scalar(query.order_by(StandingRule.id.desc()).limit(1))


def rules_made_by(session: Session, person_id: int) -> Sequence[StandingRule]:
    """The rules in force that came from answers of this person, by problem."""
    query = (
        _in_force()
        .join(AgentEscalation, AgentEscalation.id == StandingRule.escalation_id)
        .where(AgentEscalation.resolved_by_ref == f"person:{person_id}")
    )
    order = (StandingRule.project_id, StandingRule.error_signature)
    return session.scalars(query.order_by(*order)).all()


def maker_of(session: Session, rule: StandingRule) -> int | None:
    """The person whose answer became the rule; None for a token or the server itself."""
    query = select(AgentEscalation.resolved_by_ref).where(AgentEscalation.id == rule.escalation_id)
    kind, _, number = (session.scalar(query) or "").partition(":")
    return int(number) if kind == "person" else None


def rule_that_differs(session: Session, escalation: AgentEscalation) -> StandingRule | None:
    """The rule for this problem that did not answer: it allows another question, or it failed."""
    key = escalation.differs_from_rule
    return None if key is None else session.get(StandingRule, key)


def rule_that_answered(session: Session, escalation: AgentEscalation) -> StandingRule | None:
    """The rule in force that gave this answer; None where a person did, or where it is over."""
    kind, _, number = (escalation.resolved_by_ref or "").partition(":")
    if kind != "rule":
        return None
    return session.scalar(_in_force().where(StandingRule.id == int(number)))


def ended_rules(
    session: Session, by: Actor, limit: int, *, of_problem: Problem | None = None
) -> Sequence[StandingRule]:
    """The standing rules that are over, the one that ended last first."""
    over_at = func.least(StandingRule.revoked_at, StandingRule.expires_at)
    query = select(StandingRule).where(visible(StandingRule.project_id, by), over_at <= now())
    if of_problem is not None:
        query = query.where(
            StandingRule.project_id == of_problem.project_id,
            StandingRule.error_signature == of_problem.error_signature,
        )
    return session.scalars(
        query.order_by(over_at.desc(), StandingRule.id.desc()).limit(limit)
    ).all()


def _in_force() -> Select[StandingRule]:
    return select(StandingRule).where(
        StandingRule.revoked_at.is_(None), StandingRule.expires_at > now()
    )
