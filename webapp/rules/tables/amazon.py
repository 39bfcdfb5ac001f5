"""Amazon Web Services."""

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
    r"not authorized to perform:? ?\[?([\w*-]+:[\w*]+)"
    r"|arn:aws.{0,300}not authorized to perform:? ?\[?([\w.]+)",
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
    " | toomanyrequestsexception | provisionedthroughputexceeded"
    " | provisionedthroughputexceededexception | slowdown",
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
