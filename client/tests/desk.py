"""A real Unstuck server, started with the project's own environment (`SERVER_PYTHON`)."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cached_property
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = os.environ.get("SERVER_PYTHON", str(ROOT / ".venv" / "bin" / "python"))


class Desk:
    """The server, and what a founder does there."""

    def __init__(self, url: str, environ: dict[str, str], sign_in: str) -> None:
        self.url, self._environ, self._sign_in = url, environ, sign_in
        self.founder = self.token("all", "--scope", "founder", project="*")

    @cached_property
    def browser(self) -> Any:
        """The browser of the first founder, signed in with the link that the server printed."""
        spec = spec_from_file_location("visitor", ROOT / "tests" / "visitor.py")
        assert spec
        assert spec.loader
        module = sys.modules["visitor"] = module_from_spec(spec)
        spec.loader.exec_module(module)
        visitor = module.Visitor(self.url)
        assert visitor.sign_in(self._sign_in)
        return visitor

    def token(self, name: str, *more: str, project: str) -> str:
        command = [PYTHON, "-m", "flask", "--app", "wsgi", "token", "create"]
        command += ["--name", name, "--project", project, *more]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environ, capture_output=True, text=True, check=True
        )
        return done.stdout.split()[-1]

    def call(self, method: str, path: str, body: "dict[str, Any] | None" = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.founder}")
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=30) as response:
            return json.loads(response.read() or b"null")

    def questions(self, project: str) -> list[dict[str, Any]]:
        """All of the project, oldest first; none while nobody has called for it."""
        found: list[dict[str, Any]] = self.call("GET", "/api/escalations?limit=200")
        return [asked for asked in found if asked["project_id"] == project]

    def until_asked(self, project: str) -> dict[str, Any]:
        return until(lambda: next(iter(self.questions(project)), None), "a question is asked")

    def answer(self, asked: dict[str, Any], decision: str, guidance: str) -> None:
        body = {"decision": decision, "guidance": guidance}
        self.call("POST", f"/api/escalations/{asked['id']}/resolve", body)


def until(check: Any, what: str, patience_s: float = 150) -> Any:
    """The first true value of `check()`."""
    end = time.monotonic() + patience_s
    while not (value := check()):
        assert time.monotonic() < end, f"waited {patience_s} s in vain: {what}"
        time.sleep(0.05)
    return value


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The server, on a database of its own."""
    own = {"DATA_DIR": str(tmp_path_factory.mktemp("data")), "PORT": "0", "WEB_CONCURRENCY": "1"}
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | own
    command = [PYTHON, "-m", "webapp.serving"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            line = next(line for line in process.stdout if "http://" in line)
            address = line[line.index("http://") :].split()[0]
            yield Desk("/".join(address.split("/")[:3]), environ, address)
        finally:
            process.terminate()
