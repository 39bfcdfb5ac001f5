"""What a file is, by its content and never by its name: one image and nothing else, or text."""

import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_FILES: Final = 3
"""Of one question."""

LARGEST_FILE: Final = 2_000_000
"""Bytes."""

MOST_PIXELS: Final = 50_000_000
"""What a browser unpacks of two megabytes may be a thousand times as much."""

TEXT: Final = "text/plain"
MEDIA_TYPES: Final = ("image/png", "image/jpeg", "image/webp", TEXT)

_NAMED: Final = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
    # Programs open these as what they are: text. A page, say, would run on the founder's computer.
    TEXT: ("txt", "log", "diff", "patch", "md", "json", "yaml", "yml", "toml"),
}
_LONGEST_NAME: Final = 100
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_SIZES_OF_JPEG: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers that nothing belongs to
_NEXT_MARKER: Final = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])", re.DOTALL)
_SCAN, _END, _MARK = 0xDA, 0xD9, 0xFF

_NOT_IN_TEXT: Final = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP: Final = re.compile(r"<(?:!doctype\s+html|html|svg|head|body|script|iframe)\b")
_BEGINNING: Final = 1_000
_PIECE: Final = 50_000


class Unfit(ValueError):
    """The content is none of those that may be attached; the message says why."""


@dataclass(frozen=True)
class Kind:
    """What a file is; an image has a width and a height in pixels."""

    media_type: str
    width: int | None = None
    height: int | None = None


def kind_of(data: bytes) -> Kind:
    """Return what these bytes are, or raise Unfit. An image has to end where its format says so:
    what stands behind it might be something else."""
    try:
        kind = _image(data)
    except (struct.error, IndexError):
        raise Unfit("is an image that is cut off or broken") from None
    if kind is None:
        _require_text(data)
        return Kind(TEXT)
    if not kind.width or not kind.height or kind.width * kind.height > MOST_PIXELS:
        raise Unfit(f"must be an image of 1 to {MOST_PIXELS // 1_000_000} megapixels")
    return kind


def _image(data: bytes) -> Kind | None:
    if data.startswith(_PNG):
        return Kind("image/png", *_size_of_png(data))
    if data.startswith(_JPEG):
        return Kind("image/jpeg", *_size_of_jpeg(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind("image/webp", *_size_of_webp(data))
    return None


def _require_end(at: int, data: bytes) -> None:
    if at != len(data):
        raise Unfit("is an image with more data around it: send the image alone")


def _size_of_png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise IndexError
    width, height = struct.unpack_from(">II", data, 16)
    at, name = len(_PNG), b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        at += 12 + length
    _require_end(at, data)
    return width, height


def _size_of_jpeg(data: bytes) -> tuple[int, int]:
    at, width, height = 2, 0, 0
    while (marker := data[at + 1]) != _END:
        if data[at] != _MARK:
            raise IndexError
        if marker == _MARK or marker in _ALONE:
            at += 1 if marker == _MARK else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in _SIZES_OF_JPEG:
            height, width = struct.unpack_from(">HH", data, at + 5)
        at += 2 + length
        if marker == _SCAN:
            found = _NEXT_MARKER.search(data, at)
            at = found.start() if found else len(data)
    _require_end(at + 2, data)
    return width, height


def _size_of_webp(data: bytes) -> tuple[int, int]:
    _require_end(struct.unpack_from("<I", data, 4)[0] + 8, data)
    name = data[12:16]
    if name == b"VP8X" and len(data) >= 30:
        width, height = (int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if name == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise IndexError


def _require_text(data: bytes) -> None:
    """Raise Unfit for what is no UTF-8 text, and for what a browser or reader takes for a page, a
    drawing or a document."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unfit("must be a PNG, JPEG or WebP image, or text in UTF-8") from None
    if _NOT_IN_TEXT.search(text) or b"%PDF-" in data[:_BEGINNING]:
        raise Unfit("must be a PNG, JPEG or WebP image, or text in UTF-8")
    beginning = text.lstrip("\ufeff \t\r\n\f")[:_BEGINNING].lower()
    if beginning.startswith("<") and _MARKUP.search(beginning):
        raise Unfit("must not be HTML or SVG: send an image of it, or its text")


def name_of(given: str, media_type: str) -> str:
    """Return the last part of the given name as it may be shown and saved: without hidden
    characters, and with an ending that fits the content."""
    last = re.split(r"[/\\]", given)[-1]
    shown = "".join(each for each in last if unicodedata.category(each) not in _HIDDEN)
    plain = " ".join(shown.split()).lstrip(".")
    stem, _, ending = plain.rpartition(".")
    endings = _NAMED[media_type]
    if stem and ending.lower() in endings:
        return f"{stem[: _LONGEST_NAME - 6]}.{ending}"
    return f"{plain[: _LONGEST_NAME - 6] or 'file'}.{endings[0]}"


def pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces that are quick to search through, each of whole lines; what stands
    between -----BEGIN and -----END stays together."""
    lines: list[str] = []
    size = opened = 0
    for line in text.splitlines(keepends=True):
        lines.append(line)
        size += len(line)
        # An end without a beginning, as where a log was cut off, closes nothing.
        opened = max(0, opened + ("-----BEGIN" in line) - ("-----END" in line))
        if size >= _PIECE and opened <= 0:
            yield "".join(lines)
            lines, size, opened = [], 0, 0
    yield "".join(lines)
