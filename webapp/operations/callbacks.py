"""Callbacks: where a job is told the answer to its question, and the secret that signs it."""

import base64
import hmac
import uuid
from typing import Final

from sqlalchemy.orm import Session

from webapp import statements
from webapp.actors import Actor
from webapp.errors import Invalid
from webapp.models import AgentEscalation
from webapp.operations.transaction import single_statement
from webapp.queries import ownership
from webapp.rules import public_addresses

_KEEP: Final = """
    update escalation_waiters set callback_url = %(url)s
    from jobs, agent_escalations as asked
    where escalation_id = %(escalation)s and escalation_waiters.job = jobs.id
        and asked.id = escalation_id and asked.status = 'pending'
        and jobs.project_id = asked.project_id and jobs.job_id = %(job_id)s
        and callback_url is distinct from %(url)s
"""


def check(url: str, *, private: bool) -> None:
    """Raise Invalid where the server does not send to this address. `private` allows addresses of
    this network."""
    try:
        public_addresses.check(url, private=private)
    except public_addresses.NotAllowed as error:
        field = {"callback.url": f"can't be called: {error}"}
        raise Invalid(f"Correct callback.url and send it again: {error}", field) from None


def secrets_of(keys: tuple[str, ...], escalation: uuid.UUID, job_id: str) -> tuple[str, ...]:
    """The secrets of this job's callback, the first of which it is told. They follow from the
    server's keys, so they are stored nowhere, and a question that is sent again gets the same. One
    that was told before the server's key changed still fits."""
    said = f"callback of {escalation} to {job_id}".encode()
    made = [hmac.digest(key.encode(), said, "sha256") for key in keys]
    return tuple("whsec_" + base64.b64encode(each).decode() for each in made)


def keep(escalation: uuid.UUID, job_id: str, url: str, *, by: Actor) -> None:
    """Let a job that waits already be called at this address: its agent may have been restarted
    elsewhere. Changes nothing for a question that is closed, or a job of another token."""
    with single_statement("keep callback") as session:
        asked = session.get(AgentEscalation, escalation)
        if asked is not None and _is_theirs(session, asked, job_id, by):
            statements.run(session, _KEEP, url=url, escalation=escalation, job_id=job_id)


def _is_theirs(session: Session, asked: AgentEscalation, job_id: str, by: Actor) -> bool:
    return ownership.opened(session, asked.project_id, job_id, by=by)
