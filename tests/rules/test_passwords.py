"""Which passwords are refused."""

import pytest

from webapp.rules.passwords import normal, refusal

OWN = ("anna.berg@flowershop.example", "Anna Berg")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "vier kleine Tassen Tee",
        "zebrafinkmoosgrün",
        "pQ7#mx!v2Lr9",
        "密码在这里真的很长很长很",
        "x" * 5 + "yzwvuk " * 30,
    ],
)
def test_what_is_hard_to_guess_is_taken_whatever_letters_it_has(password: str) -> None:
    assert refusal(password, OWN) is None


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "P@ssw0rd1234",
        "unstuckunstuck",
        "Unstuck-2026!",
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "qwertyuiop123",
        "1q2w3e4r5t6z"[:10] + "12",
        "anna.berg1234",
        "AnnaBerg2026",
        "flowershop123",
        "letmeinletmein",
        "iloveyou1234",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert refusal(password, OWN) == "guessable"


def test_the_length_has_two_ends() -> None:
    assert refusal("pQ7#mx!v2Lr") == "short"
    assert refusal("pQ7#mx!v2Lr9" * 30) == "long"
    assert refusal(("correct horse " * 20)[:256]) is None


def test_the_same_letters_are_the_same_password() -> None:
    assert normal("cafe\u0301") == normal("caf\u00e9")
