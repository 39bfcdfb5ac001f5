"""Under which names the desk answers. A foreign name in the Host header would get into links, and a
name that somebody else's DNS points here would let their page talk to this desk."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_babel import gettext, lazy_gettext

from webapp.addresses import Addresses, is_this_machine
from webapp.config import Config
from webapp.errors import AppError

_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FOR_ORCHESTRATORS: Final = ("/healthz", "/readyz")
_MOST_KNOWN: Final = 1000


class WrongHost(AppError):
    status, code, title = 400, "wrong-host", lazy_gettext("Wrong address")


class Hosts:
    """The names that are answered to.

    Beside the public one and this machine's own: `ALLOWED_HOSTS`. A desk that listens beyond this
    machine also answers to numeric addresses and to names without a dot, as they are used inside a
    network; nobody outside can make such a name point here.
    """

    def __init__(self, config: Config) -> None:
        self._any = "*" in config.allowed_hosts
        self._names = {name for name in config.allowed_hosts if not name.startswith(".")}
        self._endings = tuple(name for name in config.allowed_hosts if name.startswith("."))
        self._names |= _THIS_MACHINE | {config.host.lower()}
        if config.public_url:
            self._names.add(urlsplit(config.public_url).hostname or "")
        self._inside = not is_this_machine(config.host)
        self._known: set[str] = set()

    def answers_to(self, host: str) -> bool:
        """Whether a Host header, perhaps with a port, names this desk."""
        if host in self._known:  # most requests end here
            return True
        found = self._any or self._is_ours(host)
        if found and len(self._known) < _MOST_KNOWN:
            self._known.add(host)
        return found

    def _is_ours(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if not name or set(host) & set("/?#@\\ ,"):
            return False
        if name in self._names or name.endswith((".localhost", *self._endings)):
            return True
        return self._inside and (_is_address(name) or "." not in name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def root() -> str:
    """The address of this desk as people open it, without a slash at the end: the public one if
    one is set, else that of this request."""
    public_url: str | None = current_app.extensions["unstuck"].public_url
    return public_url or request.url_root.rstrip("/")


def root_for_others() -> tuple[str, bool]:
    """The address for a link to hand over, without a slash at the end, and whether it leads here
    from this machine only. Who opened the desk at this machine's own name gets the address in the
    network, where there is one: `localhost` is another machine for everybody else."""
    config: Config = current_app.extensions["unstuck"]
    here = root()
    parts = urlsplit(here)
    if config.public_url or not is_this_machine(parts.hostname or ""):
        return here, False
    found = Addresses.of(config, parts.port or 80)
    return found.best, found.network is None


def init_app(app: Flask, config: Config) -> None:
    """Refuse requests under a foreign name, before anything else is done for them."""
    hosts = Hosts(config)

    def check() -> None:
        environ = request.environ
        host = environ.get("HTTP_HOST")
        if host is None or hosts.answers_to(host) or environ["PATH_INFO"] in _FOR_ORCHESTRATORS:
            return
        raise WrongHost(
            gettext(
                "Unstuck doesn't answer under this host name. Open it by its own "
                "address, or ask its operator to add this name to ALLOWED_HOSTS."
            )
        )

    app.before_request(check)
