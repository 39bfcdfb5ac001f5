"""The figures of the error model: how right the categories and how good the signatures are."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from webapp.rules.classification import Classification, classify
from webapp.rules.signature import explain, signature

CATEGORIES = ("never_retry", "env_error", "code_error")


class Row(NamedTuple):
    """A labelled message; rows of one group are one problem, told by different people."""

    group: str
    error_type: str
    message: str
    category: str


class Judged(NamedTuple):
    """A row with what the rules made of it."""

    row: Row
    found: Classification
    signature: str
    subject: str


@dataclass(frozen=True)
class Pairs:
    """Signatures compared pair by pair: pairs merged, rightly merged, and to be merged."""

    merged: int
    rightly_merged: int
    same_problem: int

    @property
    def precision(self) -> float:
        return self.rightly_merged / self.merged if self.merged else 1.0

    @property
    def recall(self) -> float:
        return self.rightly_merged / self.same_problem if self.same_problem else 1.0


def judge(rows: list[Row]) -> list[Judged]:
    return [
        Judged(
            row,
            classify(row.error_type, row.message),
            signature("p", row.error_type, row.message),
            explain(row.message, row.error_type),
        )
        for row in rows
    ]


def accuracy(judged: list[Judged]) -> float:
    return sum(one.found.category == one.row.category for one in judged) / len(judged)


def macro_f1(judged: list[Judged]) -> float:
    """The F1 of each category, averaged without weights over the categories that occur."""
    scores = []
    for category in CATEGORIES:
        right = sum(one.row.category == category == one.found.category for one in judged)
        labelled = sum(one.row.category == category for one in judged)
        claimed = sum(one.found.category == category for one in judged)
        if labelled:
            scores.append(2 * right / (labelled + claimed))
    return sum(scores) / len(scores)


def confusion(judged: list[Judged]) -> Counter[tuple[str, str]]:
    """How often a label (first) was given which category (second)."""
    return Counter((one.row.category, str(one.found.category)) for one in judged)


def compare_pairs(judged: list[Judged]) -> Pairs:
    """Recall counts the pairs of one group and one error type, which is part of a signature."""
    merged = rightly = same = 0
    for first, second in combinations(judged, 2):
        one_group = first.row.group == second.row.group
        if first.signature == second.signature:
            merged += 1
            rightly += one_group
        same += one_group and first.row.error_type == second.row.error_type
    return Pairs(merged, rightly, same)


def wrong_merges(judged: list[Judged]) -> list[tuple[Judged, Judged]]:
    return [
        (first, second)
        for first, second in combinations(judged, 2)
        if first.signature == second.signature and first.row.group != second.row.group
    ]


def split_groups(judged: list[Judged]) -> dict[str, set[str]]:
    """The subjects of each (group, error type) that got more than one signature."""
    subjects: dict[str, set[str]] = defaultdict(set)
    for one in judged:
        subjects[f"{one.row.group} [{one.row.error_type}]"].add(one.subject)
    return {name: found for name, found in subjects.items() if len(found) > 1}


def rules_by_group(judged: list[Judged]) -> dict[str, set[str]]:
    """Which groups each rule matched: a rule of one group proves nothing about unseen ones."""
    groups: dict[str, set[str]] = defaultdict(set)
    for one in judged:
        groups[one.found.rule].add(one.row.group)
    return groups
