"""Writes a rule for an error message: `make rule`, paste the message, press Ctrl-D.

With FILE=190-services it goes to the end of that file of the catalog, else to the screen.
"""

import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from webapp.rules.catalog import FOLDER, UNRECOGNISED
from webapp.rules.categories import Category, Family
from webapp.rules.classification import recognise
from webapp.rules.reading import read
from webapp.rules.salience import salient_line

WORDS = re.compile(r"[a-z]{2,}")
QUOTED = re.compile(r"""(['"`])([\w./:@-]+)\1""")
LONGEST_NEEDLE = 60


def main() -> int:
    if sys.stdin.isatty():
        print("Paste the error message, then press Ctrl-D on a line of its own:")
    message = sys.stdin.read().strip()
    if not message:
        print("There was no message, so there is no rule.", file=sys.stderr)
        return 2
    found = recognise("Error", message).rule
    if found is not UNRECOGNISED:
        print(f"# The rule {found.name} ({found.category}) recognizes this message already:")
        print(f"# {found.reason}. Add another one only if that is wrong.")
    text = scaffold(message)
    name = os.environ.get("FILE", "")
    if not name:
        print(text)
        return 0
    file = FOLDER / f"{name.removesuffix('.toml')}.toml"
    if not file.is_file():
        print(f"There is no {file}. The files: {', '.join(known_files())}", file=sys.stderr)
        return 2
    with file.open("a", encoding="utf-8") as rows:
        rows.write(f"\n{text}")
    print(f"Written at the end of {file}. Replace what is in capitals, then run the tests there.")
    return 0


def scaffold(message: str) -> str:
    """Return a rule in TOML that recognizes `message`, with what a person has to fill in."""
    line = salient_line(read("", message))
    needle, pattern = needle_of(line), pattern_of(line)
    names = [f"names = {literal(pattern)}"] if pattern else []
    return "\n".join(
        [
            "[[rule]]",
            f"name = '{name_of(line)}'",
            f"category = 'code_error' # one of {', '.join(Category)}",
            f"family = 'unrecognised' # one of {', '.join(Family)}",
            "reason = 'SAY WHAT THIS MESSAGE MEANS'",
            f"needles = {literal(needle)}",
            *names,
            f"examples = [{literal(message)}]",
            "must_differ = [] # A MESSAGE THAT LOOKS ALIKE AND IS ANOTHER PROBLEM",
            "",
        ]
    )


def needle_of(line: str) -> str:
    """The longest part of the line without names and numbers."""
    parts = re.split(r"""['"`][^'"`]*['"`]|\S*[\d/\\<>]\S*""", line)
    best = max((part.strip(" :,.;()[]") for part in parts), key=len, default="")
    return best[:LONGEST_NEEDLE].strip() or line


def pattern_of(line: str) -> str:
    """A pattern that captures the first quoted name, or nothing."""
    found = QUOTED.search(line)
    if found is None:
        return ""
    before = " ".join(line[: found.start()].split()[-3:])
    return rf"{re.escape(before).replace(chr(92) + ' ', ' ')} ?['\"]([\w./:@-]+)"


def name_of(line: str) -> str:
    return "_".join(WORDS.findall(QUOTED.sub("", line))[:4]) or "new_rule"


def literal(text: str) -> str:
    """`text` as a string of TOML, without escapes where that can be."""
    if "'" not in text and "\n" not in text:
        return f"'{text}'"
    if "'''" not in text and not text.endswith("'"):
        return f"'''{text}'''"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def known_files() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


if __name__ == "__main__":
    sys.exit(main())
