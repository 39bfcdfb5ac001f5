"""Connections that fail on the way, where the message names the cause and the other side."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.ENV_ERROR)
add = table.add
CODE = Category.CODE_ERROR
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
add(
    "certificate_not_trusted",
    Family.CERTIFICATE,
    "the other side's certificate could not be verified, which a setting on this side decides",
    "certificate_verify_failed | certificate verify failed | self-signed certificate"
    " | self signed certificate | unable_to_verify_leaf_signature"
    " | unable to verify the first certificate | unable to get local issuer certificate"
    " | unable to get issuer cert | x509: certificate | pkix path building failed"
    " | cert_has_expired | certificate has expired | err_tls_cert_altname_invalid"
    " | doesn't match the certificate | does not match certificate's altnames"
    " | depth_zero_self_signed_cert | self_signed_cert_in_chain"
    " | the remote certificate is invalid | server certificate verification failed"
    " | ssl certificate problem | hostname mismatch | unable to get local issuer"
    " | unable_to_get_issuer_cert | certificate is not trusted | no peer certificate"
    " | err_cert_*",
    r"(?:host='|https?://|hostname,? )([\w.-]+\.[a-z]{2,})\b[^|]{0,260}?(?:certificate has expired"
    r"|cert_has_expired|hostname mismatch|altname|doesn't match|is valid for)"
    r"|(certificate has expired|cert_has_expired|has expired or is not yet valid)"
    r"|(self.signed certificate|self_signed_cert)|(local issuer|leaf_signature"
    r"|first certificate|get_issuer_cert|unknown authority|pkix path"
    r"|certificate verification failed)|(hostname mismatch|altname|doesn't match|not valid for"
    r"|is valid for)|certificate|err_cert",
    category=CODE,
)
add(
    "certificate_authority_limit",
    Family.RATE_LIMIT,
    "the issuer of certificates limits how many it issues",
    "too many certificates | acme:error:ratelimited | too many failed authorizations"
    " | too many currently pending authorizations | too many new orders",
    r"(too many certificates)|(too many failed)|(pending authorizations)|(too many new orders)"
    r"|ratelimited",
    category=Category.NEVER_RETRY,
)
add(
    "tls_protocol",
    Family.CERTIFICATE,
    "the two sides do not speak the same kind of secure connection",
    "wrong version number | wrong_version_number | unsupported protocol"
    " | sslv3 alert handshake failure | no protocols available | tlsv1 alert"
    " | dh key too small | unsafe legacy renegotiation"
    " | http: server gave http response to https client | ssl is not enabled on the server"
    " | the server does not support ssl | ssl off | server does not support ssl"
    " | unexpected_eof_while_reading | no cipher | received fatal alert"
    " | pg_hba.conf rejects connection | ssl module is not available"
    " | ssl connection is required | err_ssl_protocol_error | insecure transport",
    r"(wrong.version.number)|(http response to https)|(support ssl|ssl is not enabled)"
    r"|(unsafe legacy)|(unexpected_eof)|(dh key)|(ssl module)|(ssl connection is required"
    r"|insecure transport)|(handshake failure|unsupported protocol|no protocols|tlsv1 alert"
    r"|no cipher|fatal alert)|(ssl off)|err_ssl|rejects",
    category=CODE,
)
add(
    "proxy_sign_in",
    Family.MISSING_CREDENTIALS,
    "the proxy on the way out to the network wants a user name and a password",
    "407 proxy authentication | 407 authentication required | proxy authentication required"
    " | 407 authenticationrequired",
    r"407[ '\":,b]{1,6}(?:proxy )?authentication|proxy authentication required",
    category=Category.NEVER_RETRY,
)
add(
    "proxy_refused",
    Family.NETWORK,
    "the way out to the network leads through a proxy that does not let it pass",
    "proxyerror | tunnel connection failed | cannot connect to proxy"
    " | err_proxy_connection_failed | proxy authentication required"
    " | err_tunnel_connection_failed | unable to connect to proxy",
    r"host='([\w.-]+)'.{0,300}(?:proxy|tunnel)|proxy|tunnel",
)
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
