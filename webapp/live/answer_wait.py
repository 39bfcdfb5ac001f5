"""The wait for one answer, and the note that it arrived: for every interface that agents use."""

import time
from collections.abc import Collection, Iterator
from typing import Any, Self
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from webapp.accounts import revalidation
from webapp.accounts.access import token_actor
from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.live import room
from webapp.live.service import Live, live
from webapp.live.waiter import Waiter
from webapp.models import AgentEscalation
from webapp.operations import receipts
from webapp.queries import decisions, escalations, ownership
from webapp.queries.decisions import Decision


class AnswerWait:
    """`with AnswerWait(key, by) as waiting:` looks the question up, NotFound if the caller may not
    see it, and misses no answer from then on. Belongs to the request that it is made in."""

    def __init__(self, key: UUID, by: Actor, *, until_turn: bool = False) -> None:
        self._key = key
        self._by = by
        self._until_turn = until_turn
        self._waiter = Waiter(revalidation.of_token(by), until_turn=until_turn)
        self.asked: list[Any] | None = None
        """The messages, if a founder asks the agent something and the wait is for that as well."""

    def __enter__(self) -> Self:
        waits = live().hub.waits
        waits.add(self._waiter, self._key)  # before looking: an answer in between is not missed
        try:
            self.escalation = escalations.find(db.session(), self._key, by=self._by)
            self._takes = ownership.waits(db.session(), self.escalation, by=self._by)
            # It is the turn of those who may reply, and of nobody else.
            is_agent = self._by.role_in(self.escalation.project_id) == "agent"
            self._until_turn = self._until_turn and (self._takes or not is_agent)
            self._found = decisions.of(self.escalation)
            self._note_turn(self.escalation)
            self._project_id = self.escalation.project_id
        except BaseException:
            waits.remove(self._waiter, self._key)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        live().hub.waits.remove(self._waiter, self._key)

    def until_answered(self, seconds: float) -> Decision | None:
        """The answer, or None when there was none within `seconds`."""
        for _ in self.in_steps(seconds, seconds):
            pass
        return self._found

    def in_steps(self, seconds: float, step: float) -> Iterator[float]:
        """Wait as `until_answered` does, and yield the seconds waited so far after each `step`
        without an answer. `found` has it in the end."""
        db.session.remove()  # whoever waits holds no connection
        if self._found is not None or self.asked is not None:
            return
        if seconds > 0:
            room.check(live().hub)
        began = time.monotonic()
        while not self._waiter.is_over and (left := began + seconds - time.monotonic()) > 0:
            self._found = self._waiter.wait(min(step, left))
            if not self._waiter.is_over:
                yield time.monotonic() - began
        if self._found is None and self._until_turn:
            self._note_turn(db.session().get(AgentEscalation, self._key))
        # Once more before it is told that there is none: whoever brings it may have failed to.
        self._found = self._found or decisions.decided(db.session(), self._key)
        # Again: much may have ended meanwhile.
        if token_actor().role_in(self._project_id) is None:
            raise NotFound(escalations.UNKNOWN)

    def _note_turn(self, escalation: AgentEscalation | None) -> None:
        if self._until_turn and escalation is not None and escalation.turn == "agent":
            self.asked = escalation.messages

    @property
    def last_message(self) -> dict[str, Any] | None:
        """The message in which the founder asks the agent, or None."""
        return self.asked[-1] if self.asked else None

    @property
    def found(self) -> Decision | None:
        """The answer, if it has come."""
        return self._found

    def is_first_delivery(self, found: Decision) -> bool:
        """Whether this answer reaches now, for the first time, an agent that waits for it."""
        is_agent = self._by.role_in(self._project_id) == "agent"
        return self._takes and is_agent and found.answered and not found.delivered


def note_deliveries(service: Live, keys: Collection[UUID]) -> None:
    """Note that these answers reached their agent, now or as soon as the database is back."""
    try:
        with service.app.app_context():
            for key in keys:
                receipts.note_delivery(key)
    except SQLAlchemyError:
        service.deliveries.add(keys)
