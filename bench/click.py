"""From the founder's answer to the return of the agent's waiting call, with many agents waiting."""

import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psycopg

from bench import calls
from bench.lab import servers, streams
from bench.lab.figures import Ratio, Section, ms, percentile
from bench.lab.load import Address, Connection
from bench.lab.plan import Plan
from bench.lab.stored import Store, add_jobs, add_pending
from webapp.embedded import Server

P99_MS = 25.0
TIMES_BARE = 4.0
JOBS = 100
WAIT_S = 60


def compare(server: Server, folder: Path, plan: Plan) -> Section:
    """One answer after another on a fixed schedule; between two of them a bare round trip."""
    store = Store.create(server, "click")
    add_jobs(store, JOBS)
    keys = add_pending(store, plan.agents, JOBS)
    with servers.desk(store.url, folder) as (port, pid), ExitStack() as stack:
        address = ("127.0.0.1", port)
        waiting = [stack.enter_context(_wait(address, store.agent, key)) for key in keys]
        servers.wait_until_quiet(pid)
        idle = store.connections_in_use()
        came = _click(address, store, list(zip(keys, waiting, strict=True)), plan)
    return _section(plan, idle, *came)


def _wait(address: Address, token: str, key: str) -> socket.socket:
    """An agent: its waiting call, sent."""
    agent = socket.socket()
    agent.setsockopt(socket.SOL_SOCKET, streams.SO_TIMESTAMPNS, 1)
    agent.connect(address)
    agent.send(calls.get(f"/api/escalations/{key}/decision?wait={WAIT_S}", token))
    return agent


def _click(
    address: Address, store: Store, agents: Sequence[tuple[str, socket.socket]], plan: Plan
) -> tuple[list[float], list[float]]:
    """Seconds from each answer's due time to its agent's socket, and those of the bare trips."""
    clicks, bare, gap = [], [], 1 / plan.clicks_per_second
    founder, first = Connection(address), time.time_ns() + 200_000_000
    with _Bare(store) as trip:
        for number, (key, agent) in enumerate(agents[: plan.clicks]):
            due = first + int(number * gap * 1e9)
            streams.sleep_until(due)
            founder.send(calls.answer(store.founder, key), 0.0)
            agent.settimeout(10)
            answer, arrived = streams.received(agent)
            if b" 200 " not in answer[:20]:
                raise RuntimeError(
                    f"a waiting call of {WAIT_S} s ended before its answer, which this machine was "
                    f"too slow to give: {answer[:100]!r}"
                )
            clicks.append((arrived - due) / 1e9)
            streams.check(founder)
            streams.sleep_until(due + int(gap * 0.6e9))
            bare.append(trip.go())
    founder.socket.close()
    return clicks, bare


class _Bare:
    """The least that hearing of a commit can cost: one row, one NOTIFY, one listener."""

    def __init__(self, store: Store) -> None:
        self._url = store.plain_url

    def __enter__(self) -> "_Bare":
        self._writer = psycopg.connect(self._url, autocommit=True)
        self._listener = psycopg.connect(self._url, autocommit=True)
        self._writer.execute("create table bare (n bigint generated always as identity, at text)")
        self._listener.execute("listen bare")
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        self._listener.close()

    def go(self) -> float:
        """Seconds from the start of the write to the listener's notification."""
        began = time.perf_counter()
        self._writer.execute(
            "with kept as (insert into bare (at) values ('now') returning n)"
            " select pg_notify('bare', n::text) from kept"
        )
        heard = list(self._listener.notifies(timeout=10, stop_after=1))
        if not heard:
            raise RuntimeError("a notification did not arrive")
        return time.perf_counter() - began


def _section(plan: Plan, idle: int, clicks: list[float], bare: list[float]) -> Section:
    rows = [
        [name, ms(percentile(values, 0.5)), ms(percentile(values, 0.99)), ms(max(values))]
        for name, values in (
            ("answer to waiting call", clicks),
            ("bare commit and NOTIFY round trip", bare),
        )
    ]
    p99, least = percentile(clicks, 0.99), percentile(bare, 0.99)
    section = Section(
        "From the founder's answer to the agent",
        f"{plan.agents:,} agents wait in `GET …/decision?wait={WAIT_S}`, each for its own question;"
        f" {len(clicks)} of them are answered one after another, {plan.clicks_per_second:g} per "
        "second on a fixed schedule. The time runs from when the founder's call was due to when "
        "the kernel had the answer at the agent's socket. Between two answers, on the same server: "
        "one row inserted and notified in one statement, heard by a connection that listens.",
        ratios=[
            Ratio(
                f"answer to agent, p99, {plan.agents:,} waiting", p99 * 1000, P99_MS, False, "ms"
            ),
            Ratio("answer to agent against a bare round trip, p99", p99 / least, TIMES_BARE, False),
        ],
        head=["", "p50", "p99", "longest"],
        rows=rows,
        notes=[
            f"While all of them waited, {idle} database connections were in use; the waiting calls "
            "hold none."
        ],
    )
    if not all(ratio.met for ratio in section.ratios):
        section.worse.append(
            f"answer to agent: p99 {ms(p99)}, a bare commit and NOTIFY {ms(least)}; medians "
            f"{rows[0][1]} and {rows[1][1]}."
        )
    return section
