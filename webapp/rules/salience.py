"""Which line of a message says what went wrong."""

import re
from typing import Final

from webapp.rules.log_prefixes import strip_prefixes
from webapp.rules.reading import Reading

MAX_LINES: Final = 200
MAX_LINE_CHARS: Final = 1_200
_CLASS_ENDINGS: Final = ("error", "exception", "fault", "failure", "warning")

_FRAME = re.compile(
    r"at\s\S+\s?\(|at\s[\w.$<>/\\:@-]+:\d+|file\s\"|\^+$|~+|\[?\.{3}|[\w./\\@-]+:\d+(?::\d+)?\)?$"
    r"|[\[\](){}<>,;=_*#-]+$|in\s<?\w+>?$"
)
_EXCEPTION = re.compile(
    r"(?:[a-z_$][\w$]*(?:\.|::)){1,8}[\w$]+:\s|"
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
MAX_WRAPPERS: Final = 6
MIN_TELLING_WORDS: Final = 4
MIN_SENTENCE_CHARS: Final = 30
_SENTENCE_END = re.compile(r"[.!?](?=\s|$|\*|<)|;\s|\s\(see|\ssee\shttps?:|\s-\ssee|<br")
_WRAPPER = re.compile(
    r"(?:an?\s)?(?:unexpected|unhandled|fatal|internal|unknown)?\s?(?:error|exception)(?:\soccurred)?:\s"
    r"|(?:docker:\s)?error\sresponse\sfrom\sdaemon:\s|error\sfrom\sserver\s(?:\(\w+\))?:\s"
    r"|(?:http\s)?(?:status\s)?(?:error\s)?(?:code:?\s)?[45]\d\d(?:\s(?:client|server)\serror)?(?:\sforbidden|\sunauthorized|\sbad\srequest)?[\s:,-]+"
    r"|(?:[\w.-]+\s)?(?:failed|failure)(?:\swith(?:\sthe\serror)?)?:\s|caused\sby:\s|reason:\s|message:\s|error\s(?=an?\s)"
    r"|\d{3}\s-\s|forbidden:\s|unauthorized:\s|[*_]{2}"
    r"|(?:unhandled\s)?(?:promise\s)?rejection:\s|rpc\serror:\scode\s=\s\w+\sdesc\s=\s|server\serror\s-\s"
)


_WORDS = re.compile(r"[a-z]+")
_ONE_WORD_CAUSES: Final = frozenset(
    "error errors fail failed fails failure cannot couldn unable denied found refused missing"
    " invalid unexpected unsupported exceed exceeded exceeds timeout timed forbidden unauthorized"
    " expired not no must already required requires conflict undefined unknown unresolved fatal"
    " unrecognized incompatible mismatch deprecated longer limit quota out reset abort aborted"
    " broken illegal disabled blocked rejected unavailable killed overflow corrupt corrupted bad"
    " wrong violates duplicate locked insufficient too exception can panic is are does do caused"
    " message reason".split()
)


def salient_line(reading: Reading) -> str:
    """Return the line that names the problem, without exception class and JSON around it."""
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
        best = next((line for raw in lines if (line := strip_prefixes(raw[:MAX_LINE_CHARS])[0])), "")
    if best_at + 1 < len(lines) and len(_core(best).split()) < MIN_TELLING_WORDS:
        following = strip_prefixes(lines[best_at + 1][:MAX_LINE_CHARS])[0]
        if not _FRAME.match(following) and not _is_noise(following):
            best = f"{best} {following}"
    return _core(best)


def _may_be_salient(raw: str) -> bool:
    """A quick look, so that the careful one is spent on few lines."""
    words = _WORDS.findall(raw[:MAX_LINE_CHARS])
    if not _ONE_WORD_CAUSES.isdisjoint(words):
        return True
    return any(len(word) > 9 and word.endswith(_CLASS_ENDINGS) for word in words)


def _is_noise(line: str) -> bool:
    return any(noise in line for noise in _NOISE)


def _score(line: str, is_marked: bool) -> int:
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
    if len(_core(head).split()) < MIN_TELLING_WORDS:
        score -= 12
    return score


def _core(line: str) -> str:
    """Peel off what stands around the sentence: JSON, class names, words that say nothing."""
    quoted = _QUOTED.search(line)
    if quoted and len(quoted.group(1).split()) > 2:
        line = quoted.group(1)
    for _ in range(MAX_WRAPPERS):
        found = _EXCEPTION.match(line) or _WRAPPER.match(line)
        rest = line[found.end() :] if found else ""
        if len(rest.split()) < 3:
            break
        line = rest
    return _first_sentence(line[: MAX_SALIENT_CHARS * 2])


def _first_sentence(line: str) -> str:
    """Later sentences are advice and links, which differ between versions of a tool."""
    end = _SENTENCE_END.search(line, MIN_SENTENCE_CHARS)
    return line[: end.start()] if end else line
