"""The structured question to the founder, and the jobs that wait for its answer."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.extensions import Model
from webapp.models.columns import JsonList, JsonObject, Moment, Name, Prose
from webapp.rules.decisions import leaves_out
from webapp.rules.digest import digest_of
from webapp.rules.signature import is_computed

STATUSES = ("pending", "resolved", "skipped", "expired", "withdrawn")

PLAIN = "plain"
NORMAL = "normal"
WORDED = ("plain_english_problem", "recommended_action", "options", "answer_schema")
"""The founder-facing fields that an agent may word itself."""
_WORDED_BEFORE = WORDED[:3]
"""Those of a release that kept no record of it."""


class AgentEscalation(Model):
    """One question with options. The first block of columns is the table as it was specified."""

    __tablename__ = "agent_escalations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    session_id: Mapped[Name] = mapped_column(index=True)
    job_id: Mapped[Name] = mapped_column(index=True)
    project_id: Mapped[Name] = mapped_column(index=True)
    error_type: Mapped[Name]
    error_signature: Mapped[str] = mapped_column(String(800), index=True)
    plain_english_problem: Mapped[Prose]
    attempts_summary: Mapped[JsonList]
    recommended_action: Mapped[Prose]
    options: Mapped[JsonList]
    status: Mapped[str] = mapped_column(String(20))
    founder_decision: Mapped[str | None] = mapped_column(String(255))
    founder_guidance: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Moment]
    resolved_at: Mapped[Moment | None]

    recommended: Mapped[str | None] = mapped_column(String(255))
    category: Mapped[str | None] = mapped_column(String(20))
    family: Mapped[str | None] = mapped_column(String(40))
    matched_rule: Mapped[str | None] = mapped_column(String(80))
    intent: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    warnings: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    agent_state: Mapped[JsonObject | None]
    # `plain` or `markdown`: how the agent wrote its texts.
    text_format: Mapped[str] = mapped_column(String(10), server_default=text("'plain'"))
    # `normal`, or `critical`: its agent can do nothing else meanwhile, or harm is being done.
    urgency: Mapped[str] = mapped_column(String(10), server_default=text("'normal'"))
    # What the answer has to carry (rules/answer_schema.py), and what it carried. A secret is only
    # named here: {"secret": "stored", "ref": …}.
    answer_schema: Mapped[JsonObject | None] = mapped_column(JSONB(none_as_null=True))
    answers: Mapped[JsonObject | None] = mapped_column(JSONB(none_as_null=True))
    # Until when it can be answered, and the option that holds if nobody does.
    deadline_at: Mapped[Moment | None]
    deadline_then: Mapped[str | None] = mapped_column(String(255))
    # What founder and agent said to each other about it (operations/asking_back.py), and since when
    # it is the agent's turn.
    messages: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    turned_at: Mapped[Moment | None]
    # The files that the agent attached, without their content (models/attachments.py), and the
    # digest of the question together with them.
    attachments: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    attached_digest: Mapped[str | None] = mapped_column(String(64))
    # Whose it is (operations/assigning.py); NULL, or a person who is gone, is everyone.
    assigned_to: Mapped[int | None] = mapped_column(BigInteger)
    # What people added for the agent after the answer (operations/follow_ups.py).
    notes: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    from_report: Mapped[bool] = mapped_column(server_default=text("false"))
    content_digest: Mapped[str | None] = mapped_column(String(64))
    decided_xid: Mapped[int | None] = mapped_column(BigInteger)
    question_key: Mapped[str | None] = mapped_column(String(64))
    # Which of WORDED the agent worded; None in rows of a release that did not keep it.
    agent_worded: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    stored_digest: Mapped[str | None] = mapped_column("digest", String(64))
    differs_from_rule: Mapped[int | None] = mapped_column(BigInteger)
    occurrences: Mapped[int] = mapped_column(server_default=text("1"))
    resolved_by: Mapped[str | None] = mapped_column(String(255))
    resolved_by_ref: Mapped[str | None] = mapped_column(String(80))
    # Whose standing rule answered; None where a person did.
    rule_maker: Mapped[str | None] = mapped_column(String(255))
    resolve_key: Mapped[str | None] = mapped_column(String(255))
    reason: Mapped[str | None] = mapped_column(Text)
    held: Mapped[JsonObject | None] = mapped_column(JSONB(none_as_null=True))
    held_until: Mapped[Moment | None]
    delivered_at: Mapped[Moment | None]
    picked_up_at: Mapped[Moment | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_at: Mapped[Moment | None]
    outcome_note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(
            "status in ('pending', 'resolved', 'skipped', 'expired', 'withdrawn')", "status"
        ),
        CheckConstraint("outcome in ('worked', 'failed')", "outcome"),
        # One problem, one card: reports that would ask the same join the pending question.
        Index(
            "uq_agent_escalations_pending_digest",
            "project_id",
            "error_signature",
            "digest",
            unique=True,
            postgresql_where=text("status = 'pending' and from_report"),
        ),
        # An agent that asks the same twice without an id gets the question that is pending.
        Index(
            "uq_agent_escalations_pending_question",
            "question_key",
            unique=True,
            postgresql_where=text("status = 'pending' and question_key is not null"),
        ),
        # A trigger notes the transaction that closes a question (queries/decision_feed.py).
        Index(
            "ix_agent_escalations_decided",
            "decided_xid",
            postgresql_where=text("decided_xid is not null"),
        ),
        Index(
            "ix_agent_escalations_pending",
            "created_at",
            "id",
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "ix_agent_escalations_held",
            "held_until",
            postgresql_where=text("held_until is not null"),
        ),
        Index(
            "ix_agent_escalations_deadline",
            "deadline_at",
            postgresql_where=text("status = 'pending' and deadline_at is not null"),
        ),
        Index("ix_agent_escalations_job_page", "project_id", "job_id", "created_at", "id"),
        Index("ix_agent_escalations_history", "resolved_at", "id"),
        # With 1,000,000 rows the lists took 374 ms (all projects) and 48 ms (one of 50,000) without
        # these, and 0.1 ms with them.
        Index("ix_agent_escalations_list", "created_at", "id"),
        Index("ix_agent_escalations_project_list", "project_id", "created_at", "id"),
        Index(
            "ix_agent_escalations_project_history",
            "project_id",
            "resolved_at",
            "id",
            postgresql_where=text("resolved_at is not null"),
        ),
        # What the history is searched by; questions that still wait are in none of these.
        Index(
            "ix_agent_escalations_words",
            text(
                "escalation_words(plain_english_problem, founder_guidance, founder_decision, "
                "options)"
            ),
            postgresql_using="gin",
            postgresql_where=text("resolved_at is not null"),
        ),
        Index(
            "ix_agent_escalations_person",
            "resolved_by_ref",
            "resolved_at",
            "id",
            postgresql_where=text("resolved_at is not null"),
        ),
        Index(
            "ix_agent_escalations_failed",
            "resolved_at",
            "id",
            postgresql_where=text("outcome = 'failed'"),
        ),
        Index(
            "ix_agent_escalations_unanswered",
            "status",
            "resolved_at",
            "id",
            postgresql_where=text("status in ('skipped', 'withdrawn', 'expired')"),
        ),
    )

    def __init__(self, **values: Any) -> None:
        # Set here and not as column defaults, so that they hold before a flush.
        values.setdefault("id", uuid.uuid4())
        values.setdefault("status", "pending")
        values.setdefault("attempts_summary", [])
        values.setdefault("options", [])
        values.setdefault("recommended_action", "")
        values.setdefault("created_at", now())
        values.setdefault("warnings", [])
        values.setdefault("messages", [])
        values.setdefault("attachments", [])
        values.setdefault("text_format", PLAIN)
        values.setdefault("urgency", NORMAL)
        values.setdefault("notes", [])
        values.setdefault("from_report", False)
        values.setdefault("occurrences", 1)
        super().__init__(**values)

    @property
    def is_pending(self) -> bool:
        return self.status == "pending"

    @property
    def is_left_out(self) -> bool:
        """Whether it was answered by leaving the matter out: that this works is no success."""
        decision = self.founder_decision
        return self.status == "skipped" or (decision is not None and leaves_out(decision))

    @property
    def is_held(self) -> bool:
        """Whether it is answered, and the answer can still be taken back."""
        return self.is_pending and self.held_until is not None

    @property
    def digest(self) -> str:
        """What an answer is bound to (rules/digest.py). It is stored when the question is asked:
        a founder's correction of the category changes no answer that is on its way."""
        return self.attached_digest or self.digest_without_files

    @property
    def digest_without_files(self) -> str:
        """As `digest`, of the question alone."""
        return self.stored_digest or digest_of(
            problem=self.plain_english_problem,
            action=self.recommended_action,
            options=self.options,
            recommended=self.recommended,
            category=self.category,
            agent_worded=_WORDED_BEFORE if self.agent_worded is None else self.agent_worded,
            more={
                "answer_schema": self.answer_schema,
                "text_format": None if self.text_format == PLAIN else self.text_format,
                "urgency": None if self.urgency == NORMAL else self.urgency,
                "deadline": None if self.deadline_at is None else {"then": self.deadline_then},
            },
        )

    @property
    def is_overdue(self) -> bool:
        """Whether its deadline has passed, and only its timer hasn't closed it yet."""
        if not self.is_pending or self.deadline_at is None or self.turned_at is not None:
            return False
        return self.deadline_at <= now()

    @property
    def turn(self) -> str | None:
        """Whose turn it is, while somebody has to say something. A founder who has answered, and
        may still take that back, waits for no reply."""
        if not self.is_pending:
            return None
        return "founder" if self.turned_at is None or self.is_held else "agent"

    @property
    def rounds(self) -> int:
        """How often a founder asked the agent back."""
        return sum(message["by"] == "founder" for message in self.messages)

    @property
    def has_answer(self) -> bool:
        """Whether there is something for an agent to follow: what somebody answered, or the default
        of its deadline."""
        return self.status in ("resolved", "skipped") or (
            self.status == "expired" and self.founder_decision is not None
        )

    @property
    def decided_by(self) -> str | None:
        """What kind of decision it has: of a person, a rule or the deadline; None without one."""
        if self.status == "expired":
            return "deadline"
        if self.status not in ("resolved", "skipped"):
            return None
        return "rule" if (self.resolved_by_ref or "").startswith("rule:") else "person"

    @property
    def deadline(self) -> JsonObject | None:
        """The deadline with the names of CONTRACT.md."""
        at, then = self.deadline_at, self.deadline_then
        return None if at is None else {"at": at, "then": then}

    @property
    def words_are_ours(self) -> bool:
        """Whether the server wrote every text of it and computed what problem it is about. Only
        then may its answer be remembered for the problem, or given automatically."""
        return self.shows_our_words and is_computed(self.error_signature)

    @property
    def shows_our_words(self) -> bool:
        """Whether the server wrote every text that whoever answers reads: what an agent replied or
        attached is shown beside them."""
        ours = self.from_report and self.agent_worded == []
        return ours and not self.messages and not self.attachments

    def label_of(self, value: str | None) -> str | None:
        """The label of an option of this question; the value itself where it is none of them."""
        if value is None:
            return None
        labels = {str(option["value"]): option.get("label") for option in self.options}
        return labels.get(value) or value

    @property
    def label(self) -> str | None:
        """What was decided, in the words that the founder chose."""
        return self.label_of(self.founder_decision)

    @property
    def taken_back(self) -> JsonObject | None:
        """The answer that was taken back last, kept for whoever wants to change and send it."""
        return self.held if self.is_pending and self.held_until is None else None


class EscalationWaiter(Model):
    """A job that waits for the answer: the one that asked, and each that met the same problem."""

    __tablename__ = "escalation_waiters"

    escalation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="CASCADE"), primary_key=True
    )
    job: Mapped[int] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    joined_at: Mapped[Moment]
    agent_state: Mapped[JsonObject | None]
    callback_url: Mapped[str | None] = mapped_column(Text)
    """Where this job is told the answer, if it does not want to wait for it."""
