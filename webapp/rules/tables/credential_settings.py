"""Keys, tokens and passwords that the program reads from its settings and does not find."""

from typing import Final

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add

_SELF_MADE: Final = (
    r"(?:secret_key|app_key|secret_key_base|rails_master_key|(?:next)?auth_secret"
    r"|jwt_secret(?:_key)?"
    r"|session_secret|cookie_secret|encryption_key|google_application_credentials"
    r"|postgres_password|mysql_(?:root_)?password"
    r"|(?:unexpected|invalid|expired|bad)_(?:key|token|password))\b"
)
"""Secrets that are any random text, which the agent makes up without asking; and what a rule of its
own knows."""

NAME: Final = (
    rf"(?<![a-z0-9_])(?!{_SELF_MADE})((?:[a-z][a-z0-9]*_)+(?:api_?key|key|token|secret|password"
    r"|passwd|credentials?|pat)(?:_[a-z0-9]+)*|(?:secret|api|access|auth|private)_(?:key|token)"
    r"(?:_[a-z0-9]+)+)(?![a-z0-9_])"
)
_THING: Final = (
    r"(?:(?:system )?(?:environment|env|config\w*|setting|secret)\.? ?"
    r"(?:variables?|vars?|keys?|options?)? ?)?"
)
_ABSENT: Final = (
    r"(?:(?:is|are|was|were|has|have|must|should|can|could|does|do)? ?(?:not|n't|cannot) (?:be "
    r"|been )?"
    r"(?:currently )?(?:set|defined|found|configured|provided|specified|present|available|exist)"
    r"|(?:is |are |was |were )?(?:missing|undefined|unset|empty|blank|null|none|required|mandatory)"
    r"|(?:must|should|needs? to|has to) (?:not )?be (?:set|defined|provided|specified|present"
    r"|configured|empty)|field required)"
)
add(
    "credential_setting_missing",
    Family.MISSING_CREDENTIALS,
    "a key or password that the program reads from its settings is not there",
    "_key | _token | _secret | _password | _passwd | _credential | _credentials | _pat"
    " | _apikey | _access",
    rf"(?:missing|undefined|unset|not (?:found|set|defined|provided)|no value for|keyerror|required"
    rf"|please (?:set|add|provide|define|export)|must (?:set|provide|define|specify)|need to set"
    rf"|didn't find|did not find|could not find|cannot find|can't find|set it in|by setting|set the"
    rf"|nosuchenv\w*|undefinedvalueerror|does not have)[^|]{{0,60}}?{NAME}"
    rf"|{NAME}[\s'\"\[\](),:]{{0,6}}{_THING}(?:in (?:the "
    rf"|your )?[\w.]+ )?{_ABSENT}\b",
    in_capitals=True,
)
add(
    "api_key_missing",
    Family.MISSING_CREDENTIALS,
    "the program has no access key for the provider",
    "you didn't provide an api key | you did not provide an api key | no api key provided"
    " | no api-key provided | api_key client option must be set"
    " | environment variable is missing or empty"
    " | could not resolve authentication method | api key must be provided | missing api key"
    " | api key is missing | no api key found | api key required | api_key must be set"
    " | did not find openai_api_key | did not find | api key is required"
    " | please set your api key | please provide an api key | api key not found"
    " | api key not provided | missing the api key | must provide an api key"
    " | must provide a valid api key | neither apikey nor"
    " | openai or azure openai api key not found | loadapikeyerror | api key is not set"
    " | missing credentials. please pass | no api key was provided | api key not set",
    r"(?:did(?: not|n't) (?:find|provide)|client option must be set|no api.key provided"
    r"|missing api key|api key (?:is )?(?:missing|required|not found|not provided|not set)"
    r"|must be provided|missing credentials|no api key found|must provide an?)[^|]{0,250}?"
    r"(?<![a-z0-9_])(?!api_key|your_|x_api_key)((?:[a-z][a-z0-9]*_)+(?:api_?)?(?:key|token|secret))"
    r"(?![a-z0-9_])"
    r"|(?<!\w)(?!api_key)(\w+_api_key|\w+_token)\b.{0,40}(?:missing|empty|not set|required)"
    r"|\b(stripe|openai|anthropic|groq|google|cohere|mistral|resend|sendgrid|replicate|pinecone"
    r"|tavily|serper|gemini|deepseek|elevenlabs|perplexity|voyage|mailgun|postmark|brevo)"
    r"(?:\w*error\b.{0,100}|\b.{0,60})api.?key|api.?key.{0,200}?\b(stripe|openai|anthropic|groq"
    r"|cohere|mistral|resend"
    r"|sendgrid|replicate|pinecone|tavily|serper|gemini|deepseek|mailgun|postmark)\b"
    r"|no api.key provided|api_key client option|could not resolve authentication method"
    r"|api.?key|missing credentials",
)
