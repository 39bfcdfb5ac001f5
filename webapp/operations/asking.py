"""A report becomes a question: opened, joined, or answered by a standing rule."""

import uuid
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.actors import rule_name
from webapp.clock import now
from webapp.models import AgentEscalation, EscalationWaiter, Problem, StandingRule
from webapp.operations import answers, escalations, memory, standing_rules
from webapp.operations.cases import Case, Report
from webapp.rules import options, wording
from webapp.rules.classification import Classification
from webapp.rules.plain_language import warnings_for


def open_from_report(
    session: Session,
    case: Case,
    told: Report,
    found: Classification,
    waits: int,
) -> AgentEscalation:
    """Ask the founder, or let a standing rule of theirs answer at once."""
    escalation = _worded(case, told, found, waits)
    asked = update(Problem).where(Problem.id == case.problem)
    session.execute(
        asked.values(
            asked=Problem.asked + 1, plain_english_problem=escalation.plain_english_problem
        ),
        execution_options={"synchronize_session": False},
    )
    rule = _standing_rule(session, case) if case.has_rule else None
    if rule is None:
        escalations.ask(session, escalation)
    else:
        _answer_by_rule(session, escalation, rule, case, told.agent_state)
    return escalation


def _worded(case: Case, told: Report, found: Classification, waits: int) -> AgentEscalation:
    """The question in the agent's own words where it brought them, else in ours."""
    ours = wording.question(
        found,
        told.error_type,
        told.error_message,
        intent=told.intent,
        approaches=case.tried(told),
        waits=waits,
    )
    own = {
        "plain_english_problem": told.plain_english_problem,
        "recommended_action": told.recommended_action,
        "options": told.options,
    }
    texts = {name: text for name, text in own.items() if isinstance(text, str)}
    words = asdict(ours) | {name: value for name, value in own.items() if value is not None}
    if words["options"] is told.options or told.recommended_action is not None:
        action = told.recommended_action or ""
        words["recommended"] = options.recommended(words["options"], told.recommended, action)
    if any(value is not None for value in own.values()):
        # Nothing is known of what an answer to the agent's own words means.
        words["options"] = options.public(words["options"])
    return AgentEscalation(
        **words,
        id=uuid.uuid4(),
        session_id=told.session_id,
        job_id=case.job_id,
        project_id=case.project_id,
        error_type=told.error_type,
        error_signature=case.error_signature,
        category=found.category.value,
        family=found.family.value,
        matched_rule=found.rule,
        intent=told.intent,
        error_message=told.error_message,
        warnings=warnings_for(texts),
        agent_state=told.agent_state,
        from_report=True,
    )


def _standing_rule(session: Session, case: Case) -> StandingRule | None:
    """The founder's rule for this problem. It answers a job once: what did not help this job is
    not tried on it again, so that no rule can keep an agent in a loop."""
    rule = session.scalar(
        select(StandingRule).where(
            StandingRule.project_id == case.project_id,
            StandingRule.error_signature == case.error_signature,
            StandingRule.revoked_at.is_(None),
            StandingRule.expires_at > now(),
        )
    )
    if rule is None or not standing_rules.may_stand(session, rule):
        return None
    used = session.scalar(
        select(AgentEscalation.id)
        .join(EscalationWaiter, EscalationWaiter.escalation_id == AgentEscalation.id)
        .where(
            AgentEscalation.project_id == case.project_id,
            AgentEscalation.resolved_by_ref == f"rule:{rule.id}",
            EscalationWaiter.job == case.job,
            AgentEscalation.outcome.is_distinct_from("worked"),
        )
        .limit(1)
    )
    return rule if used is None else None


def _answer_by_rule(
    session: Session,
    escalation: AgentEscalation,
    rule: StandingRule,
    case: Case,
    agent_state: dict[str, Any] | None,
) -> None:
    moment = now()
    escalation.status = "resolved" if rule.decision else "skipped"
    escalation.founder_decision = rule.decision
    escalation.founder_guidance = rule.guidance
    escalation.resolved_at = moment
    escalation.resolved_by = rule_name(rule.created_by)
    escalation.resolved_by_ref = f"rule:{rule.id}"
    rule.uses += 1
    rule.last_used_at = moment
    session.add(escalation)
    session.flush()
    if case.job is not None:
        escalations.add_waiter(session, escalation, case.job, agent_state)
    answers.tell_answer(session, escalation)
    memory.remember_answer(session, escalation)
