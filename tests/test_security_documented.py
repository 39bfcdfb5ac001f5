"""What docs/security.md promises is held by tests that are really there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROMISES = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_test_that_a_promise_names_is_there() -> None:
    file, count = "", 0
    for path, name in re.findall(r"`(tests/[\w/]+\.py)?(?:::(\w+))?`", PROMISES):
        if not path and not name:
            continue
        file = path or file
        text = (ROOT / file).read_text("utf-8")
        assert not name or f"def {name}(" in text, f"{file} has no {name}"
        count += 1
    assert count > 30


def test_every_chapter_of_the_standard_was_gone_through() -> None:
    found = {int(number) for number in re.findall(r"\*\*V(\d+)\*\*", PROMISES)}
    assert found == set(range(1, 18))


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PROMISES):
        assert (ROOT / "docs" / target).resolve().exists(), target
