"""Names that people may give themselves: none of Unstuck's, and none that looks like another."""

import re
import unicodedata
from typing import Final

_ALIKE: Final = str.maketrans(
    "аеорсухіјѕһкмтвнοανρτυικεηωбз01|5$@",
    "aeopcyxijshkmtbhoavptuikenwb3oliss@",
)
"""Letters of other scripts, and digits, by what they look like in small letters."""
_RESERVED: Final = re.compile(
    r"\bunstuck\b|\bstanding rule|\bdauerregel|\bstehende regel"
    r"|^(?:the )?(?:desk|deadline|system|administrator|admin|somebody unknown)$"
)


def likeness(name: str) -> str:
    """What two names have in common that a reader cannot tell apart."""
    text = unicodedata.normalize("NFKD", name).casefold()
    seen = "".join(letter for letter in text if unicodedata.category(letter) not in _UNSEEN)
    return " ".join(seen.translate(_ALIKE).split())


_UNSEEN: Final = frozenset({"Cf", "Cc", "Mn", "Me", "Cn", "Co"})


def is_reserved(name: str) -> bool:
    """Whether readers would take it for Unstuck itself, or for a rule that answered."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return any(_RESERVED.search(each) for each in (plain, likeness(name)))
