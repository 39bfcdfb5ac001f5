"""The addresses at which people open this server, for links that are printed or handed over.

A running server keeps them in its data folder, so that a command in another terminal prints links
that lead to it, whatever the command's own environment says of HOST, PORT and PUBLIC_URL.
"""

import contextlib
import io
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self

from webapp.config import Config

FROM_A_PHONE: Final = "To open it on a phone in the same network, start with HOST=0.0.0.0 make run."
"""For a server that only this machine reaches."""

_FILE: Final = "addresses.json"
_ELSEWHERE: Final = ("192.0.2.1", 9)  # reserved for documentation; nothing is sent there
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound
_HTTP_PORT: Final = 80
_CONNECT_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """`main` is for a browser on this machine, or public; `network` is for other machines in the
    same network, None where there is no such address or `main` leads there already. Neither ends
    with a slash. `only_here` says that no other machine reaches the server."""

    main: str
    network: str | None
    only_here: bool

    @classmethod
    def of(cls, config: Config, port: int) -> Self:
        """The addresses of a server with this configuration that listens on `port`."""
        if config.public_url:
            return cls(main=config.public_url, network=None, only_here=False)
        if is_this_machine(config.host):
            return cls(main=_url(_name(config.host, port), port), network=None, only_here=True)
        if config.host not in _EVERYWHERE:
            return cls(main=_url(config.host, port), network=None, only_here=False)
        own = network_address()
        main = _url(_name("127.0.0.1", port), port)
        return cls(main=main, network=_url(own, port) if own else None, only_here=False)

    @property
    def best(self) -> str:
        """The address that leads here from as many machines as possible."""
        return self.network or self.main


@contextlib.contextmanager
def kept(data_dir: Path, addresses: Addresses) -> Iterator[None]:
    """Tell commands the addresses of the server that runs inside the block."""
    path = data_dir / _FILE
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(addresses) | {"pid": os.getpid()}), "utf-8")
    draft.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def running(data_dir: Path) -> Addresses | None:
    """The addresses of the server that runs on this data folder; None if none runs."""
    try:
        said = json.loads((data_dir / _FILE).read_text("utf-8"))
        os.kill(said.pop("pid"), 0)  # a killed server leaves its file behind
        return Addresses(**said)
    except PermissionError:
        return Addresses(**said)  # it lives, as another user
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def is_this_machine(host: str) -> bool:
    """Whether a server on this host is reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def network_address() -> str | None:
    """The numeric address of this machine in its network; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)  # of a datagram socket: it only chooses a route
            found: str = probe.getsockname()[0]
        except OSError:
            return None
    return None if ip_address(found).is_loopback else found


def qr_code(text: str) -> str:
    """The text as a QR code of characters, for a terminal."""
    import segno  # not at the top: a server behind a service manager never needs it

    picture = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(picture, border=2, compact=True)
    return picture.getvalue()


def _name(host: str, port: int) -> str:
    """`localhost`, because browsers refuse passkeys for numbers; the number itself where that name
    leads to another program, which may listen on the same port of the other loopback address."""
    if host.lower() not in ("localhost", "127.0.0.1", "::1"):
        return host
    found = socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, where in found:
        with socket.socket(family, kind, protocol) as probe:
            probe.settimeout(_CONNECT_S)
            if probe.connect_ex(where) == 0:  # browsers try them in this order
                return "localhost" if host in ("localhost", where[0]) else host
    return "localhost"


def _url(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}" if port == _HTTP_PORT else f"http://{name}:{port}"
