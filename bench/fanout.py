"""One event to many open streams: Unstuck, nginx with nchan, and a bare loop as the ceiling."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import calls
from bench.lab import servers, streams
from bench.lab.figures import Ratio, Section, median, ms, percentile
from bench.lab.load import Address
from bench.lab.plan import Plan
from bench.lab.stored import PROJECT, Store, add_jobs
from webapp.embedded import Server

OURS, THEIRS, CEILING = "Unstuck", "nginx with nchan", "a bare loop"
MEMORY_KB = 20.0
_SPARE_FILES = 1_000
_FIRST = 40


@dataclass(frozen=True)
class Source:
    """A running server: where streams open, by which request, and how an event is published."""

    address: Address
    pids: Callable[[], list[int]]
    open: Callable[[], bytes]
    publish: Callable[[int], bytes]
    settled: Callable[[], None] = lambda: None


@dataclass
class Rounds:
    """What the rounds of one system with one number of streams gave. Seconds, and bytes."""

    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    since_event: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    missing: int = 0
    twice: int = 0
    late: list[float] = field(default_factory=list)


def compare(server: Server, folder: Path, plan: Plan) -> Section:
    """Rounds in turns, for each number of streams that the machine lets us open."""
    section = Section(
        "Fan-out: one event to many open streams",
        "The time from when the publisher's call was due, on a fixed schedule, to when the kernel "
        "had the event at the reader's socket; over all readers and events of a round, medians of "
        "the rounds. With Unstuck the call checks a token, changes a job and commits the event to "
        "disk; nchan keeps the event in memory only.",
        head=[
            "",
            "streams",
            "p50",
            "p99",
            "p99 from the event's own time",
            "memory per stream",
            "lost / twice",
        ],
    )
    store = Store.create(server, "fanout")
    add_jobs(store, 1)
    for count, rate, events, rounds in plan.fanout:
        if streams.allow_files(count + _SPARE_FILES) < count + _SPARE_FILES:
            section.notes.append(f"{count:,} streams: left out, this user may not open the files.")
            continue
        found = _measure(store, folder, count, rate, events, rounds)
        _report(section, found, count)
    if not _nchan_is_there():
        section.notes.append("nginx with nchan is not installed, so it was not compared.")
    section.notes.append(
        "The bare loop is a Python process that writes ready bytes to all sockets and does nothing "
        "else (`bench/lab/broadcaster.py`), measured by the same generator: what it shows is the "
        "least that this measurement can show. The generator sleeps while an event is fanned out "
        "and reads afterwards, since the kernel stamps the arrivals; it takes no processor time "
        "from the server meanwhile."
    )
    return section


def _measure(
    store: Store, folder: Path, count: int, rate: float, events: int, rounds: int
) -> dict[str, Rounds]:
    systems = {OURS: _desk, THEIRS: _nchan, CEILING: _loop}
    if not _nchan_is_there():
        del systems[THEIRS]
    found = {name: Rounds() for name in systems}
    for _ in range(rounds):
        for name, start in systems.items():
            with start(store, folder, count) as source:
                _one(source, found[name], store if name == OURS else None, count, rate, events)
    return found


def _one(
    source: Source, into: Rounds, store: Store | None, count: int, rate: float, events: int
) -> None:
    # The first streams start what all of them share; that is not the price of one more.
    with streams.Streams(source.address, source.open(), _FIRST) as opened:
        opened.publish(source.publish, source.address, rate=10.0, events=5)
    source.settled()
    before = servers.resident(source.pids())
    with streams.Streams(source.address, source.open(), count) as opened:
        source.settled()
        into.memory.append((servers.resident(source.pids()) - before) / count)
        came = opened.publish(source.publish, source.address, rate=rate, events=events)
    latencies = came.latencies() or [float("inf")]
    into.p50.append(percentile(latencies, 0.5))
    into.p99.append(percentile(latencies, 0.99))
    into.missing += came.missing
    into.twice += came.twice
    into.late += came.late
    if store:
        written = _times_of_events(store)
        into.since_event.append(percentile(came.latencies(written) or [float("inf")], 0.99))


@contextmanager
def _desk(store: Store, folder: Path, _count: int) -> Iterator[Source]:
    with servers.desk(store.url, folder) as (port, pid):
        yield Source(
            ("127.0.0.1", port),
            lambda: servers.children(pid),
            lambda: _opening(store),
            lambda due: calls.put("/api/jobs/build-1", store.agent, _change(due)),
            lambda: servers.wait_until_quiet(pid),
        )


def _opening(store: Store) -> bytes:
    last = store.sql("select last_seq from jobs")[0][0]
    path = f"/api/jobs/build-1/events?after={last}"
    return calls.get(path, store.agent, Accept="text/event-stream")


@contextmanager
def _nchan(_store: Store, folder: Path, count: int) -> Iterator[Source]:
    with servers.nchan(folder, count + _SPARE_FILES) as (port, pid):
        yield Source(
            ("127.0.0.1", port),
            lambda: servers.children(pid),
            lambda: calls.get("/subscribe", Accept="text/event-stream"),
            lambda due: calls.post("/publish", "none", _event(due)),
            lambda: servers.wait_until_quiet(pid),
        )


@contextmanager
def _loop(_store: Store, folder: Path, _count: int) -> Iterator[Source]:
    port = servers.free_port()
    command = [sys.executable, "-m", "bench.lab.broadcaster", str(port)]
    with servers.process(command, folder / "broadcaster.log", port) as pid:
        yield Source(
            ("127.0.0.1", port),
            lambda: [pid],
            lambda: calls.get("/subscribe"),
            lambda due: calls.post("/publish", "none", _event(due)),
        )


def _change(due: int) -> dict[str, str]:
    return {"project_id": PROJECT, "title": f"due:{due};"}


def _event(due: int) -> dict[str, object]:
    """What Unstuck's readers get, so that the others carry as many bytes."""
    return {
        "type": "agent.job_changed",
        "project_id": PROJECT,
        "job_id": "build-1",
        "seq": 1000,
        "at": "2026-01-01T00:00:00.000Z",
        "title": f"due:{due};",
    }


def _times_of_events(store: Store) -> dict[int, int]:
    rows = store.sql(
        "select payload->>'title', (extract(epoch from at) * 1000000)::bigint from job_events"
    )
    return {int(str(title)[4:-1]): int(str(at)) * 1000 for title, at in rows}


def _nchan_is_there() -> bool:
    return shutil.which("nginx") is not None and servers.nchan_module().exists()


def _report(section: Section, found: dict[str, Rounds], count: int) -> None:
    for name, rounds in found.items():
        since = ms(median(rounds.since_event)) if rounds.since_event else ""
        memory = f"{median(rounds.memory) / 1000:.1f} kB" if name != CEILING else ""
        p50, p99 = ms(median(rounds.p50)), ms(median(rounds.p99))
        lost = f"{rounds.missing:,} / {rounds.twice:,}"
        section.rows.append([name, f"{count:,}", p50, p99, since, memory, lost])
    ours = found[OURS]
    section.ratios.append(
        Ratio(
            f"memory per open stream, {count:,} streams",
            median(ours.memory) / 1000,
            MEMORY_KB,
            False,
            "kB",
        )
    )
    section.notes.append(
        f"{count:,} streams: the generator published at most "
        f"{ms(max(max(rounds.late) for rounds in found.values()))} after the schedule."
    )
    if THEIRS in found:
        theirs = found[THEIRS]
        _against_nchan(section, ours, theirs, count)


def _against_nchan(section: Section, ours: Rounds, theirs: Rounds, count: int) -> None:
    ratio = median(ours.p99) / median(theirs.p99)
    section.ratios.insert(
        0,
        Ratio(f"fan-out p99 against nchan, {count:,} streams", ratio, 1.0, False),
    )
    if ratio > 1:
        section.worse.append(
            f"fan-out to {count:,} streams: p99 {ms(median(ours.p99))} from the call, "
            f"{ms(median(ours.since_event))} from the event's own time; nchan, which keeps nothing "
            f"on disk, {ms(median(theirs.p99))}."
        )
    if median(ours.memory) > median(theirs.memory):
        section.worse.append(
            f"memory per open stream ({count:,} streams): {median(ours.memory) / 1000:.1f} kB, "
            f"nchan {median(theirs.memory) / 1000:.1f} kB."
        )
