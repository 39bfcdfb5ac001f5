"""How a raw message is read: colours and escapes go, the words stay, in lower case."""

import re
import string
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from webapp.rules.limits import MAX_PART_CHARS, excerpt
from webapp.rules.log_prefixes import without_stamps

READINGS_KEPT: Final = 128

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]{0,16}[a-z]|\][^\x07\x1b\n]{0,200}\x07?)")
_QUOTED_ESCAPES = re.compile(r"(?:\\u001b|\\x1b|\\033|\^\[)\[[0-9;?]{0,16}[a-z]")
_BARE_COLOURS = re.compile(r"\[[0-9]{1,2}(?:;[0-9]{1,3}){0,4}m")
_DRIVE_PATH = re.compile(r"[a-z]:\\+[a-z0-9_.-]")
_FANCY: Final = {"“": '"', "”": '"', "‘": "'", "’": "'", "\xa0": " "}
_ENTITIES: Final = {"&quot;": '"', "&#39;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&"}
_WORD = re.compile(r"[a-z0-9]+")
_BLANK: Final = ord(" ")
_ONE_LINE: Final = bytes(_BLANK if chr(code).isspace() else code for code in range(256))
_WORDS_ONLY: Final = bytes(
    _BLANK if chr(code) in string.punctuation else code for code in range(256)
)
_NPM_MARKS: Final = ("npm err!", "npm error")


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the rules see it, in lower case.

    `text`: without colours and escapes; `flat`: the error type and the text on one line;
    `words`: the words and numbers in `flat`.
    """

    text: str
    flat: str
    words: frozenset[str]


@lru_cache(maxsize=READINGS_KEPT)
def read(error_type: str, message: str) -> Reading:
    """Read `message`; never raises, and looks at a bounded part of it (see limits.py)."""
    text = plain(excerpt(message))
    body = without_stamps(text)
    for mark in _NPM_MARKS:
        if mark in body:
            body = body.replace(mark, " ")
    kind = error_type[:MAX_PART_CHARS].lower()
    return Reading(text, *_flatten(f"{kind} : {body}"))


def _flatten(text: str) -> tuple[str, frozenset[str]]:
    """Return `text` on one line with single blanks, and its words.

    The quick way, by bytes, needs a text without foreign letters: they may stick to a word.
    """
    if not text.isascii():
        flat = " ".join(text.replace("│", " ").split())
        return flat, frozenset(_WORD.findall(flat))
    line = text.encode().translate(_ONE_LINE).strip()
    while b"  " in line:
        line = line.replace(b"  ", b" ")
    return line.decode(), frozenset(line.translate(_WORDS_ONLY).decode().split())


def plain(text: str) -> str:
    """Lower the case, take out colours and undo the escapes of a text that was quoted in JSON."""
    text = text.lower()
    text = _without_colours(text)
    if "&" in text:
        for entity, letter in _ENTITIES.items():
            text = text.replace(entity, letter)
    if "`" in text:
        text = text.replace("`", "'")
    if not text.isascii():
        for fancy, simple in _FANCY.items():
            text = text.replace(fancy, simple)
    if "\\" in text:
        text = _unescape(text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_colours(text: str) -> str:
    if "[" not in text and "\x1b" not in text:
        return text
    text = _ESCAPES.sub("", text)
    if "\\" in text or "^[" in text:
        text = _QUOTED_ESCAPES.sub("", text)
    return _BARE_COLOURS.sub("", text)


def _unescape(text: str) -> str:
    """A Windows path keeps its backslashes: there, \\n is the start of a folder's name."""
    if not _DRIVE_PATH.search(text):
        text = text.replace("\\n", "\n").replace("\\t", " ").replace("\\r", "\n")
    return text.replace('\\"', '"').replace("\\'", "'")
