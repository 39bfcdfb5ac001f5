"""Becomes a PostgreSQL program that does not outlive its parent and is not root.

Run by its path, in a Python without site-packages, so that it costs some 20 ms:
`python -I -S launch.py PARENT UID GID SIGNAL REACH COMMAND [ARGUMENT …]`. UID -1 keeps the user;
REACH is a folder that the user has to pass through to, besides the command itself. SIGNAL is sent
to the command when the parent dies (0: none; Linux only).

PostgreSQL refuses to run as root. Where root keeps the data or the programs below a folder that
only root may enter, the new user gets one capability to pass through it; no folder is opened.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522


def main(arguments: list[str]) -> None:
    """Drop the privileges, tie the life to the parent's, become the command; never returns."""
    # A shell starts what it puts in the background with SIGINT ignored: PostgreSQL would miss a
    # request to stop that comes early.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent, uid, gid, last_wish = (int(text) for text in arguments[:4])
    reach, command = arguments[4], arguments[5:]
    if uid >= 0:
        _become(uid, gid, reach, command[0])
    if last_wish and sys.platform == "linux":
        # After the change of user, which clears it. The parent may have died before it was set.
        _prctl(PR_SET_PDEATHSIG, last_wish)
        if os.getppid() != parent:
            sys.exit("the parent is gone")
    os.execv(command[0], command)  # noqa: S606 - becoming the command is the point


def _become(uid: int, gid: int, reach: str, program: str) -> None:
    runs_for_all = bool(os.stat(program).st_mode & 0o001)
    if sys.platform == "linux":
        _prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.umask(0o077)
    # access() answers for the bare user: it leaves out the capabilities kept until the exec.
    if os.access(program, os.X_OK) and os.access(reach, os.X_OK):
        return
    if sys.platform != "linux":
        sys.exit(f"the user {uid} cannot pass through to {reach} and {program}")
    _keep_first_possible([CAP_DAC_READ_SEARCH] * runs_for_all + [CAP_DAC_OVERRIDE])


def _keep_first_possible(capabilities: list[int]) -> None:
    for capability in capabilities:
        try:
            _keep_only(1 << capability | 1 << CAP_SETPCAP)
            # initdb asks access() whether it can run postgres, which otherwise answers for a
            # user without capabilities.
            _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
            _keep_only(1 << capability)
            _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
        except OSError:
            continue
        return
    sys.exit("the data folder or the programs lie below a folder that only root may enter")


def _keep_only(mask: int) -> None:
    """Set the effective, permitted and inheritable capabilities of this process to `mask`."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _prctl(option: int, *values: int) -> None:
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *words) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    main(sys.argv[1:])
