"""The project's own labelled examples: error messages in the words of real tools.

Format of the files in examples/: `## group category`, then for each message `-- error type` and
the message. Messages of one group are one problem told by different people.
"""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "examples"


class Example(NamedTuple):
    """A message with what it is: its group, error type and category."""

    group: str
    error_type: str
    message: str
    category: str


def all_examples() -> list[Example]:
    """Read every example, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("## ")[1:]:
            head, *messages = block.split("\n-- ")
            group, category = head.split()
            for text in messages:
                error_type, _, message = text.partition("\n")
                found.append(Example(group, error_type, message.rstrip("\n"), category))
    return found


EXAMPLES = all_examples()
