"""Addresses of a database with several hosts, of which one takes writes."""

import re
from typing import Final

_SEVERAL: Final = re.compile(r"(?P<user>[^@/?]*@)?(?P<hosts>[^@/?]*,[^@/?]*)(?P<rest>[/?].*)?")
_HOST: Final = re.compile(r"(?:\[(?P<v6>[^\[\],]+)\]|(?P<name>[^\[\]:,]+))(?::(?P<port>[0-9]+))?")


def as_parameters(address: str) -> str:
    """The address, which stands after the scheme, with several hosts (`h1:5433,h2/unstuck`) as
    parameters (`/unstuck?host=h1,h2&port=5433,5432`): libpq knows both forms, and SQLAlchemy only
    this one. Raises ValueError."""
    found = _SEVERAL.fullmatch(address)
    if not found:
        return address
    hosts, ports = [], []
    for text in found["hosts"].split(","):
        host = _HOST.fullmatch(text)
        if not host:
            raise ValueError("a host can't be read")
        hosts.append(host["v6"] or host["name"])
        ports.append(host["port"] or "5432")
    path, _, query = (found["rest"] or "").partition("?")
    parameters = f"host={','.join(hosts)}&port={','.join(ports)}" + (f"&{query}" if query else "")
    return f"{found['user'] or ''}{path or '/'}?{parameters}"
