"""Whether a text holds a key, a password or another secret, and the text without it.

Found are: what providers give a recognisable start; private keys; signed tokens; passwords in
addresses; and what looks random beside a word like "key" or "password". Ids, digests, versions and
ordinary words are no keys: a person must be able to write about them.
"""

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import log2
from typing import Final

HIDDEN: Final = "key-***"
"""What stands in the place of a key. Signatures see an id there, as they did in the key itself."""

_KNOWN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<start>"
    # Each: a start that its provider gives to nothing but keys.
    r"sk-ant-|sk-proj-|sk-svcacct-|sk-or-v1-|sk-|[srp]k_live_|[sr]k_test_|rk_|whsec_"
    r"|gh[pousr]_|github_pat_|glpat-|gldt-|xox[abeoprs]-|xapp-|AKIA|ASIA|AIza|ya29\.|GOCSPX-"
    r"|SG\.|npm_|pypi-|dop_v1_|doo_v1_|hf_|gsk_|r8_|xai-|pplx-|tvly-|lin_api_|dckr_pat_|sbp_"
    r"|sb_secret_|shpat_|shpss_|sq0(?:atp|csp)-|EAAA|nvapi-|fly_|FlyV1 |vercel_|rnd_|phx_"
    r"|dapi|atlas-|AGE-SECRET-KEY-1|hvs\.|unstuck_|PMAK-|re_|key-"
    r")(?P<rest>[A-Za-z0-9_\-.+/=]{16,4096})"
)
_BOT: Final = re.compile(r"(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])")
_SIGNED: Final = re.compile(
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,8192}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,8192}"
)
_BASIC: Final = re.compile(
    r"((?<![A-Za-z])authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?basic\s{1,3})"
    r"([A-Za-z0-9+/_-]{8,512}={0,2})",
    re.IGNORECASE,
)
_PRIVATE: Final = re.compile(
    r"(-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----)"
    r"((?:[^-]|-(?!----)){16,16384})"
)
_IN_ADDRESS: Final = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@'\"<>]{0,100}:)([^\s/@'\"<>]{3,200})(?=@[\w\[])"
)
_HOOK: Final = re.compile(
    r"(https://(?:hooks\.slack\.com/(?:services|triggers|workflows)/"
    r"|(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/))([\w/-]{20,200})"
)
_BESIDE: Final = re.compile(
    r"(?<![A-Za-z])(?P<word>"
    r"(?:api|access|secret|private|auth|account|signing|encryption|client|master)"
    r"[ _-]?(?:key|secret|token)s?|key|tokens?|secret"
    r"|(?-i:[A-Z]{2,12})?password|passwd|passphrase|pwd|pass"
    r"|credentials?|bearer|passwort|kennwort|schlüssel|geheimnis)(?![A-Za-z])"
    r"(?P<between>[\"'`]?\s{0,3}"
    r"(?:(?:is|was|are|ist|lautet|for \w{1,30} is)\s{1,3}|[:=]{1,2}>?\s{0,3}|\s{1,3})"
    r"[\"'`<(]?)"
    r"(?P<value>[^\s\"'`<>(){}\[\],;]{8,512})",
    re.IGNORECASE,
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX: Final = re.compile(r"(?:0x)?[0-9a-f]+", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"[\dT:.,Z_+/-]+")
_PLACEHOLDER: Final = re.compile(
    r"\*\*|\.\.\.|…|x{4,}|example|placeholder|redacted|change.?me|your|dummy|fake|hidden|\$\{|\$[A-Z(]"
    r"|%[A-Z]|<|key-\*",
    re.IGNORECASE,
)
_FILE: Final = re.compile(r"\.(?:py|[jt]sx?|json|ya?ml|env|md|go|rs|rb|java)(?::\d|$)")
_WORDLIKE: Final = re.compile(r"(?:sk-|rk_|npm_|pypi-|re_|key-|fly_|rnd_|atlas-|dapi|vercel_)")
"""Starts that names of packages and branches have as well."""
_WORD: Final = re.compile(
    r"[A-Z]?[a-z]{2,20}(?:[A-Z][a-z]{1,20}){0,6}\d{0,4}|[A-Z]{2,20}\d{0,4}|v?\d+|[A-Za-z]{1,3}"
)
_PASSWORDS: Final = ("pass", "pwd", "kennwort")
_STRONG: Final = re.compile(r"[ _-]|secret|pass|pwd|bearer|wort")

_LEAST_ENTROPY: Final = 3.0
"""Bits for each character of what counts as random: words of 16 letters have 2.5 to 3.2, random
letters and digits of that length 3.6 to 4."""
_LEAST_ENTROPY_OF_KNOWN: Final = 2.5
_HEX_KEYS: Final = frozenset({32, 48, 96, 128})
"""Lengths in which keys are written as hex; 40 and 64 are those of commits and digests."""


def holds_key(text: str) -> bool:
    """Whether there is something in the text that looks like a key."""
    return next(_found(text), None) is not None


def without_keys(text: str) -> str:
    """The text, with `HIDDEN` in the place of each key. What shows whose key it was stays."""
    spans = sorted(_found(text))
    if not spans:
        return text
    parts, done = [], 0
    for start, end in spans:
        if start >= done:
            parts += [text[done:start], HIDDEN]
        elif end <= done:
            continue
        done = end
    return "".join([*parts, text[done:]])


def _found(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each key goes. They may overlap."""
    if len(text) < 8:
        return
    for found in _KNOWN.finditer(text):
        if _is_known(found["start"], found["rest"]):
            yield found.span()
    for pattern in (_BOT, _SIGNED):
        for found in pattern.finditer(text):
            yield found.span()
    for pattern in (_BASIC, _PRIVATE, _IN_ADDRESS, _HOOK):
        for found in pattern.finditer(text):
            if not _PLACEHOLDER.search(found[2][:200]) and _is_password(found, pattern):
                yield found.span(2)
    for found in _BESIDE.finditer(text):
        if _is_beside(found):
            yield found.span("value")


def _is_password(found: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """Whether it is not the example of a manual: `user:password@localhost`; in a header, whether a
    name and a password are in it."""
    if pattern is _BASIC:
        return _holds_colon(found[2])
    return pattern is not _IN_ADDRESS or found[2].lower() not in {
        *("password", "pass", "passwd", "secret", "pwd", "user", "postgres", "root", "test")
    }


def _holds_colon(encoded: str) -> bool:
    try:
        return b":" in b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_")
    except ValueError:
        return False


def _is_beside(found: re.Match[str]) -> bool:
    word, between, value = found["word"].lower(), found["between"], found["value"].rstrip(".:!?")
    assigned = ":" in between or "=" in between
    if _PLACEHOLDER.search(value) or _FILE.search(value) or "://" in value or value.startswith("/"):
        return False
    if _UUID.fullmatch(value) or _NUMBERS.fullmatch(value):
        return False
    if _HEX.fullmatch(value):
        return bool(assigned and _STRONG.search(word)) and len(value) in _HEX_KEYS
    if any(part in word for part in _PASSWORDS):
        return _kinds(value) >= 3 and (assigned or " " in between)
    return len(value) >= 16 and _is_random(value)


def _is_known(start: str, rest: str) -> bool:
    if _PLACEHOLDER.search(rest) or (_WORDLIKE.fullmatch(start) and _is_of_words(rest)):
        return False
    mixed = any(map(str.isdigit, rest)) or rest not in (rest.lower(), rest.upper())
    return mixed and _entropy(rest) >= _LEAST_ENTROPY_OF_KNOWN


def _is_random(text: str) -> bool:
    """Whether letters and digits are mixed as no word, path or name has them."""
    if not any(map(str.isalpha, text)) or _is_of_words(text) or _entropy(text) < _LEAST_ENTROPY:
        return False
    digits = sum(map(str.isdigit, text))
    return digits > 1 or _switches(text) >= (5 if digits else 7)


def _is_of_words(text: str) -> bool:
    """Whether it is made of names between signs, such as `my-feature-branch-2024`."""
    return all(_WORD.fullmatch(part) for part in re.split(r"[-_./+=:@]+", text) if part)


def _switches(text: str) -> int:
    """How often small letters, large letters and digits follow one another."""
    kinds = [(letter.islower(), letter.isdigit()) for letter in text]
    return sum(one != other for one, other in pairwise(kinds))


def _kinds(text: str) -> int:
    """How many kinds of characters there are: small, large, digits, signs."""
    signs = any(not letter.isalnum() for letter in text)
    small, large = any(map(str.islower, text)), any(map(str.isupper, text))
    return small + large + any(map(str.isdigit, text)) + signs


def _entropy(text: str) -> float:
    """Bits for each character, by how often each one comes."""
    counts = Counter(text).values()
    return -sum(count / len(text) * log2(count / len(text)) for count in counts)
