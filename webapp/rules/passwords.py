"""Which passwords are refused: short ones, endless ones, and those that are guessed first.

No rule says which kinds of letters there must be: length is what makes a password hard to guess.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Literal

SHORTEST: Final = 12
LONGEST: Final = 256
_ENOUGH: Final = 5
"""Different characters that must remain once everything that is guessed first is taken away."""

_GUESSED: Final = (
    *("unstuck", "password", "passwort", "passphrase", "passcode", "secret", "geheim", "default"),
    *("welcome", "willkommen", "hello", "hallo", "letmein", "login", "admin", "administrator"),
    *("root", "master", "super", "user", "guest", "test", "temp", "change", "changeme", "please"),
    *("founder", "owner", "startup", "company", "monkey", "dragon", "football", "baseball"),
    *("iloveyou", "love", "sunshine", "princess", "summer", "winter", "spring", "autumn"),
    *("sommer", "frühling", "herbst", "trustno", "whatever", "starwars", "superman", "batman"),
    *("qwertyuiop", "qwertzuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "qwerty", "qwertz", "azerty"),
    *("asdf", "qaz", "wsx", "edc", "1q2w3e4r5t", "1q2w3e4r", "1qaz2wsx", "abcdefgh", "abcdef"),
    *("abcd", "abc", "1234567890", "0123456789", "123456789", "987654321", "12345678", "123456"),
    *("12345", "54321", "1234", "4321", "123", "321", "the", "my", "is"),
)
_YEAR: Final = re.compile(r"(19|20)\d\d")
_PUT_BACK: Final = str.maketrans("013457@$!", "oleastasi")


def normal(password: str) -> str:
    """The password as it is hashed: the same letters give the same one on each keyboard."""
    return unicodedata.normalize("NFKC", password)


def refusal(password: str, own: Iterable[str] = ()) -> Literal["short", "long", "guessable"] | None:
    """Why the password is refused, or None. `own` are words that stand for its owner."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    words = _words(own)
    plain = password.casefold()
    remains = min(len(_remains(each, words)) for each in (plain, plain.translate(_PUT_BACK)))
    return "guessable" if remains < _ENOUGH else None


def _words(own: Iterable[str]) -> list[str]:
    parts = (part for text in own for part in re.split(r"[\W_]+", text.casefold()))
    return sorted({*_GUESSED, *(part for part in parts if len(part) > 2)}, key=len, reverse=True)


def _remains(text: str, words: list[str]) -> set[str]:
    for word in words:
        text = text.replace(word, " ")
    return set(_YEAR.sub(" ", text)) - {" "}
