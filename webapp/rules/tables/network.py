"""Connections that fail on the way: names, routes, refusals, time-outs, certificates, 5xx."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.ENV_ERROR)
add = table.add
CODE = Category.CODE_ERROR

add(
    "certificate_not_trusted",
    Family.CERTIFICATE,
    "the other side's certificate could not be verified, which a setting on this side decides",
    (
        "certificate_verify_failed",
        "certificate verify failed",
        "self-signed certificate",
        "self signed certificate",
        "unable_to_verify_leaf_signature",
        "unable to verify the first certificate",
        "unable to get local issuer certificate",
        "unable to get issuer cert",
        "x509: certificate",
        "pkix path building failed",
        "cert_has_expired",
        "certificate has expired",
        "err_tls_cert_altname_invalid",
        "doesn't match the certificate",
        "does not match certificate's altnames",
        "depth_zero_self_signed_cert",
        "self_signed_cert_in_chain",
        "the remote certificate is invalid",
        "server certificate verification failed",
        "ssl certificate problem",
        "hostname mismatch",
        "unable to get local issuer",
        "unable_to_get_issuer_cert",
        "certificate is not trusted",
        "no peer certificate",
        "err_cert_*",
    ),
    r"(certificate has expired|cert_has_expired|has expired or is not yet valid)|(self.signed certificate|self_signed_cert)|(local issuer|leaf_signature|first certificate|get_issuer_cert|unknown authority|pkix path|certificate verification failed)|(hostname mismatch|altname|doesn't match|not valid for|is valid for)|certificate|err_cert",
    category=CODE,
)
add(
    "tls_protocol",
    Family.CERTIFICATE,
    "the two sides do not speak the same kind of secure connection",
    ("wrong version number", "wrong_version_number", "unsupported protocol", "sslv3 alert handshake failure", "no protocols available", "tlsv1 alert", "dh key too small", "unsafe legacy renegotiation", "http: server gave http response to https client", "ssl is not enabled on the server", "the server does not support ssl", "ssl off", "server does not support ssl", "unexpected_eof_while_reading", "no cipher", "received fatal alert", "pg_hba.conf rejects connection", "ssl module is not available", "ssl connection is required", "err_ssl_protocol_error", "insecure transport"),
    r"(wrong.version.number)|(http response to https)|(support ssl|ssl is not enabled)|(unsafe legacy)|(unexpected_eof)|(dh key)|(ssl module)|(ssl connection is required|insecure transport)|(handshake failure|unsupported protocol|no protocols|tlsv1 alert|no cipher|fatal alert)|ssl off|err_ssl|rejects",
    category=CODE,
)
add(
    "proxy_refused",
    Family.NETWORK,
    "the way out to the network leads through a proxy that does not let it pass",
    ("proxyerror", "tunnel connection failed", "cannot connect to proxy", "err_proxy_connection_failed", "proxy authentication required", "err_tunnel_connection_failed", "unable to connect to proxy"),
    r"host='([\w.-]+)'.{0,300}(?:proxy|tunnel)|proxy|tunnel",
)
add(
    "name_not_resolved",
    Family.NETWORK,
    "the name of the other side could not be looked up",
    (
        "enotfound",
        "eai_again",
        "temporary failure in name resolution",
        "name or service not known",
        "nodename nor servname provided",
        "could not resolve host",
        "couldn't resolve host",
        "no such host",
        "getaddrinfo failed",
        "nameresolutionerror",
        "unknownhostexception",
        "name resolution",
        "could not translate host name",
        "err_name_not_resolved",
        "no address associated with hostname",
        "failed to resolve",
        "temporary failure resolving",
        "getaddrinfo",
        "server misbehaving",
        "host not found in upstream",
        "unknown mysql server host",
        "dns lookup",
        "dns error",
        "querysrv",
        "failed to lookup address",
        "no such device or address",
        "dns_probe_finished",
        "the remote name could not be resolved",
        "name does not resolve",
        "php_network_getaddresses",
        "bad address",
    ),
    r"getaddrinfo (?:enotfound|eai_again) ([\w.-]+)|(?:failed to|could not|couldn't|temporary failure) resolv(?:e|ing) (?:host(?:name)?:? ?)?\(?['\"]?([\w-]+(?:\.[\w-]+)*)"
    r"|lookup ([\w.-]+?):? (?:on |no such host|server misbehaving|i/o timeout|temporary|:)|host='([\w.-]+)'.{0,500}(?:name resolution|getaddrinfo failed|name or service|nodename nor|no address associated|failed to resolve)|translate host name \"?'?([\w.-]+)|(?:unknownhostexception|err_name_not_resolved|unknown mysql server host|host not found in upstream|could not be resolved):?(?: at)? ?\(?['\"]?(?:https?://)?([\w.-]+)|//([\w.-]+)[^ ]* .{0,80}(?:dns error|name or service|resolve)|querysrv \w+ ([\w.-]+)"
    r"|(?:host|address) '?\"?([\w-]+(?:\.[\w-]+)+)|(\benotfound|eai_again|name resolution|name or service not known|nodename nor|getaddrinfo|no such host|unknownhost|resolve|dns|lookup|bad address|php_network)",
)
_REFUSED = (
    "econnrefused",
    "connection refused",
    "actively refused",
    "err_connection_refused",
    "failed to connect to",
    "connectionrefusederror",
    "can't connect to mysql server",
    "can't connect to local mysql server",
    "could not connect to server",
    "could not connect to redis",
    "is the server running",
    "no connection could be made",
    "connect failed",
    "connection to server at",
    "failed to establish a new connection",
    "couldn't connect to server",
    "can not connect",
    "unable to connect to",
    "cannot connect to",
    "communications link failure",
    "can't reach",
    "could not connect to",
    "target machine actively",
)

add(
    "connection_refused",
    Family.SERVICE_DOWN,
    "nothing answers at the address and port that the program calls",
    _REFUSED,
    r"\b(?:econnrefused|connect(?:ing|ion)? to|dial tcp|server at|failed to connect to|server on|redis at|connect)"
    r"(?: server| at| to)? ['\"(]?(?:[\w.\[\]:/@-]{0,80}?[\w\])]|::1?|\*)?['\")]{0,2}(?:,? port[ =:]+|:)(?!443\b|80\b)(\d{2,5})\b"
    r"|(?:localhost|\d+\.\d+\.\d+\.\d+|[a-z][\w-]{1,40}):(?!443\b|80\b)(\d{3,5})\b[:,)'\" ]{1,4}(?:failed|\[errno|connect|refused|could not|\(?connection)"
    r"|\(?port[ =:]+(?!443\b|80\b)(\d{3,5})\b"
    r"|mysql server on '?[\w.-]+'?:?(\d+)|mysql server on '?(?:localhost|127\.0\.0\.1)(')|(mysql\.sock|mysqld\.sock|mysql server through socket)|(\.s\.pgsql|unix socket)",
)
add(
    "web_address_refused",
    Family.SERVICE_DOWN,
    "nothing answers at the address that the program calls",
    _REFUSED,
    r"host='([\w.-]+)', port=(?:\d+).{0,400}(?:refused|establish)|(?:https?://|//)([\w.-]+).{0,200}refused|\b([a-z][\w.-]+):(?:443|80)\b.{0,80}refused",
)
add(
    "connection_refused_somewhere",
    Family.SERVICE_DOWN,
    "nothing answers at the address that the program calls",
    _REFUSED,
    identifies=False,
)
add(
    "download_interrupted",
    Family.NETWORK,
    "the connection to the place that packages come from broke off or was too slow",
    ("spurious network error", "download of", "failed to download from"),
    r"spurious network error|download of '|failed to download from '?https?://([\w.-]+).{0,200}(?:timed|timeout|curl|reset)",
)
add(
    "host_timeout",
    Family.TIMEOUT,
    "the other side did not answer in time",
    ("etimedout", "timed out", "timeout", "readtimeouterror", "connecttimeouterror", "time-out"),
    r"host='([\w.-]+)', port=\d+\)[^|]{0,300}?(?:timed out|timeout)|https?://([\w.-]+)[^ ]*['\"]?[:,]? [^|]{0,100}?(?:dial tcp [\w.:\[\]]+ i/o timeout|etimedout|connect(?:ion)? timed out|timed out|net/http: request canceled|tls handshake timeout)"
    r"|connect etimedout [\d.:a-f]+:(?!443\b|80\b)(\d{2,5})\b",
)
add(
    "host_reset",
    Family.NETWORK,
    "the other side broke the connection off",
    ("econnreset", "connection reset", "socket hang up", "connection aborted", "remotedisconnected", "remote end closed", "broken pipe"),
    r"host='([\w.-]+)', port=\d+[^|]{0,400}?(?:reset|abort|disconnect|closed|broken)|request to https?://([\w.-]+)[^ ]*[^|]{0,100}?(?:reset|hang up|closed)",
)
add(
    "connection_reset",
    Family.NETWORK,
    "the other side broke the connection off",
    ("econnreset", "connection reset", "socket hang up", "connection aborted", "remotedisconnected", "remote end closed connection", "broken pipe", "epipe", "connection was closed", "server closed the connection unexpectedly", "mysql server has gone away", "lost connection to mysql", "connection lost", "premature close", "unexpected eof", "incomplete read", "incompleteread", "protocolerror", "err_connection_reset", "err_connection_closed", "transfer closed with", "err_socket_closed", "other side closed", "terminated unexpectedly", "server disconnected", "forcibly closed by the remote host", "connection closed", "peer closed connection", "err_http2*", "http/2 stream", "econnaborted", "und_err_socket", "the connection was reset", "socketexception", "ssl: connection has been closed", "err_stream_premature_close", "recv failure", "connection terminated", "err_empty_response", "err_network_changed", "network aborted", "chunkedencodingerror", "upstream prematurely closed", "err_incomplete_chunked"),
    r"host='([\w.-]+)'.{0,500}(?:reset|abort|disconnect|closed|broken|eof)|https?://([\w.-]+)[^ ]*[^|]{0,120}(?:reset|hang up|closed|abort|eof|broken)|(?:read |write )?(econnreset|epipe|econnaborted)|(server closed the connection|connection terminated)|(gone away|lost connection to mysql)|(socket hang up|other side closed|und_err_socket)|(connection reset|reset by peer|forcibly closed)|(remote ?disconnected|remote end closed|server disconnected|peer closed|incomplete ?read|chunkedencoding|connection aborted|protocolerror)|(broken pipe)|(premature)|(network aborted)|connection (?:was )?(?:closed|lost)|eof|closed|socketexception|failure|err_",
    identifies=False,
)
add(
    "gateway_error",
    Family.SERVICE_DOWN,
    "the service answers that it is not available at the moment",
    ("502", "503", "504", "bad gateway", "service unavailable", "gateway time-out", "gateway timeout", "internal server error", "500 server error", "server error (5*", "http 500", "status code 500", "status: 500", "http 5*", "statuscode=500", "error 52*", "http 52*", "error: 500", "returned error: 5*", "unexpected status code: 5*", "http code = 5*", "500 internal", "temporarily unavailable", "service is unavailable", "serviceunavailable", "internalservererror", "backenderror", "status code: 5*", "statuscode: 5*", "service_unavailable", "unicorn!", "internalerror", "internal error has occurred", "under maintenance", "currently unavailable"),
    r"\b(50[0234]|52[0-9]) (?:server error|internal server|bad gateway|service unavailable|gateway time).{0,80}?(?:for url:? ?https?://([\w.-]+))?"
    r"|(?:http|status|code|error|returned error|status code|statuscode|http code)['\"]?[ :=/]+['\"]?(?:1\.1 )?(50[0234]|52[0-9])\b|(bad gateway)|(service ?_?unavailable|service is unavailable|temporarily unavailable|currently unavailable)|(gateway time-?out)|(internal ?server ?error|internalerror|internal error has occurred|backenderror)|(unicorn!)|(under maintenance)",
    identifies=False,
)
add(
    "connection_timeout",
    Family.TIMEOUT,
    "the other side did not answer in time",
    ("etimedout", "timed out", "timeout", "esockettimedout", "time-out", "deadline exceeded", "deadlineexceeded", "operation too slow", "took too long", "i/o timeout", "und_err_connect_timeout", "err_timed_out"),
    r"host='([\w.-]+)'.{0,400}(?:timed out|timeout)|(proxy\.golang\.org).{0,200}timeout|https?://([\w.-]+)[^|]{0,200}?(?:etimedout|timed out|timeout|time-out|too slow)|(?:etimedout|i/o timeout|timed out|timeout)[^|]{0,80}?https?://([\w.-]+)|(?:etimedout|connection timed out|connect timeout|dial tcp|connecttimeout)[^|]{0,40}?:(\d{2,5})\b"
    r"|spurious network error|(etimedout|esockettimedout|read timed out|connect(?:ion)? timed? ?out|i/o timeout|deadline ?exceeded|operation timed out|request timed out|und_err_connect_timeout|socket timeout|tls handshake timeout|read ?timeout|connect ?timeout|timeouterror|timeoutexception|net::err_timed_out|timed out waiting|operation too slow|timeout was reached|err_connection_timed_out|task timed out|navigation timeout|timeout)",
    identifies=False,
)
add(
    "network_unreachable",
    Family.NETWORK,
    "the network leads nowhere from this machine",
    ("enetunreach", "network is unreachable", "no route to host", "ehostunreach", "err_internet_disconnected", "a problem related to network connectivity", "network error", "failed to fetch", "fetch failed", "err_network", "host is down", "host is unreachable", "network request failed", "enetdown", "connection error", "spurious network error", "connecterror", "networkerror", "connectionerror", "problem with the request to", "issues/12 network", "there appears to be trouble with your network connection"),
    r"(enetunreach|network is unreachable)|(no route to host|ehostunreach|host is (?:down|unreachable))|(err_internet_disconnected)|network|fetch|connect",
    identifies=False,
)
