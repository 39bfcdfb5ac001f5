"""Finds the rules that can match a text at all, so that hundreds of rules stay affordable."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
)
COMMON_WORDS: Final = frozenset(_COMMON.split())

_WORD = re.compile(r"[a-z0-9]+")


class RuleIndex:
    """Each needle of a rule is filed under its rarest word.

    A needle of one word is found as that word; a class name of ten letters or more also inside a
    compound such as `mongooseserverselectionerror`. A needle that ends in `*` is the beginning of
    something.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._by_word: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._inner: list[tuple[int, str]] = []
        self._anywhere: list[tuple[int, str]] = []
        frequency = Counter(
            word for rule in rules for needle in rule.needs for word in set(_WORD.findall(needle))
        )
        for number, rule in enumerate(rules):
            for needle in rule.needs:
                self._file(number, needle, frequency)

    def candidates(self, text: str, words: Iterable[str]) -> Iterator[tuple[Rule, int]]:
        """Yield the rules one of whose needles is in `text`, in order of priority.

        With each comes the place from which on its pattern is worth looking for.
        """
        found: list[tuple[int, str]] = []
        compounds = []
        for word in words:
            if word in self._by_word:
                found += self._by_word[word]
            if len(word) >= MIN_COMPOUND_CHARS:
                compounds.append(word)
        if compounds:
            joined = " ".join(compounds)
            found += [entry for entry in self._inner if entry[1] in joined]
        found += [entry for entry in self._anywhere if entry[1] in text]
        places: dict[int, int] = {}
        for number, needle in found:
            place = text.find(needle)
            if place >= 0:
                places[number] = min(place, places.get(number, place))
        for number in sorted(places):
            yield self._rules[number], max(0, places[number] - REACH_BACK_CHARS)

    def _file(self, number: int, needle: str, frequency: Counter[str]) -> None:
        words = _WORD.findall(needle)
        if needle.endswith(WILDCARD):
            needle, words = needle.rstrip(WILDCARD), words[:-1]
        if not words:
            self._anywhere.append((number, needle))
            return
        rarest = min(words, key=lambda w: (w in COMMON_WORDS, frequency[w], -len(w)))
        self._by_word[rarest].append((number, needle))
        if len(words) == 1 and len(rarest) >= MIN_INNER_CHARS and rarest.endswith(CLASS_ENDINGS):
            self._inner.append((number, needle))
