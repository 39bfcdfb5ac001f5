"""How a file of an agent is sent: nothing in it can run, whatever it pretends to be."""

from typing import Final
from urllib.parse import quote

from webapp.models import Attachment
from webapp.rules.files import TEXT

_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


def content_type(file: Attachment) -> str:
    """The type that the content was recognized as."""
    return f"{TEXT}; charset=utf-8" if file.media_type == TEXT else file.media_type


def headers(file: Attachment) -> dict[str, str]:
    """What keeps a browser from taking the file for anything else. It shows images and saves
    texts."""
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_")
    quoted = plain.replace("\\", "_").replace('"', "_")
    how = "attachment" if file.media_type == TEXT else "inline"
    named = f"filename=\"{quoted}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return {
        "Content-Disposition": f"{how}; {named}",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
