"""The languages that pages speak. Each but the first has a catalogue in webapp/translations."""

from typing import Final

LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
"""By its code: the language in its own words."""

SOURCE: Final = "en"
"""What texts are written in: the language of the JSON API, and of pages that nobody asked for in
another one."""


def known(code: str | None) -> str:
    """Return the code if pages speak that language, else that of the source."""
    return code if code in LANGUAGES else SOURCE
