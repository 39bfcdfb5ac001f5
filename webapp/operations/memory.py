"""What a project remembers of a problem when its question is answered."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.models import AgentEscalation, Problem


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
            decision=escalation.founder_decision or escalation.status,
            guidance=escalation.founder_guidance,
        )
    )
