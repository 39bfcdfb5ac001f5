"""`make demo`: an example agent gets stuck and asks, at the desk that runs or one of its own."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from webapp import addresses, embedded
from webapp.clock import now
from webapp.config import PROJECT_ROOT, Config, SetupError, make_data_dir
from webapp.extensions import db
from webapp.operations import people, tokens
from webapp.queries import accounts
from webapp.serving.ready import Ready

PROJECT: Final = "tea-shop"
_AGENT: Final = PROJECT_ROOT / "docs" / "examples" / "demo_agent.py"
_CLIENT: Final = PROJECT_ROOT / "client"
_WAIT_SCALE: Final = "0.25"  # of the waits that an agent keeps otherwise: somebody is watching
_TOKEN_LIVES: Final = timedelta(days=1)
_STOP_S: Final = 6.0  # the desk itself stops within 5

_WHAT_TO_DO: Final = """
Open {address}

  An agent is building a tea shop there and will soon ask you something. Answer as you like;
  what it builds depends on it. For the invoices try "Use this one" and type: plainbill
  A key for the payments is whatever you write into
  {key}
"""


@dataclass(frozen=True)
class Desk:
    """A desk that answers at `url`. `address` is what a person opens; `process` is set where the
    desk was started for the demo."""

    url: str
    address: str
    process: subprocess.Popen[bytes] | None = None


def run(config: Config, arguments: list[str]) -> None:
    """Let the example agent work, with `arguments` for it, until it is done; a desk that was
    started for it goes on until Ctrl-C. Raises SetupError."""
    # SIGTERM takes the same way out as Ctrl-C, so that nothing is left behind.
    signal.signal(signal.SIGTERM, _interrupt)
    with suppress(KeyboardInterrupt), ExitStack() as parts:
        desk = _running_desk(config) or parts.enter_context(_own_desk(config))
        with embedded.ensure_running(config):
            token = _token()
        _check(desk, token)
        job = f"build-{now():%Y%m%d-%H%M%S}"
        folder = config.data_dir / "demo" / job
        make_data_dir(folder)
        _say(_WHAT_TO_DO.format(address=desk.address, key=folder / "keys" / "PAYMENTS_API_KEY"))
        _work(desk, token, job, folder, arguments)
        if desk.process:
            _say("Unstuck keeps running, so you can look around. Ctrl-C stops it.")
            desk.process.wait()


def _running_desk(config: Config) -> Desk | None:
    """The desk that answers at HOST and PORT, with a sign-in link as long as nobody signed in."""
    url = url_that_answers(config)
    if url is None:
        return None
    with embedded.ensure_running(config):
        found = addresses.running(config.data_dir) or addresses.Addresses.of(config, config.port)
        if accounts.anyone_signed_in(db.session()):
            return Desk(url, f"{found.main}/")
        return Desk(url, f"{found.main}/sign-in/{people.make_first_link()}")


def url_that_answers(config: Config) -> str | None:
    """Where a desk answers at HOST and PORT, whatever data it has; None where none does."""
    url = _url(config)
    return url if _status(url, "/healthz") == http.HTTPStatus.OK else None


@contextmanager
def _own_desk(config: Config) -> Iterator[Desk]:
    """A desk that runs inside the block."""
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "webapp.serving", "--ready-fd", str(writer)]
    process = subprocess.Popen(  # noqa: S603 - a program of this repository
        command,
        cwd=PROJECT_ROOT,
        stdout=subprocess.DEVNULL,
        pass_fds=[writer],
    )
    os.close(writer)
    try:
        ready = Ready.read(reader)
        if ready is None:
            raise SetupError("Unstuck didn't start for the demo. The reason is above.")
        # PUBLIC_URL need not lead back to this machine; PORT=0 is known only from the address.
        url = _url(config) if config.public_url else ready.address
        yield Desk(url, ready.link, process)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(_STOP_S)


def _url(config: Config) -> str:
    """Where the desk answers on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    return f"http://[{host}]:{config.port}" if ":" in host else f"http://{host}:{config.port}"


def _status(url: str, path: str, token: str = "") -> int:
    """The status of the answer to a GET; 0 when there is none."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _token() -> str:
    _, secret = tokens.create("Demo agent", [PROJECT], expires_at=now() + _TOKEN_LIVES)
    return secret


def _check(desk: Desk, token: str) -> None:
    if _status(desk.url, "/api/escalations", token) == http.HTTPStatus.UNAUTHORIZED:
        raise SetupError(
            f"The server at {desk.url} has its data elsewhere. Give this command the same DATA_DIR "
            "or DATABASE_URL, or another PORT to start a server of its own."
        )


def _work(desk: Desk, token: str, job: str, folder: Path, arguments: list[str]) -> None:
    """Run the agent to its end."""
    names = {
        "UNSTUCK_URL": desk.url,
        "UNSTUCK_TOKEN": token,
        "UNSTUCK_PROJECT": PROJECT,
        "UNSTUCK_JOB": job,
    }
    # The package need not be installed to be tried.
    names["PYTHONPATH"] = os.pathsep.join([str(_CLIENT), os.environ.get("PYTHONPATH", "")])
    environ = {"UNSTUCK_WAIT_SCALE": _WAIT_SCALE} | os.environ | names
    command = [sys.executable, str(_AGENT), "--folder", str(folder), *arguments]
    agent = subprocess.Popen(command, env=environ)  # noqa: S603 - a program of this repository
    try:
        agent.wait()
    finally:
        agent.terminate()
        agent.wait()
    if agent.returncode:
        raise SetupError("The example agent stopped early: the reason stands above.")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
