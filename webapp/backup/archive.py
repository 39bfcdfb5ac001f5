"""The file of a backup: a tar of the database's dump, the secret keys, and what it is of."""

import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from webapp.backup import dump, envelope
from webapp.clock import now, rfc3339
from webapp.config import Config, SetupError

_FORMAT: Final = 1
_DUMP: Final = "database.dump"
_KEYS: Final = "keys.json"
_ABOUT: Final = "about.json"


class BackupError(SetupError):
    """The file of a backup can't be written or read; the sentence says why."""


def make(
    config: Config, url: str, file: Path, passphrase: str | None, about: dict[str, Any]
) -> None:
    """Write a backup of the database at `url`, which runs, for this user alone to read. The file
    appears when it is whole."""
    with _folder(file.parent) as folder:
        dump.dump(url, folder / _DUMP)
        keys = {
            "SECRET_KEY": [config.secret_key, *config.secret_key_fallbacks],
            "SECRETS_KEY": config.secrets_keys,
        }
        (folder / _KEYS).write_text(json.dumps(keys), "utf-8")
        told = about | {"format": _FORMAT, "made_at": rfc3339(now())}
        (folder / _ABOUT).write_text(json.dumps(told), "utf-8")
        draft = folder / "backup"
        with tarfile.open(draft, "w") as archive:
            for name in (_ABOUT, _KEYS, _DUMP):
                archive.add(folder / name, name)
        if passphrase:
            sealed = folder / "sealed"
            with draft.open("rb") as source, sealed.open("wb") as target:
                envelope.seal(source, target, passphrase)
            draft = sealed
        draft.chmod(0o600)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.rename(file)


class Backup:
    """A backup that was opened: `about` says what it is of, `keys` are those of each variable, the
    newest first."""

    def __init__(self, folder: Path, about: dict[str, Any], keys: dict[str, list[str]]) -> None:
        self._folder = folder
        self.about = about
        self.keys = keys

    @classmethod
    @contextmanager
    def open(cls, file: Path, passphrase: str | None) -> Iterator[Self]:
        """Read a backup; what it needs on the disk beside the file is gone at the end."""
        with _folder(file.parent) as folder:
            try:
                yield cls._read(file, folder, passphrase)
            except (tarfile.TarError, KeyError, ValueError) as error:
                raise BackupError(f"{file} isn't a backup of Unstuck ({error}).") from None

    @classmethod
    def _read(cls, file: Path, folder: Path, passphrase: str | None) -> Self:
        opened = file
        if envelope.is_sealed(file):
            opened = folder / "opened"
            with file.open("rb") as source, opened.open("wb") as target:
                try:
                    envelope.unseal(source, target, passphrase or "")
                except envelope.WrongPassphrase:
                    raise BackupError(
                        f"{file} can't be opened: the passphrase is wrong, or the file is damaged."
                    ) from None
        with tarfile.open(opened) as archive:
            for name in (_ABOUT, _KEYS, _DUMP):
                archive.extract(name, folder, filter="data")
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
        if about["format"] != _FORMAT:
            raise BackupError(f"{file} was made by a newer version of Unstuck: update this one.")
        keys = json.loads((folder / _KEYS).read_text("utf-8"))
        return cls(folder, about, keys)

    def load(self, url: str, *, clean: bool) -> None:
        """Bring the database back, all of it or nothing; `clean` replaces what is there."""
        dump.load(url, self._folder / _DUMP, clean=clean)


@contextmanager
def _folder(beside: Path) -> Iterator[Path]:
    """A folder for this user alone, on the disk on which the file is."""
    try:
        with tempfile.TemporaryDirectory(dir=beside, prefix=".unstuck-backup-") as folder:
            yield Path(folder)
    except OSError as error:
        place = error.filename or beside
        raise BackupError(f"{place} can't be used ({error.strerror}).") from error
