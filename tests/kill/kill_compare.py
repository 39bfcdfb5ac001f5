"""The journal of the clients, held against what the database has."""

from typing import Any

import psycopg
from kill_journal import Journal

_QUESTIONS = (
    "select id::text, plain_english_problem, project_id, job_id, status, founder_decision, "
    "founder_guidance, outcome from agent_escalations"
)
_SECRETS = (
    "select escalation_id::text, wiped_why, sealed is null from handed_secrets "
    "where wiped_why is distinct from 'replaced'"
)
_EVENTS = (
    "select jobs.job_id, jobs.last_seq, array_agg(array[event.seq::text, event.kind] "
    "order by event.seq) from jobs join job_events as event on event.job = jobs.id "
    "group by jobs.id"
)


def differences(journal: Journal, url: str) -> list[str]:
    """What was lost, doubled or changed; the clients rest."""
    with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=10) as connection:
        rows = connection.execute(_QUESTIONS).fetchall()
        logs = connection.execute(_EVENTS).fetchall()
        handed = connection.execute(_SECRETS).fetchall()
    stored = {row[0]: row for row in rows}
    found = [*journal.faults]
    found += [f"lost: question {key}" for key in journal.asked - stored.keys()]
    found += [f"out of nowhere: question {key}" for key in stored.keys() - journal.sent.keys()]
    for key, row in stored.items():
        if key in journal.sent:
            found += _of_question(journal, key, row)
    for job, last_seq, events in logs:
        found += _of_job(journal, job, last_seq, [(int(seq), kind) for seq, kind in events])
    return found + _of_secrets(journal, handed) + _of_messages(journal)


def _of_secrets(journal: Journal, rows: list[tuple[Any, ...]]) -> list[str]:
    found = []
    kept = [key for key, _, _ in rows]
    states = {key: (why, wiped) for key, why, wiped in rows}
    for key in journal.acked:
        if kept.count(key) != 1:
            found.append(f"{kept.count(key)} secrets of {key} are stored")
        if states.get(key) != ("taken", True):
            found.append(f"changed: the secret of {key} is {states.get(key)}, and its agent has it")
    return found


def _of_messages(journal: Journal) -> list[str]:
    """Each at least once. What comes again has the id that it had."""
    found = [f"lost: the {channel} of {key}" for channel, key in journal.untold()]
    with journal.lock:
        found += [
            f"doubled: the {channel} of {key} came as {sorted(messages)}"
            for (channel, key), messages in journal.arrived.items()
            if len(messages) > 1
        ]
    return found


def _of_question(journal: Journal, key: str, row: tuple[Any, ...]) -> list[str]:
    _, problem, project, job, status, decision, guidance, outcome = row
    sent, found = journal.sent[key], []
    told = (sent["plain_english_problem"], sent["project_id"], sent["job_id"])
    if (problem, project, job) != told:
        found.append(f"changed: question {key}")
    if decision is not None and decision != journal.decided.get(key):
        found.append(f"changed: the answer to {key} is {decision}")
    if decision is not None and key not in journal.secrets and guidance != f"Because of {key}.":
        found.append(f"changed: the guidance of {key} is {guidance}")
    if key in journal.answered and (status != "resolved" or decision is None):
        found.append(f"lost: the answer to {key}")
    if key in journal.received and journal.received[key] != decision:
        found.append(f"changed: the agent of {key} was told {journal.received[key]}")
    if key in journal.receipts and outcome != "worked":
        found.append(f"lost: the receipt of {key}")
    return found


def _of_job(journal: Journal, job: str, last_seq: int, events: list[tuple[int, str]]) -> list[str]:
    found = []
    if [seq for seq, _ in events] != list(range(1, last_seq + 1)):
        found.append(f"the log of {job} has gaps: {events}")
    read = journal.events.get(job, [])
    if read != events[: len(read)]:
        found.append(f"changed: the log of {job} was read as {read} and is {events}")
    kinds = [kind for _, kind in events]
    once = ("agent.waiting_for_input", "agent.escalation_resolved")
    found += [f"doubled: {kind} of {job}" for kind in once if kinds.count(kind) > 1]
    return found
