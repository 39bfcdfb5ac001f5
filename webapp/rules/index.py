"""Finds the rules that can match a text at all, so that hundreds of rules stay affordable."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from webapp.rules.rule import Rule

WILDCARD: Final = "*"
MIN_INNER_CHARS: Final = 10
MIN_COMPOUND_CHARS: Final = 14

_WORD = re.compile(r"[a-z0-9]+")


class RuleIndex:
    """Each needle of a rule is filed under its rarest word.

    A needle of one word is found as that word or, from ten letters on, inside a compound such as
    `mongooseserverselectionerror`. A needle that ends in `*` is the beginning of something.
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

    def candidates(self, text: str, words: Iterable[str]) -> Iterator[Rule]:
        """Yield the rules one of whose needles is in `text`, in order of priority."""
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
        last = -1
        for number, needle in sorted(found):
            if number != last and needle in text:
                last = number
                yield self._rules[number]

    def _file(self, number: int, needle: str, frequency: Counter[str]) -> None:
        if needle.endswith(WILDCARD):
            self._anywhere.append((number, needle.rstrip(WILDCARD)))
            return
        words = _WORD.findall(needle)
        if not words:
            self._anywhere.append((number, needle))
            return
        rarest = min(words, key=lambda word: (frequency[word], -len(word)))
        self._by_word[rarest].append((number, needle))
        if len(words) == 1 and len(rarest) >= MIN_INNER_CHARS:
            self._inner.append((number, needle))
