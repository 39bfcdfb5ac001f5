"""What limits count over all processes. The tables are unlogged: a crash may empty them."""

import uuid

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import Moment

_UNLOGGED = {"prefixes": ["UNLOGGED"]}


class RateCounter(Model):
    """How much of a limit the processes have taken until `ends_at`; `granted` is what the last one
    got. `key` is a digest of whom the limit is for."""

    __tablename__ = "rate_counters"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    taken: Mapped[int] = mapped_column(BigInteger)
    granted: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[Moment]

    __table_args__ = (_UNLOGGED,)


class ServingProcess(Model):
    """A process that holds stream slots. One that isn't seen any more has none."""

    __tablename__ = "serving_processes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[Moment]

    __table_args__ = (_UNLOGGED,)


class StreamSlot(Model):
    """The right of a process to hold one stream of a caller open."""

    __tablename__ = "stream_slots"

    credential: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process: Mapped[uuid.UUID]

    __table_args__ = (_UNLOGGED,)
