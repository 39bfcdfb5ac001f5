"""One call that waits for an escalation to be answered."""

import threading

from webapp.accounts.revalidation import Credential
from webapp.queries.decisions import Decision


class Waiter:
    """Waits without a database connection; the hub brings the decision."""

    def __init__(self, credential: Credential, *, until_turn: bool = False) -> None:
        self.credential = credential
        self.until_turn = until_turn
        """Whether a founder's question to the agent ends the wait as well."""
        self._decision: Decision | None = None
        self._over = threading.Event()

    def bring(self, decision: Decision) -> None:
        """End the wait with the decision."""
        self._decision = decision
        self._over.set()

    def close(self) -> None:
        """End the wait without one."""
        self._over.set()

    @property
    def is_over(self) -> bool:
        """Whether the wait has ended, with a decision or without."""
        return self._over.is_set()

    def wait(self, seconds: float) -> Decision | None:
        """The decision, or None when there was none within `seconds`."""
        self._over.wait(seconds)
        return self._decision


class FeedWaiter:
    """Waits without a database connection for the next decision in one of the caller's projects,
    and is told that there is one: what it is, the database knows."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self.is_closed = False
        self._news = threading.Event()

    def wake(self) -> None:
        """Say that there may be a decision to read."""
        self._news.set()

    def close(self) -> None:
        """End the wait."""
        self.is_closed = True
        self._news.set()

    def wait(self, seconds: float) -> bool:
        """Whether there may be one to read, within `seconds`."""
        found = self._news.wait(max(0.0, seconds))
        self._news.clear()
        return found and not self.is_closed
