"""What a channel is. A new one is one module with a subclass, and one line in `channels.py`."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from webapp.accounts.secret_keys import secret_keys
from webapp.operations import sealing
from webapp.operations.deliveries import Claimed
from webapp.rules.sending import Attempt


class NotYet(Exception):
    """It is to be sent later; `reason` is stored and shown, `wait_s` are seconds."""

    def __init__(self, reason: str, wait_s: float) -> None:
        super().__init__(reason)
        self.reason, self.wait_s = reason, wait_s


Message = TypeVar("Message")


class NotNeeded(Exception):
    """Nothing is to be sent any more; `reason` is stored and shown (queries/deliveries.py)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def unsealed(sealed: str | None) -> str:
    """What was sealed until it is sent. Raises NotNeeded where no key opens it any more."""
    opened = sealing.unseal(sealed or "", secret_keys())
    if opened is None:
        raise NotNeeded("secret_lost")
    return opened


class Channel(ABC, Generic[Message]):
    """One way out of the server.

    A worker calls `load` and `send` in a thread of the channel's own pool, so that a slow receiver
    holds up no other channel. `send` has to end within `LEASE_S` seconds, whatever happens.
    """

    name: ClassVar[str]
    """The value of `deliveries.channel`."""

    threads: ClassVar[int] = 4
    """How many messages are sent at a time."""

    knows_repeats: ClassVar[bool] = True
    """Whether the receiver recognises a message that it gets twice. If not, a message is not sent
    again when it may have arrived."""

    repeats_first: ClassVar[bool] = False
    """Whether a first message is then sent once more all the same (rules/sending.py)."""

    @abstractmethod
    def load(self, delivery: Claimed) -> Message:
        """Read what is to be sent, in an app context. Raises NotNeeded, NotYet."""

    @abstractmethod
    def send(self, message: Message) -> Attempt:
        """Send it: the only step that uses the network. Raises nothing."""


LEASE_S = 60.0
"""For so long a delivery is its worker's. Then another one takes it."""
