"""Amazon Web Services, Google Cloud, Microsoft Azure and Cloudflare."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "aws_credentials_missing",
    Family.MISSING_CREDENTIALS,
    "no credentials for AWS were found",
    "unable to locate credentials | nocredentialproviders | no valid credential sources"
    " | could not load credentials from any providers | missing credentials in config"
    " | no aws credentials found | credentialsprovidererror"
    " | failed to refresh cached credentials"
    " | unable to load credentials from any of the providers | unable to load aws credentials"
    " | aws credentials not found | could not find credentials in | partial credentials found"
    " | need to perform aws calls for account | no credentials have been configured",
)
add(
    "aws_profile_missing",
    Family.MISSING_SETTING,
    "the AWS profile or region that the program names is not configured",
    "the config profile ( | you must specify a region | noregionerror"
    " | missing region in config | region is missing | invalid aws region",
    r"the config profile \(([\w.-]+)\)|(region)",
    category=Category.CODE_ERROR,
)
add(
    "aws_token_expired",
    Family.EXPIRED_CREDENTIALS,
    "AWS says that the sign-in has expired",
    "expiredtoken | security token included in the request is expired | token has expired"
    " | the sso session associated with this profile has expired | sso session has expired"
    " | token for | requestexpired | error loading sso token | unauthorizedssotokenerror"
    " | ssotokenloaderror",
    r"(?:expiredtoken|request is expired|requestexpired|provided token has expired)()|(sso)"
    r"|aws.{0,60}token has expired()",
)
add(
    "aws_token_invalid",
    Family.INVALID_CREDENTIALS,
    "AWS does not know the access key",
    "invalidclienttokenid | security token included in the request is invalid"
    " | unrecognizedclientexception | authfailure"
    " | aws was not able to validate the provided access credentials | invalidaccesskeyid"
    " | access key id you provided does not exist | invalidtoken",
    r"(invalidaccesskeyid|access key id you provided)|(authfailure|was not able to validate)"
    r"|(?:invalidclienttokenid|token included|unrecognizedclient)()|(provided token is malformed)",
)
add(
    "aws_secret_wrong",
    Family.INVALID_CREDENTIALS,
    "the secret key does not belong to the access key",
    "signaturedoesnotmatch | the request signature we calculated does not match",
)
add(
    "aws_not_authorized",
    Family.PERMISSION,
    "AWS knows the account but does not allow it this action",
    "is not authorized to perform | not authorized to perform",
    r"not authorized to perform:? ?\[?([\w*]+:[\w*]+|[\w.]+)",
)
add(
    "aws_access_denied",
    Family.PERMISSION,
    "AWS knows the account but does not allow it this action",
    "(accessdenied | accessdenied | unauthorizedoperation | access denied"
    " | (403) when calling | authorizationerror | optinrequired | (forbidden) when calling",
    r"(?:accessdenied\w*|403|unauthorizedoperation"
    r"|forbidden)\)? when calling the (\w+) operation|(unauthorizedoperation|optinrequired)"
    r"|s3.{0,200}(access ?denied)|accessdenied",
)
add(
    "aws_quota",
    Family.BILLING_QUOTA,
    "AWS limits how much this account may use",
    "vcpulimitexceeded | limitexceededexception | servicequotaexceeded | toomanybuckets"
    " | addresslimitexceeded | instancelimitexceeded | vpclimitexceeded"
    " | resourcelimitexceeded | limit exceeded for | has exceeded the limit"
    " | maximum number of addresses has been reached | sending quota exceeded"
    " | codestoragesizeexceeded | limitexceeded | accountlimitexceeded",
    r"(\w*limitexceeded\w*|\w*quotaexceeded\w*|toomanybuckets|maximum number of addresses"
    r"|sending quota)|limit exceeded for|exceeded the limit",
)
add(
    "aws_throttled",
    Family.RATE_LIMIT,
    "AWS limits how often it may be asked",
    "throttlingexception | throttling: | (throttling) | requestlimitexceeded"
    " | toomanyrequestsexception | provisionedthroughputexceeded* | slowdown",
    r"(throttling|requestlimitexceeded|toomanyrequestsexception|provisionedthroughputexceeded)"
    r"|\(?slowdown\)?",
)
add(
    "aws_bucket",
    Family.NOT_FOUND,
    "the storage bucket or object that the program names is not there or not free",
    "nosuchbucket | the specified bucket does not exist | bucketalreadyexists"
    " | bucketalreadyownedbyyou | nosuchkey | the specified key does not exist",
    r"(?:nosuchbucket|bucket does not exist)()|<bucketname>([\w.-]+)"
    r"|bucketname['\"]?[:=] ?['\"]?([\w.-]{3,63})"
    r"|bucket:? ['\"]?([\w.-]{3,63})['\"]? (?:does not exist|not found|already exists)"
    r"|(bucketalready\w+)|(nosuchkey|key does not exist)",
    category=Category.CODE_ERROR,
)
add(
    "aws_validation",
    Family.BAD_REQUEST,
    "AWS does not understand what the program asks for",
    "validationexception | validationerror) when | invalidparametervalue"
    " | malformedpolicydocument | parameter validation failed | resourcenotfoundexception"
    " | invalidparameterexception | conditionalcheckfailed | rollback_complete state"
    " | no updates are to be performed | alreadyexistsexception | entityalreadyexists"
    " | invalidamiid | resourceinuseexception | resourceconflictexception",
    r"validationexception|validationerror|invalidparameter|malformedpolicy|parameter validation"
    r"|resourcenotfound|rollback_complete|no updates|alreadyexists|invalidamiid|resourceinuse"
    r"|resourceconflict",
    category=Category.CODE_ERROR,
    identifies=False,
)
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
