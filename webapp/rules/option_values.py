"""Whether the value that an agent gets back says the same as the label that the founder reads."""

import re
from collections.abc import Mapping
from typing import Any, Final

from webapp.rules.phrases import questions as q

SERVER_VALUES: Final = frozenset(
    {q.PERSON, q.SKIP, q.SIMPLER, q.GUIDE, q.RETRY_NOW, q.RETRY_LATER, q.UNTIL, q.DONE}
)
"""Values of the contract: what they mean to an agent is documented, whatever the label says."""

SHORTEST_STEM: Final = 4

_WORD: Final = re.compile(r"[^\W\d_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def value_follows(option: Mapping[str, Any]) -> bool:
    """Say whether every word of the option's value stands in its label or description.

    A value without words, or of one letter, means nothing by itself and so follows from anything.
    """
    value = str(option["value"])
    shown = f"{option.get('label') or value} {option.get('description') or ''}"
    if value in SERVER_VALUES:
        return True
    words = _words(shown)
    return all(
        len(word) == 1 or any(_same(word, other) for other in words) for word in _words(value)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(_CAMEL.sub(" ", text).casefold())


def _same(one: str, other: str) -> bool:
    """Whether one is the other, or its beginning: `postgres` and `PostgreSQL`."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= SHORTEST_STEM and longer.startswith(shorter))
