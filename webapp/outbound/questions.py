"""Messages that questions wait: decided when they are due, together with what else is due there."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import deliveries
from webapp.operations.deliveries import Claimed
from webapp.outbound.channel import NotNeeded, NotYet
from webapp.queries import reach
from webapp.rules.reach import Action, decide


@dataclass(frozen=True)
class Told:
    """The questions that one message tells of, the oldest first."""

    questions: Sequence[AgentEscalation]
    is_reminder: bool


def told_by(delivery: Claimed) -> Told:
    """Decide once more, now that it is due, and take along what waits for the same channel. Raises
    NotNeeded, NotYet."""
    channel = delivery.personal_channel_id or 0
    facts = reach.facts(db.session(), channel, delivery.escalation_id, delivery.step)
    decision = decide(facts)
    if decision.action is Action.DROP:
        raise NotNeeded(decision.reason.value)
    if decision.action is Action.WAIT:
        raise NotYet(decision.reason.value, decision.wait_s)
    deliveries.bundle(delivery)
    questions = reach.questions(db.session(), delivery.id)
    if not questions:
        raise NotNeeded("closed")
    return Told(questions, is_reminder=delivery.step > 0)
