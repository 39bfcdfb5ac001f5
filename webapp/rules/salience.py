"""Which line of a message says what went wrong."""

import re
from typing import Final

from webapp.rules.reading import Reading

_FRAME = re.compile(
    r"at\s\S+\s?\(|at\s[\w.$<>/\\:@-]+:\d+|file\s\"|\^+$|~+|\[?\.{3}|[\w./\\@-]+:\d+(?::\d+)?\)?$"
    r"|[\[\](){}<>,;=_*#-]+$|in\s<?\w+>?$"
)
_EXCEPTION = re.compile(
    r"(?:[\w$]+(?:\.|::|/))*[\w$]*(?:error|exception|fault|warning|failure|denied|refused|timeout"
    r"|expired|interrupt|exit)\w*(?:\s\[[\w.]+\])?:\s"
)
_CAUSE = re.compile(
    r"\b(?:error|fail(?:ed|ure|s)?|can(?:no|')t|could\snot|couldn't|unable|denied|not\sfound|refused"
    r"|missing|invalid|unexpected|unsupported|exceed(?:ed|s)?|timed?\s?out|timeout|forbidden"
    r"|unauthorized|not\sauthorized|expired|does\snot|doesn't|do\snot|no\ssuch|not\s\w+ed|must|already"
    r"|required|requires|conflict|undefined|unknown|unresolved|unrecognized|incompatible|mismatch"
    r"|deprecated|no\slonger|limit|quota|out\sof|reset|abort(?:ed)?|broken|illegal|disabled|blocked"
    r"|is\snot|are\snot|not\sallowed|rejected|unavailable|killed|overflow|corrupt(?:ed)?|bad|wrong"
    r"|violates|duplicate|locked|insufficient|too\s(?:many|large|long|big|old)|no\s\w+\sfound)\b"
)
_NOISE: Final = (
    "complete log of this run",
    "traceback (most recent call last)",
    "during handling of the above",
    "the above exception was the direct cause",
    "this is probably not a problem with npm",
    "this is most likely not a problem with npm",
    "this is related to npm not being able",
    "is related to npm not being able",
    "and is related to npm",
    "if you need help, you may report",
    "process completed with exit code",
    "command failed with exit code",
    "command failed with exit status",
    "exited with code",
    "exit status",
    "returned non-zero exit",
    "lifecycle script",
    "elifecycle",
    "make: ***",
    "make[",
    "build failed",
    "build failure",
    "failed at the ",
    "errno -",
    "re-run maven",
    "for more information about the errors",
    "try:",
    "run with --",
    "get more help at",
    "see the docs",
    "for more information",
    "set the `rust_backtrace`",
    "note: run with",
    "note: this error originates",
    "note: this is an issue with",
    "this error originates from a subprocess",
    "no additional info",
    "uncaughtexception",
    "unhandledpromiserejection",
    "triggeruncaughtexception",
    "node.js v",
    "yarnpkg.com/en/docs",
    "what went wrong",
    "encountered errors while bringing up",
    "error: exit status",
    "the operation was canceled",
    "exception in thread",
    "stack trace",
    "stacktrace",
    "raise ",
    "throw ",
    "retrying",
    "debug.log",
    "recipe for target",
)
_QUOTED = re.compile(
    r"""["']?(?:error[_ ]?message|error[_ ]?description|message|detail|details|reason|msg)["']?"""
    r"""\s?(?::|=>|=)\s?["']([^"\n]{4,400})"""
)
MAX_SALIENT_CHARS: Final = 500


def salient_line(reading: Reading) -> str:
    """Return the line that names the problem, without exception class and JSON around it."""
    best, best_score = "", -1_000
    is_traceback = "traceback (most recent call last)" in reading.flat
    count = len(reading.lines)
    for index, line in enumerate(reading.lines):
        score = _score(line, reading.marked[index])
        last_wins = is_traceback or line.startswith("caused by:")
        if score > best_score or (last_wins and score == best_score):
            best, best_score = line, score
            if best.endswith(":") and index + 1 < count:
                best = f"{best} {reading.lines[index + 1]}"
    return _core(best)


def _score(line: str, is_marked: bool) -> int:
    if any(noise in line for noise in _NOISE):
        return -50
    if _FRAME.match(line):
        return -80
    score = 20 if is_marked else 0
    head = line[:300]
    if _EXCEPTION.match(head):
        score += 30
    if _CAUSE.search(head):
        score += 25
    if head.startswith(("caused by:", "fatal:", "error:")):
        score += 15
    if head.startswith(("$ ", "warn", "info", "hint", "note", "help:", "at ")):
        score -= 25
    if len(head) < 12 or " " not in head:
        score -= 15
    return score


def _core(line: str) -> str:
    """Peel wrappers off: a quoted message out of JSON, a class name before a sentence."""
    quoted = _QUOTED.search(line)
    if quoted and len(quoted.group(1).split()) > 2:
        line = quoted.group(1)
    for _ in range(4):
        found = _EXCEPTION.match(line)
        rest = line[found.end() :] if found else ""
        if len(rest.split()) < 3:
            break
        line = rest
    return line[: MAX_SALIENT_CHARS * 2]
