"""By what people sign in, and where they are signed in. Secrets are stored as hashes only."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, Moment, Name


def _person() -> ForeignKey:
    return ForeignKey("people.id", ondelete="CASCADE")


class SignInLink(Model):
    """A one-time link. A `startup` one is for the first founder, until anybody has signed in. After
    a `mailed` one, a person with two-step verification still shows a code."""

    __tablename__ = "sign_in_links"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(BigInteger, _person(), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    startup: Mapped[bool] = mapped_column(server_default=text("false"))
    mailed: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (UniqueConstraint("secret_hash"),)


class BrowserSession(Model):
    """One signed-in browser. `confirmed_at` is when its person last proved who they are, by `how`
    they signed in or by their password."""

    __tablename__ = "browser_sessions"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(BigInteger, _person(), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    how: Mapped[str] = mapped_column(String(20), server_default="link")
    created_at: Mapped[Moment]
    confirmed_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]

    __table_args__ = (UniqueConstraint("secret_hash"),)


class SecondFactor(Model):
    """The app that shows codes. It counts once `confirmed_at` is set. `last_step` is the time step
    of the last code that was taken, so that none is taken twice; `misses` counts wrong ones."""

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(BigInteger, _person(), primary_key=True)
    secret: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    misses: Mapped[int] = mapped_column(server_default="0")
    paused_until: Mapped[Moment | None]


class RecoveryCode(Model):
    """A code that stands in once for the app that was lost."""

    __tablename__ = "recovery_codes"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(BigInteger, _person(), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[Moment | None]


class Passkey(Model):
    """A key that a device keeps, known here by its public half."""

    __tablename__ = "passkeys"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(BigInteger, _person(), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[Name]
    created_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]

    __table_args__ = (UniqueConstraint("credential_id"),)


class Identity(Model):
    """Who somebody is at an OpenID provider."""

    __tablename__ = "identities"

    id: Mapped[BigKey]
    person_id: Mapped[int] = mapped_column(BigInteger, _person(), index=True)
    issuer: Mapped[Name]
    subject: Mapped[Name]
    created_at: Mapped[Moment]

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class Proof(Model):
    """A step of signing in that waits for the next one, for a few minutes and once: a passkey's
    challenge, or a password that was right where a code is still missing."""

    __tablename__ = "proofs"

    id: Mapped[BigKey]
    kind: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(BigInteger, _person(), index=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)
    misses: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (UniqueConstraint("secret_hash"),)
