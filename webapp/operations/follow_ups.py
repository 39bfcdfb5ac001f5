"""What a person adds for the agent after the answer: a note for every job that got it.

The row lock of the question puts notes in order. The same note of the same person again, as after a
lost response, is the one that is stored, also when somebody else's came in between.
"""

import uuid
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from webapp.actors import ANSWERING, Actor
from webapp.clock import now, rfc3339
from webapp.errors import Conflict, Invalid
from webapp.events.kinds import Kind
from webapp.models import Action, AgentEscalation
from webapp.operations import answers, audit
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries
from webapp.rules.excerpts import short
from webapp.rules.keys import holds_key

LONGEST: Final = 4_000
"""Characters of a note."""

MOST: Final = 10
"""Notes of one question."""


def add(escalation_id: uuid.UUID, text: str, *, by: Actor) -> AgentEscalation:
    """Add a note to an answered question. Raises Conflict where nobody answered, and after the last
    note that fits; Invalid for a note that is blank, too long or holds a key."""
    with transaction("note") as session:
        escalation = queries.find(session, escalation_id, by=by)
        by.require(ANSWERING, escalation.project_id, lazy_gettext("add a note"))
        text = _checked(text)
        session.refresh(escalation, with_for_update={"key_share": True})
        if escalation.status not in ("resolved", "skipped"):
            raise Conflict(
                lazy_gettext("Nobody has answered this question. Add your note to the answer.")
            )
        if all((each["ref"], each["text"]) != (by.ref, text) for each in escalation.notes):
            _add(session, escalation, text, by)
    return escalation


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(lazy_gettext("Write your note first."), {"text": "must not be blank"})
    if len(text) > LONGEST:
        message = lazy_gettext("This is too long: write at most %(most)s characters.", most=LONGEST)
        raise Invalid(message, {"text": f"has more than {LONGEST} characters"})
    if holds_key(text):
        message = lazy_gettext(
            "This looks like a secret key. Everyone in the project could read it here. Leave it "
            "out."
        )
        raise Invalid(message, {"text": "looks like a key: leave it out"})
    return text


def _add(session: Session, escalation: AgentEscalation, text: str, by: Actor) -> None:
    if len(escalation.notes) >= MOST:
        raise Conflict(lazy_gettext("This answer has %(most)s notes. No more fit.", most=MOST))
    note: dict[str, Any] = {
        "id": len(escalation.notes) + 1,
        "name": by.name,
        "ref": by.ref,
        "text": text,
        "at": rfc3339(now()),
    }
    escalation.notes = [*escalation.notes, note]
    told = {"text": short(text), "added_by": by.name}
    answers.tell_waiters(session, escalation, Kind.NOTE_ADDED, **told)
    audit.note(
        session,
        by=by,
        action=Action.NOTE_ADDED,
        project_id=escalation.project_id,
        subject=f"question:{escalation.id}",
    )
