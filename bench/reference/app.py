"""The reference: the calls of the JSON API on FastAPI, SQLAlchemy's async ORM, asyncpg and Redis.

Written as its documentation teaches and tuned where that is usual: sessions as a dependency,
objects that are not expired by a commit, RETURNING instead of reading again, uvloop, httptools, a
pool that is never grown. The tables, the shapes of bodies and answers, and the rules of the error
model are the product's own, so that the work is the same; it does without what only the product
has: joined questions, pauses, standing rules, memory of answers, warnings, receipts, retries.
"""

from datetime import UTC, datetime
from random import random
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from bench.reference.bodies import verdict_on
from bench.reference.database import Session, publish
from webapp.desk.api.schemas import requests, responses
from webapp.events.kinds import Kind
from webapp.models import AgentEscalation, Attempt, Job, JobEvent, Problem, Token
from webapp.operations.secrets import digest
from webapp.rules.classification import classify
from webapp.rules.retry_policy import State, decide
from webapp.rules.signature import signature

app = FastAPI()


async def caller(session: Session, authorization: Annotated[str, Header()]) -> Token:
    """The token of the request, looked up by its hash."""
    hashed = digest(authorization.removeprefix("Bearer "))
    found = select(Token).where(Token.secret_hash == hashed, Token.revoked_at.is_(None))
    token = await session.scalar(found)
    if token is None or (token.expires_at and token.expires_at <= datetime.now(UTC)):
        raise HTTPException(401, "This token is not known.")
    return token


Caller = Annotated[Token, Depends(caller)]


def check(token: Token, project_id: str, scope: str) -> None:
    """404 for a project that is not the caller's, 403 for too small a scope."""
    if project_id not in token.project_ids:
        raise HTTPException(404, "There is no such project.")
    if token.scope != scope:
        raise HTTPException(403, "This token may not do that.")


async def job_of(session: Session, project_id: str, job_id: str, session_id: str) -> Job:
    """The job, made by the first call that names it."""
    query = select(Job).where(Job.project_id == project_id, Job.job_id == job_id)
    job = await session.scalar(query)
    if job is None:
        values = {"project_id": project_id, "job_id": job_id, "session_id": session_id}
        new = insert(Job).values(**values, created_at=datetime.now(UTC))
        await session.execute(new.on_conflict_do_nothing())
        job = (await session.scalars(query)).one()
    return job


async def append(session: Session, job: int, kind: Kind, **payload: Any) -> JobEvent:
    """The event's row, with the job's next number."""
    counted = update(Job).where(Job.id == job).values(last_seq=Job.last_seq + 1)
    seq = await session.scalar(counted.returning(Job.last_seq), execution_options=_PLAIN)
    event = JobEvent(job=job, seq=seq, kind=kind, at=datetime.now(UTC), payload=payload)
    session.add(event)
    return event


_PLAIN = {"synchronize_session": False}


@app.post("/api/jobs/{job_id}/errors")
async def report(
    job_id: str, body: requests.ErrorReport, session: Session, token: Caller
) -> responses.Verdict:
    """Count the problem, keep the attempt, decide, tell."""
    project_id = body.project_id or token.project_ids[0]
    check(token, project_id, "agent")
    key = signature(project_id, body.error_type, body.error_message, body.signature)
    found = classify(body.error_type, body.error_message)
    job = await job_of(session, project_id, job_id, body.session_id)
    problem = await _counted(session, project_id, key, body.error_type, found.category.value)
    tried = await _approaches(session, problem.id)
    decision = decide(State(found.category, problem.attempts_spent, problem.waits_spent), random())
    problem.attempts_spent, problem.waits_spent = decision.attempts, decision.waits
    attempt = Attempt(problem_id=problem.id, job=job.id, session_id=body.session_id)
    attempt.intent, attempt.approach = body.intent, body.approach
    attempt.verdict, attempt.at = decision.verdict.value, datetime.now(UTC)
    session.add(attempt)
    event = await append(session, job.id, Kind.RETRYING, error_signature=key)
    await session.commit()
    await publish(event)
    tried += [body.approach] if body.approach else []
    return verdict_on(body, found, key, decision, tried)


async def _counted(
    session: Session, project_id: str, key: str, error_type: str, category: str
) -> Problem:
    moment = datetime.now(UTC)
    values: dict[str, Any] = {"project_id": project_id, "error_signature": key}
    values |= {
        "error_type": error_type,
        "category": category,
        "seen": 1,
        "first_seen_at": moment,
        "last_seen_at": moment,
    }
    upsert = insert(Problem).values(**values)
    upsert = upsert.on_conflict_do_update(
        index_elements=["project_id", "error_signature"],
        set_={"seen": Problem.seen + 1, "last_seen_at": moment},
    )
    found = await session.scalars(upsert.returning(Problem))
    return found.one()


async def _approaches(session: Session, problem_id: int) -> list[str]:
    query = select(Attempt.approach).where(Attempt.problem_id == problem_id)
    latest = await session.scalars(query.order_by(Attempt.id.desc()).limit(50))
    return [approach for approach in reversed(latest.all()) if approach]


@app.post("/api/jobs/{job_id}/escalations", status_code=201)
async def ask(
    job_id: str, body: requests.NewEscalation, session: Session, token: Caller
) -> responses.Escalation:
    """Keep the question, tell."""
    project_id = body.project_id or token.project_ids[0]
    check(token, project_id, "agent")
    job = await job_of(session, project_id, job_id, body.session_id)
    asked = AgentEscalation(
        session_id=body.session_id,
        job_id=job_id,
        project_id=project_id,
        error_type=body.error_type,
        error_signature=body.error_signature,
        plain_english_problem=body.plain_english_problem,
        attempts_summary=body.attempts_summary or [],
        recommended_action=body.recommended_action or "",
        options=[choice.stored() for choice in body.options or []],
    )
    session.add(asked)
    words = {"plain_english_problem": asked.plain_english_problem, "options": asked.options}
    event = await append(
        session, job.id, Kind.WAITING_FOR_INPUT, escalation_id=str(asked.id), **words
    )
    await session.commit()
    await publish(event)
    return responses.Escalation.model_validate(asked)


@app.post("/api/escalations/{escalation_id}/resolve")
async def resolve(
    escalation_id: UUID, body: requests.Resolution, session: Session, token: Caller
) -> responses.Escalation:
    """The first answer wins; keep it, tell."""
    asked = await session.get(AgentEscalation, escalation_id)
    if asked is None:
        raise HTTPException(404, "There is no such question.")
    check(token, asked.project_id, "founder")
    values = [option["value"] for option in asked.options]
    if values and body.decision not in values:
        raise HTTPException(422, "Choose one of the options.")
    given = (
        update(AgentEscalation)
        .where(AgentEscalation.id == escalation_id, AgentEscalation.status == "pending")
        .values(
            status="resolved",
            founder_decision=body.decision,
            founder_guidance=body.guidance,
            resolved_at=datetime.now(UTC),
            resolved_by=token.name,
        )
        .returning(AgentEscalation)
    )
    fresh = {"populate_existing": True} | _PLAIN
    answered = await session.scalar(given, execution_options=fresh)
    if answered is None:
        raise HTTPException(409, "This question was already answered.")
    job = await job_of(session, asked.project_id, asked.job_id, asked.session_id)
    event = await append(
        session,
        job.id,
        Kind.ESCALATION_RESOLVED,
        escalation_id=str(asked.id),
        resolution=body.decision,
        guidance=body.guidance,
    )
    await session.commit()
    await publish(event)
    return responses.Escalation.model_validate(answered)
