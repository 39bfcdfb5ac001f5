"""What a browser says of itself, in words that its owner recognises."""

from typing import Final

from flask_babel import gettext

# The order matters: each of them also names those below.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_PHONES: Final = {"iPhone", "iPad", "Android"}


def in_words(user_agent: str | None) -> str:
    """ "Firefox on Windows", or what is known of that."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if browser and system:
        return str(gettext("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(gettext("Unknown browser"))


def is_phone(user_agent: str | None) -> bool:
    """Whether it is one that is held in the hand."""
    return _first(_SYSTEMS, user_agent) in _PHONES


def _first(known: tuple[tuple[str, str], ...], user_agent: str | None) -> str | None:
    return next((name for mark, name in known if mark in (user_agent or "")), None)
