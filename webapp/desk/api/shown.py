"""Questions as a caller sees them: what an agent keeps for itself is shown to no other agent."""

from collections.abc import Sequence

from webapp.actors import Actor
from webapp.desk.api.schemas.responses import Escalation
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.queries import ownership


def question(row: AgentEscalation, by: Actor) -> Escalation:
    """One question."""
    return questions([row], by)[0]


def questions(rows: Sequence[AgentEscalation], by: Actor) -> list[Escalation]:
    """Several; `agent_state` is null where the caller does not act for the job that asked."""
    kept = [row for row in rows if row.agent_state is not None]
    own = ownership.asked_by(db.session(), kept, by=by)
    shown = [Escalation.model_validate(row) for row in rows]
    for each in shown:
        if each.agent_state is not None and str(each.id) not in own:
            each.agent_state = None
    return shown
