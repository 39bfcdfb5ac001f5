"""The places that packages come from, where they cannot be reached."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.ENV_ERROR)
add = table.add
add(
    "system_package_source_name",
    Family.NETWORK,
    "the name of the place that system packages come from could not be looked up",
    "failed to fetch http | inrelease | some index files failed to download",
    # The domain without the machine: its mirrors share their fate, another distribution's do not.
    r"(?:temporary failure resolving|could not resolve) '(?:[\w-]+\.)*([\w-]+\.[\w-]+)'",
)
add(
    "system_package_source",
    Family.NETWORK,
    "the place that system packages come from could not be reached",
    "failed to fetch http | inrelease | some index files failed to download",
    r"(connection timed out|connection failed|could not connect|unable to connect"
    r"|connection refused|service unavailable|bad gateway)",
)
add(
    "system_package_damaged",
    Family.NETWORK,
    "the place that system packages come from delivered damaged or half renewed lists",
    "hash sum mismatch | file has unexpected size | mirror sync in progress",
)
add(
    "package_index_name",
    Family.NETWORK,
    "the name of the place that packages come from could not be looked up",
    "after connection broken by | could not fetch url",
    r"(?:newconnectionerror|nameresolution|max retries).{0,400}?(?:name resolution"
    r"|getaddrinfo failed|name or service not known|nodename nor servname|failed to resolve)",
)
_BROKEN = (
    r"(readtimeout|connecttimeout|protocol|proxy|newconnection|incompleteread|remotedisconnected"
    r"|connectionreset)(?:error)?\b"
)
_HOW = r"(?:timed out|timeout|aborted|reset|refused|closed|unreachable|proxy|incomplete)"
add(
    "package_index_connection",
    Family.NETWORK,
    "the connection to the place that packages come from broke off",
    "after connection broken by | readtimeouterror | could not fetch url",
    rf"{_BROKEN}.{{0,200}}?host='([\w.-]+)'.{{0,160}}?{_HOW}|{_BROKEN}.{{0,360}}?{_HOW}",
)
add(
    "nuget_source_connection",
    Family.NETWORK,
    "the place that libraries come from does not answer",
    "unable to load the service index for source",
    r"service index for source https?://([\w.-]+)(?!.{0,400}(?:\b40[13]\b|unauthorized|forbidden))",
)
add(
    "java_repository_connection",
    Family.NETWORK,
    "the connection to the place that libraries come from failed",
    "could not get | could not transfer artifact | could not head | failed to transfer"
    " | could not download",
    r"(?:could not (?:get|head) (?:resource )?'?https?://|from/to [\w.-]+ \(https?://"
    r"|could not transfer .{0,200}?https?://"
    r"|failed to transfer .{0,200}?https?://)([\w.-]+).{0,800}?(?:timed out|timeout|reset"
    r"|refused|unknown ?host|no such host|handshake|terminated|unreachable|name or service"
    r"|status code 50\d|received status code 50\d|failed to respond|closed)",
)
