"""Why the PostgreSQL that comes along does not start is said in one sentence."""

import pytest
from embedded_process import (
    another_python,
)

from webapp.config import SetupError
from webapp.embedded import Server
from webapp.embedded.cluster import Cluster


def test_why_it_does_not_start_is_said_in_one_sentence(tmp_path):
    with Server(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(SetupError, match="doesn't start") as caught:
        Server(tmp_path, durable=False).start()
    assert "pg_control" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_lost_password_is_said_to_be_lost(tmp_path):
    with Server(tmp_path, durable=False):
        pass
    (tmp_path / "postgres-password").unlink()
    with pytest.raises(SetupError, match="Restore the file"):
        Server(tmp_path, durable=False).start()


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "lock").mkdir()
    with pytest.raises(SetupError, match=f"{tmp_path}/lock can't be used"):
        Server(tmp_path, durable=False).start()


def test_data_of_another_postgresql_version_is_left_alone(tmp_path):
    with Server(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 17"):
        Server(tmp_path, durable=False).start()


def test_the_programs_cannot_be_missing_without_a_sentence(tmp_path):
    code = (
        "import webapp.embedded.programs as p; p._PACKAGE = 'not_there'\n"
        "try: Server(path).start()\n"
        "except Exception as e: print(type(e).__name__, e.message)"
    )
    with another_python(tmp_path, code) as process:
        said = process.stdout.read()
    assert said.startswith("SetupError")
    assert "DATABASE_URL" in said


def test_a_socket_folder_that_somebody_else_put_there_is_refused(tmp_path):
    data_dir = tmp_path / ("y" * 120)
    folder = Cluster(data_dir).socket_dir
    folder.mkdir(0o777)
    folder.chmod(0o777)
    try:
        with pytest.raises(SetupError, match="belongs to another user"):
            Server(data_dir, durable=False).start()
    finally:
        folder.rmdir()
