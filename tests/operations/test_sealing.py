"""Sealed secrets: the newest key seals, every key opens."""

from sqlalchemy import String

from webapp.extensions import Model
from webapp.operations.sealing import SEALED, seal, unseal

OLD = "the first secret key of this server 0123"
NEW = "the second secret key of this server 456"


def test_the_newest_key_seals_and_every_key_opens() -> None:
    before = seal("otp-secret", (OLD,))
    assert "otp-secret" not in before
    assert unseal(before, (NEW, OLD)) == "otp-secret"
    after = seal("otp-secret", (NEW, OLD))
    assert unseal(after, (NEW,)) == "otp-secret"
    assert unseal(after, (OLD,)) is None


def test_a_secret_that_no_key_opens_is_none() -> None:
    assert unseal(seal("otp-secret", (OLD,)), (NEW,)) is None
    assert unseal("no token at all", (NEW, OLD)) is None


def test_every_sealed_column_is_a_text_of_a_table() -> None:
    for column in SEALED:
        assert issubclass(column.class_, Model)
        assert isinstance(column.type, String)
