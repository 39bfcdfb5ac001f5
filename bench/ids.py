"""What the id of a report costs: reports with ids beside reports without, on the same desk."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import calls
from bench.lab import load, servers
from bench.lab.figures import Ratio, Section, median, spread
from bench.lab.plan import Plan
from bench.lab.stored import Store, add_jobs
from webapp.embedded import Server

CONNECTIONS = 32
PAIRS = 8
"""Pairs of turns in a round."""
TURN_S = 1.5
Make = Callable[[str, Sequence[str], str], Iterator[bytes]]
KINDS: dict[str, Make] = {
    "reports without ids": calls.errors,
    "reports with ids": calls.errors_with_ids,
}


def compare(server: Server, folder: Path, plan: Plan) -> Section:
    """Short turns, with ids and without, and who goes first changes: whatever else the machine does
    meets both. Each pair of turns gives one ratio; their median is the result."""
    store = Store.create(server, "ids")
    add_jobs(store, plan.jobs)
    jobs = [f"build-{number}" for number in range(1, plan.jobs + 1)]
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with servers.desk(store.url, folder) as (port, _):
        for number in range(-1, PAIRS * plan.rounds):
            for kind in list(KINDS)[:: 1 if number % 2 else -1]:
                requests = KINDS[kind](store.agent, jobs, f"ids{len(kind)}x{number + 1}")
                seconds = plan.warm if number < 0 else TURN_S
                came = load.run(
                    ("127.0.0.1", port), requests, connections=CONNECTIONS, seconds=seconds
                )
                if number >= 0:  # the first calls fill caches
                    rates[kind].append(came.per_second)
    section = Section(
        "Reports with ids",
        f"{CONNECTIONS} connections, {plan.jobs} jobs, {PAIRS * plan.rounds} pairs of turns of "
        f"{TURN_S:g} s; median (lowest to highest).",
        head=["", "per second"],
    )
    pairs = zip(*(rates[kind] for kind in KINDS), strict=True)
    ratios = [with_ids / max(without, 0.1) for without, with_ids in pairs]
    what = "reports with ids against reports without"
    section.ratios.append(Ratio(what, median(ratios), 0.95, True))
    section.rows += [[kind, spread(values)] for kind, values in rates.items()]
    section.rows.append(["with against without, in a pair", spread(ratios, ".2f")])
    return section
