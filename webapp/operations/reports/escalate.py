"""A report becomes a question: opened, joined, or answered by a standing rule."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actors import rule_name
from webapp.clock import now
from webapp.models import AgentEscalation, EscalationWaiter, StandingRule
from webapp.operations import answers, escalations, memory, outcomes, standing_rules
from webapp.operations.reports import tasks
from webapp.operations.reports.context import ReportContext
from webapp.operations.reports.failure import Failure
from webapp.operations.reports.record import Moved
from webapp.operations.reports.words import format_of, own_words, question_of, then_of
from webapp.rules import options, secret_names, wording
from webapp.rules.digest import digest_of
from webapp.rules.retry_policy import Decision
from webapp.rules.tasks import is_task


def ask(session: Session, context: ReportContext, failure: Failure, asked: AgentEscalation) -> None:
    """Ask the founder. Inside a transaction, after the report was put on record. Raises Moved when
    the same question was asked meanwhile."""
    _note_failed(session, context, asked)
    report = failure.report
    if not escalations.ask(session, asked, report.opened_by, report.callback_url):
        raise Moved


def _note_failed(session: Session, context: ReportContext, asked: AgentEscalation) -> None:
    """Note that an earlier answer to the same question did not help the job that asks again."""
    if is_task(asked.error_signature):
        told = None if context.task is None else context.task.answer
    else:
        told = context.answer if context.given is not None and context.given.waited else None
    if told is not None:
        outcomes.failed(session, uuid.UUID(told["escalation_id"]))


def with_pending(context: ReportContext, failure: Failure) -> ReportContext:
    """The context with the pending question that this report would ask again, so that it joins it:
    never one with other words, so that nobody gets an answer to what they did not ask."""
    if not context.waiting:
        return context
    digest = _digest(failure)
    same = (uuid.UUID(one["id"]) for one in context.waiting if one["digest"] == digest)
    return replace(context, pending=next(same, None))


def _words(failure: Failure, approaches: Sequence[str] = (), waits: int = 0) -> dict[str, Any]:
    """The founder-facing fields: the agent's own where it brought them, else the server's."""
    report, found = failure.report, failure.found
    ours = wording.question(
        found,
        report.error_type,
        report.error_message,
        intent=report.intent,
        approaches=list(approaches),
        waits=waits,
        until=failure.named_until,
    )
    own = own_words(report)
    words = asdict(ours) | own
    if report.options is not None or report.recommended_action is not None:
        action = report.recommended_action or ""
        words["recommended"] = options.recommended(words["options"], report.recommended, action)
    if "answer_schema" not in own:
        words["answer_schema"] = _asked_secrets(failure)
    if own:
        # Nothing is known of what an answer to the agent's own words means.
        words["options"] = options.public(words["options"])
    return words


def _asked_secrets(failure: Failure) -> dict[str, Any] | None:
    """The secrets that the server's own options offer to hand over."""
    report = failure.report
    if report.options is not None:
        return None
    return secret_names.schema(failure.found, report.error_type, report.error_message)


def _digest(failure: Failure) -> str:
    """The digest of the question that this report asks. How often something was tried is left out:
    it grows with each report and changes nothing of what is asked."""
    report, words = failure.report, _words(failure)
    then = then_of(report, words["options"], words["answer_schema"])
    return digest_of(
        problem=words["plain_english_problem"],
        action=words["recommended_action"],
        options=words["options"],
        recommended=words["recommended"],
        category=failure.found.category.value,
        agent_worded=own_words(report),
        more={
            "answer_schema": words["answer_schema"],
            "text_format": format_of(report),
            "urgency": report.urgency,
            "deadline": None if report.deadline_at is None else {"then": then},
        },
    )


def worded(context: ReportContext, failure: Failure, decision: Decision) -> AgentEscalation:
    """The question as it is stored."""
    report, found = failure.report, failure.found
    waits = decision.waits if failure.outage is None else failure.outage.waits
    words = _words(failure, context.tried_by_all(report), waits)
    return question_of(
        context,
        report,
        words,
        id=uuid.uuid4(),
        error_signature=context.error_signature,
        category=found.category.value,
        family=found.family.value,
        matched_rule=found.rule,
        stored_digest=_digest(failure),
    )


def standing_rule(
    session: Session, context: ReportContext, escalation: AgentEscalation
) -> StandingRule | None:
    """The founder's rule for this problem, if the founder would be shown what they allowed; else
    the question says that it differs. It answers each time until it fails: a job that had its
    answer, and asks again without a success in between, ends it. So no rule can keep an agent in a
    loop."""
    if not context.has_rule:
        return None
    rule = session.scalar(
        select(StandingRule).where(
            StandingRule.project_id == context.project_id,
            StandingRule.error_signature == context.error_signature,
            StandingRule.revoked_at.is_(None),
            StandingRule.expires_at > now(),
        )
    )
    if rule is None or not standing_rules.may_stand(session, rule):
        return None
    if not _allows(rule, escalation):
        escalation.differs_from_rule = rule.id
        return None
    used = session.scalar(
        select(AgentEscalation.id)
        .join(EscalationWaiter, EscalationWaiter.escalation_id == AgentEscalation.id)
        .where(
            AgentEscalation.project_id == context.project_id,
            AgentEscalation.resolved_by_ref == f"rule:{rule.id}",
            EscalationWaiter.job == context.job,
            AgentEscalation.outcome.is_distinct_from("worked"),
        )
        .limit(1)
    )
    if used is None:
        return rule
    escalation.differs_from_rule = rule.id
    standing_rules.fail(session, rule, context.job_id)
    return None


def _allows(rule: StandingRule, escalation: AgentEscalation) -> bool:
    values = [option["value"] for option in escalation.options]
    return (
        escalation.words_are_ours
        and rule.digest == escalation.digest
        and (rule.decision is None or rule.decision in values)
    )


def answer_by_rule(
    session: Session,
    context: ReportContext,
    failure: Failure,
    escalation: AgentEscalation,
    rule: StandingRule,
) -> None:
    """Store the question with the answer of the rule, and tell the job. Inside a transaction, after
    the report was put on record."""
    _note_failed(session, context, escalation)
    moment = now()
    escalation.status = "resolved" if rule.decision else "skipped"
    escalation.founder_decision = rule.decision
    escalation.founder_guidance = rule.guidance
    escalation.resolved_at = moment
    escalation.resolved_by = rule_name(rule.created_by)
    escalation.resolved_by_ref = f"rule:{rule.id}"
    escalation.rule_maker = rule.created_by
    rule.uses += 1
    rule.last_used_at = moment
    session.add(escalation)
    session.flush()
    if context.job is not None:
        escalations.add_waiter(session, escalation, context.job, failure.report.agent_state)
    answers.tell_answer(session, escalation)
    memory.remember_answer(session, escalation)
    tasks.begin_anew(session, context)
