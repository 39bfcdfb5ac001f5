"""An agent attaches files to its question: images and text, stored in the database.

The row lock of the question decides how many it has. The same file again, as after a lost
response, is the one that is stored. From then on an answer is bound to the file as well.
"""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp.actors import REPORTING, Actor
from webapp.clock import now, rfc3339
from webapp.errors import OTHERS, AppError, Conflict, Forbidden, Invalid
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.models import AgentEscalation, Attachment
from webapp.operations import answers, expiring, memory
from webapp.operations.transaction import transaction
from webapp.queries import escalations as queries
from webapp.queries import ownership
from webapp.rules import digest, files, keys

_TURN: Final = text("select pg_advisory_xact_lock(11002, hashtext(:project_id))")
"""One file of a project at a time: two of them never take the last room."""


class NoSuchFile(AppError):
    """The content is none of those that may be attached."""

    status, code, title = 415, "unsupported-media-type", "This kind of file can't be attached"


class TooLarge(AppError):
    """The file is larger than a file may be."""

    status, code, title = 413, "request-entity-too-large", "The file is too large"


@dataclass(frozen=True)
class File:
    """A file as it is sent: the name and all bytes."""

    name: str
    content: bytes


def attach(
    escalation_id: uuid.UUID, file: File, *, by: Actor, most_bytes: int | None = None
) -> tuple[dict[str, Any], bool]:
    """Attach a file to a question of the caller's job. Returns what the question says of it, and
    whether it is new. `most_bytes` is what all files of the project may have together.

    Raises AlreadyAnswered once the question is closed, Conflict when there are enough files.
    """
    _require_own(db.session(), escalation_id, by)
    file = _checked(file)
    kind = files.kind_of(file.content)
    sha256 = hashlib.sha256(file.content).hexdigest()
    name = keys.without_keys(files.name_of(file.name, kind.media_type))
    with transaction("attach") as session:
        escalation = _require_own(session, escalation_id, by)
        session.execute(_TURN, {"project_id": escalation.project_id})
        memory.lock(session, escalation.project_id, escalation.error_signature)
        session.refresh(escalation, with_for_update={"key_share": True})
        for stored in escalation.attachments:
            if (stored["name"], stored["sha256"]) == (name, sha256):
                return stored, False
        if escalation.is_overdue:
            expiring.expire(session, escalation)
        elif escalation.is_pending and not escalation.is_held:
            _require_room(session, escalation, len(file.content), most_bytes)
            row = Attachment(
                id=uuid.uuid4(),
                escalation_id=escalation.id,
                project_id=escalation.project_id,
                name=name,
                media_type=kind.media_type,
                size=len(file.content),
                sha256=sha256,
                content=file.content,
                created_at=now(),
            )
            return _add(session, escalation, row, kind, by), True
    raise answers.already_answered(escalation)


def _require_own(session: Session, escalation_id: uuid.UUID, by: Actor) -> AgentEscalation:
    escalation = queries.find(session, escalation_id, by=by)
    by.require(REPORTING, escalation.project_id, "attach a file to this question")
    if not ownership.asks(session, escalation, by=by):
        raise Forbidden(OTHERS)
    return escalation


def _checked(file: File) -> File:
    """The file as it is stored: no key stands in a text. Raises what is wrong with it."""
    if not file.content:
        raise Invalid("The file is empty. Send one with content.", {"file": "is empty"})
    if len(file.content) > files.LARGEST_FILE:
        raise TooLarge("The file is larger than 2 MB. Send only the important part.")
    try:
        kind = files.kind_of(file.content)
    except files.Unfit as error:
        raise NoSuchFile(f"The file {error}.") from None
    if kind.media_type != files.TEXT:
        return file
    masked = "".join(map(keys.without_keys, files.pieces(file.content.decode("utf-8"))))
    return File(file.name, masked.encode())


def _require_room(
    session: Session, escalation: AgentEscalation, size: int, most_bytes: int | None
) -> None:
    if len(escalation.attachments) >= files.MOST_FILES:
        raise Conflict(f"A question has at most {files.MOST_FILES} files.")
    if most_bytes is None:
        return
    of_project = Attachment.project_id == escalation.project_id
    used = session.scalar(select(func.coalesce(func.sum(Attachment.size), 0)).where(of_project))
    if (used or 0) + size > most_bytes:
        raise Conflict(
            f"The files of this project would have more than {most_bytes // 1_000_000} MB. Ask "
            "without the file, or raise QUOTA_FILES_MB."
        )


def _add(
    session: Session, escalation: AgentEscalation, row: Attachment, kind: files.Kind, by: Actor
) -> dict[str, Any]:
    session.add(row)
    told = {
        "id": str(row.id),
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "width": kind.width,
        "height": kind.height,
        "at": rfc3339(row.created_at),
    }
    escalation.attachments = [*escalation.attachments, told]
    escalation.attached_digest = digest.with_files(
        escalation.digest_without_files, escalation.attachments
    )
    answers.tell_waiters(
        session,
        escalation,
        Kind.FILE_ATTACHED,
        attachment_id=told["id"],
        media_type=row.media_type,
        size=row.size,
        attached_by=by.name,
    )
    return told
