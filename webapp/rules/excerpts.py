"""Texts of agents, cut to what an event carries. The question itself is read in full elsewhere."""

from collections.abc import Iterable
from typing import Any, Final

LONGEST: Final = 2_000
"""Characters of a text in an event."""

_OPTION_TEXT: Final = 200
_OPTIONS_IN_FULL: Final = 4_000


def short(text: str | None, longest: int = LONGEST) -> str | None:
    """Return the text, or its beginning with an ellipsis if it is longer."""
    if text is None or len(text) <= longest:
        return text
    return f"{text[: longest - 1]}…"


def short_options(options: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the options, with the beginnings of their texts if they are many and long."""
    listed = list(options)
    if sum(len(str(text)) for one in listed for text in one.values()) <= _OPTIONS_IN_FULL:
        return listed
    cut = {"label", "description"}
    return [
        {name: short(text, _OPTION_TEXT) if name in cut else text for name, text in one.items()}
        for one in listed
    ]
