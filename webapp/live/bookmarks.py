"""How far a process has read the logs.

In the order of transactions, never of clocks: each event carries the number of the transaction that
wrote it, and PostgreSQL says below which number all transactions have ended. What is below was
there to be read.
"""

from collections.abc import Iterable, Mapping

from webapp.events.log import Event


class Bookmarks:
    """The number last read of each job that moved lately.

    Every event of a transaction before `since` was read. So a job without a bookmark needs to be
    read from there only, and a bookmark of an earlier transaction may be forgotten.
    """

    def __init__(self) -> None:
        self._since: int | None = None
        self._read: dict[int, tuple[int, int]] = {}  # job → its last number, and its transaction

    @property
    def since(self) -> int:
        """From which transaction to read a job that has no bookmark."""
        return self._since or 0

    def fits(self, position: int) -> bool:
        """Whether the logs, now at this position, are those that were read. Not before the first
        look, nor when the database is another one or lost its last transactions."""
        return self._since is not None and self._since <= position

    def start(self, position: int) -> None:
        """Begin anew: what was written before this transaction is somebody else's to read."""
        self._since = position
        self._read.clear()

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
            self._read[event.job] = (event.seq, event.txid)

    def looked(self, position: int) -> None:
        """Note that a look at all logs, which were at that position before, missed nothing; forget
        what is old."""
        self._since = position
        self._read = {job: mark for job, mark in self._read.items() if mark[1] >= position}
