"""The Python package of agents, as a wheel that pip installs from this server.

So an agent's environment needs nothing but the address that it needs anyway. A wheel is a zip
archive of the files as they are, with three files that describe it (PEP 427).
"""

import base64
import hashlib
import io
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort

_SOURCE: Final = Path(__file__).resolve().parents[3] / "client" / "unstuck"
_VERSION: Final = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)
_MOMENT: Final = (2026, 1, 1, 0, 0, 0)  # the same files give the same bytes


def address(root: str) -> str:
    """Where pip finds the package, on the server at `root`."""
    return f"{root}/client/{_file_name()}"


def wheel(name: str) -> Response:
    """The package. Public: it's the same for everybody, and holds no secret."""
    if not _SOURCE.is_dir() or name != _file_name():
        abort(404)
    response = Response(_wheel(), content_type="application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@cache
def _version() -> str:
    found = _VERSION.search((_SOURCE / "__init__.py").read_text("utf-8"))
    return found[1] if found else "0"


def _file_name() -> str:
    return f"unstuck-{_version()}-py3-none-any.whl"


@cache
def _wheel() -> bytes:
    about = f"unstuck-{_version()}.dist-info"
    files = {
        f"unstuck/{path.relative_to(_SOURCE).as_posix()}": path.read_bytes()
        for path in sorted(_SOURCE.rglob("*"))
        if path.is_file() and (path.suffix == ".py" or path.name == "py.typed")
    }
    metadata = f"Metadata-Version: 2.1\nName: unstuck\nVersion: {_version()}\n"
    files[f"{about}/METADATA"] = f"{metadata}Requires-Python: >=3.9\n".encode()
    files[f"{about}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: unstuck\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{about}/entry_points.txt"] = b"[console_scripts]\nunstuck = unstuck.cli:main\n"
    record = [f"{name},{_hash(data)},{len(data)}" for name, data in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,\n"]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()
    return f"sha256={digest.rstrip('=')}"


def add_to(bp: Blueprint) -> None:
    """Give the package its address."""
    bp.add_url_rule("/client/<name>", "wheel", wheel)
