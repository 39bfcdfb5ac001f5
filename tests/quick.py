"""What makes a thousand small databases and applications cheap enough to give each test its own."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from webapp.extensions import db

MEMORY = Path("/dev/shm")
ENOUGH = 2_000_000_000  # bytes; a container may have as little as 64 MB of it
_PREFIX = "unstuck-tests-"

_compile = Rule._compile_builder
_compiled: dict[tuple[Any, ...], Callable[..., Any]] = {}


def compile_routes_once() -> None:
    """Werkzeug writes and compiles two functions for each route of each application, which is most
    of the time that one takes to make. They depend on nothing but the route."""

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
        if key not in _compiled:
            _compiled[key] = _compile(rule, append_unknown)
        return _compiled[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]


class CompiledTemplates(BytecodeCache):
    """The templates that any application of this process has compiled, for all of them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


def compile_templates_once() -> None:
    """Jinja compiles a template for each application that renders it: two thirds of the time that
    the first page of one takes. What comes of it depends on nothing but the template."""
    Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": CompiledTemplates()}


class CompiledStatements(dict[Any, Any]):
    """SQLAlchemy's statements as text, for the databases of all tests: they are of one server, so
    their dialects are equal. It asks with the dialect as the first part of a key."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


_statements = CompiledStatements()


def compile_statements_once(app: Flask) -> None:
    """Let the application use what others have compiled: a quarter of the time of its requests."""
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=_statements)


def keep_bytecode() -> None:
    """Let the processes that tests start load compiled modules, also where the environment forbids
    to write them: compiling them takes a fifth of the start of a server."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@contextmanager
def folder_in_memory(otherwise: Path) -> Iterator[Path]:
    """A folder for a database that is thrown away: in memory, where there is enough of it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
        yield otherwise
        return
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=MEMORY))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Throw away what runs that were killed left behind."""
    for left in MEMORY.glob(f"{_PREFIX}*"):
        pid = left.name.removeprefix(_PREFIX).partition("-")[0]
        if not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
