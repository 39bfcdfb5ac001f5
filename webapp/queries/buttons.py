"""What a button in a message stands for, and what a message still shows."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from webapp.models import AnswerButton, Delivery, PersonalChannel
from webapp.queries.reach import TOLD


@dataclass(frozen=True)
class Offered:
    """An answer that a message offered: to whose account, about which question as it was shown,
    and in which message, None as long as that isn't known."""

    person_id: int
    account: str
    is_on: bool
    question: uuid.UUID
    decision: str
    digest: str
    message: str | None


def offered(session: Session, button: str) -> Offered | None:
    """What is known of a button; None once its message is forgotten or its channel was removed."""
    query = (
        select(AnswerButton, Delivery, PersonalChannel)
        .join(Delivery, Delivery.id == AnswerButton.delivery_id)
        .join(PersonalChannel, PersonalChannel.id == Delivery.personal_channel_id)
        .where(AnswerButton.id == button, Delivery.escalation_id.is_not(None))
    )
    row = session.execute(query).first()
    if row is None or row.Delivery.escalation_id is None:
        return None
    return Offered(
        person_id=row.PersonalChannel.person_id,
        account=row.PersonalChannel.address,
        is_on=row.PersonalChannel.position is not None and row.PersonalChannel.off_since is None,
        question=row.Delivery.escalation_id,
        decision=row.AnswerButton.decision,
        digest=row.AnswerButton.digest,
        message=row.Delivery.provider_id,
    )


def tells_of_more(session: Session, told: Delivery) -> bool:
    """Whether a message tells of more than one question."""
    more = select(Delivery.id).where(
        Delivery.personal_channel_id == told.personal_channel_id,
        Delivery.bundled_into == told.id,
    )
    return session.scalar(more.limit(1)) is not None


def may_be_shown_alone(session: Session, channel: int, question: uuid.UUID) -> bool:
    """Whether a message about this question alone went to the channel, or may have."""
    also = aliased(Delivery)
    others = select(also.id).where(
        also.bundled_into == Delivery.id,
        also.personal_channel_id == Delivery.personal_channel_id,
    )
    query = select(Delivery.id).where(
        Delivery.escalation_id == question,
        Delivery.personal_channel_id == channel,
        Delivery.kind.in_(TOLD),
        Delivery.state.in_(("accepted", "maybe_sent", "leased")),
        ~others.exists(),
    )
    return session.scalar(query.limit(1)) is not None
