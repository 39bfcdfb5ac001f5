"""Buttons in messages: each is a row with a random id, which is all that a press brings back."""

from collections.abc import Collection

from sqlalchemy import select

from webapp.clock import now
from webapp.models import AnswerButton
from webapp.operations.secrets import new_secret
from webapp.operations.transaction import transaction


def offer(delivery: int, digest: str, decisions: Collection[str]) -> dict[str, str]:
    """The ids of a message's buttons, by the decision that each gives. `digest` is that of the
    question as the message shows it. A message that is sent again keeps its buttons."""
    with transaction("offer answers") as session:
        query = select(AnswerButton).where(
            AnswerButton.delivery_id == delivery, AnswerButton.digest == digest
        )
        ids = {row.decision: row.id for row in session.scalars(query)}
        for decision in decisions:
            if decision not in ids:
                made = AnswerButton(id=new_secret(), delivery_id=delivery, decision=decision)
                made.digest, made.created_at = digest, now()
                session.add(made)
                ids[decision] = made.id
    return {decision: ids[decision] for decision in decisions}
