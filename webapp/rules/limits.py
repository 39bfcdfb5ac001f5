"""How much of a message is looked at, and how a text is made storable."""

from typing import Final

HEAD_CHARS: Final = 2_500
"""Kept from the start of a message: the command and the first error."""

TAIL_CHARS: Final = 4_500
"""Kept from its end: tracebacks, builds and CI logs put the cause last."""

LARGEST_LIST: Final = 1_000_000
"""Characters of a list of the API; what doesn't fit comes with the next request."""

MOST_ROUNDS: Final = 5
"""How often a founder can ask the agent back about one question."""

MAX_SIGNATURE_CHARS: Final = 800
"""Length of the column agent_escalations.error_signature."""

MAX_PART_CHARS: Final = 255
"""Length that a project id and an error type may have in the contract."""


MAX_APPROACH_BYTES: Final = 2_000
"""Of one approach, as it is kept: every verdict on its problem repeats it."""


MAX_DIGITS: Final = 18
"""Digits of a number that PostgreSQL's bigint can always hold."""


def clean_text(text: str) -> str:
    """Return `text` as PostgreSQL and UTF-8 can store it.

    A NUL becomes U+FFFD and a lone surrogate becomes a question mark; nothing else changes.
    """
    if text.isascii() and "\x00" not in text:
        return text
    storable = text.encode("utf-8", "replace").decode("utf-8")
    return storable.replace("\x00", "\ufffd")


def number_in(text: str) -> int | None:
    """Return the number that `text` is, as a row's id or an event's is written; None for anything
    else, and for what no such number can be."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None


def capped(text: str, most: int) -> str:
    """Return `text`, or its beginning where it has more than `most` bytes."""
    data = text.encode()
    if len(data) <= most:
        return text
    return data[: most - len("…".encode())].decode(errors="ignore") + "…"


def excerpt(message: str) -> str:
    """Return the part of `message` that the rules read: all of it, or its head and its tail.

    The cut falls on line ends where there are any, so that the first kept line is whole.
    """
    if len(message) <= HEAD_CHARS + TAIL_CHARS:
        return message
    head, tail = message[:HEAD_CHARS], message[-TAIL_CHARS:]
    whole_lines = head.rfind("\n")
    if whole_lines > 0:
        head = head[:whole_lines]
    next_line = tail.find("\n")
    if 0 <= next_line < TAIL_CHARS // 2:
        tail = tail[next_line:]
    return f"{head}\n{tail}"
