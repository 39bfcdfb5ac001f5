"""How many writes per second: the product, two reference stacks, and PostgreSQL alone (pgbench)."""

import itertools
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import calls
from bench.lab import load, servers
from bench.lab.figures import Ratio, Section, median, ms, percentile, spread
from bench.lab.plan import Plan
from bench.lab.stored import Store, add_jobs, add_pending
from webapp.embedded import Server
from webapp.embedded.programs import program

CONNECTIONS = 32
PATHS = {"errors": "error reports", "escalations": "escalations", "answers": "answers"}
OURS, THEIRS, BARE, LIMIT = "Unstuck", "FastAPI", "FastAPI in one statement", "pgbench"
SERVERS = (OURS, THEIRS, BARE)
SYSTEMS = (*SERVERS, LIMIT)
_ANSWERS, _BARE_ANSWERS = 2_500, 12_000  # questions for each second of answering them
_SCRIPTS = Path(__file__).parent / "pgbench"

Figures = defaultdict[tuple[str, str], list[float]]


def _key(system: str) -> str:
    """The system in names of databases and problems."""
    return system.lower().replace(" ", "_")


class Writes:
    """The systems on one server, each with its own database of the same contents."""

    def __init__(self, server: Server, folder: Path, plan: Plan, jobs: int) -> None:
        self._plan = plan
        self._jobs = jobs
        self._server = server
        self._folder = folder
        self._runs = itertools.count()
        self.rates: Figures = defaultdict(list)
        self.cpu: Figures = defaultdict(list)
        self.generator: list[float] = []
        self.refused: list[str] = []
        self.latencies: dict[tuple[str, str], list[float]] = {}
        self.nothing = (0.0, 0.0)

    def measure(self, rounds: int, paths: Sequence[str], *, with_latency: bool) -> None:
        """Rounds in which the systems take turns on each path."""
        with ExitStack() as stack:
            self._start(stack)
            for system, path in itertools.product(SERVERS, paths):
                self._drive(system, path, self._plan.warm)  # the first calls fill caches
            for number, path in itertools.product(range(rounds), paths):
                # Who goes first changes from round to round.
                turn = number % len(SYSTEMS)
                for system in SYSTEMS[turn:] + SYSTEMS[:turn]:
                    self._one(system, path)
            if with_latency:
                for path in paths:
                    self._latency(path)
                self.nothing = self._nothing()

    def _start(self, stack: ExitStack) -> None:
        suffix = str(self._jobs)
        self._stores = {
            system: Store.create(self._server, f"writes_{_key(system)}_{suffix}")
            for system in SYSTEMS
        }
        for store in self._stores.values():
            add_jobs(store, self._jobs)
        self._names = [f"build-{number}" for number in range(1, self._jobs + 1)]
        broker = stack.enter_context(servers.redis(self._folder))
        ours = stack.enter_context(servers.desk(self._stores[OURS].url, self._folder))
        self._at = {OURS: ours}
        for system, app in ((THEIRS, "app"), (BARE, "one_statement")):
            self._at[system] = stack.enter_context(
                servers.reference(self._stores[system].url, broker, self._folder, app=app)
            )

    def _one(self, system: str, path: str) -> None:
        if system == LIMIT:
            self.rates[system, path].append(self._pgbench(path))
            return
        pid = self._at[system][1]
        before = servers.processor_time(pid)
        came = self._drive(system, path, self._plan.seconds)
        used = servers.processor_time(pid) - before
        self.cpu[system, path].append(used / max(1, came.total + came.late))
        self.rates[system, path].append(came.per_second)
        self.generator.append(came.cpu)
        self._note_refused(system, path, came)

    def _drive(self, system: str, path: str, seconds: float) -> load.Load:
        requests = self._requests(system, path, round(seconds * _ANSWERS))
        where = ("127.0.0.1", self._at[system][0])
        return load.run(where, requests, connections=CONNECTIONS, seconds=seconds)

    def _latency(self, path: str) -> None:
        """At a quarter of what the slowest server can do, on a fixed schedule."""
        rate = min(median(self.rates[system, path]) for system in SERVERS) / 4
        for system in SERVERS:
            requests = self._requests(system, path, int(rate * self._plan.seconds) + 100)
            came = load.run(
                ("127.0.0.1", self._at[system][0]),
                requests,
                connections=CONNECTIONS,
                seconds=self._plan.seconds,
                rate=max(1.0, rate),
            )
            self.latencies[system, path] = came.latencies or [load.PATIENCE_S]
            self._note_refused(system, path, came)

    def _nothing(self) -> tuple[float, float]:
        """A call that does nothing: how many per second, and the seconds of processor time each.
        More than this no call of the product can reach."""
        port, pid = self._at[OURS]
        before = servers.processor_time(pid)
        requests = itertools.repeat(calls.get("/healthz"))
        came = load.run(
            ("127.0.0.1", port), requests, connections=CONNECTIONS, seconds=self._plan.seconds
        )
        used = servers.processor_time(pid) - before
        return came.per_second, used / max(1, came.total + came.late)

    def _requests(self, system: str, path: str, count: int) -> Iterator[bytes]:
        store, run = self._stores[system], f"{_key(system)}{next(self._runs)}"
        if path == "answers":
            return calls.answers(store.founder, add_pending(store, count, self._jobs))
        make: Callable[[str, Sequence[str], str], Iterator[bytes]] = getattr(calls, path)
        return make(store.agent, self._names, run)

    def _note_refused(self, system: str, path: str, came: load.Load) -> None:
        bad = {status: number for status, number in came.answers.items() if status >= 300}
        if bad:
            self.refused.append(f"{system}, {PATHS[path]}: {bad} {came.complaint[:300]}")

    def _pgbench(self, path: str) -> float:
        store = self._stores[LIMIT]
        if path == "answers":
            left = store.sql("select count(*) from agent_escalations where status = 'pending'")
            wanted = round(self._plan.seconds * _BARE_ANSWERS)
            add_pending(store, max(1, wanted - int(str(left[0][0]))), self._jobs)
            store.sql("drop table if exists bench_pending")
            store.sql("drop sequence if exists bench_next")
            store.sql("create sequence bench_next cache 1")
            store.sql(
                "create table bench_pending as select row_number() over () as n, id"
                " from agent_escalations where status = 'pending'"
            )
            store.sql("create unique index on bench_pending (n)")
            store.sql("analyze bench_pending")
        first, last = store.sql("select min(id), max(id) from jobs")[0]
        command = [str(program("pgbench")), "-n", "-M", "prepared", "-c", str(CONNECTIONS)]
        command += ["-j", "2", "-T", str(max(1, round(self._plan.seconds)))]
        command += [f"--define=first={first}", f"--define=last={last}"]
        command += [f"--file={_SCRIPTS / path}.sql"]
        done = subprocess.run(
            [*command, store.plain_url], capture_output=True, text=True, timeout=120, check=False
        )
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        if found is None:
            raise RuntimeError(f"pgbench: {done.stderr[:1000]}")
        return float(found[1])


def compare(server: Server, folder: Path, plan: Plan) -> Section:
    """Many jobs, several rounds; then everything on one job, once, for information."""
    many = Writes(server, folder, plan, plan.jobs)
    many.measure(plan.rounds, list(PATHS), with_latency=True)
    one = Writes(server, folder, plan, 1)
    one.measure(1, ["escalations"], with_latency=False)
    section = Section(
        "Writes per second",
        f"{CONNECTIONS} connections that each wait for their answer, {servers.WORKERS} workers on "
        f"each side, {plan.jobs} jobs, one PostgreSQL with fsync on, {plan.rounds} rounds of "
        f"{plan.seconds:g} s in turns; median (lowest to highest).",
        head=[
            "",
            *(f"{system} /s" for system in SYSTEMS),
            "processor time per call",
            "latency at a quarter of the load: p50 / p99",
        ],
    )
    for path, words in PATHS.items():
        _add_ratios(section, many, path, words)
        section.rows.append(_row(many, path, words))
    section.rows.append(_row(one, "escalations", "escalations, all on one job"))
    section.notes += _notes(many)
    return section


def _add_ratios(section: Section, many: Writes, path: str, words: str) -> None:
    ours = median(many.rates[OURS, path])
    for system, target in ((THEIRS, 2.0), (BARE, 0.7), (LIMIT, 0.25)):
        other = median(many.rates[system, path])
        section.ratios.append(
            Ratio(f"{words} per second against {system}", ours / max(other, 0.1), target, True)
        )
        if ours < other and system != LIMIT:
            section.worse.append(f"{words} per second: {ours:,.0f}, {system} {other:,.0f}.")
    if path not in [key for _, key in many.latencies]:
        return
    p99 = {system: percentile(many.latencies[system, path], 0.99) for system in SERVERS}
    section.worse += [
        f"latency of {words} at a quarter of the load: p99 {ms(p99[OURS])}, "
        f"{system} {ms(p99[system])}."
        for system in (THEIRS, BARE)
        if p99[OURS] > p99[system]
    ]


def _row(figures: Writes, path: str, words: str) -> list[str]:
    cpu = " / ".join(f"{ms(median(figures.cpu[system, path]))} {system}" for system in SERVERS)
    latency = "; ".join(
        f"{system} {ms(percentile(values, 0.5))} / {ms(percentile(values, 0.99))}"
        for (system, of), values in figures.latencies.items()
        if of == path
    )
    rates = [spread(figures.rates[system, path]) for system in SYSTEMS]
    return [words, *rates, cpu, latency]


def _notes(many: Writes) -> list[str]:
    notes = [
        "The reference (`bench/reference/`) does the calls of the JSON API on the same tables, "
        "with the same validation and the same rules: token check by hash, the row, the event with "
        "the job's next number, one commit, one publish. It does without joined questions, waiting "
        "jobs, pauses, standing rules, memory and warnings, which Unstuck does in the same call. "
        f"{BARE} (`bench/reference/one_statement.py`) does the same without an ORM, the token's "
        "look-up and all writes in one prepared statement of asyncpg. "
        "pgbench sends the bare statements (`bench/pgbench/`), prepared, without HTTP.",
        "The same server answers a call that does nothing (`/healthz`) "
        f"{many.nothing[0]:,.0f} times per second, with {ms(many.nothing[1])} of processor time "
        "each: that is the ceiling of gunicorn, gevent and Flask here, without a database.",
        "The load generator (one thread, epoll, requests made beforehand) used "
        f"{max(many.generator):.0%} of one core at most, so it was not the bottleneck.",
    ]
    return notes + [f"Refused: {line}" for line in many.refused]
