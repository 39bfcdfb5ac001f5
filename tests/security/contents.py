"""All that the database holds, as text."""

from collections.abc import Callable
from typing import Any


def everything(sql: Callable[..., list[Any]], *tables: str) -> str:
    """Every row of these tables, or of all. In PostgreSQL's own words: what Python shows of a long
    row is cut."""
    if not tables:
        public = "select table_name from information_schema.tables where table_schema = 'public'"
        tables = tuple(name for (name,) in sql(public))
        assert "agent_escalations" in tables
    rows = "select coalesce(string_agg(kept::text, chr(10)), '') from {} as kept"
    return "\n".join(sql(rows.format(f'"{table}"'))[0][0] for table in tables)
