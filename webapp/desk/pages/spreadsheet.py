"""Tables for a spreadsheet: CSV that it reads as text, and never as a formula."""

import csv
import io
from collections.abc import Iterable
from typing import Final

MARK: Final = "\ufeff"
"""Begins a file: without it, spreadsheets take UTF-8 for something else."""

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")


def row(cells: Iterable[str]) -> str:
    """One line of the table."""
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: str) -> str:
    """The cell, so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
