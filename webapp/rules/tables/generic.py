"""What is said in many places in the same words; asked last."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
NEVER = Category.NEVER_RETRY
add(
    "tool_missing",
    Family.MISSING_TOOL,
    "a program that this step calls is not installed",
    "command not found | : not found | is not recognized as an internal or external command"
    " | not found in path | no such file or directory: ' | not found in %path%"
    " | executable file not found in | is not recognized as the name of a cmdlet"
    " | is not installed | enoent spawn | spawn | please install | could not find executable"
    " | exit code 127 | which: no | env: | unable to find git in your path",
    r"(?<![\w.+-])([\w.+-]+): command not found|sh: (?:line )?(?:\d+: )?([\w.+-]+): not found\b"
    r"|command not found: ([\w.+-]+)|(?<![\w.+-])([\w.+-]+)['\"]? is not recognized as"
    r'|exec: "?([\w./-]+)"?: executable file|spawn ([\w./-]+) enoent'
    r"|env: ['\"]?([\w.+-]+)['\"]?:? no such|['\"]([\w.+ -]+)['\"] (?:executable )?not found in"
    r"|(?<![\w.+-])([\w.+-]+) (?:executable )?not found in (?:\$|%)?path"
    r"|(?<![\w.+-])([\w.+-]+) is not installed|exit code 127|which: no ([\w.+-]+)",
)
add(
    "environment_variable_missing",
    Family.MISSING_SETTING,
    "a setting that the program reads has no value",
    "environment variable | env var | environment variables",
    r"(?:environment variables?|env vars?):? ['\"]?([a-z]\w*_\w+)['\"]?"
    r"|(?<!\w)([a-z]\w*_\w+)['\"]? (?:environment variable|env var)",
    identifies=False,
    subject_identifies=True,
)
add(
    "git_remote_refused",
    Family.PERMISSION,
    "the repository does not exist or this account may not see it",
    "could not read from remote repository",
    category=NEVER,
)
add(
    "http_401",
    Family.INVALID_CREDENTIALS,
    "the service answers that it does not know who is asking",
    "401 | unauthorized | unauthenticated | authentication required | not authenticated"
    " | authenticationerror | invalid api key | invalid_api_key | invalid token"
    " | invalid credentials | invalid access token | token expired | expired token"
    " | token is invalid | token has expired | token is expired | bad credentials"
    " | authentication failed | auth failed | login required | login failed | invalid_token"
    " | invalid apikey | invalid api_key | api key is invalid | api key invalid"
    " | api key expired | api_key_invalid | invalid password | incorrect password"
    " | wrong password | invalid username | credentials were not provided"
    " | could not authenticate | unable to authenticate | failed to authenticate"
    " | authentication error | invalid key | key is not valid | not a valid api key"
    " | invalid client | not logged in | not signed in | access key | credentials not found"
    " | no credentials | missing credentials | credentials are missing"
    " | could not find credentials | credential | authentication_required | invalid application"
    " | username or password | username and password | user name or password",
    r"(?:http|status|code|error|statuscode"
    r"|response)['\"]?[ :=/(]+['\"]?(?:code )?(?:1\.1 )?401\b|\b401 (?:client error"
    r"|unauthorized|\()|with (?:an? )?(?:http |status |code )*401\b"
    r"|\b401\b.{0,60}(?:unauthori[sz]ed|auth)|unauthenticated|unauthorized"
    r"|(?:incorrect|invalid|wrong|bad) (?:user ?name|login|user)(?: or| and|/) ?password"
    r"|not authenticated|(?:not |un)?authenticat(?:ed|e|ion)\w* (?:failed|required|error)"
    r"|authenticationerror|auth failed|login (?:required|failed)|(?:invalid|expired|bad"
    r"|incorrect|wrong) (?:api[ _-]?key|(?:access |auth |bearer |refresh )?token|credentials?"
    r"|password|username|key|client)|(?:token|key|credentials?|password) (?:is|has|are|was"
    r"|were)? ?(?:invalid|expired|missing|not valid|not provided|been revoked|revoked"
    r"|incorrect)|unable to authenticate|(?:could not|failed to) authenticate|invalid_token"
    r"|authentication_required|invalid app(?:lication)?[-_ ]?id"
    r"|no(?:t logged| credentials| signed)|missing credentials|credentials not found"
    r"|find credentials|not a valid api key",
    category=NEVER,
    identifies=False,
)
add(
    "http_429",
    Family.RATE_LIMIT,
    "the service limits how often or how much it may be asked",
    "429 | calls per second | reduce request rates"
    " | too many requests | rate limit | ratelimit | rate-limit | rate_limit"
    " | throttl*"
    " | quota | limit exceeded | limit reached | has reached its | have reached your "
    "| toomanyrequests | usage cap | usage limit",
    r"\b429\b|exceeded .{0,20}calls per|reduce request rate"
    r"|too ?many ?requests|rate.?limit|throttl|reached (?:its|your) .{0,40}\blimit"
    r"|quota.{0,60}(?:exceed|exhaust|reached"
    r"|limit|used)|(?:exceed|exhaust|reached|over|insufficient)\w*.{0,60}quota|(?:daily|monthly"
    r"|request|api|usage|plan) (?:limit|cap) (?:exceeded|reached)",
    category=NEVER,
    identifies=False,
)
add(
    "http_402",
    Family.BILLING_QUOTA,
    "the service asks for a payment or another plan",
    "402 | payment required | billing | subscription | insufficient funds | credit | upgrade"
    " | past due | unpaid | card was declined | card_declined | must be upgraded | minutes exceeded"
    " | project paused | project is paused | has been paused",
    r"\b402\b.{0,30}payment|card[ _](?:was |has been )?declined|must be upgraded"
    r"|(?:build|ci|pipeline) minutes exceeded|project (?:is |has been )?paused|payment required"
    r"|billing (?:account|details|issue|not|is|must|has)"
    r"|(?:requires|need|no active|inactive|expired) .{0,20}subscription|insufficient (?:funds"
    r"|credit|balance)|past due|unpaid|upgrade (?:your|to)|out of credit|no credits",
    category=NEVER,
    identifies=False,
)
add(
    "http_403",
    Family.PERMISSION,
    "the service answers that this account may not do this",
    "403 | forbidden | permission | not authorized | not authorised | access denied"
    " | access is denied | accessdenied | insufficient scope | insufficient privileges"
    " | not allowed to | do not have access | don't have access | does not have access"
    " | missing scope | unauthorised | privileges | insufficient rights | not entitled"
    " | access to the resource | access to this resource",
    r"(?:http|status|code|error|statuscode"
    r"|response)['\"]?[ :=/(]+['\"]?(?:code )?(?:1\.1 )?403\b|\b403 (?:client error|forbidden"
    r"|\()|with (?:an? )?(?:http |status |code )*403\b|\bforbidden\b|(?:permission"
    r"|access)s? (?:is |was )?denied|accessdenied|(?:do"
    r"|does)(?:n't| not) have (?:the )?(?:required |sufficient |necessary |any )?(?:permission"
    r"|access|privilege|right|authoriz)|not authori[sz]ed|insufficient (?:scope|privilege"
    r"|permission|right)|missing scope|missing permission|permission_denied|permissiondenied"
    r"|lacks? (?:the )?(?:required )?permission|not allowed to (?:access|perform|push|create"
    r"|delete|update|read|write)",
    category=NEVER,
    identifies=False,
)
add(
    "account_terms",
    Family.ACCOUNT_SETUP,
    "the account's owner has to accept or confirm something first",
    "terms of service | terms and conditions | accept the terms | verify your email"
    " | email not confirmed | email address not verified | account is not verified"
    " | account not verified | not been approved | pending approval | account is disabled"
    " | account disabled | account has been disabled | account locked | two-factor | 2fa"
    " | mfa | captcha | is not activated | not been activated | business verification"
    " | account is restricted | suspended | identity verification | phone verification"
    " | consent",
    r"accept the terms|terms of service|terms and conditions|verify your email"
    r"|email (?:address )?not (?:confirmed|verified)|account (?:is |has been )?(?:not verified"
    r"|disabled|locked|restricted|suspended)|pending approval|not been approved|two-factor"
    r"|\b2fa\b|\bmfa\b|captcha|activated|verification|suspended|consent (?:required|needed"
    r"|has not)",
    category=NEVER,
    identifies=False,
)
add(
    "http_404",
    Family.NOT_FOUND,
    "the address that the program asks for does not exist",
    "404",
    r"\b404 client error: not found for url: https?://([\w.-]+)(/[\w./-]*)?|\b404\b",
    identifies=False,
)
add(
    "http_400",
    Family.BAD_REQUEST,
    "the service does not understand the request",
    "400 | 422 | 405 | 409 | 415 | bad request | unprocessable | method not allowed"
    " | unsupported media type | invalid_request_error | invalidrequesterror",
    r"\b(?:400|422|405|409|415)\b|bad request|unprocessable|method not allowed"
    r"|unsupported media|invalid_?request",
    identifies=False,
)
add(
    "tests_failed",
    Family.FAILING_TESTS,
    "some of the project's own tests do not pass",
    "assertionerror | assertion failed | tests failed | test failed | failed tests/"
    " | --- fail: | expect(received) | expected: | test suite failed to run | tests run:"
    " | failures: | 1 failing | test result: failed | assertion `left == right` failed"
    " | comparisonfailure | coverage threshold | failed! | fixture '",
    r"failed ([\w./-]+::[\w\[\]:.-]+)|--- fail: (\w+)|fixture '(\w+)' not found|assert"
    r"|tests? failed|expect|failing|failures|coverage|test result|suite|failed!",
    identifies=False,
    subject_identifies=True,
)
