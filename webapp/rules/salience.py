"""Which line of a message says what went wrong."""

import re
from typing import Final

from webapp.rules.line_shapes import (
    CAUSE,
    EXCEPTION,
    FRAME,
    INTRODUCTION,
    MESSAGE,
    NESTED,
    NOISE,
    QUOTED,
    SENTENCE_END,
    SHORT_NOISE,
    TOO_GENERAL,
    WRAPPER,
)
from webapp.rules.log_prefixes import strip_prefixes
from webapp.rules.reading import Reading

MAX_LINES: Final = 200
MAX_LINE_CHARS: Final = 1_200
MAX_SALIENT_CHARS: Final = 500
MAX_WRAPPERS: Final = 6
MIN_TELLING_WORDS: Final = 4
MIN_OWN_WORDS: Final = 3
MIN_SENTENCE_CHARS: Final = 24
MAX_NOISE_CHARS: Final = 80
BARE_CLASS = re.compile(r"(?:[\w$]+(?:\.|::))+([\w$]+)(?::\s?\1)?")
"""A line that consists of the class of an exception."""

_CLASS_ENDINGS: Final = ("error", "exception", "fault", "failure", "warning")
_WORDS = re.compile(r"[a-z]+")
_CAUSES: Final = (
    "error errors fail failed fails failure cannot couldn unable denied found refused missing"
    " invalid unexpected unsupported exceed exceeded exceeds timeout timed forbidden unauthorized"
    " expired not no must already required requires conflict undefined unknown unresolved fatal"
    " unrecognized incompatible mismatch deprecated longer limit quota out reset abort aborted"
    " broken illegal disabled blocked rejected unavailable killed overflow corrupt corrupted bad"
    " wrong violates duplicate locked insufficient too exception can panic is are does do caused"
    " message reason"
)
_ONE_WORD_CAUSES: Final = frozenset(_CAUSES.split())


def salient_line(reading: Reading) -> str:
    """Return what names the problem, without exception class and JSON around it."""
    return _core(main_line(reading))


def main_line(reading: Reading) -> str:
    """Return the line that names the problem, as it stands after its log prefix."""
    lines = reading.text.split("\n", MAX_LINES)[:MAX_LINES]
    is_traceback = "traceback (most recent call last)" in reading.flat
    best, best_score, best_at = "", -1_000, 0
    for at, raw in enumerate(lines):
        if not _may_be_salient(raw):
            continue
        line, is_marked = strip_prefixes(raw[:MAX_LINE_CHARS])
        score = _score(line, is_marked)
        last_wins = is_traceback or line.startswith("caused by:")
        if (score > best_score or (last_wins and score == best_score)) and not _is_noise(line):
            best, best_score, best_at = line, score, at
    if not best:
        best_at, best = _first_line(lines)
    if best_at + 1 < len(lines) and len(_core(best).split()) < MIN_OWN_WORDS:
        following = strip_prefixes(lines[best_at + 1][:MAX_LINE_CHARS])[0]
        if following and not FRAME.match(following) and not _is_noise(following):
            best = f"{best} {following}"
    return best


def _first_line(lines: list[str]) -> tuple[int, str]:
    """Return the first line that says anything and is not a command, with its place."""
    for at, raw in enumerate(lines):
        line = "" if raw.startswith("$ ") else strip_prefixes(raw[:MAX_LINE_CHARS])[0]
        if line:
            return at, line
    return 0, ""


def _may_be_salient(raw: str) -> bool:
    """A quick look, so that the careful one is spent on few lines."""
    words = _WORDS.findall(raw[:MAX_LINE_CHARS])
    if not _ONE_WORD_CAUSES.isdisjoint(words):
        return True
    return any(len(word) > 9 and word.endswith(_CLASS_ENDINGS) for word in words)


def _is_noise(line: str) -> bool:
    if any(noise in line for noise in NOISE):
        return True
    return len(line) < MAX_NOISE_CHARS and any(noise in line for noise in SHORT_NOISE)


def _score(line: str, is_marked: bool) -> int:
    if FRAME.match(line):
        return -80
    score = 20 if is_marked else 0
    head = line[:300]
    is_bare = BARE_CLASS.fullmatch(head) is not None
    if is_bare or EXCEPTION.match(head) or MESSAGE.match(head):
        score += 30
    if CAUSE.search(head):
        score += 25
    if head.startswith(("caused by:", "fatal:", "error:")):
        score += 15
    if line.endswith(":"):
        score -= 20
    if head.startswith(
        ("$ ", "learn more", "see ", "http", "warn", "info", "hint", "note", "help:", "at ")
    ):
        score -= 25
    words = len(_core(head).split())
    if words < MIN_TELLING_WORDS and not is_bare:
        score -= 40 if words <= 1 else 12
    return score


def _core(line: str) -> str:
    """Peel off what stands around the sentence: JSON, class names, words that say nothing."""
    quoted = QUOTED.search(line)
    if quoted and len(quoted.group(1).split()) > 2:
        line = quoted.group(1)
    line = _innermost(line)
    for _ in range(MAX_WRAPPERS):
        rest = _unwrapped(line)
        if not rest:
            break
        line = rest
    bare = BARE_CLASS.fullmatch(line)
    return bare.group(1) if bare else _first_sentence(line[:MAX_SALIENT_CHARS])


def _innermost(line: str) -> str:
    """Return what the last exception says that is told inside of the line, if it says enough."""
    if "error" not in line and "exception" not in line:
        return line
    for found in reversed(list(NESTED.finditer(line[:MAX_LINE_CHARS]))):
        rest = line[found.end() :]
        if _tells_enough(rest):
            return rest
    return line


def _tells_enough(rest: str) -> bool:
    return len(rest.split(None, 4)) >= MIN_TELLING_WORDS and not TOO_GENERAL.match(rest)


def _unwrapped(line: str) -> str:
    """Return what follows the wrapper that `line` begins with, or nothing if it has to stay."""
    found = EXCEPTION.match(line) or WRAPPER.match(line)
    if found:
        rest = line[found.end() :]
        if len(rest.split(None, 3)) > 2:
            return rest
    found = INTRODUCTION.match(line[:160])
    rest = line[found.end() :] if found else ""
    return rest if _tells_enough(rest) else ""


def _first_sentence(line: str) -> str:
    """Later sentences are advice and links, which differ between versions of a tool."""
    end = SENTENCE_END.search(line, MIN_SENTENCE_CHARS)
    return line[: end.start()] if end else line
