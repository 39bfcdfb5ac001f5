"""No text makes the rules raise, and none takes long."""

import time

import pytest
from evaluate_speed import slowest_of, worst_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.rules.categories import Category
from webapp.rules.classification import classify
from webapp.rules.limits import HEAD_CHARS, TAIL_CHARS, clean_text, excerpt
from webapp.rules.plain_language import looks_like, warnings_for
from webapp.rules.reading import read
from webapp.rules.signature import explain, signature
from webapp.rules.wording import question

ALLOWED_S = 0.020

any_text = st.text(st.characters(codec=None), max_size=400)
fragments = st.sampled_from(
    ["error: ", "\n", "npm ERR! ", "http://", "'", '"', "{", "[", "\\", "\x1b[31m", "\x00", "401",
     "/tmp/x", "0x1f", ":5432", "Traceback (most recent call last)", "\ud800", "🔥", "  ", "|"]
)  # fmt: skip
error_like = st.lists(st.one_of(fragments, st.text(max_size=12)), max_size=60).map("".join)


@given(error_type=any_text, message=st.one_of(any_text, error_like))
def test_any_text_is_classified_signed_and_worded(error_type: str, message: str) -> None:
    found = classify(error_type, message)
    assert found.category in Category
    one = signature("p", error_type, message)
    assert one == signature("p", error_type, message)
    one.encode("utf-8")
    assert "\x00" not in one
    asked = question(found, error_type, message, intent=message, approaches=[message], waits=3)
    assert asked.plain_english_problem
    assert warnings_for({"x": asked.plain_english_problem}) == []


@given(any_text)
def test_a_cleaned_text_can_be_stored_and_stays_as_it_is_when_cleaned_again(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")
    assert clean_text(cleaned) == cleaned
    if text.isascii() and "\x00" not in text:
        assert cleaned == text


@given(any_text, any_text)
def test_words_of_our_own_are_never_taken_for_a_trace_by_their_frame(one: str, two: str) -> None:
    assert looks_like(one) in {None, "trace", "path", "code", "long"}
    assert len(warnings_for({"a": one, "b": two})) <= 2


@settings(max_examples=25)
@given(error_like)
def test_explaining_is_the_same_however_often_it_is_done(message: str) -> None:
    first = explain(message, "Error")
    read.cache_clear()
    assert explain(message, "Error") == first


def test_a_long_message_is_read_by_its_head_and_its_tail() -> None:
    message = "the command\n" + "noise line\n" * 100_000 + "No module named 'requests'"
    assert len(excerpt(message)) <= HEAD_CHARS + TAIL_CHARS + 1
    assert explain(message, "Error").endswith("requests")


@pytest.mark.parametrize(
    ("name", "message"), list(worst_cases()), ids=lambda value: str(value)[:24]
)
def test_no_malicious_message_takes_long(name: str, message: str) -> None:
    """CPU time and the best of several rounds, because the machine does other things as well."""
    best = min(slowest_of(message) for _ in range(3))
    assert best < ALLOWED_S, name


def test_ordinary_messages_are_quick() -> None:
    message = "2024-05-01 12:00:00 step 3 of the build went on\n" * 38
    message += "Error: connect ECONNREFUSED 127.0.0.1:5432\n"
    started = time.process_time()
    for number in range(300):
        text = f"{number}\n{message}"
        classify("Error", text)
        signature("p", "Error", text)
    assert (time.process_time() - started) / 300 < 0.002
