"""Where this server may send to, if a stranger names the address: the internet, and no network
behind it."""

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

LONGEST: Final = 2_000

# Networks that lead to other addresses: what is inside them is not looked at, so none is reached.
_TUNNELS: Final = [
    ipaddress.ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]


class NotAllowed(Exception):
    """The address is none that this server sends to; the message says why."""


def check(url: str, *, private: bool) -> SplitResult:
    """The parts of an address that may be sent to, as far as that shows without a look-up. Raises
    NotAllowed. `private` allows addresses of this network, and plain HTTP."""
    if len(url) > LONGEST or any(not 32 < ord(sign) < 127 for sign in url):
        raise NotAllowed("The address is too long, or holds a sign that an address can't have.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("The address is malformed.") from None
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise NotAllowed("The address has to start with https://.")
    if not parts.hostname or parts.username or parts.password or port == 0:
        raise NotAllowed("The address needs a host name, and no user or password.")
    if not private and _is_number(parts.hostname) and not is_public(parts.hostname):
        raise NotAllowed("The address belongs to a private network.")
    return parts


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the internet."""
    read = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return is_public(str(read.ipv4_mapped))
        if any(read in tunnel for tunnel in _TUNNELS):
            return False
    return read.is_global and not read.is_multicast
