"""Whether a text reads as plain English: no path, no code, no class name, no trace."""

import re
from collections.abc import Mapping
from typing import Final

from webapp.rules.phrases.questions import LOOKS, WARNING

MAX_PLAIN_CHARS: Final = 600
MAX_INTENT_CHARS: Final = 160

# Beginnings that several alternatives share are taken out: each text of each question meets these.
_TRACE = re.compile(
    r"[Tt]raceback|[Ss]tack ?trace|\w(?:Error|Exception)\b|0x[0-9a-fA-F]{4,}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d"
    r"|\b(?:[Ee]xception\b|[Ee]rror \d{3}|line \d+|at \S+\(|errno\b|exit (?:code|status)\b"
    r"|E[A-Z]{4,}\b|caused by:|SIG[A-Z]{3,}\b|null pointer\b"
    r"|(?:[Ff]atal|FATAL|[Ee]rror|ERROR) ?:|HTTP \d{3}\b)"
)
_PATH = re.compile(
    r"(?<![\w.])\.{0,2}/[\w.@-]+(?:/|\b)|[A-Za-z]:\\|\\[\w-]+\\|https?://\S|[a-z]:\d{2,5}\b"
    r"|(?<!\w)\.env\b|\b(?:localhost\b|\d+(?:\.\d+){3}\b|git@|node_modules\b|site-packages\b"
    r"|[\w-]+(?:/[\w-]+/[\w./-]+|\.(?:py|js|jsx|ts|tsx|mjs|cjs|json|ya?ml|toml|lock|cfg|ini|env|sh"
    r"|go|rs|rb|php|java|kt|cs|cpp|c|h|html|css|scss|sql|md|txt|log|xml|gradle|tf|so|dll|jar|whl"
    r")\b))",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[`{}<>\\$|│┃➜↪❯]|\*{3}|\[\S*\]|\w(?:\([^\s)]*\)|_\w)|=>|==|::|;\s*$|^\s*[@#]\w"
    r"|--?[a-z][\w-]+=|(?<!\S)--\w"
    r"|\b(?:\w+\.\w+\.\w+|[0-9a-f]{12,}\b|[A-Z][A-Z0-9]{2,}_[A-Z0-9_]+\b)"
)
_AT_HOST = re.compile(r"\b[Aa] service at [a-z0-9.-]{1,120}\.[a-z]{2,20}(?![\w/.-]*[\w/])")
"""How a service that has no better name is called: anybody knows an address when they see one."""
_CAMEL = re.compile(r"\b(?:[a-z]+[A-Z]\w*|(?:[A-Z][a-z0-9]+){2,}[A-Z]?)\b")
_NAMES: Final = (
    "GitHub GitLab OpenAI PostgreSQL JavaScript TypeScript PayPal MongoDB SendGrid YouTube LinkedIn"
    " WordPress HubSpot iPhone iPad iOS macOS eBay WhatsApp TikTok DigitalOcean CloudFlare OAuth"
    " MySQL SQLite GraphQL BigQuery FaceBook QuickBooks WooCommerce MailChimp DocuSign AirTable"
    " BotFather ChatGPT DeepSeek ElevenLabs OpenRouter PostHog RubyGems LangChain NextJS NodeJS"
    " VueJS PlanetScale CircleCI DevOps"
)
_NAMES_WITH_CAPITALS: Final = frozenset(_NAMES.split())


def looks_like(text: str) -> str | None:
    """Return what is not plain about `text` (`trace`, `path`, `code` or `long`), or None."""
    head = _AT_HOST.sub("a service", text[: MAX_PLAIN_CHARS * 2])
    if _TRACE.search(head):
        return "trace"
    if _PATH.search(head):
        return "path"
    if _CODE.search(head) or _has_class_name(head):
        return "code"
    if len(text) > MAX_PLAIN_CHARS or text.count("\n") > 6:
        return "long"
    return None


def reads_plain(text: str) -> bool:
    """Say whether a founder who does not program can read `text`."""
    return bool(text.strip()) and looks_like(text) is None


def warnings_for(texts: Mapping[str, str]) -> list[str]:
    """Return a sentence of advice for each of the agent's founder-facing texts that is not plain.

    `texts` maps the name of a field, such as `plain_english_problem`, to its text.
    """
    warnings = []
    for field, text in texts.items():
        kind = looks_like(text)
        if kind:
            looks, without = LOOKS[kind]
            warnings.append(WARNING.format(field=field, looks_like=looks, without=without))
    return warnings


def _has_class_name(text: str) -> bool:
    return any(word not in _NAMES_WITH_CAPITALS for word in _CAMEL.findall(text))
