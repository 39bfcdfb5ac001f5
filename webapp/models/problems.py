"""What is remembered of a problem: its state per (project, signature), its attempts, its rules."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.extensions import Model
from webapp.models.columns import BigKey, JsonObject, Moment, Name


class Problem(Model):
    """One error signature in one project, and what was decided about it.

    The latest attempt of a job holds what the job has spent of its budget; `attempts_spent` and
    `waits_spent` are those of the job that reported last. `budgets` counts the answers: each resets
    the budget of every job. The totals never reset. `decision` and `guidance` are the founder's
    latest answer to words of the server's own, carried by the verdicts that follow it; `answer` is
    its question until a success, `answer_is_news` until the first verdict. `own_answer` is the
    question of a later answer to an agent's own words, which is for the jobs that waited for it.
    `is_open` from a report until a success.
    """

    __tablename__ = "problems"

    id: Mapped[BigKey]
    project_id: Mapped[Name]
    error_signature: Mapped[str] = mapped_column(String(800))
    error_type: Mapped[Name]
    family: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(20))
    corrected_category: Mapped[str | None] = mapped_column(String(20))
    corrected_by: Mapped[str | None] = mapped_column(String(255))
    attempts_spent: Mapped[int] = mapped_column(server_default=text("0"))
    waits_spent: Mapped[int] = mapped_column(server_default=text("0"))
    budgets: Mapped[int] = mapped_column(server_default=text("0"))
    seen: Mapped[int] = mapped_column(server_default=text("0"))
    healed: Mapped[int] = mapped_column(server_default=text("0"))
    asked: Mapped[int] = mapped_column(server_default=text("0"))
    decision: Mapped[str | None] = mapped_column(String(255))
    guidance: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="SET NULL")
    )
    own_answer: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="SET NULL")
    )
    answer_is_news: Mapped[bool] = mapped_column(server_default=text("false"))
    is_open: Mapped[bool] = mapped_column(server_default=text("true"))
    plain_english_problem: Mapped[str | None] = mapped_column(Text)
    first_seen_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]

    __table_args__ = (
        UniqueConstraint("project_id", "error_signature"),
        Index("ix_problems_last_seen", "project_id", "last_seen_at"),
        # For pruning: without them, each question that goes would look through all problems.
        Index("ix_problems_answer", "answer", postgresql_where=text("answer is not null")),
        Index(
            "ix_problems_own_answer", "own_answer", postgresql_where=text("own_answer is not null")
        ),
    )


class Attempt(Model):
    """One failed report of a problem: what was tried, and what the agent was told to do next.

    `attempts_spent` and `waits_spent` are what its job has spent of the problem's budget after it,
    and `budget` is which one (`Problem.budgets`); None in rows of a release that counted for all
    jobs together."""

    __tablename__ = "attempts"

    id: Mapped[BigKey]
    problem_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("problems.id", ondelete="CASCADE")
    )
    job: Mapped[int] = mapped_column(BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"))
    session_id: Mapped[Name]
    intent: Mapped[str | None] = mapped_column(Text)
    approach: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(String(20))
    at: Mapped[Moment]
    attempts_spent: Mapped[int | None]
    waits_spent: Mapped[int | None]
    budget: Mapped[int | None]

    __table_args__ = (
        Index("ix_attempts_problem", "problem_id", "id"),
        Index("ix_attempts_job_problem", "job", "problem_id", "id"),
        Index("ix_attempts_at", "at", postgresql_using="brin"),
    )


class TaskBudget(Model):
    """What a job has spent on one task, whichever errors it met there (rules/tasks.py).

    `spent` counts retries since the last answer or success. `question` is the latest one about the
    task, until a success; `answer_is_news` from its answer until the first verdict.
    """

    __tablename__ = "task_budgets"

    job: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    task: Mapped[str] = mapped_column(String(32), primary_key=True)
    spent: Mapped[int] = mapped_column(server_default=text("0"))
    question: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="SET NULL")
    )
    answer_is_news: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        # For pruning: without it, each question that goes would look through all tasks.
        Index(
            "ix_task_budgets_question", "question", postgresql_where=text("question is not null")
        ),
    )


class ReportVerdict(Model):
    """What was answered to a report that has an id, for the case that it is delivered again."""

    __tablename__ = "report_verdicts"

    job: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    report_id: Mapped[Name] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[JsonObject]
    at: Mapped[Moment]

    __table_args__ = (Index("ix_report_verdicts_at", "at", postgresql_using="brin"),)


class RuleEnd(StrEnum):
    """Why a standing rule ended before it expired."""

    STOPPED = "stopped"
    REPLACED = "replaced"
    MAKER_LEFT = "maker_left"
    FAILED = "failed"


class StandingRule(Model):
    """The founder's "do this by itself next time": one decision for exactly one signature and for
    what was shown. One of a release that kept no digest answers nothing any more.

    `ended_because` is a RuleEnd, None in rows of a release that kept no reason; `ended_by` is who
    ended it, or, where it failed, the id of the job that it didn't help."""

    __tablename__ = "standing_rules"

    id: Mapped[BigKey]
    project_id: Mapped[Name]
    error_signature: Mapped[str] = mapped_column(String(800))
    decision: Mapped[str | None] = mapped_column(String(255))
    decision_label: Mapped[str | None] = mapped_column(Text)
    guidance: Mapped[str | None] = mapped_column(Text)
    escalation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="SET NULL")
    )
    digest: Mapped[str | None] = mapped_column(String(64))
    answered_words: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[Name]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    ended_because: Mapped[str | None] = mapped_column(String(20))
    ended_by: Mapped[str | None] = mapped_column(String(255))
    uses: Mapped[int] = mapped_column(server_default=text("0"))
    last_used_at: Mapped[Moment | None]

    __table_args__ = (
        Index(
            "ix_standing_rules_escalation_id",
            "escalation_id",
            postgresql_where=text("escalation_id is not null"),
        ),
        Index(
            "uq_standing_rules_active",
            "project_id",
            "error_signature",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )

    @property
    def is_over(self) -> bool:
        """Whether it was ended or has expired."""
        return self.revoked_at is not None or self.expires_at <= now()

    @property
    def over_at(self) -> datetime:
        """When it ended, or will expire."""
        return min(self.revoked_at or self.expires_at, self.expires_at)
