"""How people are told that a question waits: their channels, and when they want silence."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    false,
    text,
    true,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Prose


class PersonalChannel(Model):
    """One way to reach a person, such as an e-mail address. Questions go to those with a
    `position`, in its order; only a channel that its person proved to be theirs has one.
    `off_because` says why one gets nothing: `person`, `unsubscribed`, `failures` or `gone`.

    A device that gets push messages (`push`) has the address that its browser gave, a `name`, its
    keys in `sealed`, and the session in which it was added."""

    __tablename__ = "personal_channels"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[Prose]
    created_at: Mapped[Moment]
    verified_at: Mapped[Moment | None]
    position: Mapped[int | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_until: Mapped[Moment | None]
    code_tries: Mapped[int] = mapped_column(server_default=text("0"))
    off_since: Mapped[Moment | None]
    off_because: Mapped[str | None] = mapped_column(String(40))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failing_since: Mapped[Moment | None]
    name: Mapped[str | None] = mapped_column(String(80))
    sealed: Mapped[str | None] = mapped_column(Text)
    browser_session_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("browser_sessions.id", ondelete="SET NULL"), index=True
    )

    __table_args__ = (
        Unique("person_id", "kind", "address"),
        CheckConstraint("position is null or verified_at is not null", "verified"),
        # A browser is one person's at a time.
        Index(
            "uq_personal_channels_push_address",
            "address",
            unique=True,
            postgresql_where=text("kind = 'push'"),
        ),
    )


class NotificationSettings(Model):
    """When a person wants no messages, and what a message may show. `quiet_from`, `quiet_until` and
    `summary_at` are minutes after midnight in `time_zone`, NULL without quiet hours or a daily
    summary. Monday is 0. For `others_first_min` minutes others are to answer. With
    `wakes_for_critical`, critical questions come in quiet hours too."""

    __tablename__ = "notification_settings"

    person_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    time_zone: Mapped[str] = mapped_column(String(64), server_default=text("'UTC'"))
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    quiet_days: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    shows_question: Mapped[bool] = mapped_column(server_default=true())
    summary_at: Mapped[int | None]
    others_first_min: Mapped[int] = mapped_column(server_default=text("0"))
    wakes_for_critical: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (
        CheckConstraint(
            "quiet_from between 0 and 1439 and quiet_until between 0 and 1439", "quiet"
        ),
    )


class Presence(Model):
    """When a person last used an open page: whoever looks at the page needs no message."""

    __tablename__ = "presences"

    person_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    seen_at: Mapped[Moment]
