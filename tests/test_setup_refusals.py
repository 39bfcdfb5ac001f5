"""Why a desk does not start is said in one sentence that says what to do."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from desk_process import refusal


def test_a_busy_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = refusal(tmp_path, PORT=str(port))
    assert sentence.startswith(f"Port {port} is in use")
    assert "PORT=" in sentence
    assert not (tmp_path / "postgres").exists()


def test_a_host_that_is_not_this_machine_is_named(tmp_path):
    assert refusal(tmp_path, HOST="192.0.2.1").startswith("HOST is '192.0.2.1'")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    assert "DATA_DIR" in refusal(tmp_path / "file" / "data")


def test_a_wrong_value_is_named(tmp_path):
    assert refusal(tmp_path, PORT="many").startswith("PORT is 'many'")


@contextmanager
def old_postgresql(version: str) -> Iterator[int]:
    """A server that speaks just enough of the protocol to say how old it is; yields its port."""

    def message(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("!i", len(body) + 4) + body

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            asked = client.recv(4096)
            while asked[4:8] in (struct.pack("!i", 80877103), struct.pack("!i", 80877104)):
                client.sendall(b"N")  # no encryption
                asked = client.recv(4096)
            client.sendall(
                message(b"R", struct.pack("!i", 0))
                + message(b"S", b"server_version\0" + version.encode() + b"\0")
                + message(b"S", b"client_encoding\0UTF8\0")
                + message(b"K", struct.pack("!ii", 1, 1))
                + message(b"Z", b"I")
            )
            while client.recv(4096):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve)
        server.start()
        yield listener.getsockname()[1]
        server.join(10)


def test_a_postgresql_older_than_15_is_refused(tmp_path):
    with old_postgresql("14.9") as port:
        sentence = refusal(tmp_path, DATABASE_URL=f"postgresql://u:p@127.0.0.1:{port}/desk")
    assert "PostgreSQL 14" in sentence
    assert "15 or newer" in sentence


def test_a_wrong_password_and_an_unknown_database_are_told_apart(server, tmp_path):
    password = server.url().split(":")[2].split("@")[0]
    wrong = refusal(tmp_path, DATABASE_URL=server.url().replace(password, "geheim"))
    assert "password is wrong" in wrong
    assert "geheim" not in wrong
    unknown = refusal(tmp_path, DATABASE_URL=server.url("nothing_here"))
    assert "no such database" in unknown
