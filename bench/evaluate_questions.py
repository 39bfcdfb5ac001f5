"""Whether a question names the right service and sends a person to the right place.

`questions.tsv` beside this file holds messages written by hand, with what a question should say.
Groups fall into two halves by their name: rules may be written against the first (`seen`), and
the other (`kept apart`) shows what they are worth. Misses are printed for the first half alone.
"""

import csv
import hashlib
from pathlib import Path
from typing import NamedTuple

from evaluate_measures import Row

from webapp.rules.categories import Category, Family
from webapp.rules.classification import Classification, classify
from webapp.rules.phrases.services import GENERIC
from webapp.rules.wording import service_of

TABLE = Path(__file__).with_name("questions.tsv")
OTHERWISE = "|"
NONE_KNOWN = "-"
HALVES = ("seen", "kept apart")

_PLACES = {
    Family.MISSING_CREDENTIALS: "keys",
    Family.INVALID_CREDENTIALS: "keys",
    Family.EXPIRED_CREDENTIALS: "keys",
    Family.BILLING_QUOTA: "plan",
    Family.RATE_LIMIT: "plan",
    Family.PERMISSION: "account",
    Family.ACCOUNT_SETUP: "account",
    Family.DISK_FULL: "machine",
    Family.OUT_OF_MEMORY: "machine",
    Family.LOCK_HELD: "machine",
}
_WITHOUT_SERVICE = {"agent", "machine"}
"""Places where a question needs no service."""


class Asked(NamedTuple):
    """A message with what its question should say; several are right where `|` stands."""

    group: str
    error_type: str
    category: str
    place: str
    service: str
    message: str

    @property
    def half(self) -> str:
        return HALVES[hashlib.sha256(self.group.encode()).digest()[0] % 2]


def questions() -> list[Asked]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [Asked(a, b, c, d, e, text.replace("\\n", "\n")) for a, b, c, d, e, text in rows]


def as_rows(asked: list[Asked]) -> list[Row]:
    """The messages as the other measures take them: of several right categories, the given one."""
    rows = []
    for one in asked:
        right = one.category.split(OTHERWISE)
        given = classify(one.error_type, one.message).category
        label = given if given in right else right[0]
        rows.append(Row(one.group, one.error_type, one.message, label))
    return rows


def place_of(found: Classification) -> str:
    if found.category is Category.CODE_ERROR:
        return "agent"
    return _PLACES.get(found.family, "outside")


def is_right_place(one: Asked) -> bool:
    found = classify(one.error_type, one.message)
    return place_of(found) in one.place.split(OTHERWISE)


def is_right_service(one: Asked) -> bool:
    named = service_of(one.error_type, one.message)
    for right in one.service.split(OTHERWISE):
        if right == NONE_KNOWN and named is GENERIC:
            return True
        if named.name == right or ("." in right and named.name.endswith(f" {right}")):
            return True
    return set(one.place.split(OTHERWISE)) <= _WITHOUT_SERVICE


def report(asked: list[Asked]) -> None:
    for half in HALVES:
        rows = [one for one in asked if one.half == half]
        places = sum(map(is_right_place, rows))
        services = sum(map(is_right_service, rows))
        both = sum(is_right_place(one) and is_right_service(one) for one in rows)
        print(f"{half:<11} {len(rows):>3} messages: place {places / len(rows):.3f}", end="")
        print(f"  service {services / len(rows):.3f}  both {both / len(rows):.3f}")
    print("\nmisses of the first half:")
    for one in asked:
        if one.half == HALVES[0] and not (is_right_place(one) and is_right_service(one)):
            found = classify(one.error_type, one.message)
            named = service_of(one.error_type, one.message).name
            print(f"  {one.group}: {one.place}, {one.service}")
            print(f"      given {place_of(found)}, {named}, by {found.rule}")
