"""The steps of the start that need the application: a process that loads it while the database
starts, and goes on when that answers (prepare.py)."""

import os
import subprocess
import sys
from collections.abc import Callable

from webapp.config import PROJECT_ROOT, SetupError
from webapp.serving.pipe import Pipe


class Preparation:
    """Brings the schema up to date; it loads the application from the moment that this is made.
    `pause` waits between two looks; it may raise to give up."""

    def __init__(self, pause: Callable[[float], None]) -> None:
        self._pause = pause
        self._gate = Pipe()  # ends when the database answers
        self._process = subprocess.Popen(
            [sys.executable, "-m", "webapp.serving.prepare"],
            cwd=PROJECT_ROOT,
            env=os.environ | {"DESK_GATE": str(self._gate.reader)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(self._gate.reader,),
            text=True,
            process_group=0,  # Ctrl-C is the supervisor's to handle
        )

    def finish(self) -> str:
        """The database answers: returns the path to open first once the schema is up to date.
        Raises SetupError."""
        self._gate.end()
        while True:
            try:
                output, complaints = self._process.communicate(timeout=0.01)
                break
            except subprocess.TimeoutExpired:
                self._pause(1.0)  # cut short when the process ends
        if self._process.returncode != 0:
            sys.stderr.write(complaints)
            raise SetupError(
                "The database couldn't be upgraded. The reason is above. "
                "Fix it and start again. The data is unchanged."
            )
        return output.strip().splitlines()[-1]

    def stop(self) -> None:
        """No process is left."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._gate.close()
