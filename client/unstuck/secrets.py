"""Secrets that came with an answer: they go where the program reads them, and nowhere else."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union
from urllib.parse import quote

from unstuck.errors import Refused, Unreachable
from unstuck.transport import Json

if TYPE_CHECKING:
    from unstuck.client import Unstuck

log = logging.getLogger("unstuck")

HIDDEN = "***"
_GONE = 410


class Secret:
    """A secret that the founder handed over. Its value is fetched when it is first used, and never
    shown: `str` and `repr` are ***.

    Until it is acknowledged, a restarted program can take it again. `to_file` acknowledges it once
    it is on the disk; a secret in the environment is acknowledged with the receipt `worked`.
    """

    def __init__(self, client: Unstuck, name: str, ref: str) -> None:
        self.name, self.ref = name, ref
        self._client = client
        self._value: Optional[str] = None
        self._is_acknowledged = False
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return HIDDEN

    def reveal(self) -> str:
        """Return the value. Keep it out of prompts and logs. Raises Refused (410) if it is gone."""
        with self._lock:
            if self._value is None:
                taken = self._send("take")
                self._value = str(taken["value"])
                # An error that quotes the value must not carry it back.
                self._client.transport.hide(self._value)
            return self._value

    def to_env(self, name: Optional[str] = None) -> None:
        """Set the environment variable of that name, or of the secret's own, for this process and
        those it starts."""
        os.environ[name or self.name] = self.reveal()

    def to_file(self, path: Union[str, Path], mode: int = 0o600) -> Path:
        """Write it to a file that only its owner may read, then acknowledge it. If an earlier run
        did so already, its file stays."""
        target = Path(path)
        try:
            value = self.reveal()
        except Refused as refused:
            if refused.status == _GONE and target.is_file():
                return target
            raise
        _write(target, value, mode)
        self.acknowledge()
        return target

    def acknowledge(self) -> None:
        """Say that the secret arrived, so that the server deletes it. Does nothing if it wasn't
        taken, or was acknowledged before."""
        with self._lock:
            if self._value is not None and not self._is_acknowledged:
                self._send("ack")
                self._is_acknowledged = True

    def acknowledge_quietly(self) -> None:
        """As `acknowledge`; a failure is logged and nothing more, since the server deletes it
        later on its own."""
        try:
            self.acknowledge()
        except (Refused, Unreachable) as error:
            log.warning("%s couldn't be acknowledged: %s", self.name, error)

    def _send(self, verb: str) -> Any:
        path = f"/api/secrets/{quote(self.ref, safe='')}/{verb}"
        return self._client.transport.send("POST", path, {"job_id": self._client.job})


def secrets_in(answers: Mapping[str, Any], client: Optional[Unstuck]) -> dict[str, Secret]:
    """The secrets among the values that came with an answer, by name."""
    if client is None:
        return {}
    return {
        name: Secret(client, name, value["ref"])
        for name, value in answers.items()
        if isinstance(value, dict) and value.get("secret") == "stored" and value.get("ref")
    }


HAND_OVER = [
    {"value": "provide_credentials", "label": "I've entered it"},
    {"value": "skip_feature", "label": "Go on without it"},
]
"""The options of a question that asks for secrets and has none of its own."""


def asking_for(secrets: Mapping[str, str], *, has_options: bool) -> Json:
    """The `answer_schema` of a question that asks for these secrets: what tells the founder where
    to find each, by its name. With options the founder may choose one without handing it over."""
    belongs: Json = {} if has_options else {"x-options": [HAND_OVER[0]["value"]]}
    properties: Json = {
        name: {"type": "string", "format": "secret"}
        | ({"description": text} if text else {})
        | belongs
        for name, text in secrets.items()
    }
    schema: Json = {"type": "object", "properties": properties}
    return schema if has_options else schema | {"required": list(properties)}


def _write(target: Path, value: str, mode: int) -> None:
    """All of it or nothing, and with its mode from the first moment."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, mode)  # whatever the umask took away
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
