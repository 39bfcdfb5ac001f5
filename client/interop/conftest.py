"""What the tests share: a real server, its OpenAPI document, and programs from npm."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from desk import Desk, desk

__all__ = ["desk"]

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
PACKAGES = BIN.parent / "js"
"""Where `make` puts what package-lock.json lists."""


def node(*command: "str | Path", cwd: Path, timeout_s: float = 150, **environ: str) -> str:
    """What a Node.js program prints; the test fails with all of it if the program does."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    done = subprocess.run(
        [str(BIN / "node"), *map(str, command)],
        cwd=cwd,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def document(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document, as the server gives it to anyone."""
    with urlopen(f"{desk.url}/api/openapi.json", timeout=30) as response:
        served = json.load(response)
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(json.dumps(served), "utf-8")
    return path
