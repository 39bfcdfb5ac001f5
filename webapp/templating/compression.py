"""Text goes over the wire compressed, where that gives nothing away.

Which answers are left as they are, and why: docs/decisions/0007-compression.md.
"""

import gzip
from functools import lru_cache
from typing import Final

from flask import Flask, Response, request

_TYPES: Final = {
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/manifest+json",
}
_LEAST: Final = 600
"""Bytes below which an answer fits into one packet anyway."""

_QUICK, _BEST = 5, 9
"""The effort for what is made for one reader, and for what is kept."""


def init_app(app: Flask) -> None:
    """Compress answers for browsers that understand gzip, last of all that is done to them."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The answer, compressed if it is a text that may be."""
    if response.mimetype not in _TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if not _may_be(response):
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < _LEAST:
        return response
    kept = "immutable" in response.headers.get("Cache-Control", "")
    response.set_data(_once(content) if kept else gzip.compress(content, _QUICK))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _may_be(response: Response) -> bool:
    # Files are streamed by Flask, but are no streams: their length is known.
    is_stream = response.is_streamed and response.content_length is None
    return (
        response.status_code != 304
        and request.method != "HEAD"
        and not is_stream
        and "Content-Encoding" not in response.headers
        and "Content-Range" not in response.headers
        and request.accept_encodings["gzip"] > 0
        and not _could_tell(response)
    )


def _could_tell(response: Response) -> bool:
    """Whether the length of the compressed answer could tell a secret in it to somebody who chose
    another part of it: a page that repeats its address, or one that is never to be stored."""
    if response.mimetype != "text/html":
        return False
    return bool(request.query_string) or "no-store" in response.headers.get("Cache-Control", "")


@lru_cache(maxsize=64)
def _once(content: bytes) -> bytes:
    return gzip.compress(content, _BEST)
