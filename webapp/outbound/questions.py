"""Messages that questions wait: decided when they are due, together with what else is due there."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from webapp.config import Config
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import bundling
from webapp.operations.deliveries import Claimed
from webapp.outbound.channel import NotNeeded, NotYet
from webapp.queries import reach
from webapp.rules.reach import Action, Decision, decide, decide_summary


@dataclass(frozen=True)
class Told:
    """The questions that one message tells of, the oldest first."""

    questions: Sequence[AgentEscalation]
    is_reminder: bool
    is_last_call: bool = False
    is_summary: bool = False

    @property
    def is_critical(self) -> bool:
        """Whether one of them is critical."""
        return any(asked.urgency == "critical" for asked in self.questions)


def told_by(delivery: Claimed) -> Told:
    """Decide once more, now that it is due, and take along what waits for the same channel. Raises
    NotNeeded, NotYet."""
    if delivery.kind == reach.SUMMARY:
        return _summary(delivery)
    config: Config = current_app.extensions["unstuck"]
    facts = reach.facts(
        db.session(),
        delivery.personal_channel_id or 0,
        delivery.escalation_id,
        delivery.step,
        is_last_call=delivery.kind == reach.LAST_CALL,
        unset=config.unset_channels,
    )
    decision = decide(facts)
    _obey(decision)
    bundling.bundle(delivery, decision.reason)
    questions = reach.questions(db.session(), delivery.id)
    if not questions:
        raise NotNeeded("closed")
    is_last_call = reach.tells_deadline(db.session(), delivery.id)
    return Told(questions, is_reminder=delivery.step > 0, is_last_call=is_last_call)


def _summary(delivery: Claimed) -> Told:
    found = reach.receiver(db.session(), delivery.personal_channel_id or 0)
    if found is None:
        raise NotNeeded("channel_off")
    questions = reach.waiting_for(db.session(), found.person.id)
    _obey(
        decide_summary(
            waiting=len(questions),
            channel_on=found.channel.off_since is None,
            quiet_s=reach.summary_quiet_s(db.session(), found.person.id),
        )
    )
    return Told(questions, is_reminder=False, is_summary=True)


def _obey(decision: Decision) -> None:
    if decision.action is Action.DROP:
        raise NotNeeded(decision.reason.value)
    if decision.action is Action.WAIT:
        raise NotYet(decision.reason.value, decision.wait_s)
