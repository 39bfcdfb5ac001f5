"""Certificates, encrypted connections and proxies."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.ENV_ERROR)
add = table.add
CODE = Category.CODE_ERROR
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
    " | 407 authenticationrequired | code 407 from proxy",
    r"code 407 from proxy|407[ '\":,b]{1,6}(?:proxy )?authentication|proxy authentication required",
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
