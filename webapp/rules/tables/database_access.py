"""Who may use databases, caches and message brokers."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
NEVER = Category.NEVER_RETRY
add(
    "postgres_password",
    Family.INVALID_CREDENTIALS,
    "the database does not accept the user name and password",
    "password authentication failed for user | peer authentication failed for user"
    " | ident authentication failed for user | no pg_hba.conf entry for host"
    " | fe_sendauth: no password supplied"
    " | sasl: scram-server-first-message: client password must be a string"
    " | client password must be a string | scram authentication",
    r"(password|peer|ident) authentication failed for user \"?'?([\w.$-]+)"
    r"|(no pg_hba\.conf entry)|(no password supplied)|(client password must be a string)|scram",
    category=NEVER,
)
add(
    "mysql_sign_in_method",
    Family.VERSION_CONFLICT,
    "the program's database library does not know the way of signing in that the server wants",
    "er_not_supported_auth_mode | client does not support authentication protocol"
    " | authentication plugin | authentication method unknown",
    r"authentication plugin ['\"]?([\w-]+)|(auth_mode|authentication protocol)"
    r"|authentication plugin|authentication method",
)
add(
    "mysql_password",
    Family.INVALID_CREDENTIALS,
    "the database does not accept the user name and password",
    "access denied for user | er_access_denied_error"
    " | login failed for user | ora-01017 | is not allowed to connect to this m*",
    r"access denied for user '?\"?([\w.$-]*)'?\"?@.{0,100}(using password: (?:yes|no))"
    r"|access denied for user '?([\w.$-]*)'?@?.{0,80}?to (database)"
    r"|login failed for user '?([\w.\\$-]*)"
    r"|(ora-01017)|(not allowed to connect)|access denied for user '?([\w.$-]*)",
    category=NEVER,
)
add(
    "mongo_sign_in",
    Family.INVALID_CREDENTIALS,
    "the database does not accept the user name and password",
    "bad auth | authentication failed | command find requires authentication"
    " | requires authentication | scram-sha-1 authentication failed | not authorized on"
    " | (unauthorized) | code 13",
    r"bad auth()|mongo.{0,200}(authentication failed|requires authentication|not authorized on)"
    r"|(?:not authorized on) (\w+) to execute"
    r"|(authentication failed).{0,200}mongo|(requires authentication)",
    category=NEVER,
)
add(
    "mongo_address_not_allowed",
    Family.PERMISSION,
    "the database only lets listed addresses in, and this one is not on the list",
    "ip that isn't whitelisted | isn't whitelisted | is not allowed to access the server"
    " | not in allowlist | ip address is not allowed | your ip address is not",
    r"whitelisted()|(not allowed to access the server)|allowlist()|is not",
    category=NEVER,
)
add(
    "redis_sign_in",
    Family.MISSING_CREDENTIALS,
    "the store asks for a password",
    "noauth | wrongpass | invalid username-password pair"
    " | client sent auth, but no password is set | without any password configured | noperm",
    r"(noauth)|(wrongpass|username-password pair)|(no password is set|without any password)"
    r"|(noperm)",
    category=NEVER,
)
add(
    "broker_sign_in",
    Family.INVALID_CREDENTIALS,
    "the message broker does not accept the sign-in",
    "access_refused | topicauthorizationexception | saslauthenticationexception"
    " | topic_authorization_failed | sasl authentication failed | groupauthorization"
    " | missing authentication credentials for rest request | missing authentication token"
    " | security_exception | unable to authenticate user",
    r"(access_refused)|(topic_?authorization)|(sasl)|(groupauthorization)"
    r"|(?:missing authentication (?:credentials|token)|unable to authenticate user"
    r"|security_exception(?!.{0,200}is unauthorized))()|is unauthorized for",
    category=NEVER,
)
add(
    "database_permission",
    Family.PERMISSION,
    "the database knows the user but does not allow this",
    "permission denied for | must be owner of | command denied to user | must be superuser"
    " | permission denied to | access denied; you need | insufficient privilege | ora-01031"
    " | permission was denied on the object | not have the super privilege"
    " | user is not allowed to do action",
    r"permission denied (?:for|to) (?:table|schema|relation|database|sequence|function"
    r"|create) ?\"?'?([\w.]*)|must be owner of (?:\w+ )?\"?([\w.]+)|(must be superuser)"
    r"|(\w+) command denied to user.{0,80}?(?:for table ['\"]?([\w.]+))?|you need .{0,20}?(super"
    r"|\w+) privilege"
    r"|(insufficient privilege|ora-01031)|permission was denied on the object '?(\w+)"
    r"|not allowed to do action \[?(\w+)|permission denied (?:for|to)|super privilege",
    category=NEVER,
)
