"""Invitations; passwords, codes and passkeys beside the one-time links."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("people", sa.Column("password_hash", sa.String(length=255), nullable=True))
    how = sa.Column("how", sa.String(length=20), server_default="link", nullable=False)
    op.add_column("browser_sessions", how)
    op.add_column("browser_sessions", sa.Column("confirmed_at", MOMENT, nullable=True))
    op.execute("update browser_sessions set confirmed_at = created_at")
    op.alter_column("browser_sessions", "confirmed_at", nullable=False)
    _invitations()
    _second_factors()
    _of_a_person(
        "recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    _of_a_person(
        "passkeys",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    _of_a_person(
        "identities",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
    )
    _of_a_person(
        "proofs",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("misses", sa.Integer(), server_default="0", nullable=False),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_proofs_secret_hash")),
        nullable=True,
    )
    op.create_index(op.f("ix_proofs_expires_at"), "proofs", ["expires_at"])


def downgrade() -> None:
    for table in (
        "proofs",
        "identities",
        "passkeys",
        "recovery_codes",
        "second_factors",
        "invitations",
    ):
        op.drop_table(table)
    op.drop_column("browser_sessions", "confirmed_at")
    op.drop_column("browser_sessions", "how")
    op.drop_column("people", "password_hash")


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["people.id"],
            name=op.f("fk_invitations_invited_by_people"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "role in ('observer', 'founder', 'owner')", name=op.f("ck_invitations_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitations_secret_hash")),
    )
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["email", "project_id"],
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(op.f("ix_invitations_invited_by"), "invitations", ["invited_by"])


def _second_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.String(length=255), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("misses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_second_factors_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factors")),
    )


def _of_a_person(table: str, *parts: sa.schema.SchemaItem, nullable: bool = False) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=nullable),
        *parts,
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f(f"fk_{table}_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
