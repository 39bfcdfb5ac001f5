"""How a raw message is read: colours, log prefixes and escapes go, the words stay, in lower case."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from webapp.rules.limits import MAX_PART_CHARS, clean_text, excerpt

MAX_LINES: Final = 160
MAX_LINE_CHARS: Final = 1_200
READINGS_KEPT: Final = 128

_COLOURS = re.compile(
    r"(?:\x1b|\\u001b|\\x1b|\\033|\\e|\^\[)\[[0-9;?]{0,16}[a-z]"
    r"|\x1b\][^\x07\x1b\n]{0,200}[\x07]?|\[[0-9]{1,2}(?:;[0-9]{1,3}){0,4}m"
)
_DRIVE_PATH = re.compile(r"[a-z]:\\+[a-z0-9_.-]")
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "`": "'", "\xa0": " ", "\x7f": " "}
)

_PREFIX = re.compile(
    r"""
      [\s│║>»•·|+*!×✖✘❌⚠️▲●-]+(?=\S)                              # bars, bullets and quote marks
    | \#\d+\s(?:\d+\.\d+\s|\[[^\]]{1,60}\]\s|error:?\s)?             # docker build steps
    | \d{1,3}\|[\w.-]{1,40}\s*\|\s?                                  # pm2
    | [\w.-]{1,50}\s+\|\s                                            # docker compose
    | \[?\w{0,3},?\s?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[t\s,]+\d{1,2}:\d\d(?::\d\d)?[.,\d]*
        \s?(?:z|utc|gmt|[+-]\d\d:?\d\d)?\]?[:\s,-]*                  # 2024-05-29 07:34:45
    | \[?(?:mon|tue|wed|thu|fri|sat|sun),?\s[\w\s,:.+-]{6,40}?\d\d:\d\d(?::\d\d)?
        (?:\s?(?:am|pm|gmt|utc|\d{4}))*\]?[:\s]*                     # Wed, 12 Oct 2016 14:14:51
    | (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+\d{1,2}\s+\d\d:\d\d:\d\d\S*\s
    | \[?\d{1,2}:\d\d(?::\d\d)?[.,\d]*(?:\s?(?:am|pm))?\]?\s         # [13:57:21]
    | [iwef]\d{4}\s\d\d:\d\d:\d\d\.\d+\s+\d+\s[\w.-]+:\d+\]\s?       # klog
    | \[\d{1,16}(?:\.\d+)?\]\s?                                      # process ids, epochs
    | \#\#?\[[a-z]{3,10}\]|::(?:error|warning)[^:]{0,200}::          # CI annotations
    | npm\s(?:err!|error)\s?(?:code\s(?=\w+:)|enoent\s|404\s|notarget\s|eresolve\s|network\s)?
    | \[?(?:error|err!?|fatal|panic|severe|critical|crit|warning|warn|info|notice|debug|e|f)\]?
        (?:\s?[:!|]+\s?|\]\s|\s-\s|\s{2,})                           # levels
    | \[(?:error|fatal|panic|severe|critical|warning|warn|info|debug|\w{2,20})\]:?\s
    | (?:e\s{2,}|remote:\s|stderr:\s|stdout:\s|uncaught\s|unhandled\s|error\s(?=ts\d))
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the rules see it.

    `lines`: its lines without colours and log prefixes; `marked`: which of them a level or a
    bullet marked as an error; `flat`: the error type and the whole text on one line.
    """

    lines: tuple[str, ...]
    marked: tuple[bool, ...]
    flat: str


@lru_cache(maxsize=READINGS_KEPT)
def read(error_type: str, message: str) -> Reading:
    """Read `message`; never raises, and looks at a bounded part of it (see limits.py)."""
    text = _plain(clean_text(excerpt(message)))
    lines: list[str] = []
    marked: list[bool] = []
    for raw in text.split("\n", MAX_LINES * 4)[: MAX_LINES * 4]:
        line, is_marked = strip_prefixes(raw[: MAX_LINE_CHARS * 2])
        if line:
            lines.append(line)
            marked.append(is_marked)
    kept = lines if len(lines) <= MAX_LINES else lines[: MAX_LINES // 3] + lines[-MAX_LINES:]
    kind = error_type[:MAX_PART_CHARS].lower()
    flat = " ".join(f"{kind} : {' '.join(kept)}".split())
    return Reading(tuple(lines), tuple(marked), flat)


def _plain(text: str) -> str:
    """Lower the case, take out colours and undo the escapes of a text that was quoted in JSON."""
    text = _COLOURS.sub("", text.lower()).translate(_QUOTES)
    if "\\" in text:
        if not _DRIVE_PATH.search(text):
            text = text.replace("\\n", "\n").replace("\\t", " ").replace("\\r", "\n")
        text = text.replace('\\"', '"').replace("\\'", "'")
    return text.replace("\r", "\n")


def strip_prefixes(line: str) -> tuple[str, bool]:
    """Return `line` without what a logger put before it, and whether that marked an error."""
    start, is_marked = 0, False
    for _ in range(8):
        found = _PREFIX.match(line, start)
        if found is None or found.end() == start:
            break
        is_marked = is_marked or _marks_error(found.group())
        start = found.end()
    return line[start:].strip(), is_marked


def _marks_error(prefix: str) -> bool:
    return any(word in prefix for word in ("err", "fatal", "panic", "severe", "crit", "❌", "✖"))
