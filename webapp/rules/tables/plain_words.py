"""What unknown services and tools say in plain words; asked last of all.

A rule here gives a category and a family, never a cause of its own: which trouble it is still
shows in the message itself. Refusals come before shortages, and shortages before vague words
for a connection that failed.
"""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
ENV = Category.ENV_ERROR

add(
    "revoked_credentials",
    Family.EXPIRED_CREDENTIALS,
    "the access that was given has run out or was taken back",
    "expired or revoked | been revoked | was revoked | is revoked | expiredtoken"
    " | security token included in the request | session has expired | session expired"
    " | credentials have expired | token has been expired",
    identifies=False,
)
add(
    "sign_in_refused",
    Family.INVALID_CREDENTIALS,
    "the service does not accept who is asking",
    "invalid_auth | not_authed | bad auth | login was refused | access_refused"
    " | login refused | did not provide an api key | no api key provided | missing api key"
    " | api key is missing | api key is required | api key not valid"
    " | unable to locate credentials | could not load credentials"
    " | could not load the default credentials | default credentials"
    " | automatically determine credentials | password authentication failed"
    " | username and password not accepted | badcredentials | requires you to be logged in"
    " | need auth | needs login | please log in | please login | must be logged in"
    " | you must sign in | rejected the credentials | signature we calculated does not match"
    " | signaturedoesnotmatch | token is not valid | not a valid token | unknown api key"
    " | invalid_grant | unauthorized_client | invalid signature key | failed to log in"
    " | could not log in | unable to log in | eneedauth | wrong pin | invalid login",
    identifies=False,
)
add(
    "not_permitted",
    Family.PERMISSION,
    "this account may not do what the program asks for",
    "does not have authorization | authorizationfailed | not in the authorized list"
    " | not accessible by | missing or insufficient permissions | has no permissions"
    " | no permission to | not permitted to | not allowed for this | different access level"
    " | referernotallowedmaperror | is restricted and | not on the allowlist | not on the whitelist"
    " | is not allowlisted | is not whitelisted | missing access | missing permissions"
    " | requires the scope | missing_scope | not_allowed_token_type | insufficient authority"
    " | not have the required scope | must be an owner | must have admin | requires admin"
    " | only available to | is not enabled for this account | not enabled for your account"
    " | privileged intents",
    identifies=False,
)
add(
    "payment_wanted",
    Family.BILLING_QUOTA,
    "the service wants a payment or a larger plan",
    "payments have failed | spending limit | payment information | add a payment method"
    " | no payment method | valid payment method | credit balance | purchase credits"
    " | buy credits | add credits | purchase more | free tier | free plan | trial account"
    " | trial has ended | trial expired | trial has expired | current plan | on your plan"
    " | in your plan | upgrade your plan | over its data quota | over quota | out of credits"
    " | enable billing | billing disabled | billing to be enabled",
    identifies=False,
)
add(
    "account_not_ready",
    Family.ACCOUNT_SETUP,
    "the account's owner has to set up or confirm something first",
    "not match a verified | unverified number* | unverified sender | unverified email"
    " | is not verified | not been verified | domain is not verified | verify a domain"
    " | not activated | apinotactivatedmaperror | apiprojectmaperror"
    " | has not been used in project | it is disabled. enable it | enable it by visiting"
    " | account has been closed | account is inactive | account is deactivated"
    " | deactivated account | account_inactive",
    identifies=False,
)
add(
    "held_by_another",
    Family.LOCK_HELD,
    "another program is using the same thing at the moment",
    "database is locked | is locked by | state is locked | file is locked"
    " | could not get lock | unable to lock | lock held by | acquiring the state lock"
    " | acquire lock | acquiring lock | deadlock | another operation | another instance"
    " | another process is | already in progress | waiting for file lock | resource busy"
    " | text file busy | device or resource busy | used by another process"
    " | lock wait timeout | lock timeout",
    category=ENV,
    identifies=False,
)
add(
    "no_room_left",
    Family.DISK_FULL,
    "the disk of the machine is full",
    "no space left | enospc | disk full | disk is full | not enough space | out of disk"
    " | insufficient disk | disk usage exceeded | disk quota | not enough disk"
    " | read-only-allow-delete | not enough free space",
    category=ENV,
    identifies=False,
)
add(
    "no_memory_left",
    Family.OUT_OF_MEMORY,
    "the machine has no memory left for this step",
    "out of memory | heap limit | heap out of memory | cannot allocate memory | outofmemory"
    " | oomkilled | exit code 137 | exit status 137 | exited with code 137 | memory limit"
    " | not enough memory | insufficient memory | std::bad_alloc | bad_alloc"
    " | java heap space | circuit_breaking | circuitbreaking",
    category=ENV,
    identifies=False,
)
add(
    "too_busy",
    Family.OVERLOADED,
    "the service has more work than it can do at the moment",
    "overloaded | overloaded_error | error: 529 | status 529 | code 529 | too many clients"
    " | too many connections | at capacity | server is busy | server busy | is starting up"
    " | warming up | no available capacity | resource temporarily unavailable | eagain"
    " | try again later | please try again in a few | please retry | maxclients"
    " | connection pool exhausted | connection slots | out of connections"
    " | server selection error",
    category=ENV,
    identifies=False,
)
add(
    "name_not_found",
    Family.NETWORK,
    "the network does not know the address that the program calls",
    "could not resolve host | could not resolve hostname | name resolution | enotfound"
    " | name or service not known | getaddrinfo | nodename nor servname | no such host"
    " | unknown host | unknownhostexception | temporary failure in name | eai_again"
    " | failed to resolve host | err_name_not_resolved | no address associated",
    category=ENV,
    identifies=False,
)
add(
    "broken_off",
    Family.INTERRUPTED,
    "the work was broken off from outside",
    "hung up unexpectedly | early eof | non-properly terminated | shutdown signal"
    " | unexpected disconnect | was evicted | unexpected end of file from server"
    " | rpc failed; | no brokers | nobrokersavailable | brokernotavailable"
    " | service index for source | leader not available | noleaderavailable | not a leader",
    category=ENV,
    identifies=False,
)
add(
    "connection_failed",
    Family.SERVICE_DOWN,
    "the program does not get through to the other side",
    "failed to connect to | could not connect to | couldn't connect to server"
    " | can not connect | unable to connect to | cannot connect to | can't reach"
    " | connection to server at",
    category=ENV,
    identifies=False,
)
add(
    "network_trouble",
    Family.NETWORK,
    "something is wrong with the connection to the other side",
    "network error | failed to fetch | fetch failed | err_network | network request failed"
    " | connection error | connecterror | networkerror | connectionerror"
    " | problem with the request to | issues/12 network"
    " | there appears to be trouble with your network connection",
    category=ENV,
    identifies=False,
)
