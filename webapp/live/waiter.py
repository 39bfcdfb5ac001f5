"""One call that waits for an escalation to be answered."""

import threading

from webapp.accounts.standing import Credential
from webapp.queries.decisions import Decision


class Waiter:
    """Waits without a database connection; the hub brings the decision."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self._decision: Decision | None = None
        self._over = threading.Event()

    def bring(self, decision: Decision) -> None:
        """End the wait with the decision."""
        self._decision = decision
        self._over.set()

    def close(self) -> None:
        """End the wait without one."""
        self._over.set()

    def wait(self, seconds: float) -> Decision | None:
        """The decision, or None when there was none within `seconds`."""
        self._over.wait(seconds)
        return self._decision
