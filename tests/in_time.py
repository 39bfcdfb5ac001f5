"""Limits on time that hold on a busy machine too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRESSURE = Path("/proc/pressure")


def waited_s() -> float:
    """For how many seconds anything has waited for a processor or a disk since the machine started;
    0 where Linux doesn't tell."""
    return sum(map(_waited_for, ("cpu", "io")))


def _waited_for(what: str) -> float:
    try:
        some = (PRESSURE / what).read_text().splitlines()[0]
    except OSError:
        return 0.0
    return int(some.rpartition("total=")[2]) / 1_000_000


@contextmanager
def within(seconds: float, instead_of: float) -> Iterator[None]:
    """Fails if the block takes longer than `seconds`. Time in which something waits for a processor
    or a disk is added, up to what the block would take if it went wrong: `instead_of` seconds."""
    began, waited = time.monotonic(), waited_s()
    yield
    limit = min(seconds + waited_s() - waited, instead_of)
    assert time.monotonic() - began < limit
