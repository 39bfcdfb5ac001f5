"""Files that agents attach to a question; its row names them (`attachments`)."""

import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import Moment, Name


class Attachment(Model):
    """The content of one file. It is deleted before its question is, when it's old or erased."""

    __tablename__ = "attachments"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    escalation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="CASCADE"), index=True
    )
    project_id: Mapped[Name]
    name: Mapped[Name]
    media_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]

    # How much a project has is added up from the index alone.
    __table_args__ = (Index("ix_attachments_project", "project_id", "size"),)
