"""`make kill`: a desk under load whose processes are killed, stopped and ended, again and again.
After each cycle nothing that was acknowledged may be lost, doubled or changed."""

import argparse
import random
import re
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from desk_process import Desk, flask
from kill_compare import differences
from kill_faults import FAULTS, go_on
from kill_journal import Journal
from kill_load import PROJECT, Agent, Client, Founder, Person
from kill_receiver import Receiver
from quick import folder_in_memory
from stage import send

from webapp import create_app
from webapp.actors import DESK
from webapp.config import Config
from webapp.embedded import database_url
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.operations import webhooks

BACK_S = 120.0
"""Within what the desk serves again after a fault; far above what it takes."""


class Lost(AssertionError):
    """Something was lost, doubled or changed, or the desk did not come back."""


class Harness:
    """One desk in that folder, its clients and their journal."""

    def __init__(self, folder: Path, *, agents: int = 4, seed: int = 1) -> None:
        self.port = _lasting_port()
        self.folder, self.journal, self.chance = folder, Journal(), random.Random(seed)
        self._agents = agents
        self.told_s = BACK_S
        """Within what everything has to be told that was asked and answered."""
        self.desk = self._start()
        self.url = database_url(Config.from_environ({"DATA_DIR": str(folder)}))
        self._tokens = {scope: self._token(scope) for scope in ("agent", "founder")}
        self.receiver = Receiver(self.journal)
        self._add_webhook()

    def cycle(self, name: str) -> None:
        """Do this to it under load, let it come back, and compare. Raises Lost."""
        clients: list[Client] = [
            Agent(self.port, self._tokens["agent"], self.journal, self.receiver.callback)
            for _ in range(self._agents)
        ]
        clients.append(Founder(self.port, self._tokens["founder"], self.journal))
        clients.append(Person(self.port, self._link(), self.journal))
        for client in clients:
            client.start()
        self._until(self._moves(5), "the clients get on before the fault")
        FAULTS[name](self.desk, self.chance)
        time.sleep(self.chance.uniform(0, 0.5))  # how far the clients get is left to chance
        go_on(self.desk)
        self._bring_back()
        self._until(self._moves(5), f"the clients get on after: {name}")
        for client in clients:
            client.over.set()
        for client in clients:
            client.join(BACK_S)
            if client.is_alive():
                raise Lost("a client hangs")
        end = time.monotonic() + self.told_s
        while self.journal.untold() and time.monotonic() < end:
            time.sleep(0.05)
        self.compare(name)

    def compare(self, name: str) -> None:
        """Hold the journal against the database; raises Lost."""
        if found := differences(self.journal, self.url):
            raise Lost(f"after: {name}\n" + "\n".join(found[:20]))

    def stop(self) -> None:
        self.desk.stop()
        self.receiver.stop()

    def _start(self) -> Desk:
        desk = Desk(
            self.folder,
            PORT=str(self.port),
            WEB_CONCURRENCY="2",
            QUOTAS="off",
            BACKUP_DAYS="0",
            DECISION_GRACE_S="0",
            WORKER="on",
            WORKER_LEASE_S="5",
            WEBHOOKS_TO_PRIVATE_ADDRESSES="on",
        )
        desk.wait_ready(BACK_S)
        return desk

    def _token(self, scope: str) -> str:
        arguments = ("token", "create", "--name", scope, "--project", PROJECT, "--scope", scope)
        done = flask(self.folder, *arguments)
        if done.returncode:
            raise Lost(done.stderr)
        return done.stdout.split()[-1]

    def _link(self) -> str:
        """A link that signs the founder in who hands over secrets."""
        done = flask(self.folder, "founder", "link", "anna@example.com", "--create")
        if done.returncode:
            raise Lost(done.stderr)
        return str(re.search(r"/sign-in/\S+", done.stdout)[0])  # type: ignore[index]

    def _add_webhook(self) -> None:
        config = Config.from_environ({"DATA_DIR": str(self.folder), "DATABASE_URL": self.url})
        with create_app(config).app_context():
            keys = (config.secret_key,)
            kinds = (Kind.WAITING_FOR_INPUT,)
            webhooks.create(PROJECT, self.receiver.webhook, kinds, by=DESK, keys=keys, private=True)
            db.session.remove()
            db.engine.dispose()

    def _moves(self, more: int) -> Callable[[], bool]:
        """Whether that many more questions went all the way since now."""
        goal = len(self.journal.receipts) + more
        return lambda: len(self.journal.receipts) >= goal or bool(self.journal.faults)

    def _bring_back(self) -> None:
        """A supervisor that was killed is started again, as systemd does."""
        if self.desk._process.poll() is not None:
            self.desk.stop()
            self.desk = self._start()
        self._until(self._serves, "it serves again")

    def _serves(self) -> bool:
        with suppress(OSError, ValueError):
            headers = {"Authorization": f"Bearer {self._tokens['agent']}"}
            path = f"/api/escalations?project_id={PROJECT}&limit=1"
            return send(self.port, "GET", path, headers=headers).status == 200
        return False

    def _until(self, check: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + BACK_S
        while not check():
            if time.monotonic() > end:
                raise Lost(
                    f"waited {BACK_S:.0f} s in vain: {what}; {self.desk.complaints()[-2000:]}"
                )
            if self.desk._process.poll() is not None and "after" not in what:
                return  # it is started again
            time.sleep(0.05)


def _lasting_port() -> int:
    """A free port that the system gives to nobody else: while the supervisor is dead, no connection
    of another program may take it."""
    while True:
        port = random.randint(20_000, 29_999)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def main() -> int:
    """Run that many cycles, the faults in a random order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as otherwise, folder_in_memory(Path(otherwise)) as folder:
        harness = Harness(folder / "data", seed=asked.seed)
        try:
            for number in range(1, asked.cycles + 1):
                name = harness.chance.choice(sorted(FAULTS))
                harness.cycle(name)
                sys.stdout.write(f"{number}: {name}\n")
                sys.stdout.flush()
        except Lost as lost:
            sys.stdout.write(f"FAILED (seed {asked.seed}): {lost}\n")
            return 1
        finally:
            harness.stop()
    journal = harness.journal
    sys.stdout.write(
        f"{asked.cycles} cycles: {len(journal.asked)} questions, {len(journal.answered)} answers, "
        f"{len(journal.receipts)} receipts, {len(journal.acked)} secrets, "
        f"{len(journal.arrived)} webhooks and callbacks, "
        f"{sum(map(len, journal.events.values()))} events read, "
        f"{journal.repeated} of {journal.requests} requests repeated: nothing lost, doubled or "
        "changed.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
