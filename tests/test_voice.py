"""The gate for plain texts finds what it is there for, and leaves good texts alone."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("voice", ROOT / ".ci" / "voice.py")
assert SPEC
assert SPEC.loader
voice = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(voice)

LONG = " ".join(["word"] * 21) + "."


@pytest.mark.parametrize(
    "text",
    [
        "The text stands in the log.",
        "It answers at once.",
        "Begin anew.",
        "Nobody waits any more.",
        "It comes back by itself.",
        "They solved it by themselves.",
        "It is kept for so many days.",
        "%(name)s let the job go on.",
        "Who is in already connects the provider.",
        "Careful. Whoever uses it is refused.",
        LONG,
        f"A short one. {LONG}",
    ],
)
def test_a_text_of_a_page_that_reads_like_a_riddle_is_found(text: str) -> None:
    assert list(voice.page_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "The answer is in the log.",
        "Who answers this question?",
        "Anyone who uses the link is asked to sign in.",
        "%(name)s resumed the job.",
        " ".join(["word"] * 20) + ". Another sentence.",
        "<strong>%(name)s</strong> answered.",
    ],
)
def test_a_plain_text_passes(text: str) -> None:
    assert not list(voice.page_text(text))


def test_code_in_the_documentation_is_no_text() -> None:
    assert not list(voice.doc_text("a.md", "Run `at once`:\n\n```sh\nbegin anew\n```\n"))
    assert list(voice.doc_text("a.md", "Begin anew.\n"))


def test_a_field_or_parameter_without_a_description_is_found() -> None:
    named = {"name": "wait", "in": "query"}
    document = {
        "components": {"schemas": {"Job": {"properties": {"id": {"type": "string"}}}}},
        "paths": {"/api/jobs": {"get": {"parameters": [named]}}},
    }
    assert len(list(voice.undescribed(document))) == 2
    document["components"]["schemas"]["Job"]["properties"]["id"]["description"] = "Its id."
    named["description"] = "Seconds to wait."
    assert not list(voice.undescribed(document))


def test_what_the_api_says_is_read_wherever_it_stands_but_not_its_examples() -> None:
    deep = {"paths": {"/api": {"get": {"responses": {"200": {"description": "Begin anew."}}}}}}
    assert list(voice.api_text(deep))
    assert not list(voice.api_text({"example": {"description": "Begin anew."}}))


def test_a_long_subject_is_found() -> None:
    assert not list(voice.long_subjects(["x" * 72]))
    assert list(voice.long_subjects(["x" * 73]))


def test_subjects_are_read_from_the_history_and_not_where_there_is_none(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        name = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        command = ["git", "-C", str(tmp_path), *name, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    assert voice.subjects(tmp_path) is None
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "A subject")
    assert voice.subjects(tmp_path) == ["A subject"]
    git("clone", "-q", "--depth", "1", tmp_path.as_uri(), str(tmp_path / "shallow"))
    assert voice.subjects(tmp_path / "shallow") is None


def test_no_term_of_the_glossary_has_two_meanings() -> None:
    text = (ROOT / "docs" / "explanation" / "glossary.md").read_text("utf-8")
    rows = [row for row in text.splitlines() if row.startswith("| **")]
    terms = [row.split("**")[1] for row in rows]
    assert len(terms) > 40
    assert len(terms) == len(set(terms))
