"""Files that agents attach to their questions: sent once, read by whoever sees the question."""

from uuid import UUID

from webapp.actors import Actor
from webapp.desk import files
from webapp.desk.api import reading
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.error_responses import OTHERS_QUESTION
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import NewAttachment
from webapp.desk.api.schemas.responses import AttachedFile
from webapp.desk.api.which import escalation_key, most_file_bytes
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.operations import attaching
from webapp.queries import attachments
from webapp.rules.files import MEDIA_TYPES

TAG = "Escalations"


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/attachments",
    operation_id="attach_file",
    tag=TAG,
    summary="Attach a file to a question",
    upload=NewAttachment,
    responses={
        201: ("The file is attached; Location is its address.", AttachedFile),
        200: ("The same file was attached already.", AttachedFile),
    },
    errors=OTHERS_QUESTION
    | {
        409: "The question has 3 files, the project's files are too large together, or the "
        "question is closed.",
        413: "The file is larger than 2 MB.",
        415: "The body isn't multipart/form-data, or the file is no PNG, JPEG, WebP or text.",
    },
)
def attach_file(escalation_id: str, by: Actor) -> ApiResponse:
    """Attach an image (PNG, JPEG, WebP) or a text in UTF-8, such as a log or a diff. What it is
    follows from its content. At most 3 files of 2 MB each; keys in texts are masked. An answer
    counts only for the files that were shown with it, so attach them right after asking. Sending
    the same file again is safe."""
    key = escalation_key(escalation_id)
    file = attaching.File(*reading.file("file"))
    stored, is_new = attaching.attach(key, file, by=by, most_bytes=most_file_bytes())
    location = f"/api/attachments/{stored['id']}"
    return one(AttachedFile.model_validate(stored), 201 if is_new else 200, Location=location)


@endpoint(
    "GET",
    "/api/attachments/{attachment_id}",
    operation_id="read_attachment",
    tag=TAG,
    summary="Read an attached file",
    responses={200: ("The file, under the type it was recognized as.", None)},
    media=MEDIA_TYPES,
)
def read_attachment(attachment_id: str, by: Actor) -> ApiResponse:
    """The content of a file. It is deleted some time after its question was closed, or when an
    owner deletes the texts of the answer."""
    try:
        key = UUID(attachment_id)
    except ValueError:
        raise NotFound(attachments.UNKNOWN) from None
    file = attachments.find(db.session(), key, by=by)
    return ApiResponse(
        file.content, headers=files.headers(file), content_type=files.content_type(file)
    )
