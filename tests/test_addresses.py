"""The addresses in printed links: a name that works, and one for other machines."""

import os
import socket
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import config_for
from webapp import addresses
from webapp.accounts.sign_in import link_command
from webapp.addresses import Addresses
from webapp.config import PROJECT_ROOT, Config


def of(port: int = 5000, **environ: str) -> Addresses:
    return Addresses.of(config_for("postgresql://h/d", **environ), port)


def test_this_machine_is_called_by_a_name_because_passkeys_need_one() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        found = of(HOST=host)
        assert (found.main, found.network, found.only_here) == ("http://localhost:5000", None, True)


def test_a_name_that_leads_to_another_program_is_not_printed() -> None:
    try:
        other = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no second loopback address")
    with other:
        port = other.getsockname()[1]
        first = socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)[0][4][0]
        if first != "::1":
            pytest.skip("localhost leads to 127.0.0.1 first here")
        assert of(port, HOST="127.0.0.1").main == f"http://127.0.0.1:{port}"
        assert of(port, HOST="::1").main == f"http://localhost:{port}"


def test_a_server_for_the_network_names_its_address_there(monkeypatch) -> None:
    monkeypatch.setattr(addresses, "network_address", lambda: "192.168.1.20")
    found = of(HOST="0.0.0.0")
    assert found.main == "http://localhost:5000"
    assert found.network == found.best == "http://192.168.1.20:5000"
    assert not found.only_here
    monkeypatch.setattr(addresses, "network_address", lambda: None)
    assert of(HOST="0.0.0.0").best == "http://localhost:5000"


def test_the_address_in_the_network_is_one_of_this_machine() -> None:
    found = addresses.network_address()
    if found is None:
        pytest.skip("this machine has no network")
    with socket.create_server((found, 0)):
        pass


def test_the_public_address_is_the_only_one_where_it_is_set() -> None:
    found = of(PUBLIC_URL="https://desk.example.com", HOST="0.0.0.0")
    assert (found.main, found.network) == ("https://desk.example.com", None)


def test_a_command_learns_the_addresses_of_the_running_server_and_of_no_dead_one(
    tmp_path: Path,
) -> None:
    assert addresses.running(tmp_path) is None
    with addresses.kept(tmp_path, of(5123)):
        found = addresses.running(tmp_path)
        assert found == of(5123)
        note = (tmp_path / "addresses.json").read_text()
    assert addresses.running(tmp_path) is None
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    dead = note.replace(f'"pid": {os.getpid()}', f'"pid": {child}')
    assert dead != note
    (tmp_path / "addresses.json").write_text(dead)
    assert addresses.running(tmp_path) is None
    (tmp_path / "addresses.json").write_text("{}")
    assert addresses.running(tmp_path) is None


def test_a_qr_code_is_drawn_with_characters() -> None:
    lines = addresses.qr_code("http://192.168.1.20:5000/sign-in/" + "a" * 43).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert len(lines) <= 24  # a terminal shows it whole


def config(**environ: str) -> Config:
    return Config.from_environ({"SECRET_KEY": "a key for tests that is long enough 012"} | environ)


def test_the_sign_in_page_prints_a_command_that_is_right_for_this_server(
    app: Flask, tmp_path: Path
) -> None:
    assert link_command(config()).endswith("flask --app wsgi founder link")
    assert "DATA_DIR" not in link_command(config(DATA_DIR=str(PROJECT_ROOT / "data")))
    folder = tmp_path / "my data"
    assert link_command(config(DATA_DIR=str(folder))).startswith(f"DATA_DIR='{folder}' ")
    page = app.test_client().get("/sign-in").text
    assert "founder link</pre>" in page
    assert "you@example.com" not in page


@pytest.mark.parametrize("more", [{"PUBLIC_URL": "https://desk.example.com"}, {"HOST": "0.0.0.0"}])
def test_strangers_do_not_read_where_the_data_lies(tmp_path: Path, more: dict[str, str]) -> None:
    assert str(tmp_path) not in link_command(config(DATA_DIR=str(tmp_path), **more))
