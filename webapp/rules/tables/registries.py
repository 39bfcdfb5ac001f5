"""Package registries and image registries: sign-in and permission."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
NEVER = Category.NEVER_RETRY
add(
    "registry_sign_in",
    Family.MISSING_CREDENTIALS,
    "the package registry asks for a sign-in",
    "eneedauth | code e401 | unable to authenticate, need | npm err! 401 | npm error 401"
    " | this command requires you to be logged in | incorrect or missing password"
    " | 401 unauthorized - | eotp | one-time password | err_pnpm_fetch_401"
    " | no token found, please run 'cargo login' | please run 'cargo login'"
    " | error: 401 client error | 401 error, credentials not correct | nu1301"
    " | unable to load the service index",
    r"(eneedauth|requires you to be logged in)|(eotp|one-time password)|(cargo login)"
    r"|(unable to authenticate, need)|(incorrect or missing password)"
    r"|401 unauthorized - \w+ https?://([\w.-]+)|fetch_401.{0,200}?https?://([\w.-]+)"
    r"|(code e401|(?:npm )?(?:err!|error) 401|401 error)"
    r"|(401 client error).{0,80}?(?:pypi|/simple|upload\.|registry|/legacy)"
    r"|unable to load the service index for source https?://([\w.-]+).{0,200}40[13]",
    category=NEVER,
)
add(
    "registry_forbidden",
    Family.PERMISSION,
    "the package registry knows the account but does not allow it this",
    "code e403 | 403 forbidden - | 403 403 forbidden | you do not have permission to publish"
    " | code e402 | err_pnpm_fetch_403 | isn't allowed to upload to project"
    " | 403 forbidden from https://upload.pypi.org"
    " | invalid or non-existent authentication information | you must verify your email"
    " | payment required - | must be logged in to publish",
    r"do not have permission to publish \"?'?(@?[\w./-]+)|(do not have permission to publish)"
    r"|(e402|payment required)|(isn't allowed to upload)"
    r"|(authentication information)|(verify your email)|403 forbidden - \w+ https?://([\w.-]+)"
    r"|fetch_403|(e403)(?!.{0,400}(?:permission to publish|verify your email))",
    category=NEVER,
)
add(
    "version_already_published",
    Family.VERSION_CONFLICT,
    "the registry keeps this version already, and the next one needs another number",
    "you cannot publish over the previously published"
    " | cannot publish over previously published | file already exists. see https://pypi.org"
    " | file already exists ( | crate version | is already uploaded",
    r"publish over|file already exists|is already uploaded",
    identifies=False,
)
add(
    "image_registry_unauthorized",
    Family.INVALID_CREDENTIALS,
    "the image registry does not know who is asking, or the image is private",
    "unauthorized | 403 forbidden | denied: denied",
    r"(?:daemon|pull image|resolve|fetch|solve|head|get|pulling from host).{0,400}?(?:https?://"
    r"|host )([\w.-]+)(?:/v2/|/token| failed).{0,300}?"
    r"(?:(unauthorized)|403 forbidden|denied: denied)"
    r"|error from registry: (unauthorized|denied)",
    category=NEVER,
)
add(
    "image_refused",
    Family.PERMISSION,
    "the image registry does not let this account in",
    "pull access denied | requested access to the resource is denied | insufficient_scope"
    " | no basic auth credentials | denied: permission_denied"
    " | unauthorized: authentication required | unauthorized: incorrect username or password"
    " | denied: installation not allowed | denied: access forbidden"
    " | error response from daemon: unauthorized | error getting credentials"
    " | error saving credentials | denied: denied | failed to authorize: failed to fetch"
    " | authentication is required | denied: your authorization token has expired"
    " | unexpected status: 401 | unexpected status: 403 | 401 unauthorized",
    r"(?:pull access denied|insufficient_scope|requested access to the resource is denied)()"
    r"|(no basic auth credentials)|(denied: permission_denied|installation not allowed"
    r"|access forbidden|denied: denied)|(error (?:getting|saving) credentials)"
    r"(?!.{0,120}executable file)"
    r"|(unauthorized: \w+)|(failed to (?:authorize|fetch \w+ token))"
    r"|(authorization token has expired)|(error response from daemon: unauthorized)",
    category=NEVER,
)
add(
    "image_missing",
    Family.NOT_FOUND,
    "the image or its version does not exist",
    "manifest unknown | manifest for | not found: manifest | no matching manifest for"
    " | failed to resolve reference | image not found | no such image | errimageneverpull"
    " | invalidimagename | repository name must be lowercase | invalid reference format"
    " | failed to pull image | no match for platform in manifest | exec format error"
    " | name invalid",
    r"manifest for ([\w./:-]+) not found|no matching manifest for ([\w/]+)"
    r"|failed to pull image \"?'?([\w./:@-]+)\"?.{0,300}not found"
    r"|resolve reference \"?'?([\w./:@-]+)\"?.{0,200}not found|no such image:? ?([\w./:@-]+)"
    r"|(invalid reference format|must be lowercase)|(no match for platform)|(exec format error)"
    r"|manifest unknown|image not found|errimageneverpull|invalidimagename",
)
