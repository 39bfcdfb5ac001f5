"""LOG_FORMAT=json: each line is an object, and those of a request carry the id its caller got."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stage import send
from web_process import DeskProcess, until


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def desk(environ: dict[str, str], log: Path) -> Iterator[DeskProcess]:
    process = DeskProcess(environ | {"LOG_FORMAT": "json"}, workers=1, log=log)
    try:
        process.start()
        yield process
    finally:
        process.stop()


def lines(log: Path) -> list[dict[str, Any]]:
    """All whole lines; fails where one isn't JSON."""
    return [json.loads(line) for line in log.read_text().split("\n")[:-1]]


def test_every_line_is_json_and_names_the_request_that_its_caller_knows(
    desk: DeskProcess, log: Path
) -> None:
    token = {"Authorization": "Bearer nobody's"}
    given = {"X-Request-Id": "from-the-proxy-1"}
    strange = {"X-Request-Id": 'x"} {'}
    ids = []
    for more in ({}, given, strange):
        answer = send(desk.port, "GET", "/api/escalations?project_id=shop", headers=token | more)
        assert answer.status == 401
        ids.append(answer.headers["X-Request-Id"])
    assert ids[1] == "from-the-proxy-1"
    assert all(len(each) == 32 for each in (ids[0], ids[2]))

    def refused() -> list[str]:
        return [
            line["request_id"] for line in lines(log) if line["message"].startswith("refused (un")
        ]

    until(lambda: refused() == ids, "all of them are in the log")
    desk.kill_worker()
    until(lambda: any(line["logger"] == "gunicorn.error" for line in lines(log)), "gunicorn's own")
    assert {line["level"] for line in lines(log)} <= {"warning", "error"}
    assert all(line["at"].endswith("+00:00") for line in lines(log))
