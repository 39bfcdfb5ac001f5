"""Files that the Python package attaches to a question."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pictures import png
from unstuck.files import multipart
from unstuck.testing import FakeServer

from tests.api.questions import QUESTION


def test_a_question_is_asked_with_its_files(tmp_path: Path) -> None:
    log, shot = tmp_path / "build.log", tmp_path / "shop.png"
    log.write_bytes(b"It failed.\r\n")
    shot.write_bytes(png())
    with FakeServer() as server:
        server.answers("yes")
        answer = server.client().ask("Is it right?", ["yes", "no"], files=[log, str(shot)])
        assert answer.decision == "yes"
        named = [(name, content) for _, name, content in server.files]
        assert named == [("build.log", b"It failed.\r\n"), ("shop.png", png())]
        assert {asked for asked, *_ in server.files} == {answer.escalation_id}


def test_a_file_that_cannot_be_read_is_logged_and_the_question_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeServer() as server:
        handle = server.client().ask(
            "Is it right?", ["yes"], wait=False, files=[tmp_path / "no.log"]
        )
        assert "no.log isn't attached" in caplog.text
        assert handle.attach(b"It failed.", 'a"b\r\nc.log')["name"] == "a_b__c.log"
        assert len(server.questions) == 1


def test_a_key_that_the_program_knows_is_never_in_a_file() -> None:
    with FakeServer() as server:
        client = server.client()
        client.transport.hide('correct horse "battery"')
        handle = client.ask("Is it right?", ["yes"], wait=False)
        handle.attach(b'It is: correct horse "battery"', "a.log")
        assert server.files[0][2] == b"It is: ***"


@pytest.mark.parametrize("name", ["shop.png", "Grüße.png", "two words.png"])
def test_the_real_server_reads_what_the_package_sends(
    client: FlaskClient, agent: dict[str, str], name: str
) -> None:
    url = "/api/jobs/build-1/escalations"
    asked: Any = client.post(url, json=QUESTION, headers=agent).json
    kind, body = multipart(name, png())
    path = f"/api/escalations/{asked['id']}/attachments"
    made = client.post(path, data=body, content_type=kind, headers=agent)
    assert (made.status_code, made.json["name"]) == (201, name)
