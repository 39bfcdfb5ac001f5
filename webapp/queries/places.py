"""Places in the inbox: where a page of it begins, and what narrows it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from urllib.parse import parse_qs, urlencode

from webapp.queries.pages import bad_cursor, opaque, parts_of


class Holds(IntEnum):
    """What a waiting question holds up, the worst first."""

    PAUSED_JOB = 0
    SEVERAL_JOBS = 1
    DEADLINE = 2
    IRREVERSIBLE = 3
    ONE_JOB = 4


@dataclass(frozen=True)
class Place:
    """Which stretch of the inbox is meant: `cursor` is where it begins, `project` and `q` (words)
    narrow it, and with `select` cards can be selected. Its text is the key of the page's live
    view."""

    cursor: str = ""
    project: str = ""
    q: str = ""
    select: bool = False

    @classmethod
    def read(cls, key: str) -> "Place":
        """Return the place of a live view's key: a cursor alone, or a query with filters."""
        if "=" not in key:
            return cls(key)
        fields = {name: values[0] for name, values in parse_qs(key).items()}
        return cls.of_fields(fields)

    @classmethod
    def of_fields(cls, fields: Mapping[str, str]) -> "Place":
        """Return the place that the fields of an address name."""
        selects = fields.get("select") == "1"
        return cls(
            fields.get("cursor", ""), fields.get("project", ""), fields.get("q", ""), selects
        )

    @property
    def query(self) -> str:
        """The filters without the cursor, as a part of an address."""
        return urlencode({k: v for k, v in (("project", self.project), ("q", self.q)) if v})

    def at(self, cursor: str | None) -> str:
        """Return the address of another stretch with the same filters."""
        fields = {"cursor": cursor, "project": self.project, "q": self.q}
        fields |= {"select": "1"} if self.select else {}
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/?{query}" if query else "/"

    def of(self, project: str) -> str:
        """Return the address of the same search in one project."""
        return Place(project=project, q=self.q, select=self.select).at(None)

    @property
    def selecting(self) -> str:
        """Return the address of this stretch where cards can be selected, or no longer can."""
        return replace(self, select=not self.select).at(self.cursor)

    @property
    def position(self) -> tuple[int, datetime, uuid.UUID]:
        """What the cursor stands for; raises Invalid for one that this server did not give out."""
        try:
            holds, moment, key = parts_of(self.cursor)
            since = datetime.fromisoformat(moment)
            if since.tzinfo is None:
                raise ValueError(moment)
            return Holds(int(holds)).value, since.astimezone(UTC), uuid.UUID(key)
        except (ValueError, OverflowError) as error:
            raise bad_cursor() from error

    def __str__(self) -> str:
        whole = bool(self.query) or self.select or "=" in self.cursor
        return self.at(self.cursor).partition("?")[2] if whole else self.cursor


def cursor(holds: int, moment: datetime, key: uuid.UUID) -> str:
    """Return the opaque cursor behind that question. `moment` is what it is ordered by among those
    that hold up the same."""
    return opaque(holds, moment.isoformat(), key)
