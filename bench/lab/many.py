"""Very many questions, stored in a minute or two: the rows by COPY, the indexes afterwards."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg

from bench.lab.stored import PROJECT, Store

PENDING = 50
PROJECTS = 20
PER_JOB = 100
SMALL = "small"
"""A project with ten questions among all those of the others."""

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_COPY = """
    copy agent_escalations (id, session_id, job_id, project_id, error_type, error_signature,
        plain_english_problem, attempts_summary, recommended_action, options, status,
        founder_decision, created_at, resolved_at, resolved_by) from stdin
"""
_JOBS = """
    insert into jobs (project_id, job_id, created_at, last_seq, last_event_at)
    select %s || n %% %s, 'build-' || n, now(), %s, now() from generate_series(0, %s) n
    union all select %s, 'build-small', now(), 10, now()
"""
_WAITERS = """
    insert into escalation_waiters (escalation_id, job, joined_at)
    select e.id, j.id, e.created_at from agent_escalations e join jobs j using (project_id, job_id)
"""
_EVENTS = """
    insert into job_events (job, seq, kind, at, payload)
    select j.id, row_number() over (partition by j.id order by e.created_at),
        'agent.waiting_for_input', e.created_at, jsonb_build_object('escalation_id', e.id)
    from agent_escalations e join jobs j using (project_id, job_id)
"""
# The same problem for every tenth question of a project, an attempt for each question.
_PROBLEMS = """
    insert into problems (project_id, error_signature, error_type, category, seen, is_open,
        first_seen_at, last_seen_at)
    select project_id, error_signature, error_type, 'config', 1, false, created_at, created_at
    from agent_escalations where ('x' || right(id::text, 1))::bit(4)::int < 2
"""
_ATTEMPTS = """
    with known as materialized (
        select problems.id as problem, jobs.id as job, e.created_at from agent_escalations e
        join problems using (project_id, error_signature) join jobs using (project_id, job_id)
    )
    insert into attempts (problem_id, job, session_id, intent, approach, verdict, at)
    select problem, job, 'session-1', 'set up the payments', 'the way number ' || n, 'retry',
        created_at from known, generate_series(1, 8) n
"""
_CROWD = """
    with asked as (
        select id, project_id from agent_escalations where status = 'pending'
        order by created_at limit 1
    ), more as (
        insert into jobs (project_id, job_id, created_at, last_seq, last_event_at)
        select project_id, 'crowd-' || n, now() - interval '1 year', 0, null
        from asked, generate_series(1, %s) n returning id
    )
    insert into escalation_waiters (escalation_id, job, joined_at)
    select asked.id, more.id, now() from asked, more
"""
_SECONDARY = """
    select indexname, indexdef from pg_indexes
    where tablename = 'agent_escalations' and indexname not like 'pk%'
"""


def fill(store: Store, count: int) -> None:
    """Store `count` questions, PENDING of them open and the others answered, PER_JOB for each
    job, with their waiting jobs, one event each, and as many attempts. For one open question a
    thousandth of them wait."""
    with psycopg.connect(store.plain_url, autocommit=True) as connection:
        indexes = connection.execute(_SECONDARY).fetchall()
        for name, _ in indexes:
            connection.execute(f'drop index "{name}"'.encode())
        last = max(count // PER_JOB, 1) - 1
        connection.execute(_JOBS, [PROJECT, PROJECTS, PER_JOB, last, SMALL])
        with connection.cursor().copy(_COPY) as copy:
            for line in _lines(count):
                copy.write(line)
        for _, definition in indexes:
            connection.execute(definition.encode())
        connection.execute(_WAITERS)
        connection.execute(_EVENTS)
        connection.execute(_PROBLEMS)
        connection.execute(_ATTEMPTS)
        connection.execute(_CROWD, [count // 1_000])
        connection.execute("vacuum analyze")


def _lines(count: int) -> Iterator[str]:
    """The rows, a minute apart, the last ones open."""
    pick = random.Random(count)
    options = '[{"value": "skip_feature", "label": "Skip this feature", "description": "Later."}]'
    for number in range(count):
        job = number // PER_JOB
        project, name = f"{PROJECT}{job % PROJECTS}", f"build-{job}"
        if number % (count // 10) == 7:
            project, name = SMALL, "build-small"
        moment = (_FIRST + timedelta(minutes=number)).isoformat()
        status = f"resolved\tskip_feature\t{moment}\t{moment}\tFounder"
        if number >= count - PENDING:
            status = f"pending\t\\N\t{moment}\t\\N\t\\N"
        yield (
            f"{pick.getrandbits(128):032x}\tsession-1\t{name}\t{project}\tApiError"
            f"\t{project}:ApiError:v1-{number:x}"
            "\tI tried 3 ways to set up the payment system but kept hitting a configuration issue."
            '\t["the first way", "the second way"]\tSkip this feature for now.'
            f"\t{options}\t{status}\n"
        )
