"""How much is measured: the full run and the quick one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Counts and seconds. `fanout` holds (streams, events per second, events, rounds)."""

    rounds: int
    seconds: float
    warm: float
    jobs: int
    fanout: tuple[tuple[int, float, int, int], ...]
    agents: int
    clicks: int
    clicks_per_second: float
    stored: int
    looks: int
    starts: int


FULL = Plan(
    rounds=3,
    seconds=4.0,
    warm=3.0,
    jobs=400,
    fanout=((1_000, 20.0, 100, 3), (10_000, 2.0, 16, 2)),
    agents=1_000,
    clicks=400,
    clicks_per_second=10.0,
    stored=1_000_000,
    looks=60,
    starts=3,
)
QUICK = Plan(
    rounds=1,
    seconds=2.0,
    warm=2.0,
    jobs=400,
    fanout=((200, 10.0, 30, 1),),
    agents=100,
    clicks=40,
    clicks_per_second=5.0,
    stored=50_000,
    looks=15,
    starts=1,
)
