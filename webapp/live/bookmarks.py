"""How far a process has read the logs."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from webapp.events.log import Event

_SLACK: Final = timedelta(seconds=10)
"""By how much the clocks of several machines may differ, and how long a commit may take after its
events were dated."""


class Bookmarks:
    """The number last read of each job that moved lately.

    Every event older than `seen_until` was read. So a job without a bookmark needs to be read from
    there only, and a bookmark that is older may be forgotten.
    """

    def __init__(self, began: datetime) -> None:
        self._seen_until = began
        self._read: dict[int, tuple[int, datetime]] = {}

    @property
    def since(self) -> datetime:
        """From when to read a job that has no bookmark."""
        return self._seen_until - _SLACK

    def positions(self, jobs: Iterable[int]) -> dict[int, int]:
        """The last number read of each of the jobs, 0 where there is no bookmark."""
        return {job: self._read[job][0] if job in self._read else 0 for job in jobs}

    def behind(self, last: Mapping[int, int]) -> set[int]:
        """Those of the jobs whose logs are longer than what was read."""
        return {
            job for job, seq in last.items() if job not in self._read or self._read[job][0] < seq
        }

    def advance(self, events: Iterable[Event]) -> None:
        """Note what was read."""
        for event in events:
            self._read[event.job] = (event.seq, event.at)

    def looked(self, at: datetime) -> None:
        """Note that a look at all logs, begun at that time, missed nothing; forget what is old."""
        self._seen_until = max(self._seen_until, at)
        self._read = {job: mark for job, mark in self._read.items() if mark[1] >= self.since}
