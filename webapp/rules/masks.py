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
    "|goroutine|id|rank|slot|round|gpu|version|dimension|dim"
)
_MONTHS: Final = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAYS: Final = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_CLOCK: Final = (
    r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?[ap]m\b)?(?:\s?(?:z|utc|gmt|[a-z]dt|[a-z]st)\b)?"
    r"(?:\s?[+-]\d\d:?\d\d\b)?"
)
_SOURCE_FILES: Final = (
    "py|[cm]?[jt]sx?|go|rs|rb|java|kt|cs|php|cc?|cpp|hp?p?|swift|vue|svelte|scala|sh|sql|ya?ml|json"
    "|toml|s?css|html?|mod|txt|gradle|kts|cfg|ini|md|xml|properties|tf|proto|exs?|dart|lua|nix|groovy|conf"
    "|log|lock|env|csproj|cmake|erb|haml|ejs|hbs|twig|pyx|pyi|ipynb|mm?"
)

_MASKS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"</?[a-z][^<>]{0,80}>", " "),
        (r"\bfile:/{2,}", "/"),
        (
            r"\b[a-z][a-z0-9+.-]{1,20}://(?:[^\s/@'\"]{1,100}@)?"
            r"([^\s/:'\"<>)\]},]{1,200})(:(?:[1-9]\d{1,3}|[12]\d{4})\b)?[^\s'\"<>)\]},]*",
            r"\1\2",
        ),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<id>"),
        (
            r"\b\d{4}[-/]\d\d[-/]\d\d(?:[t ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?"
            r"(?:\s?z|[+-]\d\d:?\d\d)?)?",
            "<time>",
        ),
        (
            rf"\b(?:{_DAYS},?\s)?(?:\d{{1,2}}[\s/-]{_MONTHS}[\s/-](?:\d{{4}}|\d\d)"
            rf"|{_MONTHS}\.?\s{{1,2}}\d{{1,2}}(?:,?\s\d{{4}})?|\d{{1,2}}/\d{{1,2}}/\d{{2,4}})"
            rf"(?:[\s:,]+(?:at\s)?{_CLOCK})?(?:\s\d{{4}}\b)?",
            "<time>",
        ),
        (r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?:\s?[ap]m\b)?(?:\s?[+-]\d{4}\b)?", "<time>"),
        (
            r"\b(?:request|trace|correlation|req|operation|session|run|job|build|container)"
            r"[ _-]?id[:= ]+[\"']?[\w=.:;-]+",
            "<id>",
        ),
        (r"\bwhen calling the \w+ operation(?: \(reached[^)]{1,40}\))?(?=:(?: \S+){4})", " "),
        (r"%path%|\$\{?(?:env:)?path\b", "path"),
        (r"\b0x[0-9a-f]+\b", "<addr>"),
        (rf"(\.(?:{_SOURCE_FILES}))(?::\d+){{1,2}}(?!\d)", r"\1"),
        (r"\((?:[a-z]:|~)?[\\/][^()]{1,300}\)", " "),
        (r"\(\d+[,:]\s?\d+\)|\[\d{1,9}\]", " <n> "),
        (r"\b([a-z][\w-]*?)-[0-9a-f]{6,10}-[a-z0-9]{5}\b", r"\1 <id>"),
        (r"\b(commit|sha|revision|digest)[ :=]+[0-9a-f]{7,64}\b", r"\1 <hash>"),
        (r"\barn:aws[\w-]*:[\w:/.*+=@-]+", "<arn>"),
        (r"\sin\s['\"]*(?:[a-z]:)?(?:[\\/]+[\w.@ -]{0,60}){1,12}[\\/]+[\w@-]+['\"]*(?=\s|$)", " "),
        (r"/(?:private/)?(?:var/)?tmp/[\w.-]+(?![\w./-])", " tmp "),
        (r"(?:[a-z]:)?[\\/]?(?:[\w.@~+<>-]{0,100}[\\/])+([\w.@+-]*)", r"\1"),
        (
            r"\b\d{1,3}(?:\.\d{1,3}){3}\b"
            r"|\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}\]?(?![\w:])",
            "<ip>",
        ),
        (rf"\b(?:{_KEY_PREFIXES})[-_][\w*.-]*[\d*][\w*.-]*", "<id>"),
        (r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}\b", "<hash>"),
        (r"\b(?=[a-z]*\d[a-z]*\d)(?=\d*[a-z])[a-z0-9]{20,}\b", "<id>"),
        (r"\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+", "<email>"),
        (rf"\b(?:\d+(?:\.\d+)?\s?(?:{_UNITS})[\s,]?)+(?![a-z0-9])", "<n> "),
        (r"\bv?\d+\.\d+(?:\.[\w*]+)*(?:[-+~][\w.]+)*\b", "<n>"),
        (r"\b\d{1,3}(?:,\d{3})+\b", "0"),
        (r"(?:[,: (]|\bline |\bcol(?:umn)? )(?:line |column |col )?\d+(?::\d+)+\b", " <n>"),
        (r"\b\d+\s?(?:/|of)\s?\d+\b|#\d+\b", "<n>"),
        (rf"\b({_COUNTED})([ :=#(-]+)\d+", r"\1 <n>"),
        (r"\b(tmp|worker|thread|pool|job|build)[-_]?\d+\b", r"\1 <n>"),
        (r"\b\d{1,3}%|\d{5,}", "<n>"),
    )
)
_SPACES_AND_QUOTES = re.compile(r"[\s'\"`“”.,;:!#\[\](){}<>=|│\\*_-]+")


_SUBJECT_MASKS: Final = re.compile(
    r"\b(?:x{2,3}\.){3}x{2,3}\b|\*{4,}(?:\.\*+)*|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?<![a-z0-9])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}(?![a-z0-9])"
    r"|/tmp/[\w.-]+"
)
_DOCKER_HUB: Final = re.compile(
    r"\b(?:auth|registry-1|index|registry)\.docker\.io\b|\bregistry\.hub\.docker\.com\b"
    r"|\bproduction\.cloudflare\.docker\.com\b"
)
_TENANT: Final = re.compile(
    r"(?<![\w.-])[\w*-]+(?:\.[\w-]+){0,2}\.(snowflakecomputing\.com|openai\.azure\.com|supabase\.co"
    r"|myshopify\.com|auth0\.com|okta\.com|firebaseio\.com|mongodb\.net|atlassian\.net"
    r"|zendesk\.com|my\.salesforce\.com|pinecone\.io|upstash\.io|neon\.tech|sentry\.io"
    r"|azurecr\.io|blob\.core\.windows\.net|database\.windows\.net|vault\.azure\.net"
    r"|dkr\.ecr\.[\w-]+\.amazonaws\.com|rds\.amazonaws\.com|herokuapp\.com|vercel\.app)\b"
)
"""The project's own place at a provider, whose name says nothing about the problem."""

_DIGIT: Final = re.compile(r"\d")


def mask_subject(subject: str) -> str:
    """Return what a rule captured without numeric addresses, UUIDs and digests in it.

    A service that answers under several names gets one.
    """
    subject = _TENANT.sub(r"\1", subject) if "." in subject else subject
    subject = _DOCKER_HUB.sub("docker.io", subject) if "docker" in subject else subject
    if "x.x" in subject or "**" in subject or _DIGIT.search(subject):
        subject = _SUBJECT_MASKS.sub("*", subject)
    return subject.rstrip(".,:;'\"")


def mask(line: str) -> str:
    """Return `line` with its volatile parts masked and its punctuation flattened to spaces."""
    text = _TENANT.sub(r"\1", line) if "." in line else line
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return _SPACES_AND_QUOTES.sub(" ", text).strip()[:MAX_MASKED_CHARS]
