"""Keys that the server makes for itself once and must read again."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import Moment, Prose


class ServerKey(Model):
    """A key of the server, sealed, by what it is for: `vapid` signs push messages."""

    __tablename__ = "server_keys"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed: Mapped[Prose]
    created_at: Mapped[Moment]
