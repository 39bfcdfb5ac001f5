"""Tables for a spreadsheet: CSV that it reads as text, and never as a formula."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

MARK: Final = "\ufeff"
"""Begins a file: without it, spreadsheets take UTF-8 for something else."""

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
_WITHIN: Final = re.compile(r"([;\s\"']+)([=+\-@＝＋－＠])?")
_PARTS: Final = frozenset(";\t\r\n")
"""Where a spreadsheet would begin another cell that takes semicolons or tabs for what parts them,
as those of many countries do with this very file: there, quotes do not hold a text together."""


def row(cells: Iterable[str]) -> str:
    """One line of the table."""
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: str) -> str:
    """The cell, so that no spreadsheet takes it for a formula."""
    cell = _WITHIN.sub(_parted, cell)
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def _parted(found: re.Match[str]) -> str:
    run, sign = found.groups()
    return f"{run}'{sign}" if sign and not _PARTS.isdisjoint(run) else found[0]
