"""Who may read and write the repositories of Git."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "git_lfs_quota",
    Family.BILLING_QUOTA,
    "the plan for large files in this repository is used up",
    "over its data quota | exceeded its lfs budget | lfs bandwidth",
)
add(
    "git_host_key",
    Family.VERSION_CONTROL,
    "this machine does not know the host yet, and it has to be added to the known hosts",
    "host key verification failed | remote host identification has changed",
    r"(host key verification failed|identification has changed)",
    category=Category.CODE_ERROR,
)
add(
    "git_password_removed",
    Family.INVALID_CREDENTIALS,
    "the host no longer takes passwords, so an access token is needed",
    "support for password authentication was removed"
    " | password authentication is not supported for git operations"
    " | http basic: access denied | your password has expired",
    r"(password authentication|http basic: access denied|password has expired)",
)
add(
    "git_ssh_key_refused",
    Family.INVALID_CREDENTIALS,
    "the host does not know the key of this machine",
    "permission denied (publickey | permission denied, please try again"
    " | no supported authentication methods available | too many authentication failures"
    " | could not open a connection to your authentication agent | error loading key"
    " | load key",
    r"([\w.-]+@[\w.-]+): permission denied \(publickey|(permission denied \(publickey)"
    r"|(please try again|supported authentication|authentication failures)|(error in libcrypto"
    r"|invalid format|error loading key|authentication agent)",
)
add(
    "git_no_user_name",
    Family.MISSING_CREDENTIALS,
    "the repository asks for a sign-in, and there is none",
    "could not read username for | could not read password for | terminal prompts disabled",
    r"could not read (?:username|password) for '?\"?https?://(?:[^@'/]*@)?([\w.-]+)"
    r"|terminal prompts disabled",
)
add(
    "git_sign_in_refused",
    Family.INVALID_CREDENTIALS,
    "the host does not accept the sign-in",
    "authentication failed for | invalid username or password | invalid username or token"
    " | http 401 curl | returned error: 401"
    " | authentication required: you must have push access | basic auth failed",
    r"authentication failed for '?\"?https?://(?:[^@'/]*@)?([\w.-]+)|(invalid username or)"
    r"|(returned error: 401|http 401|basic auth failed|must have push access)",
)
add(
    "git_repository_refused",
    Family.PERMISSION,
    "the repository does not exist or this account may not see it",
    "repository not found | fatal: repository "
    "| could not be found or you don't have permission to view it"
    " | denied to | write access to repository not granted | you are not allowed to push"
    " | you are not allowed to download code | deploy key | key is already in use"
    " | returned error: 403 | saml sso"
    " | saml enforcement | access rights to this repository",
    r"repository '(?:https?://[^\s'/]+/|[\w.-]+@[^\s':]+[:/])?([\w./-]+?)(?:\.git)?/?' not found"
    r"|(repository not found|don't have permission to view)|permission to \S+ (denied to)"
    r"|(write access to repository not granted)|(not allowed to (?:push|download))"
    r"|(returned error: 403)|(saml)|(key is already in use)",
)
add(
    "git_secret_in_commit",
    Family.VERSION_CONTROL,
    "a secret stands in what is to be published, and the host does not take it",
    "push cannot contain secrets | gitguardian | secret scanning",
    r"push cannot contain secrets()|secret scanning found()",
    category=Category.CODE_ERROR,
)
add(
    "git_protected_branch",
    Family.PERMISSION,
    "the branch is protected, and only its owners may change that",
    "protected branch | gh006 | gh013 | repository rule violations | push declined due to"
    " | pre-receive hook declined | refusing to allow a",
    r"(gh013|repository rule violations|push protection|push declined)|(gh006|protected branch)"
    r"|refusing to allow an? [\w ]+? to create or update (workflow)|(pre-receive hook declined)",
)
