"""Two servers behind nginx are restarted in turn, and no request fails: those on connections that
are kept open, and those that change something."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import urllib3
from kept_callers import KeptCaller, calling, failures, wait_served
from web_process import START_PATIENCE_S, DeskProcess, until

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
pytestmark = pytest.mark.skipif(
    not NGINX and "REQUIRE_NGINX" not in os.environ, reason="nginx isn't installed"
)
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream servers {{
        server 127.0.0.1:{first} max_fails=0;
        server 127.0.0.1:{second} max_fails=0;
        keepalive 16;
        keepalive_timeout 500ms;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://servers;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_buffering off;
            proxy_read_timeout 1h;
        }}
    }}
}}
"""
REPORT = {
    "project_id": "shop",
    "session_id": "s1",
    "error_type": "KeyError",
    "error_message": "'total'",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def nginx(folder: Path, servers: list[DeskProcess]) -> Iterator[str]:
    """The address of an nginx in front of both servers."""
    assert NGINX
    folder.mkdir()
    port = free_port()
    ports = {"first": servers[0].port, "second": servers[1].port, "port": port}
    settings, log = folder / "nginx.conf", folder / "error.log"
    settings.write_text(CONFIGURATION.format(folder=folder, **ports))
    process = subprocess.Popen([NGINX, "-p", folder, "-c", settings, "-e", log])
    try:
        url = f"http://127.0.0.1:{port}"
        with urllib3.PoolManager(retries=False) as pool:
            until(lambda: status(pool, f"{url}/healthz") == 200, "nginx answers", START_PATIENCE_S)
        yield url
    finally:
        process.terminate()
        process.wait()


def status(pool: urllib3.PoolManager, url: str) -> int | None:
    try:
        return pool.request("GET", url).status
    except urllib3.exceptions.HTTPError:
        return None


def caller(url: str, headers: dict[str, str], number: int) -> KeptCaller:
    """Reports a failure in a job of its own, and reads the job's events."""
    job = f"{url}/api/jobs/job-{number}"
    return KeptCaller(
        [("POST", f"{job}/errors", {"json": REPORT}), ("GET", f"{job}/events", {})], headers
    )


@pytest.fixture
def servers(environ: dict[str, str]) -> Iterator[list[DeskProcess]]:
    """Two on one database."""
    environ["RATE_LIMIT_AGENTS"] = "none"  # a quick machine sends more in a minute
    with ExitStack() as running:
        both = []
        for _ in range(2):
            server = DeskProcess(environ, workers=1)
            running.callback(server.stop)
            server.start()
            both.append(server)
        yield both


def test_no_request_fails_while_two_servers_are_restarted_in_turn(
    servers: list[DeskProcess], agent: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    with (
        nginx(tmp_path / "nginx", servers) as url,
        ExitStack() as running,
        calling([caller(url, agent, number) for number in range(4)]) as callers,
    ):
        for server in servers:
            wait_served(callers)
            server.terminate()
            server.listener.close()
            server.process.wait(START_PATIENCE_S)
            wait_served(callers)
            again = DeskProcess(environ, workers=1, port=server.port)
            running.callback(again.stop)
            again.start()
        wait_served(callers)
    assert failures(callers) == []
