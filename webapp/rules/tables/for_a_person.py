"""What only a person or time can fix, in the plain words of tools that nobody listed."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add

add(
    "passphrase_not_accepted",
    Family.INVALID_CREDENTIALS,
    "the passphrase is not the right one",
    "passphrase",
    r"passphrase\b.{0,40}?(?:not correct|incorrect|invalid|wrong|does not match|not match)"
    r"|(?:incorrect|invalid|wrong|bad) (?:\w+ )?passphrase",
    identifies=False,
)
add(
    "passphrase_missing",
    Family.MISSING_CREDENTIALS,
    "a passphrase that nobody has set is needed",
    "passphrase",
    r"passphrase\b.{0,40}?(?:must be set|required|not set|missing|not (?:been )?provided)"
    r"|(?:no|missing|set a|provide a|requires a|needs a) (?:\w+ )?passphrase",
    identifies=False,
)
add(
    "key_by_another_name",
    Family.MISSING_CREDENTIALS,
    "a key that nobody has set is needed",
    "publishable* | secretkey | secret key | access key | license key | licence key"
    " | client secret | clientsecret | signing secret | webhook secret",
    r"(?:missing|no) (?:\w+ ){0,2}?(?:publishable ?key|secret ?key|access ?key|licen[sc]e key"
    r"|client ?secret|signing secret|webhook secret)"
    r"|(?:publishable ?key|secret ?key|access ?key|licen[sc]e key|client ?secret|signing secret"
    r"|webhook secret) (?:is |was )?(?:missing|required|not set|not provided|not configured"
    r"|must be set)",
    identifies=False,
)
add(
    "only_for_administrators",
    Family.PERMISSION,
    "only an administrator of the account may do this",
    "administrators | administrator | admins | admin | owners | owner",
    r"\b(?:only|restricted to|limited to|reserved for|available to) (?:the |an? )?"
    r"(?:(?:workspace|account|organi[sz]ation|project|team|site|system|global) )?"
    r"(?:administrators?|admins?|owners?)\b",
    identifies=False,
)
add(
    "identity_provider_missing",
    Family.ACCOUNT_SETUP,
    "the account has no identity provider for this sign-in, and only its owner can add one",
    "identity provider | openidconnect provider | openid connect provider | oidc provider"
    " | saml provider",
    r"\bno (?:identity|openid ?connect|oidc|saml) provider\b"
    r"|(?:identity|openid ?connect|oidc|saml) provider\b.{0,80}?"
    r"(?:not found|not configured|not registered|does not exist)",
    identifies=False,
)
add(
    "usage_limit_reached",
    Family.RATE_LIMIT,
    "the plan's limit is reached until it begins anew",
    "usage limit | message limit | session limit | usage cap | weekly limit | daily limit"
    " | monthly limit | credit limit",
    r"(?:hit|reached|exceeded|used up) (?:your|the|its) (?:[\w-]+ ){0,3}?(?:limit|cap)\b"
    r"|(?:usage|message|session|weekly|daily|monthly|credit) (?:limit|cap) (?:has been |was |is )?"
    r"(?:hit|reached|exceeded)",
    identifies=False,
)
add(
    "cloud_has_no_capacity",
    Family.OVERLOADED,
    "the cloud has no free machine of this kind at the moment",
    "insufficientcapacity | insufficient capacity | insufficientinstancecapacity"
    " | insufficienthostcapacity | out of host capacity | out of capacity"
    " | zone_resource_pool_exhausted | zonal allocation failed | allocationfailed"
    " | no capacity available | capacity is currently unavailable | not enough capacity"
    " | do not have sufficient capacity | does not have enough resources available",
    category=Category.ENV_ERROR,
    identifies=False,
)
add(
    "no_http_answer_at_all",
    Family.NETWORK,
    "the download tool got no answer at all, so there was no connection",
    "http 000 | http error 000 | http code 000 | http_code=000 | status 000 | status code 000"
    " | http status 000",
    category=Category.ENV_ERROR,
    identifies=False,
)
