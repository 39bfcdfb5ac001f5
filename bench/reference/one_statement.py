"""The second reference: FastAPI without an ORM, each call one asyncpg statement.

The fastest honest way that its users have: what a call reads, checks and writes, the token's
look-up included, is one prepared statement in a transaction of its own, and so one round trip to
the database; then one publish. Bodies and answers have the shapes of the JSON API. Like the first
reference it does without what only the product has.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import random
from typing import Annotated, Any, Final, cast
from uuid import UUID, uuid4

import asyncpg
from fastapi import FastAPI, Header, HTTPException, Request, Response

from bench.reference.bodies import nothing, verdict_on
from bench.reference.database import POOL, broker, plain_url
from webapp.desk.api.schemas import requests, responses
from webapp.events.kinds import Kind
from webapp.operations.secrets import digest as hash_of
from webapp.rules.categories import Category
from webapp.rules.classification import classify
from webapp.rules.digest import digest_of
from webapp.rules.retry_policy import MAX_ATTEMPTS, Decision, State, decide
from webapp.rules.signature import signature

_CALLER: Final = """
with caller as materialized (
  select name from tokens where secret_hash = $1 and scope = $2 and $3 = any(project_ids)
    and revoked_at is null and (expires_at is null or expires_at > now())
)"""

_COUNTED: Final = """
counted as (
  insert into jobs (project_id, job_id, session_id, created_at, last_event_at, last_seq)
  select $3, $4, $5, now(), now(), 1 from caller
  on conflict (project_id, job_id) do update
    set last_seq = jobs.last_seq + 1, last_event_at = now()
  returning id, last_seq
)"""

REPORT: Final = f"""{_CALLER}, {_COUNTED},
problem as (
  insert into problems (project_id, error_signature, error_type, category, seen, attempts_spent,
    waits_spent, first_seen_at, last_seen_at)
  select $3, $6, $7, $8, 1, ($9::jsonb->0->>'attempts')::int, ($9::jsonb->0->>'waits')::int,
    now(), now() from caller
  on conflict (project_id, error_signature) do update set
    seen = problems.seen + 1, last_seen_at = now(),
    attempts_spent = ($9::jsonb->least(problems.seen, 3)->>'attempts')::int,
    waits_spent = ($9::jsonb->least(problems.seen, 3)->>'waits')::int
  returning id, seen
), tried as (
  select coalesce(array_agg(approach order by id), '{{}}') as approaches from (
    select attempts.id, approach from attempts join problems on problems.id = problem_id
    where project_id = $3 and error_signature = $6 and approach is not null
    order by attempts.id desc limit 50
  ) as latest
), decided as (
  select problem.id, least(problem.seen - 1, 3) as nth from problem
), kept as (
  insert into attempts (problem_id, job, session_id, intent, approach, verdict, at)
  select decided.id, counted.id, $5, $10, $11, $9::jsonb->nth->>'verdict', now()
  from decided, counted
), told as (
  insert into job_events (job, seq, kind, at, payload)
  select id, last_seq, $12, now(), jsonb_build_object('error_signature', $6::text) from counted
)
select counted.id, last_seq, nth, approaches from counted, decided, tried"""

ASK: Final = f"""{_CALLER}, {_COUNTED},
asked as (
  insert into agent_escalations (id, session_id, job_id, project_id, error_type, error_signature,
    plain_english_problem, attempts_summary, recommended_action, options, status, created_at)
  select $6, $5, $4, $3, $7, $8, $9, $10::jsonb, $11, $12::jsonb, 'pending', now() from caller
  returning created_at
), told as (
  insert into job_events (job, seq, kind, at, payload)
  select id, last_seq, $13, now(), jsonb_build_object('escalation_id', $6::text,
    'plain_english_problem', $9::text, 'options', $12::jsonb) from counted
)
select counted.id, last_seq, created_at from counted, asked"""

RESOLVE: Final = """
with caller as materialized (
  select name, project_ids from tokens where secret_hash = $1 and scope = 'founder'
    and revoked_at is null and (expires_at is null or expires_at > now())
), answered as (
  update agent_escalations set status = 'resolved', founder_decision = $3, founder_guidance = $4,
    resolved_at = now(), resolved_by = name
  from caller where id = $2 and status = 'pending' and project_id = any(project_ids)
    and (options = '[]' or options @> jsonb_build_array(jsonb_build_object('value', $3::text)))
  returning agent_escalations.*
), counted as (
  update jobs set last_seq = last_seq + 1, last_event_at = now() from answered
  where jobs.project_id = answered.project_id and jobs.job_id = answered.job_id
  returning jobs.id, last_seq
), told as (
  insert into job_events (job, seq, kind, at, payload)
  select id, last_seq, $5, now(), jsonb_build_object('escalation_id', $2::text, 'resolution',
    $3::text, 'guidance', $4::text) from counted
)
select counted.id, last_seq, to_jsonb(answered) as row from counted, answered"""


@asynccontextmanager
async def _pooled(served: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(plain_url, min_size=POOL, max_size=POOL) as pool:
        served.state.pool = pool
        yield


app = FastAPI(lifespan=_pooled)
Authorization = Annotated[str, Header()]


async def _run(request: Request, statement: str, *values: object) -> asyncpg.Record:
    """The one row of a statement; 404 where the caller, the project or the question is missing."""
    row = await request.app.state.pool.fetchrow(statement, *values)
    if row is None:
        raise HTTPException(404, "There is no such thing for this token.")
    return row


async def _publish(row: asyncpg.Record, kind: Kind, **payload: Any) -> None:
    message = {"seq": row["last_seq"], "type": kind, **payload}
    await broker.publish(f"job:{row['id']}", json.dumps(message))


def _hash(authorization: str) -> str:
    return hash_of(authorization.removeprefix("Bearer "))


def _decisions(category: Category) -> list[Decision]:
    """What each further failure of a problem comes to, so that the statement can look it up."""
    decisions, state = [], State(category)
    for _ in range(MAX_ATTEMPTS + 1):
        decision = decide(state, random())
        decisions.append(decision)
        state = State(category, decision.attempts, decision.waits)
    return decisions


@app.post("/api/jobs/{job_id}/errors")
async def report(
    job_id: str, body: requests.ErrorReport, request: Request, authorization: Authorization
) -> Response:
    """Count the problem, keep the attempt, decide, tell."""
    project_id = cast("str", body.project_id)
    key = signature(project_id, body.error_type, body.error_message, body.signature)
    found = classify(body.error_type, body.error_message)
    decisions = _decisions(found.category)
    stored = [
        {"verdict": each.verdict.value, "attempts": each.attempts, "waits": each.waits}
        for each in decisions
    ]
    row = await _run(
        request, REPORT, _hash(authorization), "agent", project_id, job_id, body.session_id, key,
        body.error_type, found.category.value, json.dumps(stored), body.intent, body.approach,
        Kind.RETRYING,
    )  # fmt: skip
    await _publish(row, Kind.RETRYING, error_signature=key)
    decision = decisions[row["nth"]]
    tried = [*row["approaches"], *([body.approach] if body.approach else [])]
    return _json(verdict_on(body, found, key, decision, tried))


@app.post("/api/jobs/{job_id}/escalations")
async def ask(
    job_id: str, body: requests.NewEscalation, request: Request, authorization: Authorization
) -> Response:
    """Keep the question, tell."""
    project_id, asked_id = cast("str", body.project_id), uuid4()
    options = [choice.stored() for choice in body.options or []]
    summary, action = body.attempts_summary or [], body.recommended_action or ""
    row = await _run(
        request, ASK, _hash(authorization), "agent", project_id, job_id, body.session_id,
        asked_id, body.error_type, body.error_signature, body.plain_english_problem,
        json.dumps(summary), action, json.dumps(options), Kind.WAITING_FOR_INPUT,
    )  # fmt: skip
    words = {"plain_english_problem": body.plain_english_problem, "options": options}
    await _publish(row, Kind.WAITING_FOR_INPUT, escalation_id=str(asked_id), **words)
    stored = body.model_dump() | {
        "id": asked_id, "job_id": job_id, "attempts_summary": summary,
        "recommended_action": action, "options": options, "created_at": row["created_at"],
    }  # fmt: skip
    return _json(_escalation(stored), 201)


@app.post("/api/escalations/{escalation_id}/resolve")
async def resolve(
    escalation_id: UUID, body: requests.Resolution, request: Request, authorization: Authorization
) -> Response:
    """The first answer wins; keep it, tell."""
    given = (body.decision, body.guidance)
    row = await _run(
        request, RESOLVE, _hash(authorization), escalation_id, *given, Kind.ESCALATION_RESOLVED
    )
    told = {"resolution": body.decision, "guidance": body.guidance}
    await _publish(row, Kind.ESCALATION_RESOLVED, escalation_id=str(escalation_id), **told)
    return _json(_escalation(json.loads(row["row"])))


_EMPTY: Final = nothing(responses.Escalation) | {
    "status": "pending",
    "warnings": [],
    "occurrences": 1,
}


def _escalation(stored: dict[str, Any]) -> responses.Escalation:
    digest = digest_of(
        problem=stored["plain_english_problem"],
        action=stored["recommended_action"],
        options=stored["options"],
        category=None,
        agent_worded=[],
    )
    fields = responses.Escalation.model_fields
    known = {name: value for name, value in stored.items() if name in fields}
    return responses.Escalation.model_validate(_EMPTY | known | {"digest": digest})


def _json(answer: Any, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status, media_type="application/json")
