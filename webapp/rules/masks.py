"""What changes from one occurrence of a problem to the next is replaced by a placeholder."""

import re
from typing import Final

MAX_MASKED_CHARS: Final = 400

_KEY_PREFIXES: Final = (
    "sk|pk|rk|org|acct|price|cus|sub|prod|pi|ch|req|msg|run|asst|file|proj|key"
    "|ghp|gho|whsec|xox[abp]"
)
_UNITS: Final = (
    "ms|µs|us|ns|s|secs?|seconds?|minutes?|mins?|hours?|days?|h|m|%"
    "|bytes?|b|kb|mb|gb|tb|kib|mib|gib|k|ki|mi|gi"
)
_COUNTED: Final = (
    "line|column|col|row|position|offset|char|pid|process|index|attempt|retry|try|after|total|size"
    "|length|tmp|thread|worker|block|step|job|run|build|pod|shard|partition|epoch|batch|tries"
)

_MASKS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"</?[a-z][^<>]{0,80}>", " "),
        (
            r"\b[a-z][a-z0-9+.-]{1,20}://(?:[^\s/@'\"]{1,100}@)?"
            r"([^\s/:'\"<>)\]},]{1,200})[^\s'\"<>)\]},]*",
            r"\1",
        ),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<id>"),
        (
            r"\b\d{4}[-/]\d\d[-/]\d\d(?:[t ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?"
            r"(?:\s?z|[+-]\d\d:?\d\d)?)?",
            "<time>",
        ),
        (r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b", "<time>"),
        (
            r"\b(?:request|trace|correlation|req|operation|session|run|job|build|container)"
            r"[ _-]?id[:= ]+[\"']?[\w=.:;-]+",
            "<id>",
        ),
        (r"\b0x[0-9a-f]+\b", "<addr>"),
        (r"\barn:aws[\w-]*:[\w:/.*+=@-]+", "<arn>"),
        (r"(?:[a-z]:)?[\\/]?(?:[\w.@~+<>-]{0,100}[\\/])+([\w.@+-]*)", r"\1"),
        (
            r"\b\d{1,3}(?:\.\d{1,3}){3}\b"
            r"|\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}\]?(?![\w:])",
            "<ip>",
        ),
        (rf"\b(?:{_KEY_PREFIXES})[-_][\w*.-]*[\d*][\w*.-]*", "<id>"),
        (r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}\b", "<hash>"),
        (r"\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+", "<email>"),
        (r"\bv?\d+\.\d+(?:\.[\w*]+)*(?:[-+~][\w.]+)*\b", "<n>"),
        (rf"\b\d+(?:\.\d+)?\s?(?:{_UNITS})\b", "<n>"),
        (r"(?:[,: (]|\bline |\bcol(?:umn)? )(?:line |column |col )?\d+(?::\d+)+\b", " <n>"),
        (rf"\b({_COUNTED})([ :=#(]+)\d+", r"\1 <n>"),
        (r"\b\d{1,3}%|\d{4,}(?<!\b\d{4})", "<n>"),
    )
)
_SPACES_AND_QUOTES = re.compile(r"[\s'\"`“”.,;:!\[\](){}<>=|│\\*_-]+")


_SUBJECT_MASKS: Final = re.compile(
    r"(?<![\d.])(?:10|172|192)(?:\.\d{1,3}){3}(?![\d.])"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?<![a-z0-9])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}(?![a-z0-9])"
    r"|/tmp/[\w.-]+"
)
_DIGIT: Final = re.compile(r"\d")


def mask_subject(subject: str) -> str:
    """Return what a rule captured without private addresses, UUIDs and digests in it."""
    return _SUBJECT_MASKS.sub("*", subject) if _DIGIT.search(subject) else subject


def mask(line: str) -> str:
    """Return `line` with its volatile parts masked and its punctuation flattened to spaces."""
    text = line
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return _SPACES_AND_QUOTES.sub(" ", text).strip()[:MAX_MASKED_CHARS]
