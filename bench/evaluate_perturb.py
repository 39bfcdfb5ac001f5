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
    folder = random.choice(("/tmp", "/var/tmp", "/private/tmp", "/var/folders/zz/q1w2/T"))
    return f"{folder}/{random.choice(('tmp', 'build-', 'pip-'))}{random.getrandbits(40):x}"


def _container_folder(_: re.Match[str], random: Random) -> str:
    return random.choice(("/app/", "/usr/src/app/", "/workspace/", "/opt/app/", "/code/", "/srv/"))


def _duration(_: re.Match[str], random: Random) -> str:
    minutes, seconds = random.randint(1, 59), random.randint(1, 59)
    return random.choice((f"{minutes}m {seconds}s", f"{seconds}.{minutes}s", f"{seconds * 97}ms"))


def _windows_temp(found: re.Match[str], random: Random) -> str:
    return f"{found.group(1)}{random.getrandbits(32):x}"


def _amount(_: re.Match[str], random: Random) -> str:
    whole, part = random.randint(1, 900), random.randint(1, 99)
    return random.choice((f"{whole}", f"{whole}.{part}"))


def _syslog(_: re.Match[str], random: Random) -> str:
    month = random.choice(("Jan", "Mar", "May", "Aug", "Oct", "Dec"))
    return f"{month} {random.randint(10, 28)} {_clock(random)}"


def _clock(random: Random) -> str:
    return f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}"


def _counter(found: re.Match[str], random: Random) -> str:
    total = random.randint(3, 9)
    return f"{found.group(1)}{random.randint(1, total)}{found.group(2)}{total}"


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
    (
        r"(\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kt|cs|php|vue|ya?ml|toml|json|mod|conf|css|html):)\d+",
        _number(1, 4000),
    ),
    (r"(\()\d+(?=, ?\d+\))", _number(1, 900)),
    (r"((?<=\w):\d+:)\d+(?=\))", _number(1, 120)),
    (r"(/(?:home|Users)/)[\w.-]+", _home),
    (r"((?i:C:)\\+(?i:Users)\\+)[\w.-]+", _home),
    (r"(?<![\w/])/root(?=/)", lambda _, r: r.choice(("/root", "/home/ci", "/Users/maria"))),
    (r"((?i:AppData\\+Local\\+Temp\\+))[\w.-]+", _windows_temp),
    (r"/tmp/[\w.-]+", _temp),
    (r"/var/folders/[\w./-]+", _temp),
    (r"(?<![\w/.])/(?:app|usr/src/app|workspace|code)/(?=[\w.-])", _container_folder),
    (r"(?<![\d.])(?!127\.|0\.|255\.)(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", _private_ip),
    (r"(\[)\d{2,7}(?=\])", _number(10, 99_999)),
    (r"(\b(?i:pid)[ =:]+)\d+", _number(10, 99_999)),
    (r"(\(node:)\d+", _number(10, 99_999)),
    (r"(\b(?i:process|thread|worker)[ -])\d+", _number(1, 9_999)),
    (r"\b1[4-9]\d{8}(?=\d{3}\b|\b)", lambda _, r: str(r.randint(1_500_000_000, 1_790_000_000))),
    (r"\b\d+(?:\.\d+)?(?= ?(?:ms|s|sec|secs|seconds|minutes)\b)", _amount),
    (r"\b\d+m ?\d+(?:\.\d+)?s\b", _duration),
    (r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d:\d\d\b", _syslog),
    (r"(\b(?:[Aa]ttempt|[Rr]etry) #?)\d+( ?(?:/|of) ?)\d+", _counter),
    (r"(\b(?:[Aa]ttempt|[Rr]etry) #?)\d+\b(?! ?(?:/|of))", _number(1, 9)),
    (r"(\breq_)\w{8,}", lambda m, r: f"{m.group(1)}{r.getrandbits(80):x}"),
    (
        r"((?i:request[ _-]?id)[\"']?[:=] ?[\"']?)[\w-]{6,}",
        lambda m, r: f"{m.group(1)}{r.getrandbits(64):x}",
    ),
    (r"(?<=\()\d+(?= bytes\))", lambda _, r: str(r.randint(10, 9_999_999))),
    (r"(?<=\d\.\d\.\d:)[3-6]\d{4}\b", lambda _, r: str(r.randint(32_768, 60_999))),
    (r"\b\d{1,3}(?=%)", lambda _, r: str(r.randint(1, 99))),
    (r"\b\d+\.\d+ (?=(?:GiB|MiB|KiB|MB|GB|KB)\b)", lambda m, r: _digits(m.group(), r)),
)
_COMPILED: Final = tuple((re.compile(pattern), change) for pattern, change in _CHANGES)


_PREFIXES: Final[tuple[Callable[[Random], str], ...]] = (
    lambda r: f"2024-0{r.randint(1, 9)}-1{r.randint(0, 9)}T{_clock(r)}.{r.randint(100, 999)}Z ",
    lambda r: f"[{_clock(r)}] ",
    lambda r: f"Mar {r.randint(10, 28)} {_clock(r)} web1 app[{r.randint(100, 99_999)}]: ",
    lambda r: f"2024/05/2{r.randint(0, 9)} {_clock(r)} ",
    lambda r: f"web-{r.randint(1, 9)}  | ",
    lambda r: f"[{r.randint(100, 99_999)}] ",
    lambda r: f"2025-03-1{r.randint(0, 9)}T{_clock(r)}.{r.randint(1, 9)}21+00:00 app[web.1]: ",
)
SHARE_WITH_PREFIX: Final = 0.3
SHARE_WITH_COLOURED_WORDS: Final = 0.3
_LOUD_WORD: Final = re.compile(r"(?i)\b(?:error|fatal|failed|warning|err!)")


def perturb(message: str, random: Random) -> str:
    """Return `message` as it would read on another machine, on another day, in another terminal.

    Changes times, line and column numbers, home, container and temporary folders, private
    addresses, client ports, memory addresses, UUIDs, digests, request ids, durations, sizes,
    counters, shares of a hundred and process ids, and colours some lines or words. Some messages
    get a logger's prefix on every line.
    """
    for pattern, change in _COMPILED:
        message = pattern.sub(_drawing(change, random), message)
    if random.random() < SHARE_WITH_COLOURED_WORDS:
        message = _LOUD_WORD.sub(lambda found: f"\x1b[31m{found.group()}\x1b[0m", message)
    lines = [_coloured(line, random) for line in message.split("\n")]
    if random.random() < SHARE_WITH_PREFIX:
        prefix = random.choice(_PREFIXES)
        lines = [prefix(random) + line for line in lines]
    return random.choice(("\n", "\n", "\n", "\r\n")).join(lines)


def _drawing(
    change: Callable[[re.Match[str], Random], str], random: Random
) -> Callable[[re.Match[str]], str]:
    return lambda found: change(found, random)


def _coloured(line: str, random: Random) -> str:
    if random.random() > 0.3 or not line.strip():
        return line
    return f"{random.choice(_COLOURS)}{line}\x1b[0m"
