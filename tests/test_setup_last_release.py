"""An upgrade takes no server away: those of the last release work on the newest schema."""

import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from webapp.extensions import db

LAST_RELEASE = "0026"
"""What 0.2.0 upgrades to; raised with each release."""


def shape() -> dict[tuple[str, str], sa.engine.interfaces.ReflectedColumn]:
    """All columns, by table and name."""
    found = sa.inspect(db.engine)
    return {
        (table, column["name"]): column
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }


def test_servers_of_the_last_release_can_go_on_with_the_newest_schema(app: Flask) -> None:
    """Each column they know is there with its type, and none is new that they would have to
    fill."""
    with app.app_context():
        downgrade(revision=LAST_RELEASE)
        before = shape()
        upgrade()
        after = shape()
    assert before.keys() < after.keys()
    changed = [key for key in before if str(before[key]["type"]) != str(after[key]["type"])]
    assert changed == []
    known = {table for table, _ in before}
    strict = [
        key
        for key, column in after.items()
        if key[0] in known
        and not column["nullable"]
        and column["default"] is None
        and "identity" not in column
        and (key not in before or before[key]["nullable"])
    ]
    assert strict == []
