"""Two problems of one kind stay two: what a message names is part of its signature."""

import csv
from pathlib import Path

import pytest

from webapp.rules.classification import classify
from webapp.rules.signature import signature
from webapp.rules.tables import RULES

with (Path(__file__).parent / "subjects.tsv").open(encoding="utf-8", newline="") as lines:
    _, *SUBJECTS = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)

NAMING = {
    rule.name
    for rule in RULES
    if rule.captures_names and (rule.identifies or rule.subject_identifies)
}


def test_every_rule_that_captures_a_name_has_its_two_messages() -> None:
    assert {rule for rule, *_ in SUBJECTS} == NAMING


@pytest.mark.parametrize(
    ("rule", "template", "one", "other"), SUBJECTS, ids=lambda value: value[:30]
)
def test_messages_that_differ_in_the_name_alone_are_two_problems(
    rule: str, template: str, one: str, other: str
) -> None:
    first, second = (template.replace("{}", name) for name in (one, other))
    assert classify("Error", first).rule == rule
    assert classify("Error", second).rule == rule
    assert signature("shop", "Error", first) != signature("shop", "Error", second)
