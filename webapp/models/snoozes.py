"""Questions that a person has put off for a while."""

import uuid

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import Moment


class Snooze(Model):
    """Until when a question stays out of the inbox of one person. It waits as before for everybody
    else, and for its agent."""

    __tablename__ = "snoozes"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    escalation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agent_escalations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    until: Mapped[Moment]
