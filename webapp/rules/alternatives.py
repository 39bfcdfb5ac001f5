"""A rule's pattern cut into its alternatives, which are searched for one by one.

That is much faster than the whole: each of them begins with letters that can be looked for. And it
lets an alternative that captures a name be preferred.
"""

import re
from typing import Final

MAX_BRANCHES: Final = 14

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:)|[()|]|.", re.DOTALL)
_CAPTURE: Final = "("
_GROUP: Final = "(?:"
_REPEATS: Final = ("?", "*", "+", "{")
_VARYING = re.compile(r"\\[wdS]|\.(?=[*+{])|\](?=[*+{])")
"""What lets a group capture a name that nobody listed."""


def alternatives_of(pattern: str) -> tuple[str, ...]:
    """Return what `pattern` may match, cut at its outermost bars, leading groups opened."""
    return tuple(one for part in _split(pattern) for one in _opened(part))


def captures_a_name(alternative: str) -> bool:
    """Whether a group of `alternative` can hold a name, such as a module or a host.

    A message often says the kind of its problem ("subscription") before the name ("Microsoft.Sql").
    """
    return any(map(_VARYING.search, _captures(alternative)))


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


def _opened(alternative: str) -> list[str]:
    """Turn `(?:a|b)c` into `ac` and `bc`, and `(a|b)c` into `(a)c` and `(b)c`."""
    opening = _GROUP if alternative.startswith(_GROUP) else _CAPTURE
    if not alternative.startswith(_GROUP) and not re.match(r"\((?!\?)", alternative):
        return [alternative]
    inner, rest = _first_group(alternative)
    branches = _split(inner)
    if rest.startswith(_REPEATS) or len(branches) > MAX_BRANCHES:
        return [alternative]
    if opening == _CAPTURE:
        return [f"({branch}){rest}" for branch in branches]
    return [one for branch in branches for one in _opened(branch + rest)]


def _first_group(alternative: str) -> tuple[str, str]:
    """Return what stands in the group that `alternative` begins with, and what follows it."""
    depth, length = 0, 0
    opening = _GROUP if alternative.startswith(_GROUP) else _CAPTURE
    for piece in _PIECE.findall(alternative):
        depth += piece.startswith("(") - (piece == ")")
        length += len(piece)
        if depth == 0:
            break
    return alternative[len(opening) : length - 1], alternative[length:]


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
