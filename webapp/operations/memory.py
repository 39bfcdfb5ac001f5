"""What a project remembers of a problem when its question is answered."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.models import AgentEscalation, Problem
from webapp.rules.signature import names_of


def lock(session: Session, project_id: str, error_signature: str) -> Problem | None:
    """Lock the problem, if it is known, before any of its questions: one order for every writer."""
    return session.scalar(
        select(Problem)
        .where(Problem.project_id == project_id, Problem.error_signature == error_signature)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def take_up_answer(session: Session, problem: int | None, attempts: int) -> None:
    """The verdict that follows an answer was given; it spent so many attempts."""
    session.execute(
        update(Problem)
        .where(Problem.id == problem)
        .values(answer_is_news=False, attempts_spent=attempts)
    )


def find(session: Session, project_id: str, name: str) -> Problem | None:
    """Lock the problem that an agent names: by its signature as a verdict told it, or, where the
    agent chose one, as it sent that. Of several, the one that was seen last."""
    signature, own = names_of(project_id, name)
    found = lock(session, project_id, signature)
    if found is not None:
        return found
    named = Problem.error_signature == own
    if ":" not in own:
        named = func.split_part(Problem.error_signature, ":", -1) == own
    known = session.scalar(
        select(Problem.error_signature)
        .where(Problem.project_id == project_id, named)
        .order_by(Problem.last_seen_at.desc())
        .limit(1)
    )
    return None if known is None else lock(session, project_id, known)


def remember_answer(session: Session, escalation: AgentEscalation) -> None:
    """An answer is new information: a fresh budget, and guidance for the verdicts that follow."""
    session.execute(
        update(Problem)
        .where(
            Problem.project_id == escalation.project_id,
            Problem.error_signature == escalation.error_signature,
        )
        .values(
            attempts_spent=0,
            waits_spent=0,
            answer_is_news=True,
            answer=escalation.id,
            own_answer=None,
            decision=escalation.founder_decision or escalation.status,
            guidance=escalation.founder_guidance,
        )
    )
