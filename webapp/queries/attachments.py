"""Reads of the files that agents attached."""

import re
import uuid
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.models import AgentEscalation, Attachment
from webapp.queries.scope import visible
from webapp.rules.files import TEXT

UNKNOWN = lazy_gettext(
    "File not found. It may not exist, be deleted, or you may not have access to its project."
)
_LAST_BYTES: Final = 16_000
_LAST_LINES: Final = 200
_COLOURS: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~])?|[\x08\x0b\x0c]|\ufeff")


@dataclass(frozen=True)
class Shown:
    """A file as the page of its question shows it. `last` are the last lines of a text, `whole` is
    whether they are all of it; `is_there` is false once its content is deleted."""

    file: dict[str, Any]
    is_there: bool
    last: str | None = None
    whole: bool = True

    @property
    def is_image(self) -> bool:
        """Whether browsers show it as an image."""
        return bool(self.file["media_type"] != TEXT)


def find(session: Session, key: uuid.UUID, *, by: Actor) -> Attachment:
    """The file with its content; NotFound also where the caller may not see its project."""
    query = select(Attachment).where(Attachment.id == key, visible(Attachment.project_id, by))
    found = session.scalar(query)
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def of_question(session: Session, escalation: AgentEscalation) -> list[Shown]:
    """The files of a question, in the order in which they came."""
    if not escalation.attachments:
        return []
    end = func.substring(Attachment.content, func.greatest(1, Attachment.size - _LAST_BYTES + 1))
    query = select(Attachment.id, case((Attachment.media_type == TEXT, end))).where(
        Attachment.escalation_id == escalation.id
    )
    ends = {str(key): content for key, content in session.execute(query)}
    return [_shown(file, ends) for file in escalation.attachments]


def _shown(file: dict[str, Any], ends: dict[str, bytes | None]) -> Shown:
    end = ends.get(file["id"])
    if end is None:
        return Shown(file, file["id"] in ends)
    is_cut = file["size"] > _LAST_BYTES
    lines = _COLOURS.sub("", end.decode("utf-8", "replace")).splitlines()
    if is_cut and len(lines) > 1:
        del lines[0]  # half of one
    last = "\n".join(lines[-_LAST_LINES:])
    return Shown(file, True, last, not is_cut and len(lines) <= _LAST_LINES)
