"""`flask prune`: old events go, numbers go on, and a reader is told what it can no longer get."""

import uuid
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from tests.api.questions import QUESTION
from webapp.operations import pruning

THEN = datetime(2026, 3, 3, 12, tzinfo=UTC)
EVENTS = "/api/jobs/build-1/events"


def ask(app: Flask, agent: dict[str, str], times: int) -> None:
    for _ in range(times):
        url = "/api/jobs/build-1/escalations"
        own = {"id": str(uuid.uuid4())}
        answer = app.test_client().post(url, json=QUESTION | own, headers=agent)
        assert answer.status_code == 201


def prune(app: Flask, batch: int = 2) -> int:
    with app.app_context():
        found = 0
        while last := pruning.prune_events(THEN + timedelta(days=1), batch):
            assert last <= batch
            found += last
        return found


def test_a_reader_of_what_is_gone_is_told_so_and_gets_the_state(
    app: Flask, agent: dict[str, str]
) -> None:
    with time_machine.travel(THEN, tick=False):
        ask(app, agent, 3)
    ask(app, agent, 1)
    assert prune(app) == 3
    payload, kept = app.test_client().get(EVENTS, headers=agent).json
    assert (payload["type"], payload["seq"], payload["state"], payload["pending"]) == (
        "agent.log_pruned",
        3,
        "waiting_for_input",
        4,
    )
    assert (kept["type"], kept["seq"]) == ("agent.waiting_for_input", 4)


def test_a_reader_who_has_read_so_far_notices_nothing(app: Flask, agent: dict[str, str]) -> None:
    with time_machine.travel(THEN, tick=False):
        ask(app, agent, 3)
    ask(app, agent, 1)
    prune(app)
    client = app.test_client()
    assert [event["seq"] for event in client.get(f"{EVENTS}?after=3", headers=agent).json] == [4]
    assert client.get(f"{EVENTS}?after=4", headers=agent).json == []


def test_where_nothing_is_left_the_state_is_all_there_is(app: Flask, agent: dict[str, str]) -> None:
    with time_machine.travel(THEN, tick=False):
        ask(app, agent, 3)
    prune(app)
    (payload,) = app.test_client().get(EVENTS, headers=agent).json
    assert (payload["type"], payload["seq"]) == ("agent.log_pruned", 3)
    ask(app, agent, 1)
    later = app.test_client().get(f"{EVENTS}?after=3", headers=agent).json
    assert [event["seq"] for event in later] == [4]


def test_the_command_says_what_it_forgot(app: Flask, agent: dict[str, str]) -> None:
    with time_machine.travel(THEN, tick=False):
        ask(app, agent, 2)
    said = app.test_cli_runner().invoke(args=["prune", "--days", "90"]).output
    assert said.splitlines() == [
        "Forgot 2 events.",
        "Forgot 0 report verdicts.",
        "Forgot 0 messages.",
        "Forgot 0 files.",
        "Forgot 0 sign-ins.",
        "Forgot 0 invitations.",
        "Forgot 0 tokens.",
        "Forgot 0 attempts.",
        "Forgot 0 problems.",
        "Forgot 0 questions.",
        "Forgot 0 jobs.",
        "Forgot 2 counters of limits.",
        "Forgot 0 audit entries.",
    ]
