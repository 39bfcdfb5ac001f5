"""A backup: the database and the key that signs and seals, in one file; and the way back.

- `make(config, file, passphrase)` writes one while the server runs.
- `Backup.open(file, passphrase)` reads one, and `load` puts it in the place of what is there.

Errors are `SetupError`: one sentence each.
"""

from webapp.backup.archive import Backup, BackupError, make

__all__ = ["Backup", "BackupError", "make"]
