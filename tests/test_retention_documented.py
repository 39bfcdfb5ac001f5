"""No table grows for ever: docs/reference/retention.md says for each one what bounds it."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from webapp.extensions import db

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)
BOUNDS = dict(ROW.findall((ROOT / "docs/reference/retention.md").read_text()))
TABLES = {table.name: table for table in db.Model.metadata.tables.values()}
SOURCE = "\n".join(path.read_text() for path in (ROOT / "webapp/operations").rglob("*.py"))


def is_deleted_from(table: str) -> bool:
    """Whether an operation deletes rows of this table."""
    mapped = {
        mapper.local_table.name: mapper.class_.__name__ for mapper in db.Model.registry.mappers
    }
    ways = rf'delete from {table}\b|_oldest\(\s*"{table}"|delete\({mapped[table]}\)'
    if table == "audit_events":  # the application's own role may not delete there
        ways = r"prune_audit_events\("
    return re.search(ways, SOURCE) is not None


def goes_with(table: sa.Table) -> set[str]:
    """The tables whose rows take rows of this one along."""
    return {key.column.table.name for key in table.foreign_keys if key.ondelete == "CASCADE"}


def test_each_table_says_what_bounds_it() -> None:
    assert BOUNDS.keys() == TABLES.keys()


@pytest.mark.parametrize("table", sorted(TABLES))
def test_what_bounds_a_table_is_so(table: str) -> None:
    bound = BOUNDS[table]
    if other := re.fullmatch(r"goes with `(\w+)`", bound):
        assert other[1] in goes_with(TABLES[table])
    elif bound == "deleted when old":
        assert is_deleted_from(table)
    else:
        assert bound in {"one row", "set up by people"}
        assert not goes_with(TABLES[table])
