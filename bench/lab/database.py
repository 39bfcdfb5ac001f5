"""The PostgreSQL of a run: the product's own, in a folder that is thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.embedded import Server, server

# Three systems keep their connections open side by side, and the built-in limit is for one.
server._SETTINGS["max_connections"] = "250"


@contextmanager
def postgres(folder: Path) -> Iterator[Server]:
    """A server with everything on that keeps data safe."""
    with Server(folder / "postgres", durable=True) as started:
        yield started
