"""The catalogues of other languages: complete, fresh, and of the same make as the texts in English.

Where one of these fails: `make words`, fill what is empty in webapp/translations, `make words`
again (docs/how-to/translate.md).
"""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from webapp.config import PROJECT_ROOT
from webapp.rules.languages import LANGUAGES, SOURCE

FOLDER = PROJECT_ROOT / "webapp" / "translations"
OTHERS = [code for code in LANGUAGES if code != SOURCE]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The texts as they stand in templates and Python now."""
    out = tmp_path_factory.mktemp("words") / "messages.pot"
    words = ["-F", str(PROJECT_ROOT / "pyproject.toml"), "-k", "lazy_gettext", "-k", "plural:1,2"]
    command = ["pybabel", "-q", "extract", *words, "-o", str(out), str(PROJECT_ROOT)]
    CommandLineInterface().run(command)
    with out.open("rb") as file:
        return read_po(file)


def catalogue(language: str) -> Catalog:
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def po(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def forms(message: Message, of: str) -> list[str]:
    """The text, or its singular and plural."""
    value = getattr(message, of)
    return list(value) if isinstance(value, tuple | list) else [value]


def test_there_are_texts_to_translate(texts: Catalog) -> None:
    assert len(texts) > 300
    assert texts.get("Inbox")
    assert texts.get("Choose an answer, then send it."), "Python is not read"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_none_is_a_guess(language: str, texts: Catalog) -> None:
    found = catalogue(language)
    missing = []
    for text in texts:
        translated = found.get(forms(text, "id")[0], text.context) if text.id else None
        if text.id and (translated is None or not all(forms(translated, "string"))):
            missing.append(text.id)
    assert not missing
    assert not [message.id for message in found if message.fuzzy and message.id]


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_is_said_nowhere(language: str, texts: Catalog) -> None:
    found = catalogue(language)
    assert not found.obsolete
    assert not [m.id for m in found if m.id and texts.get(forms(m, "id")[0], m.context) is None]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_and_marks_up_what_its_text_does(language: str) -> None:
    parts = re.compile(r"%\(\w+\)s|</?\w+")
    for message in catalogue(language):
        if message.id:
            wanted = sorted(parts.findall(forms(message, "id")[-1]))
            for form in forms(message, "string"):
                assert sorted(parts.findall(form)) == wanted, message.id
                assert ("#" in form) == ("#" in forms(message, "id")[0]), message.id


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_fresh(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    assert po(language).with_suffix(".mo").read_bytes() == compiled.getvalue(), "call: make words"
