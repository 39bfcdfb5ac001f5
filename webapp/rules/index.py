"""Finds the rules that can match a text at all, so that hundreds of rules stay affordable."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from webapp.rules.rule import Rule

WILDCARD: Final = "*"
REACH_BACK_CHARS: Final = 600
"""How far before its first needle a pattern may begin, as a host does before "timed out"."""

MIN_INNER_CHARS: Final = 10
MIN_COMPOUND_CHARS: Final = 14
CLASS_ENDINGS: Final = ("error", "exception", "failed", "denied", "expired", "required", "refused")
_COMMON: Final = (
    "a an and are as at be by can cannot could do does error failed file for found from has have"
    " in invalid is it no not of on or that the this to unable was with you your type name user"
    " request code http 0 1 2 3 4 5 t access set use used must been connection server"
    " api at build client com config connect fatal get index json line local module more node"
    " object open org package port python read resolve response status system token url version"
)
COMMON_WORDS: Final = frozenset(_COMMON.split())

Rarity = dict[str, tuple[bool, int, int]]
"""How good a word is to file a needle under, the least first: not a common one, and seldom used."""

_WORD = re.compile(r"[a-z0-9]+")


class RuleIndex:
    """Each needle of a rule is filed under its rarest word, with the others that have to be there.

    A needle of one word is found as that word; a class name of ten letters or more also inside a
    compound such as `mongooseserverselectionerror`. A needle that ends in `*` is the beginning of
    something. One in a script without Latin letters is looked for as it is.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._by_word: dict[str, list[tuple[int, str, frozenset[str]]]] = defaultdict(list)
        self._inner: list[tuple[int, str]] = []
        self._beginnings: list[tuple[int, str]] = []
        self._foreign: list[tuple[int, str]] = []
        needles = [
            (number, needle, _WORD.findall(needle))
            for number, rule in enumerate(rules)
            for needle in rule.needles
        ]
        frequency = Counter(word for *_, words in needles for word in set(words))
        rarity = {word: (word in COMMON_WORDS, n, -len(word)) for word, n in frequency.items()}
        for number, needle, words in needles:
            self._file(number, needle, words, rarity)
        self._words = frozenset(self._by_word)

    def candidates(self, text: str, words: frozenset[str]) -> Iterator[tuple[Rule, int]]:
        """Yield the rules one of whose needles is in `text`, in order of priority.

        With each comes the place from which on its pattern is worth looking for.
        """
        found: list[tuple[int, str]] = []
        for word in self._words & words:
            for number, needle, others in self._by_word[word]:
                if others <= words:
                    found.append((number, needle))
        compounds = " ".join([word for word in words if len(word) >= MIN_COMPOUND_CHARS])
        if compounds:
            found += [entry for entry in self._inner if entry[1] in compounds]
        joined = " ".join(words)
        found += [entry for entry in self._beginnings if entry[1] in joined]
        if not text.isascii():
            found += self._foreign
        places: dict[int, int] = {}
        for number, needle in found:
            place = text.find(needle)
            if place >= 0:
                places[number] = min(place, places.get(number, place))
        for number in sorted(places):
            yield self._rules[number], max(0, places[number] - REACH_BACK_CHARS)

    def _file(self, number: int, needle: str, words: list[str], rarity: Rarity) -> None:
        if needle.endswith(WILDCARD):
            needle, words = needle.rstrip(WILDCARD), words[:-1]
        if not words:
            known = self._beginnings if needle.isascii() else self._foreign
            known.append((number, needle))
            return
        rarest = min(words, key=rarity.__getitem__)
        others = frozenset(words[1:-1] if _may_be_an_ending(words[0]) else words[:-1])
        self._by_word[rarest].append((number, needle, others - {rarest}))
        if len(words) == 1 and len(rarest) >= MIN_INNER_CHARS and rarest.endswith(CLASS_ENDINGS):
            self._inner.append((number, needle))


def _may_be_an_ending(word: str) -> bool:
    """Whether a needle's first word may be the end of a longer one, as in `typeerror`."""
    return word in COMMON_WORDS or word.endswith(CLASS_ENDINGS)
