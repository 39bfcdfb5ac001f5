"""Tells the program that started the desk that it is ready: people read a sentence, programs this.

`python -m webapp.serving --ready-fd N` writes one line of JSON to the open file N and closes it:
`{"address": "http://127.0.0.1:5000", "path": "/sign-in/…"}`. The end without a line says that the
desk could not start.
"""

import json
import os
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Ready:
    """The address of the desk, and the path a person opens first: a sign-in link as long as nobody
    signed in."""

    address: str
    path: str

    @property
    def link(self) -> str:
        """What a person opens first."""
        return f"{self.address}{self.path}"

    def write(self, number: int) -> None:
        """Write the line to an open file, and close that."""
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(self)) + "\n")

    @classmethod
    def read(cls, number: int) -> Self | None:
        """Wait for the line; None where the desk ended without one. Closes the file."""
        with os.fdopen(number, encoding="utf-8") as file:
            line = file.readline()
        return cls(**json.loads(line)) if line else None
