"""The PostgreSQL of a run: the product's own, in a folder that is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.embedded import Server

WORKERS = 8
"""Of all servers that stand side by side: each keeps as many connections as one of the product."""


@contextmanager
def postgres(folder: Path) -> Iterator[Server]:
    """A server with everything on that keeps data safe."""
    with Server(folder / "postgres", durable=True, workers=WORKERS) as started:
        yield started
