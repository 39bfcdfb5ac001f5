"""People, what they may do in which project, who is invited, and what owners are told."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name

_ROLES = "role in ('observer', 'founder', 'owner')"


class Person(Model):
    """A human with an address (in lower case); `name` is what other people and agents may read."""

    __tablename__ = "people"

    id: Mapped[BigKey]
    email: Mapped[Name]
    wanted_email: Mapped[str | None] = mapped_column(String(255))
    """A new address that nobody has proved or confirmed yet: no one is found by it."""
    proved_email: Mapped[str | None] = mapped_column(String(255))
    """The address to which the person was sent something that they then showed."""
    name: Mapped[Name]
    language: Mapped[str | None] = mapped_column(String(8))
    """What this person reads pages in; NULL leaves that to each of their browsers."""
    morning_at: Mapped[Moment | None]
    """Up to when this person has seen what is new."""
    created_at: Mapped[Moment]
    password_hash: Mapped[str | None] = mapped_column(String(255))
    away_until: Mapped[Moment | None]
    deputy: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="SET NULL")
    )
    """Who gets this person's messages while they are away."""

    __table_args__ = (Unique("email"),)


class Membership(Model):
    """A person's role in a project, or in all of them (`*`)."""

    __tablename__ = "memberships"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[Name] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20))

    __table_args__ = (CheckConstraint(_ROLES, "role"),)


class Invitation(Model):
    """A link that lets somebody join a project once; only the hash of its secret is stored. It is
    open until it is used, revoked or too old."""

    __tablename__ = "invitations"

    id: Mapped[BigKey]
    email: Mapped[Name]
    project_id: Mapped[Name]
    role: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    invited_by: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), index=True
    )

    __table_args__ = (
        Unique("secret_hash"),
        CheckConstraint(_ROLES, "role"),
        Index(
            "uq_invitations_open",
            "email",
            "project_id",
            unique=True,
            postgresql_where=text("closed_at is null"),
        ),
    )


class OwnerNotice(Model):
    """That `new_owner_id` became an owner: shown to the owner `person_id` until they dismiss it,
    which deletes the row. The audit log keeps what happened."""

    __tablename__ = "owner_notices"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    new_owner_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    project_id: Mapped[Name]
    made_by: Mapped[Name]
    at: Mapped[Moment]
