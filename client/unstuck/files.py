"""Files that an agent attaches to its question, as they are sent."""

from __future__ import annotations

import json
import re
import secrets
from os import PathLike
from pathlib import Path
from typing import Optional, Union

Source = Union[str, "PathLike[str]", bytes]
"""The path of a file, or its content."""


def read(source: Source, name: Optional[str] = None) -> tuple[str, bytes]:
    """Return the name and the content of a file. Raises OSError if it can't be read."""
    if isinstance(source, bytes):
        return name or "file", source
    path = Path(source)
    return name or path.name, path.read_bytes()


def multipart(name: str, content: bytes) -> tuple[str, bytes]:
    """Return the content type and the bytes of a body that carries one file."""
    boundary = secrets.token_hex(16)
    quoted = json.dumps(re.sub(r"[\r\n\\\"]", "_", name), ensure_ascii=False)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename={quoted}\r\n\r\n'
    body = head.encode("utf-8", "replace") + content + f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body
