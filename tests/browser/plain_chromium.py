"""Chromium as people have it: Playwright turns off that pages are kept whole for the way back, and
loses sight of one that comes back so. This one is told what to do over its own pipe.
"""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from chromium import FLAGS, program

PATIENCE_S = 20.0


class PlainChromium:
    """One window."""

    def __init__(self, folder: Path) -> None:
        its_in, self._to = os.pipe()
        self._from, its_out = os.pipe()
        # It speaks over its descriptors 3 and 4, whichever the pipes have here.
        shell = f'exec 3<&{its_in} 4>&{its_out}; exec "$@"'
        flags = ["--headless=new", "--remote-debugging-pipe", f"--user-data-dir={folder}", *FLAGS]
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", shell, "chromium", str(program()), *flags],
            pass_fds=[its_in, its_out],
            stderr=subprocess.DEVNULL,
        )
        os.close(its_in)
        os.close(its_out)
        self._rest, self._number, self._session = b"", 0, ""
        self.seen: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self.call("Page.enable")

    def close(self) -> None:
        """The end."""
        self._process.terminate()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What it answers; what else it tells meanwhile is in `seen`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (reply := self._read()).get("id") != self._number:
            self.seen.append(reply)
        result: dict[str, Any] = reply.get("result", {})
        return result

    def js(self, expression: str) -> Any:
        """What that is in the page of this moment; None while there is none."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found.get("result", {}).get("value")

    def open(self, url: str) -> None:
        """Write it into the address bar, and wait for the page."""
        self.js("window.isOld = true")
        self.call("Page.navigate", url=url)
        self.until("!window.isOld && document.readyState === 'complete'")

    def until(self, expression: str) -> None:
        """Wait until that is true in the page."""
        end = time.monotonic() + PATIENCE_S
        while not self.js(expression):
            assert time.monotonic() < end, f"{expression} at {self.js('location.href')}"
            time.sleep(0.05)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._from, 65536)
            assert more, "Chromium is gone"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        reply: dict[str, Any] = json.loads(message)
        return reply
