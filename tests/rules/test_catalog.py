"""Every rule of the catalog is in order: it recognises its examples and keeps others apart."""

import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from webapp.rules.catalog import FOLDER, CatalogError, load, rules
from webapp.rules.classification import classify
from webapp.rules.limits import HEAD_CHARS, TAIL_CHARS
from webapp.rules.phrases.services import SERVICES
from webapp.rules.rule import Identity, Rule
from webapp.rules.signature import signature

ROOT = Path(__file__).resolve().parents[2]
LONGEST = HEAD_CHARS + TAIL_CHARS
CPU_SECONDS = 0.25
"""For all patterns of one rule and a text as long as is looked at: an endless word took 0.7 s."""


def signed(message: str) -> str:
    return signature("shop", "Error", message)


def stretched(text: str) -> str:
    return (text * (LONGEST // len(text) + 1))[:LONGEST]


def seconds_for(rule: Rule, text: str) -> float:
    """CPU seconds for all patterns of a rule, compiled."""
    rule.match("")
    started = time.process_time()
    rule.match(text)
    return time.process_time() - started


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_recognises_its_examples_and_no_other_problem(rule: Rule) -> None:
    assert rule.examples
    for message in rule.examples:
        assert classify("Error", message).rule == rule.name, message
    ours = {signed(message) for message in rule.examples}
    for message in rule.must_differ:
        assert signed(message) not in ours, message


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_is_well_formed_and_its_patterns_end(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9_]+", rule.name)
    assert all(rule.needles)
    for needle in rule.needles:
        assert needle == needle.lower().strip(), needle
        assert "|" not in needle, needle
        assert "(?" not in needle, needle
    assert all(re.compile(pattern).groups for pattern in rule.names)
    assert rule.service is None or rule.service in {service.name for service in SERVICES}
    for first in rule.same.values():
        assert rule.same.get(first, first) == first, first
    for text in (
        "a",
        " ",
        "/a",
        "a.b-",
        "1",
        "_",
        rule.needles[0].lower(),
        rule.examples[0].lower(),
    ):
        assert any(seconds_for(rule, stretched(text)) < CPU_SECONDS for _ in range(3)), text[:40]


def test_names_are_unique_and_there_are_rules() -> None:
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names))
    assert len(names) > 300


def test_a_rule_that_captures_names_keeps_two_of_its_own_apart() -> None:
    """What a message names is part of its signature: two packages are two problems."""
    for rule in rules():
        if rule.names and rule.identity is not Identity.LINE:
            found = {classify("Error", message).rule for message in rule.must_differ}
            assert rule.name in found, rule.name


RULE = """
[[rule]]
name = 'odd_cart'
category = 'code_error'
family = 'code_bug'
reason = 'the cart is odd'
needles = 'the cart is odd'
examples = ['the cart is odd']
"""


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (RULE.replace("reason", "cause"), "010-x.toml, odd_cart: reason is missing"),
        (RULE + "color = 'red'", "010-x.toml, odd_cart: color is unknown"),
        (
            RULE.replace("'code_error'", "'my_error'"),
            "odd_cart: 'my_error' is not a",
        ),
        (RULE.replace("'code_bug'", "code_bug"), "010-x.toml: Invalid value"),
    ],
)
def test_a_rule_that_cannot_be_read_says_where_and_why(
    tmp_path: Path, broken: str, says: str
) -> None:
    (tmp_path / "010-x.toml").write_text(broken, "utf-8")
    with pytest.raises(CatalogError, match=re.escape(says)):
        load(tmp_path)


def test_make_rule_writes_a_rule_that_recognises_the_message() -> None:
    message = "CartError: the frobnicator of cart 'blue' wobbles at /srv/cart.py:12"
    made = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "new_rule.py")],
        input=message, capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "FILE": ""},
    ).stdout  # fmt: skip
    (row,) = tomllib.loads(made)["rule"]
    assert row["examples"] == [message]
    assert row["needles"] in message
    assert re.search(row["names"], message)[1] == "blue"


def test_the_page_about_rules_explains_each_key() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    keys = {
        key
        for path in FOLDER.glob("*.toml")
        for row in tomllib.loads(path.read_text("utf-8"))["rule"]
        for key in row
    }
    assert {key for key in keys if f"| `{key}` |" not in page} == set()
