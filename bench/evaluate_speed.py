"""How fast the rules are, on ordinary messages and on malicious ones."""

import time
from collections.abc import Iterator

from webapp.rules.classification import classify
from webapp.rules.signature import signature

MESSAGES = 10_000
MESSAGE_CHARS = 2_000


def grow(message: str, number: int) -> str:
    """A message of 2 kB, different for each number so that no memory of the last one helps."""
    text = f"run {number}\n" + message
    while len(text) < MESSAGE_CHARS:
        text = (
            f"2024-05-{number % 28 + 1:02} step {len(text)} of the build went on as planned\n{text}"
        )
    return text[-MESSAGE_CHARS:]


def seconds_for(messages: list[tuple[str, str]]) -> float:
    """CPU seconds to classify and sign each (error type, message) once, on one core."""
    started = time.process_time()
    for error_type, message in messages:
        classify(error_type, message)
        signature("project", error_type, message)
    return time.process_time() - started


def worst_cases() -> Iterator[tuple[str, str]]:
    """Malicious messages of about a megabyte, each with a name."""
    million = 1_000_000
    yield "digits", "7" * million
    yield "digits and dots", "1." * (million // 2)
    yield "nested brackets", "[" * (million // 2) + "]" * (million // 2)
    yield "nested braces in quotes", '{"a":' * (million // 5)
    yield "NULs", "\x00" * million
    yield "lone surrogates", "\ud800" * million
    yield "escapes", "\x1b[31m" * (million // 5)
    yield "unfinished escapes", "\x1b[" * (million // 2)
    yield "backslashes", "\\" * million
    yield "slashes", "/a" * (million // 2)
    yield "spaces then a letter", " " * million + "x"
    yield "spaces and newlines", " \n" * (million // 2)
    yield "newlines", "\n" * million
    yield "emoji", "🔥" * million
    yield "right to left", "‮שלום " * (million // 6)
    yield "letters", "a" * million + "!"
    yield "hex", "0af" * (million // 3)
    yield "colons", "a:" * (million // 2)
    yield "dotted names", "a." * (million // 2) + "error"
    yield "errors", "error: " * (million // 7)
    yield "quotes", "'\"" * (million // 2)
    yield "pipes", "a | " * (million // 4)
    yield "dates", "2024-01-01 00:00:00 " * (million // 20)
    yield "urls", "https://a.b/c?d=" * (million // 16)
    yield "at frames", "at x (y:1:1)\n" * (million // 13)
    yield "classes", "AError: " * (million // 8)
    yield "message fields", '"message": "' * (million // 12)
    yield (
        "needles and an endless word",
        "is not defined. secret is required. command denied to user. " + "_" * million,
    )
    yield "needles", "npm err! 401 403 429 denied role relation permission quota " * (million // 60)


def slowest_of(message: str, rounds: int = 3) -> float:
    """CPU seconds for one message: the best of some rounds, as the machine is shared."""
    return min(seconds_for([(f"Error{number}", message)]) for number in range(rounds))
