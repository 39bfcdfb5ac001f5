"""Well-known services, how a founder calls them, and where their keys and plans are found."""

import re
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Service:
    """`name` as a founder knows it; `keys` and `plan` complete "You find it …"."""

    name: str
    needles: tuple[str, ...]
    keys: str
    plan: str


def _service(name: str, needles: str, keys: str, plan: str = "") -> Service:
    where_plan = plan or f"on {name}'s website, in the billing page of your account"
    return Service(name, tuple(needles.split(",")), keys, where_plan)


SERVICES: Final[tuple[Service, ...]] = (
    _service("Stripe", "stripe", "in the Stripe dashboard, under Developers and then API keys"),
    _service(
        "OpenAI",
        "openai,gpt-3,gpt-4,gpt-5,chatgpt",
        "on the OpenAI platform website, under API keys",
        "on the OpenAI platform website, under Settings and then Billing",
    ),
    _service(
        "Anthropic",
        "anthropic,claude",
        "in the Anthropic console, under API keys",
        "in the Anthropic console, under Plans and billing",
    ),
    _service(
        "Hugging Face",
        "huggingface,hugging face",
        "on Hugging Face, under Settings and then Access tokens",
    ),
    _service("OpenRouter", "openrouter", "on the OpenRouter website, under Keys"),
    _service("Mistral", "mistral", "in the Mistral console, under API keys"),
    _service("ElevenLabs", "elevenlabs", "on the ElevenLabs website, under API keys"),
    _service("Resend", "resend.com,resend.dev", "in the Resend dashboard, under API keys"),
    _service("Twilio", "twilio", "in the Twilio console, on the first page of your account"),
    _service("SendGrid", "sendgrid", "in SendGrid, under Settings and then API keys"),
    _service("Mailgun", "mailgun", "in Mailgun, under API security"),
    _service(
        "Gmail", "gmail,gsmtp", "in the Google account, under Security and then App passwords"
    ),
    _service(
        "X (Twitter)", "tweepy,twitter", "in the developer portal of X, on the page of your app"
    ),
    _service("Slack", "slack", "in Slack's app settings, under OAuth and permissions"),
    _service("Discord", "discord", "in Discord's developer portal, on the page of your bot"),
    _service("Telegram", "telegram", "in Telegram, from the BotFather account"),
    _service(
        "Supabase", "supabase", "in the Supabase dashboard, under Project settings and then API"
    ),
    _service("Firebase", "firebase,firestore", "in the Firebase console, under Project settings"),
    _service("Vercel", "vercel", "in Vercel, under Account settings and then Tokens"),
    _service("Netlify", "netlify", "in Netlify, under User settings and then Applications"),
    _service(
        "Cloudflare",
        "cloudflare,wrangler",
        "in the Cloudflare dashboard, under My profile and then API tokens",
    ),
    _service("Heroku", "heroku", "in Heroku, under Account settings"),
    _service("Shopify", "shopify", "in the Shopify admin, under Apps and then Develop apps"),
    _service("PayPal", "paypal", "in PayPal's developer dashboard, under Apps and credentials"),
    _service(
        "Docker Hub",
        "docker.io,docker hub,dockerhub,toomanyrequests",
        "in Docker Hub, under Account settings and then Personal access tokens",
    ),
    _service("GitLab", "gitlab", "in GitLab, under Preferences and then Access tokens"),
    _service(
        "Bitbucket", "bitbucket", "in Bitbucket, under Personal settings and then App passwords"
    ),
    _service(
        "GitHub",
        "github",
        "in GitHub, under Settings, Developer settings and then Personal access tokens",
    ),
    _service(
        "Amazon Web Services",
        "aws,amazonaws,botocore,boto3",
        "in the AWS console, under IAM and then Security credentials",
    ),
    _service(
        "Microsoft Azure", "azure,windowsazure", "in the Azure portal, under App registrations"
    ),
    _service(
        "Google",
        "google,gcloud,gcp,gemini,youtube",
        "in the Google Cloud console, under APIs and services and then Credentials",
    ),
    _service(
        "the package registry npm",
        "npm err,npmjs,npm error",
        "on the npm website, under Access tokens",
    ),
    _service(
        "Apple",
        "xcode,app store connect,provisioning profile,codesign",
        "in Apple's developer account, under Certificates and identifiers",
    ),
    _service(
        "the database",
        "postgres,psycopg,mysql,mariadb,mongodb,sqlstate,redis",
        "where the database is hosted, on its connection page",
    ),
)

GENERIC: Final = Service(
    name="a service that this step needs",
    needles=(),
    keys="in the settings of your account there, under API keys or access tokens",
    plan="on its website, in the billing page of your account",
)

_ANY_NEEDLE: Final = re.compile(
    r"\b(?:" + "|".join(re.escape(needle) for one in SERVICES for needle in one.needles) + ")"
)
_BY_NAME: Final = {service.name: service for service in SERVICES}
_BY_NEEDLE: Final = {needle: service for service in SERVICES for needle in service.needles}
_NOT_NAMED: Final = re.compile(r"[\w.*+-]{1,64}@g(?:oogle)?mail\.com|\bvia\W{1,6}1\.1 google")
"""What names a service only in passing: somebody's address, a server on the way."""

_MEDIATOR: Final = "openrouter"
"""Passes requests on to other providers, whom its messages name as well."""

_HOST: Final = re.compile(
    r"\bhttps?://(?:[^\s/@:]{1,80}(?::[^\s/@]{0,80})?@)?([a-z0-9.-]{1,120}\.[a-z]{2,20})"
)
_NO_SERVICE: Final = re.compile(
    r"(?:docs?|help|support|developers?|learn|wiki|errors|community|forum|blog|go|aka)\."
    r"|.*\.(?:local|localhost|internal|lan|test|invalid)$"
)
"""Hosts of manuals, and of the machine's own network."""

MAX_SEARCHED_CHARS: Final = 1_000


def at_host(line: str) -> Service | None:
    """Return the service at the host that the line names in an address; None without one."""
    for found in _HOST.finditer(line[:MAX_SEARCHED_CHARS].lower()):
        host = found[1]
        if not _NO_SERVICE.match(host):
            return replace(GENERIC, name=f"a service at {host}")
    return None


def find_service(text: str) -> Service:
    """Return the well-known service that `text` names first, else a nameless one.

    Give it one line, not a whole log: a log names many services in passing.
    """
    searched = text[:MAX_SEARCHED_CHARS].lower().replace("_", " ")
    if _MEDIATOR in searched:
        return _BY_NEEDLE[_MEDIATOR]
    found = _ANY_NEEDLE.search(_NOT_NAMED.sub("", searched))
    return _BY_NEEDLE[found.group()] if found else GENERIC


def named(name: str | None) -> Service:
    """Return the well-known service of that name; a nameless one without a name."""
    return GENERIC if name is None else _BY_NAME[name]
