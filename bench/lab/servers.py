"""The servers that are compared, each as its own processes on loopback, ended with their block."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.config import PROJECT_ROOT

WORKERS = 2
_START_S = 90.0
_OWN = ("HOST", "PORT", "DATA_DIR", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "WEB_CONCURRENCY")
REDIS = "redis://127.0.0.1:{port}/0"
SECRET_KEY = "a key for benchmarks that is long enough, 0123456789"


UNLIMITED = {"RATE_LIMIT_AGENTS": "none", "QUOTAS": "off"}
"""What is compared with counts nothing either."""


def environment(**more: str) -> dict[str, str]:
    """The environment of a process, without what the caller set for a desk of their own."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OWN}
    return inherited | UNLIMITED | more


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def process(
    command: list[str], log: Path, port: int, *, path: str = "", **environ: str
) -> Iterator[int]:
    """Run a command that listens on `port`, in a process group of its own; yields its pid once it
    accepts connections, or answers a GET of `path`, and ends the whole group afterwards."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            command,
            cwd=PROJECT_ROOT,
            env=environment(**environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    try:
        _wait_for(started, port, path, log)
        yield started.pid
    finally:
        started.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(6)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


@contextmanager
def desk(url: str, folder: Path, workers: int = WORKERS) -> Iterator[tuple[int, int]]:
    """The product as `make run` starts its web server; yields its port and pid."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "webapp/gunicorn.conf.py", "wsgi:app"]
    environ = {
        "DATABASE_URL": url,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "WEB_CONCURRENCY": str(workers),
        "SECRET_KEY": SECRET_KEY,
        "DATA_DIR": str(folder),
    }
    with process(command, folder / "desk.log", port, path="/healthz", **environ) as pid:
        yield port, pid


@contextmanager
def reference(
    url: str, redis_port: int, folder: Path, workers: int = WORKERS, *, app: str = "app"
) -> Iterator[tuple[int, int]]:
    """A reference: FastAPI on uvicorn, `app` of bench/reference; yields its port and pid."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", f"bench.reference.{app}:app", "--port", str(port)]
    command += ["--workers", str(workers), "--loop", "uvloop", "--http", "httptools"]
    command += ["--no-access-log", "--log-level", "warning", "--backlog", "2048"]
    environ = {"DATABASE_URL": url, "REDIS_URL": REDIS.format(port=redis_port)}
    with process(command, folder / f"{app}.log", port, path="/docs", **environ) as pid:
        yield port, pid


@contextmanager
def redis(folder: Path) -> Iterator[int]:
    """Redis as a broker only, nothing written to disk; yields its port."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with process([*command, "--appendonly", "no"], folder / "redis.log", port):
        yield port


_NGINX = """
load_module {module};
{user}
daemon off;
worker_processes {workers};
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log warn;
events {{ worker_connections {files}; multi_accept on; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  nchan_shared_memory_size 128M;
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    tcp_nodelay on;
    keepalive_requests 1000000;
    location = /publish {{ nchan_publisher; nchan_channel_id job; nchan_message_buffer_length 50; }}
    location = /subscribe {{
      nchan_subscriber eventsource; nchan_channel_id job;
      nchan_subscriber_first_message newest;
      nchan_eventsource_ping_interval 15;
    }}
  }}
}}
"""


@contextmanager
def nchan(folder: Path, files: int, workers: int = WORKERS) -> Iterator[tuple[int, int]]:
    """nginx with nchan; yields its port and pid."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(
        _NGINX.format(
            module=nchan_module(),
            user="user root;" if os.geteuid() == 0 else "",  # to write its own temporary files
            workers=workers,
            files=files,
            folder=folder,
            port=port,
        )
    )
    with process(["nginx", "-c", str(config)], folder / "nginx.log", port) as pid:
        yield port, pid


def nchan_module() -> Path:
    """Where Debian and Ubuntu put the module."""
    return Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


def children(pid: int) -> list[int]:
    """The pids of the workers of a server."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def resident(pids: list[int]) -> int:
    """Bytes of memory that these processes have of their own and in shared libraries together:
    the proportional set size, so that nothing counts twice."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def processor_time(pid: int) -> float:
    """Seconds of processor time that the workers of a server have used."""
    ticks = 0
    for child in children(pid):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(") ")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_until_quiet(pid: int, limit: float = 30.0) -> None:
    """Wait until the workers of a server have nothing to do, at most so many seconds."""
    end, calm, used = time.monotonic() + limit, 0, processor_time(pid)
    while calm < 3 and time.monotonic() < end:
        time.sleep(0.25)
        before, used = used, processor_time(pid)
        calm = calm + 1 if used - before < 0.02 else 0


def _ask(port: int, path: str) -> None:
    if not path:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", path)
        connection.getresponse().read()


def _wait_for(started: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        if started.poll() is not None:
            break
        with contextlib.suppress(OSError, http.client.HTTPException):
            _ask(port, path)
            return
        time.sleep(0.05)
    raise RuntimeError(f"{started.args!r} did not start: {log.read_text(errors='replace')[-2000:]}")
