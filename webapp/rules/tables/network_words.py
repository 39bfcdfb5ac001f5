"""Words for connections that fail on the way, wherever they stand; asked late."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table
from webapp.rules.tables.network import REFUSED

table = Table(Category.ENV_ERROR)
add = table.add
add(
    "connection_refused_somewhere",
    Family.SERVICE_DOWN,
    "nothing answers at the address that the program calls",
    REFUSED + " | connect failed | failed to establish a new connection"
    " | communications link failure",
    identifies=False,
)
add(
    "connection_reset",
    Family.NETWORK,
    "the other side broke the connection off",
    "econnreset | connection reset | socket hang up | connection aborted | remotedisconnected"
    " | remote end closed connection | broken pipe | epipe | connection was closed"
    " | server closed the connection unexpectedly | mysql server has gone away"
    " | lost connection to mysql | connection lost | premature close | unexpected eof"
    " | incomplete read | incompleteread | protocolerror | err_connection_reset"
    " | err_connection_closed | transfer closed with | err_socket_closed | other side closed"
    " | terminated unexpectedly | server disconnected | forcibly closed by the remote host"
    " | connection closed | peer closed connection | err_http2* | http/2 stream"
    " | econnaborted | und_err_socket | the connection was reset | socketexception"
    " | ssl: connection has been closed | err_stream_premature_close | recv failure"
    " | connection terminated | err_empty_response | err_network_changed | network aborted"
    " | chunkedencodingerror | upstream prematurely closed | err_incomplete_chunked",
    r"host='([\w.-]+)'.{0,500}(?:reset|abort|disconnect|closed|broken|eof)"
    r"|https?://([\w.-]+)[^ ]{0,200} [^|]{0,120}?(?:reset|hang up|closed|abort|eof|broken)"
    r"|(?:read |write )?(econnreset|epipe|econnaborted)|(server closed the connection"
    r"|connection terminated)|(gone away|lost connection to mysql)|(socket hang up"
    r"|other side closed|und_err_socket)|(connection reset|reset by peer|forcibly closed)"
    r"|(remote ?disconnected|remote end closed|server disconnected|peer closed|incomplete ?read"
    r"|chunkedencoding|connection aborted|protocolerror)|(broken pipe)|(premature)"
    r"|(network aborted)|connection (?:was )?(?:closed|lost)|eof|closed|socketexception|failure"
    r"|err_",
    identifies=False,
)
add(
    "gateway_error",
    Family.SERVICE_DOWN,
    "the service answers that it is not available at the moment",
    "502 | 503 | 504 | bad gateway | service unavailable | gateway time-out | gateway timeout"
    " | internal server error | 500 server error | server error (5* | http 500"
    " | status code 500 | status: 500 | http 5* | statuscode=500 | error 52* | http 52*"
    " | error: 500 | returned error: 5* | unexpected status code: 5* | http code = 5*"
    " | 500 internal | temporarily unavailable | service is unavailable | serviceunavailable"
    " | internalservererror | backenderror | responded with 5* | returned 5* | failed with 5* "
    "| with status 5* | status code: 5* | statuscode: 5*"
    " | service_unavailable | unicorn! | upstream connect error | reset before headers "
    "| internalerror | internal error has occurred"
    " | under maintenance | currently unavailable",
    r"(?:respond(?:ed|s)|returned|answered|failed) (?:with )?(?:an? )?(?:http |status |code )*"
    r"(50[0234]|52[0-9])\b"
    r"|\b(50[0234]|52[0-9]) (?:server error|internal server|bad gateway|service unavailable"
    r"|gateway time).{0,80}?(?:for url:? ?https?://([\w.-]+))?|(?:http|status|code|error"
    r"|returned error|status code|statuscode|http code)['\"]?[ :=/]+['\"]?(?:1\.1 )?(50[0234]"
    r"|52[0-9])\b|(bad gateway)|(service ?_?unavailable|service is unavailable"
    r"|temporarily unavailable|currently unavailable)|(gateway time-?out)"
    r"|(internal ?server ?error|internalerror|internal error has occurred|backenderror)"
    r"|(unicorn!)|(upstream connect error|reset before headers)|(under maintenance)",
    identifies=False,
)
add(
    "connection_timeout",
    Family.TIMEOUT,
    "the other side did not answer in time",
    "etimedout | timed out | timeout | esockettimedout | time-out | deadline exceeded"
    " | deadlineexceeded | operation too slow | took too long | i/o timeout"
    " | und_err_connect_timeout | err_timed_out",
    r"host='([\w.-]+)'.{0,400}(?:timed out|timeout)|(proxy\.golang\.org).{0,200}timeout"
    r"|https?://([\w.-]+)[^|]{0,200}?(?:etimedout|timed out|timeout|time-out|too slow)"
    r"|(?:etimedout|i/o timeout|timed out|timeout)[^|]{0,80}?https?://([\w.-]+)|(?:etimedout"
    r"|connection timed out|connect timeout|dial tcp|connecttimeout)[^|]{0,40}?:(\d{2,5})\b"
    r"|spurious network error|(etimedout|esockettimedout|read timed out"
    r"|connect(?:ion)? timed? ?out|i/o timeout|deadline ?exceeded|operation timed out"
    r"|request timed out|und_err_connect_timeout|socket timeout|tls handshake timeout"
    r"|read ?timeout|connect ?timeout|timeouterror|timeoutexception|net::err_timed_out"
    r"|timed out waiting|timed out after|operation too slow|timeout was reached"
    r"|err_connection_timed_out"
    r"|task timed out|navigation timeout|timeout)",
    identifies=False,
)
add(
    "network_unreachable",
    Family.NETWORK,
    "the network leads nowhere from this machine",
    "enetunreach | network is unreachable | no route to host | ehostunreach"
    " | err_internet_disconnected | a problem related to network connectivity | host is down"
    " | host is unreachable | enetdown | spurious network error",
    r"(enetunreach|network is unreachable)|(no route to host|ehostunreach|host is (?:down"
    r"|unreachable))|(err_internet_disconnected)|network|enetdown",
    identifies=False,
)
