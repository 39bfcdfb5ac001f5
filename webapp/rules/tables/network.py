"""Connections that fail on the way, where the message names the cause and the other side."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.ENV_ERROR)
add = table.add
add(
    "name_not_resolved",
    Family.NETWORK,
    "the name of the other side could not be looked up",
    "enotfound | eai_again | temporary failure in name resolution | name or service not known"
    " | nodename nor servname provided | could not resolve host | couldn't resolve host"
    " | no such host | getaddrinfo failed | nameresolutionerror | unknownhostexception"
    " | name resolution | could not translate host name | err_name_not_resolved"
    " | no address associated with hostname | failed to resolve | temporary failure resolving"
    " | getaddrinfo | server misbehaving | host not found in upstream"
    " | unknown mysql server host | dns lookup | dns error | querysrv"
    " | failed to lookup address | no such device or address | dns_probe_finished"
    " | the remote name could not be resolved | name does not resolve"
    " | php_network_getaddresses | bad address",
    r"getaddrinfo (?:enotfound|eai_again) ([\w.-]+)|(?:failed to|could not|couldn't"
    r"|temporary failure) resolv(?:e|ing) (?:host(?:name)?:? ?)?\(?['\"]?([\w-]+(?:\.[\w-]+)+"
    r"|(?<=['\"])[\w-]+(?=['\"])|(?<=host: )[\w-]+)|lookup ([\w.-]+?):? (?:on |no such host"
    r"|server misbehaving|i/o timeout|temporary|:)|host='([\w.-]+)'.{0,500}(?:name resolution"
    r"|getaddrinfo failed|name or service|nodename nor|no address associated|failed to resolve)"
    r"|translate host name \"?'?([\w.-]+)|(?:unknownhostexception|err_name_not_resolved"
    r"|unknown mysql server host|host not found in upstream"
    r"|could not be resolved):?(?: at)? ?\(?['\"]?(?:https?://)?([\w.-]+)"
    r"|//([\w.-]+)[^ ]* .{0,80}(?:dns error|name or service|resolve)|querysrv \w+ ([\w.-]+)"
    r"|(?:host|address) '?\"?([\w-]+(?:\.[\w-]+)+)|enotfound(?<=\benotfound)|eai_again"
    r"|name resolution"
    r"|name or service not known|nodename nor|getaddrinfo|no such host|unknownhost|could(?: not"
    r"|n't) resolve host|dns|bad address|php_network",
)
SERVICE_PORTS = r"(?:443|80|3306|5432|6379|27017|9092|9200|5672|11211|1433|1521|2375|2181)\b"
"""Ports that say which service is meant, whatever its host is called."""

REFUSED = (
    "econnrefused | connection refused | actively refused | err_connection_refused"
    " | connectionrefusederror | can't connect to mysql server"
    " | can't connect to local mysql server | could not connect to redis"
    " | is the server running | no connection could be made | target machine actively "
    "| server through socket"
)
add(
    "connection_refused",
    Family.SERVICE_DOWN,
    "nothing answers at the address and port that the program calls",
    REFUSED,
    rf"(?:econnrefused|connect(?:ing|ion)? to|dial tcp|https?://|server at"
    rf"|connect) ?(?:\w+://)?(?:[^\s/@]{{1,80}}@)?"
    rf"['\"(]?(?!localhost\b"
    rf"|host\.docker)([a-z][\w-]*(?:\.[\w-]+)*):(?!{SERVICE_PORTS})(\d{{2,5}})\b"
    r"|(sqlstate\[hy000\]).{0,12}connection refused|(?:econnrefused|connect(?:ing|ion)? to"
    r"|dial tcp|server at|failed to connect to"
    r"|server on|redis at|connect)(?: server| at| to)? ['\"(]?(?:[\w.\[\]:/@*-]{0,80}?[\w\])]"
    r"|::1?|\*)?['\")]{0,2}(?:,? port[ =:]+|:)(?!443\b|80\b)(\d{2,5})\b|:(?<=[\w\])]:)"
    r"(?!443\b|80\b)(\d{3,5})\b[:,)'\" ]{1,4}(?:failed"
    r"|\[errno|connect|refused|could not|\(?connection)|\(?port[ =:]+(?!443\b|80\b)(\d{3,5})\b"
    r"|can't connect to (mysql) server on|(server through socket)|(mysql\.sock|mysqld\.sock)"
    r"|(\.s\.pgsql|unix socket)",
)
add(
    "ssh_unreachable",
    Family.NETWORK,
    "the host that the program signs in to does not answer",
    "ssh: connect to host | ssh_exchange_identification | kex_exchange_identification",
    r"connect to host ([\w.-]+) port \d+: (connection \w+(?: \w+)?|no route to host|network is"
    r"|operation timed out)|(?:ssh|kex)_exchange_identification: (.{5,60}?)(?: fatal|$|\. )",
)
add(
    "web_address_refused",
    Family.SERVICE_DOWN,
    "nothing answers at the address that the program calls",
    REFUSED,
    r"host='([\w.-]+)', port=(?:\d+).{0,400}(?:refused|establish)|(?:https?://"
    r"|//)(?:[^\s/@]{1,80}@)?([\w.-]+).{0,200}refused|\b([a-z][\w.-]+):(?:443|80)\b.{0,80}refused",
)
add(
    "download_interrupted",
    Family.NETWORK,
    "the connection to the place that packages come from broke off or was too slow",
    "spurious network error | download of | failed to download from",
    r"spurious network error()|download of '()"
    r"|failed to download from '?https?://([\w.-]+).{0,200}(?:timed|timeout|curl|reset)",
)
add(
    "host_timeout",
    Family.TIMEOUT,
    "the other side did not answer in time",
    "esockettimedout | etimedout | timed out | timeout | readtimeouterror"
    " | connecttimeouterror | time-out | context deadline exceeded",
    r"host='([\w.-]+)', port=\d+\)[^|]{0,300}?(?:timed out|timeout)"
    r"|https?://([\w.-]+)[^ ]*['\"]?[:,]? [^|]{0,100}?(?:dial tcp [\w.:\[\]]+ i/o timeout"
    r"|e(?:socket)?timedout|socket connection timeout|connect(?:ion)? timed out|timed out"
    r"|net/http: request canceled|tls handshake timeout|context deadline|client\.timeout)"
    r"|connect etimedout [\d.:a-f]+:(?!443\b"
    r"|80\b)(\d{2,5})\b",
)
add(
    "host_reset",
    Family.NETWORK,
    "the other side broke the connection off",
    "econnreset | connection reset | socket hang up | connection aborted | remotedisconnected"
    " | remote end closed | broken pipe",
    r"host='([\w.-]+)', port=\d+[^|]{0,400}?(?:reset|abort|disconnect|closed|broken)"
    r"|request to https?://([\w.-]+)[^ ]*[^|]{0,100}?(?:reset|hang up|closed)",
)
add(
    "npm_network",
    Family.NETWORK,
    "the connection to the place that packages come from broke off",
    "network aborted | problem related to network connectivity",
    r"(econnreset|network aborted)|code (e[a-z]+)",
)
add(
    "web_server_page",
    Family.SERVICE_DOWN,
    "the service answers with a page that says it is not available",
    "<title>5* | <h1>5*",
    r"https?://([\w.-]+)[^|]{0,300}?<(?:title|h1)>\s?(50[0234]|52\d)\b"
    r"|<(?:title|h1)>\s?(50[0234]|52\d)\b",
)
