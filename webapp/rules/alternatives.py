"""Which alternatives of a rule's pattern capture the subject itself, and not just a kind of it."""

import re
from typing import Final

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:)|[()|]|.", re.DOTALL)
_CAPTURE: Final = "("
_VARYING = re.compile(r"\\[wdS]|\.(?=[*+{])|\](?=[*+{])")
"""What lets a group capture a name that nobody listed."""


def naming_part(pattern: str) -> str | None:
    """Return the alternatives of `pattern` that capture a name, such as a module or a host.

    A message often says the kind of its problem ("subscription") before the name ("Microsoft.Sql"),
    so these are tried first. None if they are all of the alternatives, or none of them.
    """
    alternatives = _split(pattern)
    naming = [one for one in alternatives if any(map(_VARYING.search, _captures(one)))]
    return "|".join(naming) if 0 < len(naming) < len(alternatives) else None


def _split(pattern: str) -> list[str]:
    """Cut `pattern` at the bars that stand outside of every group."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(pattern):
        depth += piece.startswith("(") - (piece == ")")
        if piece == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _captures(alternative: str) -> list[str]:
    """The texts of the groups of `alternative` that capture, outermost included."""
    found: list[str] = []
    is_open: list[int] = []
    for piece in _PIECE.findall(alternative):
        for number in is_open:
            if number >= 0:
                found[number] += piece
        if piece.startswith("("):
            is_open.append(len(found) if piece == _CAPTURE else -1)
            found += [""] if piece == _CAPTURE else []
        elif piece == ")" and is_open:
            is_open.pop()
    return found
