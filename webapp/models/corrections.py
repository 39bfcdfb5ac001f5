"""What founders said about the category of problems that one rule recognises."""

import uuid

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name


class CategoryCorrection(Model):
    """In this project, the problems that `rule` recognises are of that category. `escalation_id` is
    the question at which a founder said so."""

    __tablename__ = "category_corrections"

    id: Mapped[BigKey]
    project_id: Mapped[Name]
    rule: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(20))
    corrected_by: Mapped[str] = mapped_column(String(255))
    corrected_at: Mapped[Moment]
    escalation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="SET NULL")
    )

    __table_args__ = (
        UniqueConstraint("project_id", "rule"),
        Index(
            "ix_category_corrections_escalation_id",
            "escalation_id",
            postgresql_where=text("escalation_id is not null"),
        ),
    )
