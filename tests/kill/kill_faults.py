"""What is done to the processes of a running desk."""

import contextlib
import os
import random
import signal
from collections.abc import Callable
from functools import partial

from desk_process import Desk

Fault = Callable[[Desk, random.Random], None]


def _send(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _workers(desk: Desk) -> list[int]:
    return desk.find("gunicorn")[1:]


def _main(desk: Desk) -> list[int]:
    return desk.find("gunicorn")[:1]


def _postmaster(desk: Desk) -> list[int]:
    return desk.find("bin/postgres", "-D")[:1]


def _sender(desk: Desk) -> list[int]:
    """The worker, which sends webhooks and callbacks."""
    return desk.find("flask", "worker")


def _sessions(desk: Desk) -> list[int]:
    return desk.find("postgres: unstuck")


def _everything(desk: Desk) -> list[int]:
    return [pid for pid in desk.processes() if pid != desk.pid]


def _supervisor(desk: Desk) -> list[int]:
    return [desk.pid]


def _one(find: Callable[[Desk], list[int]], number: int, desk: Desk, chance: random.Random) -> None:
    if found := find(desk):
        _send([chance.choice(found)], number)


def _all(find: Callable[[Desk], list[int]], number: int, desk: Desk, _: random.Random) -> None:
    _send(find(desk), number)


def _stop(find: Callable[[Desk], list[int]], desk: Desk, chance: random.Random) -> None:
    """Stop some of them for good: whoever looks after them has to end them, or we do at the end of
    the cycle."""
    found = find(desk)
    _send(chance.sample(found, (len(found) + 1) // 2), signal.SIGSTOP)


FAULTS: dict[str, Fault] = {
    "kill a worker": partial(_one, _workers, signal.SIGKILL),
    "kill all workers": partial(_all, _workers, signal.SIGKILL),
    "end a worker": partial(_one, _workers, signal.SIGTERM),
    "stop workers": partial(_stop, _workers),
    "kill the sender of messages": partial(_all, _sender, signal.SIGKILL),
    "end the sender of messages": partial(_all, _sender, signal.SIGTERM),
    "stop the sender of messages": partial(_stop, _sender),
    "kill the main process": partial(_all, _main, signal.SIGKILL),
    "reload the main process": partial(_all, _main, signal.SIGHUP),
    "kill a session of the database": partial(_one, _sessions, signal.SIGKILL),
    "end a session of the database": partial(_one, _sessions, signal.SIGTERM),
    "stop sessions of the database": partial(_stop, _sessions),
    "kill the database": partial(_all, _postmaster, signal.SIGKILL),
    "end the database": partial(_all, _postmaster, signal.SIGINT),
    "kill all but the supervisor": partial(_all, _everything, signal.SIGKILL),
    "kill the supervisor": partial(_all, _supervisor, signal.SIGKILL),
}


def go_on(desk: Desk) -> None:
    """Let what was stopped go on."""
    _send(list(desk.processes()), signal.SIGCONT)
