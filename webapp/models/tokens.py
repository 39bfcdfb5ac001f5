"""Tokens of agents, and personal ones of founders: stored hashed, known by their prefix. Offers of
tokens: links that show one once."""

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name


class Token(Model):
    """A bearer token. `project_ids` holds project ids, or the one entry `*` for all projects."""

    __tablename__ = "tokens"

    id: Mapped[BigKey]
    name: Mapped[Name]
    prefix: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(20))
    project_ids: Mapped[list[str]] = mapped_column(ARRAY(String(255)))
    person_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    expires_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
    replaces: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("secret_hash"),
        CheckConstraint("scope in ('agent', 'founder')", "scope"),
    )


class TokenOffer(Model):
    """A link for whoever runs an agent: it makes an agent's token for one project, once. `kind` is
    the agent that the link explains. `token_id` is that token, once the link was used."""

    __tablename__ = "token_offers"

    id: Mapped[BigKey]
    secret_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[Name]
    project_id: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    token_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("tokens.id", ondelete="CASCADE"), index=True
    )

    __table_args__ = (UniqueConstraint("secret_hash"),)
