"""An agent takes a secret that was handed over to its job, and confirms it: then it is wiped."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp import log_masking
from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import AppError, Conflict, Invalid, NotFound
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation, EscalationWaiter, HandedSecret, Job, SecretTaking
from webapp.operations import answers, vault
from webapp.operations.handing_over import UNKNOWN, place, wipe
from webapp.operations.transaction import transaction
from webapp.queries import ownership
from webapp.queries.scope import visible

LEASE: Final = timedelta(seconds=60)
"""How long an agent has to confirm; after that the page says that it has not."""

_log = logging.getLogger(__name__)


class Gone(AppError):
    """The secret was there and is no more."""

    status, code, title = 410, "gone", "Gone"


@dataclass(frozen=True)
class Taken:
    """A secret in the clear, on its way to the agent."""

    name: str
    value: str = field(repr=False)
    lease_s: int


def take(ref: str, job_id: str, keys: tuple[str, ...], *, by: Actor) -> Taken:
    """Give the secret to a job that waited for the answer. Until the job confirms (`ack`), it may
    take it again, for whatever its first response was lost to. Raises NotFound for everyone else,
    Gone once the value is wiped."""
    with transaction("take_secret") as session:
        escalation, row = _locked(session, ref, by)
        job = _waiting(session, escalation, job_id, by)
        taking = session.get(SecretTaking, (row.id, job.id))
        if taking is not None and taking.acked_at is not None:
            raise Gone("This job took the secret and confirmed it. Ask for it again if it is lost.")
        _require_there(row)
        value = vault.unseal(row.sealed or b"", place(escalation, row), row.key_id, keys)
        if value is None:
            _log.error("secret %s can't be opened: SECRETS_KEY has changed", ref)
            raise Gone("The server's key for secrets has changed. Ask for the secret again.")
        log_masking.remember(value)
        _note(session, escalation, row, job, taking, by)
        return Taken(row.name, value, int(LEASE.total_seconds()))


def ack(ref: str, job_id: str | None, *, by: Actor) -> None:
    """Confirm that the job has the secret. Once every job that waited has confirmed, the value is
    wiped. Without `job_id` it is the one job that took it. Confirming again changes nothing."""
    with transaction("ack_secret") as session:
        escalation, row = _locked(session, ref, by)
        taking = _taken_by(session, escalation, row, job_id, by)
        if taking.acked_at is None:
            taking.acked_at = now()
            session.flush()
        if row.wiped_at is None and not _still_waits(session, escalation, row):
            wipe(row, "taken", by=by)


def _locked(session: Session, ref: str, by: Actor) -> tuple[AgentEscalation, HandedSecret]:
    """The question and its secret, locked in this order; only for agents of its project, and once
    it is answered: what a founder may still take back belongs to nobody yet."""
    found = session.execute(
        select(AgentEscalation, HandedSecret)
        .join(HandedSecret, HandedSecret.escalation_id == AgentEscalation.id)
        .where(HandedSecret.ref == ref, visible(AgentEscalation.project_id, by))
    ).first()
    if found is None or by.role_in(found[0].project_id) != "agent":
        raise NotFound(UNKNOWN)
    escalation, row = found
    session.refresh(escalation, with_for_update={"key_share": True})
    session.refresh(row, with_for_update=True)
    carried = escalation.answers or {}
    if escalation.is_pending or carried.get(row.name, {}).get("ref") != ref:
        raise NotFound(UNKNOWN)
    return escalation, row


def _waiting(session: Session, escalation: AgentEscalation, job_id: str, by: Actor) -> Job:
    """The job of that name, if it waited for the answer and the caller acts for it."""
    job: Job | None = session.scalar(_waiters(escalation).where(Job.job_id == job_id))
    if job is None or not ownership.acts_for(
        session, escalation.project_id, [job.opened_by], by=by
    ):
        raise NotFound(UNKNOWN)
    return job


def _waiters(escalation: AgentEscalation) -> Select[Job]:
    return (
        select(Job)
        .join(EscalationWaiter, EscalationWaiter.job == Job.id)
        .where(EscalationWaiter.escalation_id == escalation.id)
    )


def _require_there(row: HandedSecret) -> None:
    if row.wiped_why == "revoked":
        raise Gone("The founder revoked this secret. Ask for it again if you still need it.")
    if row.wiped_at is not None:
        raise Gone("This secret is wiped. Ask for it again if you still need it.")
    if row.expires_at <= now():
        raise Gone("This secret has expired. Ask for it again if you still need it.")


def _note(
    session: Session,
    escalation: AgentEscalation,
    row: HandedSecret,
    job: Job,
    taking: SecretTaking | None,
    by: Actor,
) -> None:
    moment = now()
    if taking is not None:
        taking.lease_until = moment + LEASE
        return
    session.add(
        SecretTaking(
            secret_id=row.id,
            job=job.id,
            taken_at=moment,
            taken_by=by.name,
            lease_until=moment + LEASE,
        )
    )
    told = {"name": row.name, "taken_by": by.name, "taken_for": job.job_id}
    answers.tell_waiters(session, escalation, Kind.SECRET_TAKEN, **told)


def _taken_by(
    session: Session, escalation: AgentEscalation, row: HandedSecret, job_id: str | None, by: Actor
) -> SecretTaking:
    if job_id is not None:
        jobs = [_waiting(session, escalation, job_id, by)]
    else:
        jobs = [
            job
            for job in session.scalars(_waiters(escalation))
            if ownership.acts_for(session, escalation.project_id, [job.opened_by], by=by)
        ]
        if not jobs:
            raise NotFound(UNKNOWN)
    found = [taking for job in jobs if (taking := session.get(SecretTaking, (row.id, job.id)))]
    if not found:
        raise Conflict("No job of yours has taken this secret yet. Take it first.")
    if len(found) > 1:
        raise Invalid(
            "Several jobs of yours took this secret. Say which one confirms it.",
            {"job_id": "is required, because several jobs took it"},
        )
    return found[0]


def _still_waits(session: Session, escalation: AgentEscalation, row: HandedSecret) -> bool:
    """Whether a job that waited for the answer has not confirmed yet."""
    confirmed = select(SecretTaking.job).where(
        SecretTaking.secret_id == row.id, SecretTaking.acked_at.is_not(None)
    )
    left = _waiters(escalation).where(Job.id.not_in(confirmed)).limit(1)
    return session.scalar(left) is not None
