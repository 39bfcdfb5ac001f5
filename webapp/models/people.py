"""People, what they may do in which project, and how they are signed in."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name


class Person(Model):
    """A human with an address (in lower case); `name` is what other people and agents may read."""

    __tablename__ = "people"

    id: Mapped[BigKey]
    email: Mapped[Name]
    name: Mapped[Name]
    created_at: Mapped[Moment]

    __table_args__ = (UniqueConstraint("email"),)


class Membership(Model):
    """A person's role in a project, or in all of them (`*`)."""

    __tablename__ = "memberships"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[Name] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20))

    __table_args__ = (CheckConstraint("role in ('observer', 'founder', 'owner')", "role"),)


class SignInLink(Model):
    """A one-time link; only the hash of its secret is stored."""

    __tablename__ = "sign_in_links"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]

    __table_args__ = (UniqueConstraint("secret_hash"),)


class BrowserSession(Model):
    """One signed-in browser; only the hash of its secret is stored."""

    __tablename__ = "browser_sessions"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    secret_hash: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]

    __table_args__ = (UniqueConstraint("secret_hash"),)
