"""Providers of language and image models that the product under construction calls."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "model_quota_used_up",
    Family.BILLING_QUOTA,
    "the provider says that the plan or the credit of the account is used up",
    "insufficient_quota | exceeded your current quota | credit balance is too low"
    " | insufficient credits | insufficient balance | exceeded your monthly included credits"
    " | billing_hard_limit_reached | billing hard limit | requires more credits"
    " | you have run out of credits | out of credits | billing_not_active"
    " | account is not active, please check your billing | insufficient_user_quota"
    " | insufficient funds | exceeds your quota",
    r"exceeded your current quota.{0,600}?(gemini|ai\.google|googleapis)"
    r"|exceeded your current quota()|insufficient_quota()|(exceeds your quota|credit balance"
    r"|credits|insufficient balance|billing|funds|user_quota)",
)
add(
    "model_tokens_per_minute",
    Family.RATE_LIMIT,
    "the provider limits how much may be asked in a minute or a day",
    "rate limit reached for",
    r"rate limit reached for (?:model )?['\"]?[\w.:/-]+.{0,140}?\bon (tokens|requests"
    r"|images) per (min|day)",
)
add(
    "model_rate_limit",
    Family.RATE_LIMIT,
    "the provider limits how often it may be asked",
    "rate limit reached for | rate_limit_error | rate_limit_exceeded | rate-limited upstream"
    " | would exceed your organization | would exceed the rate limit for your organization"
    " | would exceed your account's rate limit | exceeded call rate limit of your current"
    " | exceeded token rate limit | you've hit your limit | usage limit reached"
    " | requests rate limit exceeded",
    r"(rate limit reached for|rate_limit_e|rate-limited upstream|would exceed|call rate limit"
    r"|token rate limit|hit your limit|usage limit|requests rate limit)",
)
add(
    "model_key_refused",
    Family.INVALID_CREDENTIALS,
    "the provider does not know the access key that was sent",
    "incorrect api key provided | invalid x-api-key | invalid_api_key"
    " | api key not valid. please pass a valid api key | api_key_invalid"
    " | invalid authentication credentials | no auth credentials found"
    ' | user not found.","code":401 | authentication fails'
    " | you must be a member of an organization to use the api | invalid bearer token"
    " | invalid_organization | invalid username or token"
    " | invalid credentials in authorization header | user access token is expired",
    r"(?:incorrect api key|invalid_api_key).{0,160}?(groq|deepseek|mistral|x\.ai|openrouter"
    r"|together|fireworks|perplexity|cohere|dashscope|azure)"
    r"|\b(groq|deepseek|mistral|openrouter|together|fireworks|perplexity|cohere)\b.{0,160}?"
    r"(?:incorrect|invalid)[ _]api[ _]key|incorrect api key()|invalid_api_key()"
    r"|(invalid x-api-key)|(?:api key not valid|api_key_invalid)()"
    r"|(invalid authentication credentials|no auth credentials"
    r"|user not found|authentication fails|member of an organization|invalid bearer"
    r"|invalid_organization|invalid username or token|authorization header|token is expired)",
)
add(
    "hugging_face_gated_signed_in",
    Family.PERMISSION,
    "the model is only for accounts that its owner has admitted, and this one is not",
    "gated | is restricted and you are not in the authorized list",
    r"gated.{0,800}?(not in the authorized list)|(not in the authorized list)"
    r"|403 client error.{0,400}gated()|gated.{0,200}403()",
)
add(
    "hugging_face_gated_signed_out",
    Family.MISSING_CREDENTIALS,
    "the model is only for signed-in accounts, and no access token was sent",
    "gated repo | gatedrepoerror | is gated",
    r"gated",
)
add(
    "hugging_face_private_repository",
    Family.PERMISSION,
    "the model does not exist or is private, and no token with access to it was sent",
    "is not a local folder and is not a valid model identifier | repositorynotfounderror"
    " | invalid username or password | if you are trying to access a private or gated repo",
    r"huggingface.{0,600}(invalid username or password|repository ?not ?found)"
    r"|(not a valid model identifier)|(repositorynotfounderror)",
    category=Category.NEVER_RETRY,
)
add(
    "model_organisation_unverified",
    Family.ACCOUNT_SETUP,
    "the provider wants the organisation to be verified first",
    "organization must be verified | you do not have access to the organization"
    " | country, region, or territory not supported | unsupported_country_region_territory"
    " | user location is not supported | does not have access to model"
    " | you are not allowed to sample from this model | your access was terminated"
    " | account_deactivated | account deactivated | deactivated_workspace"
    " | organization has been disabled | model use case details have not been submitted"
    " | you don't have access to the model with the specified model id"
    " | request access to the model",
    r"does not have access to model '?\"?([\w.:/-]+)|(must be verified|access to the organization"
    r"|not supported|does not have access to model"
    r"|not allowed to sample|terminated|deactivated|has been disabled|use case details"
    r"|don't have access to the model|request access)",
)
add(
    "model_overloaded",
    Family.OVERLOADED,
    "the provider says that it is too busy just now",
    "overloaded_error | 529 overloaded | error: overloaded | model is overloaded"
    " | is currently overloaded | server is overloaded"
    " | server had an error while processing your request | servers are currently overloaded"
    " | is currently loading | that model is currently overloaded"
    " | engine is currently overloaded | service is too busy | no healthy upstream"
    " | model is not ready | currently experiencing high demand"
    " | the service is currently unavailable | model too busy | no capacity available",
    r"(overloaded|had an error while processing|currently loading|no healthy upstream|high demand)"
    r"|too busy|not ready|currently unavailable|no capacity",
    category=Category.ENV_ERROR,
)
add(
    "resource_exhausted",
    Family.BILLING_QUOTA,
    "the provider's quota for this project is used up",
    "resource_exhausted | resourceexhausted | resource has been exhausted | quota exceeded for",
    r"quota exceeded for .{0,160}?of service '([\w.-]+)'"
    r"|(?:quota exceeded for|quota metric) ?:?(?:quota metric )?['\"]?([\w./ -]{3,60}?)['\"]? (?:an"
    r"d|,|with)|(resource.?(?:has been )?.?exhausted)(?!.{0,300}no space left)"
    r"|(quota exceeded for)",
)
