"""Hosted services with an account: payments, messages, mail, hosting, data."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "payment_key_refused",
    Family.INVALID_CREDENTIALS,
    "Stripe does not accept the access key",
    "invalid api key provided | expired api key provided | the provided key 'sk_"
    " | the provided key 'rk_",
    r"(invalid|expired) api key provided|the (provided key)",
)
add(
    "stripe_permission",
    Family.PERMISSION,
    "Stripe says that this key or account may not do this",
    "does not have the required permissions for this endpoint"
    " | does not have access to account | only stripe connect platforms"
    " | signed up for connect | your account cannot currently make live charges"
    " | sending credit card numbers directly to the stripe api is generally unsafe"
    " | must complete your platform profile | you cannot create a charge for"
    " | testmode_charges_only | cannot currently make charges"
    " | your destination account needs to have at least",
    r"(required permissions|access to account|connect|live charges|card numbers directly"
    r"|platform profile|make charges|testmode_charges_only|destination account)",
)
add(
    "stripe_mode_mismatch",
    Family.BAD_REQUEST,
    "the object exists in the other of Stripe's test and live modes",
    "a similar object exists in",
    r"no such (\w+).{0,120}a similar object exists in (test|live) mode",
    category=Category.CODE_ERROR,
)
add(
    "stripe_no_such_object",
    Family.NOT_FOUND,
    "the payment object that the program names does not exist",
    "no such price | no such customer | no such plan | no such product | no such payment"
    " | no such coupon | no such subscription | no such token | no such setupintent"
    " | no such checkout",
    r"no such ([a-z_]+):",
    category=Category.CODE_ERROR,
)
add(
    "stripe_webhook_signature",
    Family.BUILD_CONFIG,
    "the signature of an incoming message could not be checked, because its text was changed or "
    "the secret is another one",
    "no signatures found matching the expected signature"
    " | webhook payload must be provided as a string or a buffer"
    " | unable to extract timestamp and signatures from header",
    category=Category.CODE_ERROR,
)
add(
    "twilio_trial_number",
    Family.ACCOUNT_SETUP,
    "Twilio's trial account may only write to numbers that its owner has confirmed",
    "trial accounts cannot send messages to unverified"
    " | trial accounts may only make calls to verified | 21608 | 21219",
    r"(trial accounts|21608|21219)",
)
add(
    "twilio_credentials",
    Family.INVALID_CREDENTIALS,
    "Twilio does not accept the account's name or token",
    "20003 | twilio",
    r"twilio.{0,200}(?:20003|authenticate|unauthorized|permission)|(?:20003"
    r"|authenticate).{0,200}twilio|(?:username is required|accountsid must start with)",
)
add(
    "twilio_number_not_allowed",
    Family.ACCOUNT_SETUP,
    "Twilio does not let this account write from or to this number",
    "21212 | 21606 | 21408 | is not a valid, sms-capable | is not a twilio phone number"
    " | permission to send an sms has not been enabled"
    " | is not a valid message-capable twilio"
    " | could not find a channel with the specified from address",
    r"(valid, sms-capable|not a twilio phone number|permission to send an sms|message-capable"
    r"|specified from address|\b21212\b|\b21606\b|\b21408\b)",
)
add(
    "sender_not_verified",
    Family.ACCOUNT_SETUP,
    "the mail service only sends from addresses that the account's owner has confirmed",
    "does not match a verified sender identity | sender identity"
    " | email address is not verified | domain is not verified"
    " | only send testing emails to your own email address"
    " | sandbox subdomains are for test purposes | domain not found or not verified"
    " | sender signature | messagerejected | sender address rejected: not owned by user"
    " | from address is not verified | domain is not allowed to send"
    " | account is pending approval | not allowed to send: free accounts"
    " | is not allowed to send",
    r"(verified sender identity|address is not verified|domain is not verified|testing emails"
    r"|sandbox subdomains|not verified|sender signature|not owned by user|messagerejected"
    r"|pending approval|not allowed)",
)
add(
    "mail_allowance_used_up",
    Family.BILLING_QUOTA,
    "the mail service's allowance for this account is used up",
    "maximum credits exceeded | exceeded your messaging limits | daily user sending"
    " | daily sending quota | exceeded your daily sending | sending limit exceeded",
    r"(maximum credits exceeded)|(messaging limits)|(daily user sending|daily sending"
    r"|sending limit)",
)
add(
    "mail_password_sign_in_disabled",
    Family.ACCOUNT_SETUP,
    "the mail account does not allow programs to sign in with a password until that is set up",
    "basic authentication is disabled | smtpclientauthentication is disabled"
    " | application-specific password required",
    r"(basic authentication|smtpclientauthentication|application-specific password)",
)
add(
    "mail_sign_in_refused",
    Family.INVALID_CREDENTIALS,
    "the mail server does not accept the user name and password",
    "username and password not accepted | 535 | invalid login | smtpauthenticationerror"
    " | application-specific password required | basic authentication is disabled"
    " | authentication unsuccessful | authentication credentials invalid"
    " | authenticationfailedexception | 530 5.7.0 | 530-5.7.0 | eauth | 534-5.7.9"
    ' | smtpclientauthentication is disabled | missing credentials for "plain"'
    " | please log in via your web browser",
    r"(application-specific password)"
    r"|(basic authentication is disabled|smtpclientauthentication is disabled)"
    r"|(authentication required)|(log in via your web)|(missing credentials for)"
    r"|(?:username and password not accepted|authentication unsuccessful|invalid login)()"
    r"|\b535\b[ -][^\n]{0,60}(?:auth|5\.7|incorrect|invalid|bad|login)()|smtpauthenticationerror"
    r"|authenticationfailedexception|eauth\b",
)
add(
    "slack_error",
    Family.PERMISSION,
    "Slack refuses what the app's access allows",
    "slack | slacker | an api error occurred: | missing_scope | not_in_channel | not_authed"
    " | invalid_auth | account_inactive | token_revoked",
    r"(?:an api error occurred:|error['\"]?:?) ['\"]?(invalid_auth|not_authed"
    r"|account_inactive|token_revoked|token_expired|missing_scope|not_in_channel|no_permission"
    r"|ekm_access_denied|org_login_required|restricted_action|not_allowed_token_type"
    r"|team_access_not_granted|ratelimited|rate_limited)",
)
add(
    "slack_channel_missing",
    Family.NOT_FOUND,
    "Slack does not know the channel that the program names",
    "channel_not_found | invalid_blocks | invalid_arguments | no_service | user_not_found",
    r"['\": ](channel_not_found|invalid_blocks|invalid_arguments|no_service|user_not_found)",
    category=Category.CODE_ERROR,
)
add(
    "telegram_token",
    Family.INVALID_CREDENTIALS,
    "Telegram does not accept the bot's token",
    "was rejected by the server | telegram | you must pass the token | 401: unauthorized",
    r"telegram.{0,200}(?:unauthorized|invalid ?token)"
    r"|(?:token).{0,80}was rejected by the server|invalidtoken|etelegram: 401",
)
add(
    "telegram_conflict",
    Family.BUILD_CONFIG,
    "a second copy of the bot is running and asks for the same messages",
    "terminated by other getupdates request | can't use getupdates method while webhook is active",
    category=Category.CODE_ERROR,
)
add(
    "x_access_level",
    Family.BILLING_QUOTA,
    "the account's plan at X (Twitter) does not include this",
    "you may need a different access level | you currently have essential access"
    " | client-not-enrolled | attached to a project | with your current api plan",
    r"(different access level|essential access|client-not-enrolled|project|api plan)",
)
add(
    "discord_access",
    Family.PERMISSION,
    "Discord does not let the bot do this until its owner allows it",
    "discord | disallowed intent | privileged intent | privileged intents"
    " | privilegedintentsrequired | missing access | 50001 | 50013 | discordapierror"
    " | an invalid token was provided | improper token has been passed | tokeninvalid",
    r"disallowed.?intent()|privileged ?intent()|(missing access|missing permissions"
    r"|invalid token was provided|improper token|tokeninvalid|token_invalid)",
)
add(
    "azure_sign_in",
    Family.INVALID_CREDENTIALS,
    "Microsoft's sign-in refuses the account or the application",
    "aadsts*",
    r"(aadsts\d{5,7})",
)
add(
    "oauth_grant_expired",
    Family.EXPIRED_CREDENTIALS,
    "the sign-in has expired or was withdrawn, and only a person can sign in again",
    "token has been expired or revoked | invalid_grant | refresh token has expired"
    " | refresh token is expired | refresh token is invalid | session has expired"
    " | invalid_refresh_token | error validating access token | the access token expired"
    " | token has expired and refresh failed | reauth related error"
    " | reauthentication is needed | reauthentication required",
    r"token has been expired or revoked()|(error validating access token)|(reauthentication)"
    r"|(refresh.token)|(invalid_grant)|(session has expired|the access token expired)",
)
add(
    "oauth_client_wrong",
    Family.INVALID_CREDENTIALS,
    "the sign-in service does not know this application or its secret",
    "invalid_client | unauthorized_client | deleted_client | the oauth client was not found"
    " | incorrect_client_credentials | redirect_uri_mismatch | access_denied"
    " | app not verified | admin_policy_enforced | org_internal",
    r"(invalid_client|unauthorized_client|deleted_client|oauth client was not found"
    r"|incorrect_client_credentials|redirect_uri_mismatch|admin_policy_enforced|org_internal)"
    r"|error['\"]?[:=] ?['\"]?(access_denied)",
)
add(
    "firebase_permission",
    Family.PERMISSION,
    "Firebase's access rules do not allow this",
    "missing or insufficient permissions | permission_denied: permission denied"
    " | permission-denied | storage/unauthorized"
    " | client doesn't have permission to access the desired data"
    " | auth/insufficient-permission",
    r"missing or insufficient permissions()|permission_denied()|permission-denied()"
    r"|(storage/unauthorized)|(desired data)|(insufficient-permission)",
)
add(
    "firebase_key",
    Family.INVALID_CREDENTIALS,
    "Firebase does not accept the project's key or set-up",
    "auth/invalid-api-key | auth/api-key-not-valid | auth/configuration-not-found"
    " | auth/operation-not-allowed | auth/unauthorized-domain | configuration_not_found"
    " | operation_not_allowed | app/invalid-credential | mismatchsenderid"
    " | messaging/mismatched-credential | messaging/third-party-auth-error"
    " | invalidprovidertoken",
    r"(auth/[\w-]+|configuration_not_found|operation_not_allowed|invalid-credential"
    r"|mismatchsenderid|mismatched-credential|third-party-auth-error|invalidprovidertoken)",
)
add(
    "supabase_key",
    Family.INVALID_CREDENTIALS,
    "Supabase does not accept the project's key",
    "double check your supabase | supabasekey is required | supabaseurl is required | supabase",
    r"double check your supabase()|(supabase(?:key|url) is required)|(?:invalid api key"
    r"|tenant or user not found|jwt expired).{0,80}supabase()|supabase.{0,120}(?:invalid api key"
    r"|tenant or user not found)()",
)
add(
    "notion_not_shared",
    Family.PERMISSION,
    "the account's owner has not shared this page or database with the program",
    "shared with your integration | not been shared with | is not shared with",
    r"could not find (\w+) with id|(shared with)",
)
add(
    "row_level_security",
    Family.DATABASE_SCHEMA,
    "the database's own access rules refuse the row, and they can be changed",
    "violates row-level security policy",
    r"row-level security policy (?:for table )?\"?'?([\w.]*)",
    category=Category.CODE_ERROR,
)
add(
    "google_api_not_enabled",
    Family.ACCOUNT_SETUP,
    "this part of Google has to be switched on for the project by its owner",
    "has not been used in project | api has not been used"
    " | it is disabled. enable it by visiting | accessnotconfigured | service_disabled"
    " | this api project is not authorized to use this api | apinotactivatedmaperror"
    " | apitargetblockedmaperror | is not enabled for the project | api_key_service_blocked"
    " | enable it in the google | billingnotenabledmaperror | referernotallowedmaperror"
    " | you must enable billing on the google cloud project",
    r"(?:403 |: |error |^|error: )((?:[a-z]+ ){1,5}?api) has not been used|(\w+maperror)"
    r"|([\w-]+\.googleapis\.com)|(accessnotconfigured|service_disabled|service_blocked"
    r"|not authorized to use this api|not enabled|enable billing)",
)
add(
    "hosting_sign_in",
    Family.INVALID_CREDENTIALS,
    "the hosting service does not accept the sign-in",
    "the specified token is not valid. use 'vercel login'"
    " | no existing credentials found. please run 'vercel login'"
    " | no existing credentials found | the token provided via '--token'"
    ' | you defined "--token", but it\'s missing a value | not logged in. please run'
    " | you are not logged in | not currently logged in | please login first"
    " | you need to login first | please run 'netlify login' | please log in with"
    " | invalid credentials provided"
    " | in a non-interactive environment, it's necessary to set a cloudflare_api_token"
    " | authentication error [code: 10000] | 10000 | unable to authenticate request"
    " | failed to fetch auth token | you must be logged in | you are not authenticated"
    " | not authenticated | not logged in"
    " | failed to authenticate, have you run firebase login | you must log in"
    " | access token not provided | please run 'az login'"
    " | could not retrieve project settings | an expo user account is required"
    " | failed to get access token | error: no access token available"
    " | unauthorized. please login with",
    r"(?:(vercel|netlify|cloudflare|wrangler|heroku|railway|fly|firebase|expo|eas|az|gcloud"
    r"|doctl|supabase|npm|hugging ?face|huggingface-cli|gh|glab|sentry|docker|kubectl"
    r"|server) (?:auth )?login)|(cloudflare_api_token)|code['\"]?:? ?(10000)"
    r"|you must be logged in to the (server)|not (?:currently )?(?:logged in|authenticated)"
    r"|must (?:be logged|log) in|please log ?in|need to login|login with|credentials"
    r"|auth token|authenticate|access token|user account|project settings|token provided"
    r"|--token",
)
add(
    "google_billing_disabled",
    Family.BILLING_QUOTA,
    "Google wants a payment method for the project first",
    "has billing disabled | billing account for | requires billing to be enabled"
    " | billing must be enabled | billing_disabled | enable billing on"
    " | billing has not been enabled | billing is not enabled",
    r"billing()",
)
add(
    "hosting_plan",
    Family.BILLING_QUOTA,
    "the account's plan does not include this or is used up",
    "verify your account by adding payment information | add payment information"
    " | add a payment method | please add a credit card | we need your payment information"
    " | requires a paid plan | payment required | payment_required | upgrade your plan"
    " | upgrade to a paid | upgrade to the | upgrade your account | please upgrade"
    " | subscription has expired | free tier | free plan | hobby plan"
    " | hobby accounts are limited | exceeded the limit of your plan"
    " | api-deployments-free-per-day | trial has ended | trial expired"
    " | recent account payments have failed | spending limit | requires billing to be enabled"
    " | billing to be enabled | billing account | must enable billing"
    " | billing has not been enabled | billing must be enabled | billing_not_enabled"
    " | billing_disabled | plan does not | not available on your plan | your plan"
    " | project is paused | usage quota | monthly quota | 402 client error"
    " | account is suspended | account has been suspended | account suspended"
    " | have exceeded the maximum number of | over its data quota | exceeded its lfs budget"
    " | lfs budget | quota has been exceeded | reached your limit for",
    r"(payment|paid|upgrade|free (?:tier|plan)|hobby|limit of your plan|free-per-day|trial"
    r"|spending limit|billing|your plan|paused|quota|\b402\b|suspended|maximum number"
    r"|credit card|subscription|lfs budget|reached your limit)",
    identifies=False,
)
