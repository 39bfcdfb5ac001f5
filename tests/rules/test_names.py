"""Which names stand for Unstuck itself, and which look alike."""

import pytest

from webapp.rules.names import is_reserved, likeness


@pytest.mark.parametrize(
    "name",
    [
        "Unstuck",
        "unstuck",
        "UNSTUCK Support",
        "The Unstuck team",
        "Unstu\u200bck",
        "Unѕtuсk",
        "Ｕｎｓｔｕｃｋ",
        "the standing rule of Olga",
        "The  Standing Rule of Olga",
        "tһe stаnding rule of Olga",
        "deadline",
        "The desk",
    ],
)
def test_names_of_unstuck_are_reserved(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize(
    "name", ["Anna", "Olga Regel", "Rule Britannia", "Unstuckly", "Dead Line", "安娜", "Ольга", "Ø"]
)
def test_names_of_people_are_not(name: str) -> None:
    assert not is_reserved(name)


def test_names_that_a_reader_cannot_tell_apart_are_alike() -> None:
    for other in ("anna", "Аnna", "An\u200bna", "ANNA", " Anna ", "Änna"):
        assert likeness(other) == likeness("Anna")
    for other in ("Anne", "Anna B.", "Hanna"):
        assert likeness(other) != likeness("Anna")
