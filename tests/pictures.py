"""Small images, made byte by byte."""

import struct
import zlib


def png(width: int = 3, height: int = 2, text: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    rows = zlib.compress((b"\0" + b"\x3b\x82\xf6" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    comment = chunk(b"tEXt", b"Comment\0" + text) if text else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + comment
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 3, height: int = 2) -> bytes:
    """All parts of one; what is between them is made up."""
    head = b"\xff\xe0\x00\x04JF\xff\xff"
    size = b"\xff\xc2\x00\x08\x08" + struct.pack(">HH", height, width) + b"\x01"
    scan = b"\xff\xda\x00\x02abc\xff\x00\xff\xd0def"
    return b"\xff\xd8" + head + size + scan + scan + b"\xff\xd9"


def webp(kind: bytes = b"VP8L") -> bytes:
    body = {
        b"VP8L": b"VP8L\x05\0\0\0\x2f" + struct.pack("<I", (1 << 14) | 2),
        b"VP8 ": b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 3, 2),
        b"VP8X": b"VP8X\x0a\0\0\0\0\0\0\0\x02\0\0\x01\0\0",
    }[kind]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
