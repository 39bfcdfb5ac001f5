"""What is written down for the owner: who did what, when, and from where.

Reports and questions of agents are not among it: the event log has them already.
"""

import time
from typing import Any, Final

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from webapp import origin
from webapp.actors import ALL_PROJECTS, Actor
from webapp.clock import now
from webapp.models.audit import Action, AuditEvent
from webapp.operations.transaction import transaction
from webapp.rules.limits import clean_text

NOBODY: Final = Actor(ref="nobody", name="Somebody unknown")
"""Who did not get in."""

_LONGEST: Final = 255
_COLUMNS: Final = [name for name in AuditEvent.__table__.columns.keys() if name != "id"]  # noqa: SIM118
INSERT_FROM: Final = """
    insert into audit_events (at, actor_ref, actor_name, action, project_id, subject, address,
        user_agent, details)
    select now(), noted.* from jsonb_to_record(%(audited)s::jsonb) as noted(actor_ref text,
        actor_name text, action text, project_id text, subject text, address text,
        user_agent text, details jsonb),"""
"""The end of a statement's clause is a table that has one row if it is to be written down."""

_NOTE: Final = insert(AuditEvent).values({name: bindparam(name) for name in _COLUMNS})


def note(
    session: Session,
    *,
    by: Actor,
    action: Action,
    project_id: str | None = None,
    subject: object = "",
    **details: Any,
) -> None:
    """Write it down, in the transaction of the operation itself: both happen or neither does.

    `project_id` is None, or `*`, for what concerns the whole desk; its owners alone read that.
    `subject` is what it was done to, such as `person:7`. No secret may stand in `details`, nor
    what somebody typed who is not known: people type passwords where they should write their
    address.
    """
    written = row(by=by, action=action, project_id=project_id, subject=subject, **details)
    session.execute(_NOTE, written | {"at": now()})


def row(
    *,
    by: Actor,
    action: Action,
    project_id: str | None = None,
    subject: object = "",
    **details: Any,
) -> dict[str, Any]:
    """What `note` writes down, but for the time: for a statement that does it on the way, with
    `INSERT_FROM`."""
    where = origin.current()
    return {
        "actor_ref": by.ref,
        "actor_name": by.name,
        "action": action.value,
        "project_id": None if project_id == ALL_PROJECTS else project_id,
        "subject": clean_text(str(subject))[:1000],
        "address": where.address and _storable(where.address)[:64],
        "user_agent": where.user_agent and _storable(where.user_agent),
        "details": {name: value for name, value in details.items() if value is not None},
    }


def _storable(text: str) -> str:
    return clean_text(text)[:_LONGEST]


def failed_sign_in(how: str, *, by: Actor = NOBODY) -> None:
    """Write down that somebody did not get in; `how` is the way they tried (`link`, `password`),
    `by` the person whose account it was, where that is known. In a transaction of its own.

    Whoever tries a million times fills no disk: past the allowance they are only counted, and the
    next row says how many there were.
    """
    unwritten = _allowance.take(origin.current().address)
    if unwritten is None:
        return
    with transaction("audit") as session:
        more = unwritten or None
        note(session, by=by, action=Action.SIGN_IN_FAILED, how=how, unwritten=more)


class Allowance:
    """How many failures a process writes down in a minute: some of each address, and not more of
    all together."""

    def __init__(self, each: int = 10, together: int = 60) -> None:
        self._each, self._together = each, together
        self._minute = -1
        self._seen: dict[str | None, int] = {}
        self._total = 0
        self._unwritten = 0

    def take(self, address: str | None, minute: int | None = None) -> int | None:
        """How many were not written since the last one that was, or None to leave this one out."""
        minute = int(time.monotonic() // 60) if minute is None else minute
        if minute != self._minute:
            self._minute, self._seen, self._total = minute, {}, 0
        if self._total >= self._together or self._seen.get(address, 0) >= self._each:
            self._unwritten += 1
            return None
        self._total += 1
        self._seen[address] = self._seen.get(address, 0) + 1
        unwritten, self._unwritten = self._unwritten, 0
        return unwritten


_allowance: Final = Allowance()
