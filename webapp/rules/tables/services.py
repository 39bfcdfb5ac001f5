"""Hosted services with an account: sign-in with an account elsewhere, hosting, data."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
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
    " | auth/operation-not-allowed | auth/unauthorized-domain"
    " | not authorized for oauth operations | oauth redirect domains | configuration_not_found"
    " | operation_not_allowed | app/invalid-credential | mismatchsenderid"
    " | messaging/mismatched-credential | messaging/third-party-auth-error"
    " | invalidprovidertoken",
    r"(?:auth/unauthorized-domain|authorized for oauth operations|oauth redirect domains)()"
    r"|(auth/[\w-]+|configuration_not_found|operation_not_allowed|invalid-credential"
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
