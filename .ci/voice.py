"""Whether texts are plain, and whether whoever joins finds them described.

Four checks, each a line for what it finds: phrases of the review list in pages, errors, the API and
docs; sentences of pages over 20 words; fields and parameters of the API without a description; and
subjects of commits over 72 characters. Texts of pages are read from the translation catalogue,
which `make words` fills.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "webapp/translations/de/LC_MESSAGES/messages.po"
MOST_WORDS: Final = 20
LONGEST_SUBJECT: Final = 72
SINCE: Final = "2026-11-26"  # subjects before this day are as they are

PHRASES: Final = re.compile(
    r"\bstands? in\b|\bat once\b|\banew\b|\bany more\b|\bby (?:it|them)sel\w+|\bso many\b"
    r"|\blet\b.{0,40}\bgo on\b|(?:^|[.:;] )Who(?:ever)? \w+ \w+[^?.\n]*(?:[.;:]|$)",
    re.MULTILINE,
)
_PLACEHOLDER = re.compile(r"%\(\w+\)s|<[^>]+>")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)

Found = Iterator[str]


def phrases(where: str, text: str) -> Found:
    """The phrases of the review list in a text."""
    for match in PHRASES.finditer(text):
        around = text[max(0, match.start() - 30) : min(match.end(), match.start() + 60) + 30]
        yield f"{where}: a phrase to word plainly: … {' '.join(around.split())} …"


def long_sentences(where: str, text: str) -> Found:
    """The sentences over 20 words. A placeholder is a word."""
    for sentence in _END_OF_SENTENCE.split(text):
        if (count := len(sentence.split())) > MOST_WORDS:
            yield f"{where}: a sentence of {count} words: {sentence}"


def page_text(text: str) -> Found:
    """What is wrong with one text of a page."""
    plain = _PLACEHOLDER.sub("X", text)
    yield from phrases("page", plain)
    yield from long_sentences("page", plain)


def doc_text(where: str, text: str) -> Found:
    """What is wrong with a page of the documentation. Code is left out."""
    yield from phrases(where, _CODE.sub("X", text))


def undescribed(document: dict[str, Any]) -> Found:
    """The fields and parameters of an OpenAPI document without a description."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        for field, value in schema.get("properties", {}).items():
            if not value.get("description"):
                yield f"api: {name}.{field} has no description"
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                if not parameter.get("description"):
                    yield f"api: {method.upper()} {path}: {parameter['name']} has no description"


def api_text(document: dict[str, Any]) -> Found:
    """The phrases of the review list in what an OpenAPI document says."""
    waiting: list[Any] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("summary", "description") and isinstance(value, str):
                    yield from phrases("api", _CODE.sub("X", value))
                elif key not in ("example", "examples"):
                    waiting.append(value)
        elif isinstance(part, list):
            waiting.extend(part)


def long_subjects(subjects: Iterable[str]) -> Found:
    """The subjects of commits over 72 characters."""
    for subject in subjects:
        if len(subject) > LONGEST_SUBJECT:
            yield f"commit: a subject of {len(subject)} characters: {subject}"


def texts_of_pages() -> Iterator[str]:
    """Every text of a page, in English; of a plural all forms."""
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield from (message.id,) if isinstance(message.id, str) else message.id


def docs() -> Iterator[Path]:
    """The pages of the documentation."""
    folders = ("*.md", "docs/**/*.md", "client/**/*.md", ".github/**/*.md")
    yield from sorted({path for folder in folders for path in ROOT.glob(folder)})


def subjects(root: Path = ROOT) -> list[str] | None:
    """The subjects of the commits that count, or None where the history is not here."""
    command = ["git", "-C", str(root)]
    try:
        shallow = subprocess.run(
            [*command, "rev-parse", "--is-shallow-repository"], capture_output=True, text=True
        )
        if shallow.returncode != 0 or shallow.stdout.strip() != "false":
            return None
        log = [*command, "log", "--no-merges", "--format=%s", f"--since={SINCE}T00:00:00Z"]
        return subprocess.run(log, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return None


def main() -> int:
    """0 when nothing is found."""
    sys.path.insert(0, str(ROOT))
    from webapp.desk.api.openapi import document

    api = document()
    found = [line for text in texts_of_pages() for line in page_text(text)]
    found += [
        line
        for path in docs()
        for line in doc_text(str(path.relative_to(ROOT)), path.read_text("utf-8"))
    ]
    found += [*api_text(api), *undescribed(api)]
    history = subjects()
    if history is None:
        print("NOT DONE: the git history is not here, so no subject of a commit was checked.")
    found += long_subjects(history or ())
    for line in dict.fromkeys(found):
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
