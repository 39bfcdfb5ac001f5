"""Keyset pages: a cursor is the opaque position of the last row that was read."""

import base64
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

from flask_babel import lazy_gettext
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import QueryableAttribute, Session

from webapp.errors import Invalid

RowT = TypeVar("RowT")

BIGGEST_KEY: Final = 2**63 - 1
"""The highest number of a row: PostgreSQL's bigint."""


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """Some rows, and the cursor of the next page, or None on the last."""

    rows: Sequence[RowT]
    next_cursor: str | None


def keyset(
    session: Session,
    query: Select[RowT],
    order: tuple[QueryableAttribute[Any], QueryableAttribute[Any]],
    limit: int,
    cursor: str | None,
    *,
    newest_first: bool = False,
    key_type: Callable[[str], Any] = uuid.UUID,
) -> Page[RowT]:
    """One page of `query` by a (moment, id) order; `cursor` is what an earlier page gave.
    `key_type` makes an id of its text."""
    moment, key = order
    if cursor:
        position = tuple_(*decode(cursor, key_type))
        query = query.where(
            tuple_(moment, key) < position if newest_first else tuple_(moment, key) > position
        )
    sort: Callable[[QueryableAttribute[Any]], Any] = (
        (lambda column: column.desc()) if newest_first else (lambda column: column.asc())
    )
    rows = session.scalars(query.order_by(sort(moment), sort(key)).limit(limit + 1)).all()
    shown = rows[:limit]
    if len(rows) <= limit:
        return Page(shown, None)
    return Page(shown, encode(getattr(shown[-1], moment.key), getattr(shown[-1], key.key)))


def encode(moment: datetime, key: object) -> str:
    """The opaque cursor of a row."""
    return opaque(moment.isoformat(), key)


def opaque(*parts: object) -> str:
    """A cursor that is made of these."""
    text = "|".join(map(str, parts))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parts_of(cursor: str) -> list[str]:
    """What a cursor is made of; raises ValueError for one that was made up."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")


def decode(cursor: str, key_type: Callable[[str], Any]) -> tuple[datetime, Any]:
    """The row position that a cursor stands for; raises Invalid for one that was made up."""
    try:
        moment, key = parts_of(cursor)
        return _in_utc(moment), _storable(key_type(key))
    except (ValueError, OverflowError) as error:
        raise bad_cursor() from error


def bad_cursor() -> Invalid:
    """Return what is wrong with a cursor that was made up."""
    return Invalid(
        lazy_gettext("The cursor isn't valid. Start again without it."),
        {"cursor": "is not a cursor that this server gave out"},
    )


def _in_utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _storable(key: Any) -> Any:
    if isinstance(key, int) and not 0 <= key <= BIGGEST_KEY:
        raise ValueError(key)
    return key
