"""Passwords are hashed by Argon2id, in a thread of its own: it takes long on purpose, and a worker
has others to serve meanwhile."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from webapp.rules.passwords import normal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

P = ParamSpec("P")
R = TypeVar("R")

_AT_ONCE: Final = 4
"""Hashes at the same time; each takes 19 MiB."""


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _aside(_hasher().hash, normal(password))


def fits(stored: str | None, password: str) -> bool:
    """Whether it is the password. Without a stored one it takes as long to say no."""
    return _aside(_verify, stored or _nobodys(), normal(password)) and stored is not None


def outdated(stored: str) -> bool:
    """Whether it was hashed with other parameters than those of today."""
    return _hasher().check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> "PasswordHasher":
    # Not at the top: the desk starts without it.
    from argon2 import PasswordHasher

    # OWASP's parameters for Argon2id: 19 MiB, two passes, one lane.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash("a password that nobody has")


def _aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do it in a real thread where greenlets are served, and here where threads are."""
    from gevent import monkey

    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    result: R = _pool().apply(work, args, kwargs)
    return result


@cache
def _pool() -> Any:
    from gevent.threadpool import ThreadPool

    return ThreadPool(_AT_ONCE)
