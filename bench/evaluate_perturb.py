"""The same failure once more: a message with everything volatile about it changed."""

import re
from collections.abc import Callable
from random import Random
from typing import Final

_COLOURS: Final = ("\x1b[31m", "\x1b[1;33m", "\x1b[0m", "\x1b[38;5;9m")


def _digits(text: str, random: Random) -> str:
    """Other digits of the same length; a leading one stays so that numbers keep their size."""
    return re.sub(r"(?<=\d)\d", lambda _: str(random.randint(0, 9)), text)


def _hex(text: str, random: Random) -> str:
    return re.sub(r"[0-9a-f]", lambda _: random.choice("0123456789abcdef"), text)


def _time(text: str, random: Random) -> str:
    h, m, s = random.randint(10, 23), random.randint(10, 59), random.randint(10, 59)
    text = re.sub(r"\b\d{2}:\d{2}:\d{2}", f"{h:02}:{m:02}:{s:02}", text)
    year, month, day = random.randint(2018, 2026), random.randint(1, 12), random.randint(1, 28)
    date = f"{year}\\g<1>{month:02}\\g<1>{day:02}"
    return re.sub(r"\b20\d\d([-/])\d\d[-/]\d\d", date, text)


def _number(low: int, high: int) -> Callable[[re.Match[str], Random], str]:
    def change(found: re.Match[str], random: Random) -> str:
        return f"{found.group(1)}{random.randint(low, high)}"

    return change


def _home(found: re.Match[str], random: Random) -> str:
    name = random.choice(("maria", "ci-runner", "build", "dev42", "j.smith"))
    return f"{found.group(1)}{name}"


def _temp(_: re.Match[str], random: Random) -> str:
    return f"/tmp/{random.choice(('tmp', 'build-', 'pip-'))}{random.getrandbits(40):x}"


def _private_ip(_: re.Match[str], random: Random) -> str:
    return f"10.{random.randint(1, 250)}.{random.randint(1, 250)}.{random.randint(2, 250)}"


_CHANGES: Final[tuple[tuple[str, Callable[[re.Match[str], Random], str]], ...]] = (
    (r"\b0x[0-9a-f]{4,}\b", lambda m, r: "0x" + _hex(m.group()[2:], r)),
    (
        r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b",
        lambda m, r: _hex(m.group(), r),
    ),
    (r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}\b", lambda m, r: _hex(m.group(), r)),
    (r"\b20\d\d[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d", lambda m, r: _time(m.group(), r)),
    (r"(?<=[\[ ])\d\d:\d\d:\d\d(?=[\]. ,])", lambda m, r: _time(m.group(), r)),
    (r"(\b(?:line|column|Line) )\d+", _number(1, 4000)),
    (r"(\.(?:py|js|ts|tsx|jsx|go|rs|rb|java|cs|php):)\d+", _number(1, 4000)),
    (r"((?<=\w):\d+:)\d+(?=\))", _number(1, 120)),
    (r"(/(?:home|Users)/)[\w.-]+", _home),
    (r"(C:\\Users\\)[\w.-]+", _home),
    (r"/tmp/[\w.-]+", _temp),
    (r"\b(?:10|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", _private_ip),
    (r"(\[)\d{2,7}(?=\])", _number(10, 99_999)),
    (r"(\bpid[ =:])\d+", _number(10, 99_999)),
    (r"\b\d+(?:\.\d+)?(?=(?:ms|s)\b)", lambda m, r: _digits(m.group(), r)),
    (r"\b\d+\.\d+ (?=(?:GiB|MiB|KiB|MB|GB|KB)\b)", lambda m, r: _digits(m.group(), r)),
)
_COMPILED: Final = tuple((re.compile(pattern), change) for pattern, change in _CHANGES)


def perturb(message: str, random: Random) -> str:
    """Return `message` as it would read on another machine, on another day, in another terminal.

    Changes times, line and column numbers, home and temporary folders, private addresses, memory
    addresses, UUIDs, digests, durations, sizes and process ids, and colours some of the lines.
    """
    for pattern, change in _COMPILED:
        message = pattern.sub(lambda found, change=change: change(found, random), message)
    return "\n".join(_coloured(line, random) for line in message.split("\n"))


def _coloured(line: str, random: Random) -> str:
    if random.random() > 0.3 or not line.strip():
        return line
    return f"{random.choice(_COLOURS)}{line}\x1b[0m"
