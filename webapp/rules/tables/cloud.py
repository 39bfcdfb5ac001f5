"""Google Cloud, Microsoft Azure and Terraform."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "gcp_credentials_missing",
    Family.MISSING_CREDENTIALS,
    "no credentials for Google Cloud were found",
    "could not automatically determine credentials | your default credentials were not found"
    " | could not load the default credentials | could not find default credentials"
    " | application default credentials are not available"
    " | unable to detect a project id in the current environment | no credentialed accounts"
    " | you do not currently have an active account selected | google_application_credentials",
    r"(?:default ?credentials|determine credentials|application default"
    r"|google_application_credentials)()|(project id)|(active account|credentialed)",
)
add(
    "gcp_permission",
    Family.PERMISSION,
    "Google knows the account but does not allow it this action",
    "does not have | permission_denied | permission ' | caller does not have permission"
    " | the caller does not have | request had insufficient authentication scopes"
    " | iam_permission_denied | insufficientpermissions | insufficient permission"
    " | cannot be accessed | not granted any",
    r"does not have ((?:[a-z]+\.){2,3}[a-z]+) (?:access|permission)"
    r"|permission '?([a-z]+(?:\.[\w-]+){2,3})'? (?:denied|on)"
    r"|(insufficient authentication scopes)|(caller does not have)|(insufficient ?permissions?)",
)
add(
    "gcp_service_account_key",
    Family.INVALID_CREDENTIALS,
    "Google does not accept the service account's key",
    "invalid jwt signature | service account info was not in the expected format"
    " | was not found or is not accessible | error creating credential from json",
    r"(invalid jwt|expected format)|(credential from json)",
)
add(
    "google_quota",
    Family.BILLING_QUOTA,
    "Google's quota for this project is used up",
    "quotaexceeded | dailylimitexceeded | ratelimitexceeded | userratelimitexceeded"
    " | you have exceeded your <a | quota limit | quota ' | over_query_limit | overquerylimit"
    " | quota exceeded | quota metric | exceeded your daily request quota"
    " | insufficient regional quota",
    r"(userratelimitexceeded|ratelimitexceeded|dailylimitexceeded|quotaexceeded"
    r"|over_?query_?limit|daily request quota)|quota '?\"?(\w{4,60})|(exceeded your <a"
    r"|quota exceeded|quota metric)",
)
add(
    "azure_not_authorized",
    Family.PERMISSION,
    "Azure knows the account but does not allow it this action",
    "does not have authorization to perform action | authorizationfailed"
    " | linkedauthorizationfailed | authorizationpermissionmismatch | authorizationfailure"
    " | not authorized to perform this operation using this permission",
    r"perform action '?\"?(?:microsoft\.)?([\w./]+)|(permissionmismatch|using this permission)"
    r"|(authorizationfail\w*)",
)
add(
    "azure_credentials_missing",
    Family.MISSING_CREDENTIALS,
    "no credentials for Azure were found",
    "defaultazurecredential failed | environmentcredential is unavailable"
    " | clientauthenticationerror | credentialunavailableerror | please run 'az login'"
    " | no subscription found | chainedtokencredential"
    " | access denied due to invalid subscription key",
    r"(?:defaultazurecredential|environmentcredential|credentialunavailable|chainedtoken)()"
    r"|(az login)|(no subscription)|(invalid subscription key)|clientauthenticationerror",
)
add(
    "azure_quota",
    Family.BILLING_QUOTA,
    "Azure limits how much this account may use",
    "quotaexceeded | operation could not be completed as it results in exceeding approved"
    " | subscriptionnotregistered | missingsubscriptionregistration"
    " | this region has quota of | subscription is not registered | skunotavailable"
    " | disallowedlocation | requestdisallowedbypolicy",
    r"(exceeding approved|quotaexceeded|region has quota|requestdisallowedbypolicy)|(?:to use"
    r"|registered).{0,30}namespace '?([\w.]+)|(subscription)|(skunotavailable)",
)
add(
    "terraform_configuration",
    Family.BUILD_CONFIG,
    "the infrastructure description is not valid",
    "unsupported argument | error: missing required argument | reference to undeclared"
    " | error: invalid | unsupported block type | error: unsupported attribute"
    " | duplicate resource | error: inconsistent dependency lock file"
    " | failed to query available provider packages | error: cycle:"
    " | error: no configuration files | backend initialization required"
    " | backend configuration changed | provider produced inconsistent"
    " | could not load plugin | no value for required variable"
    " | error: failed to install provider | invalid provider registry host"
    " | required plugins are not installed",
    r"an argument named \"?'?(\w+)|reference to undeclared.{0,120}?\"(\w+)\""
    r"|does not support the attribute|(inconsistent dependency lock file"
    r"|query available provider|error: cycle|backend (?:initialization|configuration)"
    r"|failed to install provider)|the root module input variable \"(\w+)\"|unsupported"
    r"|undeclared|missing required|error: invalid (?:value|provider|resource|function"
    r"|template|expression|reference|index|count|for_each|character|legacy|multi)"
    r"|duplicate resource|no configuration|inconsistent|plugin",
    category=Category.CODE_ERROR,
    identifies=False,
    subject_identifies=True,
)
