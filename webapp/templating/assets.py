"""Static files under addresses that change with their content, so that browsers keep them for good.

Small style sheets and scripts are written apart and served joined: one request for each kind.
"""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, current_app, request
from markupsafe import Markup

FOREVER: Final = "public, max-age=31536000, immutable"
BUNDLES: Final = {
    "desk.css": (
        "css/tokens.css",
        "css/base.css",
        "css/frame.css",
        "css/components.css",
        "css/question.css",
        "css/lists.css",
        "css/problems.css",
        "css/search.css",
        "css/numbers.css",
        "css/settings.css",
        "css/connect.css",
    ),
    "desk.js": (
        "vendor/htmx-2.0.11.min.js",
        "js/pipe.js",
        "js/tabs.js",
        "js/stream.js",
        "vendor/htmx-ext-sse-2.2.4.min.js",
        "vendor/idiomorph-0.8.0.min.js",
        "js/times.js",
        "js/presence.js",
        "js/waits.js",
        "js/app.js",
        "js/answer.js",
        "js/inbox.js",
        "js/resend.js",
        "js/leaving.js",
        "js/search.js",
        "js/keys.js",
    ),
}
_COMMENTS: Final = {
    ".css": re.compile(rb"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE),
    ".js": re.compile(rb"^\s*//.*\n", re.MULTILINE),
}
"""What browsers need not load of the files written here: lines of comments."""

_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def static_url(path: str) -> str:
    """The address of a file in static/, with a hash of its content."""
    return f"/static/{path}?v={_fingerprint(_folder() / path)}"


def bundle_url(name: str) -> str:
    """The address of a bundle, with a hash of its content."""
    return f"/assets/{_hash(_bundle(_folder(), name))}/{name}"


def icon(name: str) -> Markup:
    """An icon of static/icons.svg, hidden from screen readers: a word always stands beside it."""
    href = f"{static_url('icons.svg')}#{name}"
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>').format(href)


def init_app(app: Flask) -> None:
    """Give templates the helpers and serve the bundles."""
    app.jinja_env.globals.update(static_url=static_url, bundle_url=bundle_url, icon=cache(icon))
    app.add_url_rule("/assets/<fingerprint>/<name>", "bundle", _serve)
    app.after_request(_keep_for_good)


def _serve(fingerprint: str, name: str) -> Response:
    if name not in BUNDLES:
        abort(404)
    content = _bundle(_folder(), name)
    response = Response(content, content_type=_TYPES[Path(name).suffix])
    # An address of an earlier version gets today's content, which must not be kept under it.
    fresh = fingerprint == _hash(content)
    response.headers["Cache-Control"] = FOREVER if fresh else "no-cache"
    return response


def _keep_for_good(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = FOREVER
    return response


def _folder() -> Path:
    return Path(str(current_app.static_folder))


@cache
def _bundle(folder: Path, name: str) -> bytes:
    # The semicolon and the line break part scripts that end without either.
    end = b"\n;\n" if name.endswith(".js") else b"\n"
    return end.join(_part(folder / part) for part in BUNDLES[name])


def _part(path: Path) -> bytes:
    content = path.read_bytes()
    # What others wrote keeps its licence, and is small already.
    return content if path.parent.name == "vendor" else _COMMENTS[path.suffix].sub(b"", content)


@cache
def _fingerprint(path: Path) -> str:
    return _hash(path.read_bytes())


@cache
def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
