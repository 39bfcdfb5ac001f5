"""A standby takes over under two servers that know both hosts: nothing that was acknowledged is
lost, and both go on without a restart."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from desk_process import environment, flask
from kill_compare import differences
from kill_journal import Journal
from kill_load import PROJECT, Agent, Client, Founder
from quick import folder_in_memory
from standby import Pair
from web_process import START_PATIENCE_S, DeskProcess, until

BACK_S = 120.0
KEY = "a key for tests that is long enough, 0123456789"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with folder_in_memory(tmp_path / "clusters") as folder:
        folder.mkdir(exist_ok=True)
        pair = Pair(folder)
        try:
            pair.start()
            yield pair
        finally:
            pair.stop()


@pytest.fixture
def variables(pair: Pair, tmp_path: Path) -> dict[str, str]:
    """What both servers are started with."""
    variables = {"DATABASE_URL": pair.url, "SECRET_KEY": KEY, "QUOTAS": "off"}
    done = flask(tmp_path, "db", "upgrade", **variables)
    assert done.returncode == 0, done.stderr
    return variables


def token(folder: Path, scope: str, variables: dict[str, str]) -> str:
    arguments = ("token", "create", "--name", scope, "--project", PROJECT, "--scope", scope)
    done = flask(folder, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def moved(client: Client, journal: Journal, more: int) -> Callable[[], bool]:
    """Return a check: whether the server has answered `more` requests since this call."""
    goal = client.served + more
    return lambda: client.served >= goal or bool(journal.faults)


@pytest.mark.timeout(600)
def test_a_failover_loses_nothing_and_both_servers_go_on(
    pair: Pair, variables: dict[str, str], tmp_path: Path
) -> None:
    journal = Journal(listens=False)
    agent, founder = (token(tmp_path, scope, variables) for scope in ("agent", "founder"))
    with ExitStack() as ends:
        desks = [
            DeskProcess(environment(tmp_path / name, **variables), workers=1)
            for name in ("one", "two")
        ]
        for desk in desks:
            ends.callback(desk.stop)
            desk.start()
        # The founder sits at the other server than the first agent.
        clients = [Agent(desk.port, agent, journal) for desk in desks]
        clients.append(Founder(desks[1].port, founder, journal))
        for client in clients:
            client.start()
        ends.callback(lambda: [client.over.set() for client in clients])
        for client in clients[:2]:
            until(moved(client, journal, 20), "they get on", START_PATIENCE_S)
        pair.kill_first()
        time.sleep(0.5)  # how far the clients get is left to chance
        pair.promote_second()
        for client in clients[:2]:
            until(moved(client, journal, 20), "they get on after the failover", BACK_S)
        for client in clients:
            client.over.set()
        for client in clients:
            client.join(BACK_S)
            assert not client.is_alive()
    assert journal.faults == []
    assert len(journal.answered) > 2
    assert differences(journal, pair.url) == []
