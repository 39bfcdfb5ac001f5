"""Mails, text messages and chats: senders, sign-ins, channels."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
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
