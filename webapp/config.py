"""The configuration of one process: read from the environment once, frozen, and refused with a
sentence when a value cannot be right.

`Config.from_environ(os.environ)` is the only way in. docs/how-to/run-on-a-server.md lists the
variables for the one who runs the desk.
"""

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

import click

from webapp import several_hosts
from webapp.rules.retry_policy import MAX_ATTEMPTS, MAX_TASK_ATTEMPTS, WAITS_S

PROJECT_ROOT: Final = Path(__file__).resolve().parent.parent
_SCHEMES: Final = ("postgres://", "postgresql://", "postgresql+psycopg://")
_HOST: Final = re.compile(r"\.?[a-z0-9_](?:[a-z0-9_.:-]*[a-z0-9_])?")
_RATE: Final = re.compile(r"[1-9][0-9]{0,8}/(?:second|minute|hour)")
_SENDER: Final = re.compile(r"[^@\s<>,;\"]+@[a-zA-Z0-9.-]+")
_TELEGRAM_API: Final = "https://api.telegram.org"
_BOT_TOKEN: Final = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}")
_VAPID_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}=?")
_MOST_WAITS: Final = 20
_SECRET_LENGTH: Final = 32  # characters: 16 random bytes in hexadecimal
_SECRET_VARIETY: Final = 10  # different characters: "aaaa…" and "changeme…" have fewer


class SetupError(click.ClickException):
    """The desk cannot start or a command cannot run; the message is one sentence that says why
    and what to do. A click exception, so that each command prints it and exits with 2."""

    exit_code = 2


class ConfigError(SetupError):
    """A variable of the environment is missing or wrong; the sentence names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An OpenID provider through which people may sign in; `issuer` is None where only the address
    of its own description is known."""

    discovery_url: str
    issuer: str | None
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    trusts_sessions: bool
    """Whether a sign-in proves who somebody is, however long ago they signed in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How e-mail goes out: the server's address, and from whom."""

    url: str = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """How push messages go out. `services` are hosts allowed beside those of known browsers;
    `private_key` is None where the server made its own; `contact` is what push services are told
    of who runs the server, None where it is known from elsewhere."""

    services: tuple[str, ...] = ()
    private_key: str | None = field(default=None, repr=False)
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """The bot that sends questions over Telegram. `api_url` is where its API is, without a slash at
    the end: Telegram's own, or one that runs in this network."""

    token: str = field(repr=False)
    api_url: str = _TELEGRAM_API

    @property
    def is_own_api(self) -> bool:
        """Whether the API is one that the operator runs, perhaps in this network."""
        return self.api_url != _TELEGRAM_API

    @property
    def lease(self) -> str:
        """The name of the lease of the worker that listens to the bot. It holds the bot's number,
        the part of the token that is no secret."""
        return f"telegram:{self.token.partition(':')[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much agents may keep waiting and send. An honest agent under fire never meets them."""

    open_questions: int
    """Pending questions of one project."""

    bytes_a_day: int
    """What one token may send in 24 hours."""

    file_bytes: int = 500_000_000
    """What the files of all questions of one project may have together."""

    streams_of_token: int = 50
    streams_of_session: int = 20
    """Open streams of one token, and of one signed-in browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how many days what is no longer needed is kept; None is for good."""

    events_days: int | None = 90
    """Events of jobs, and verdicts for reports that are repeated."""

    attempts_days: int | None = 365
    files_days: int | None = 90
    """Files of questions, counted from when the question was closed."""

    sign_ins_days: int | None = 90
    """Links, sessions, tokens and invitations, counted from their end."""

    audit_days: int | None = None
    questions_days: int | None = None
    """Closed questions with their answers, except answers in force."""

    jobs_days: int | None = None
    """Jobs and problems since they last came up, except where something refers to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the environment says. `database_url` is None when the desk runs its own PostgreSQL;
    `listen_url` is set where LISTEN needs a way around a connection pooler."""

    host: str
    port: int
    data_dir: Path
    database_url: str | None = field(repr=False)
    listen_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    workers: int
    public_url: str | None
    decision_grace_s: float
    trusted_proxies: int
    allowed_hosts: tuple[str, ...] = ()
    rate_limit_agents: str | None = None
    quotas: Quotas | None = None
    retention: Retention = Retention()
    rate_limit_unknown: str = "1200/minute"
    rate_limit_storage_url: str | None = field(default=None, repr=False)
    provider: Provider | None = None
    metrics_token: str | None = field(default=None, repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    """Earlier secret keys, the newest first: they open what they signed or sealed."""
    secrets_keys: tuple[str, ...] = field(repr=False)
    secrets_kept_h: int = 24

    json_logs: bool = False

    backup_days: int = 7
    """How long daily backups of the built-in database are kept; 0 for none."""

    waits_s: tuple[float, ...] = WAITS_S
    """How long agents wait for trouble of the environment, time after time, before the founder is
    asked."""

    task_attempts: int = MAX_TASK_ATTEMPTS
    """Retries within one task, whichever errors it meets, before the founder is asked about it."""

    # What leaves the server (webapp/outbound/).
    worker: bool = True
    private_webhooks: bool = False
    mail: Mail | None = None
    push: Push = Push()
    telegram: Telegram | None = None

    @property
    def unset_channels(self) -> list[str]:
        """Kinds of personal channels that get nothing, because the server isn't set up for them."""
        found = {"email": self.mail, "telegram": self.telegram}
        return [kind for kind, setting in found.items() if setting is None]

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read and check all variables; raises ConfigError. Creates the secret key on first use."""
        data_dir = _data_dir(environ)
        return cls(
            host=environ.get("HOST", "").strip() or "127.0.0.1",
            port=_whole(environ, "PORT", 5000, least=0, most=65535),
            data_dir=data_dir,
            database_url=_database_url(environ, "DATABASE_URL"),
            listen_url=_database_url(environ, "LISTEN_DATABASE_URL"),
            secret_key=_secret_key(environ, data_dir),
            workers=_whole(environ, "WEB_CONCURRENCY", 2, least=1, most=64),
            public_url=_public_url(environ),
            decision_grace_s=_seconds(environ, "DECISION_GRACE_S", 5.0),
            trusted_proxies=_whole(environ, "TRUSTED_PROXIES", 0, least=0, most=10),
            allowed_hosts=_hosts(environ),
            rate_limit_agents=_agent_rate(environ),
            quotas=_quotas(environ),
            retention=_retention(environ),
            rate_limit_unknown=_rate(environ, "RATE_LIMIT_UNKNOWN") or "1200/minute",
            rate_limit_storage_url=_value(environ, "RATE_LIMIT_STORAGE_URL") or None,
            provider=_provider(environ),
            metrics_token=_value(environ, "METRICS_TOKEN") or None,
            secret_key_fallbacks=_fallbacks(environ, "SECRET_KEY"),
            json_logs=_json_logs(environ),
            backup_days=_whole(environ, "BACKUP_DAYS", 7, least=0, most=3650),
            waits_s=_waits(environ),
            task_attempts=_whole(
                environ, "TASK_ATTEMPTS", MAX_TASK_ATTEMPTS, least=MAX_ATTEMPTS, most=999
            ),
            worker=_switch(environ, "WORKER", True),
            private_webhooks=_switch(environ, "WEBHOOKS_TO_PRIVATE_ADDRESSES", False),
            secrets_keys=_secrets_keys(environ, data_dir),
            secrets_kept_h=_whole(environ, "SECRETS_KEPT_H", 24, least=1, most=720),
            mail=_mail(environ),
            push=_push(environ),
            telegram=_telegram(environ),
        )


def make_data_dir(data_dir: Path) -> None:
    """Create the data folder where it is missing; raises ConfigError when it cannot be written."""
    # Root's PostgreSQL runs as another user, who has to pass through this folder but not read it.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        if not data_dir.is_dir():
            data_dir.mkdir(mode, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        raise ConfigError(
            f"Unstuck can't write to the data folder {data_dir} ({error.strerror}). Let this user "
            "write there, or set another folder with DATA_DIR=/path/to/folder."
        ) from None


def secret_file(path: Path) -> str:
    """The secret kept in this file (mode 0600), made on first use. Two processes that arrive at
    the same time read the same secret. Raises ConfigError when the file cannot be used."""
    try:
        if not path.exists():
            _create_secret(path)
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"Unstuck can't read or create the file {path} ({error.strerror}). "
            "Run it as the user who owns the data folder, or set another DATA_DIR."
        ) from None


def _create_secret(path: Path) -> None:
    # Written aside and linked into place: nobody can read half a secret, and the first one stays.
    make_data_dir(path.parent)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)


def _value(environ: Mapping[str, str], name: str) -> str:
    """A secret's value: from NAME, or from the file that NAME_FILE points to."""
    value, file = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
    if value and file:
        raise ConfigError(f"{name} and {name}_FILE are both set. Remove one of them.")
    if not file:
        return value
    try:
        content = Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise ConfigError(
            f"{name}_FILE points to {file}, which can't be read ({reason}). "
            "Correct the path or the permissions of the file."
        ) from None
    if not content:
        raise ConfigError(f"{name}_FILE points to {file}, which is empty. Write the value there.")
    return content


def _whole(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = environ.get(name, "").strip()
    try:
        value = int(text) if text else default
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise ConfigError(f"{name} is {text!r}. Set it to a whole number from {least} to {most}.")
    return value


def _json_logs(environ: Mapping[str, str]) -> bool:
    chosen = environ.get("LOG_FORMAT", "").strip().lower() or "text"
    if chosen not in ("text", "json"):
        raise ConfigError(f"LOG_FORMAT is {chosen!r}. Set it to text or json.")
    return chosen == "json"


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name, "").strip().lower() or ("on" if default else "off")
    if text not in ("on", "off"):
        raise ConfigError(f"{name} is {text!r}. Set it to on or off.")
    return text == "on"


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3600:
        raise ConfigError(f"{name} is {text!r}. Set it to a number of seconds from 0 to 3600.")
    return value


def _waits(environ: Mapping[str, str]) -> tuple[float, ...]:
    text = environ.get("WAITS_S", "").strip()
    if not text:
        return WAITS_S
    try:
        waits = tuple(float(each) for each in text.split(","))
    except ValueError:
        waits = ()
    if not 1 <= len(waits) <= _MOST_WAITS or not all(0 < each <= 3600 for each in waits):
        raise ConfigError(
            f"WAITS_S is {text!r}: list 1 to {_MOST_WAITS} numbers of seconds from 1 to 3600, "
            "separated by commas, such as 2,8,30,120."
        )
    return waits


def _data_dir(environ: Mapping[str, str]) -> Path:
    text = environ.get("DATA_DIR", "").strip()
    return Path(os.path.abspath(Path(text).expanduser())) if text else PROJECT_ROOT / "data"


def _database_url(environ: Mapping[str, str], name: str) -> str | None:
    url = _value(environ, name)
    if not url:
        return None
    for scheme in _SCHEMES:
        if url.startswith(scheme):
            try:
                return f"postgresql+psycopg://{several_hosts.as_parameters(url[len(scheme) :])}"
            except ValueError:
                raise ConfigError(
                    f"{name} names several hosts, and one of them can't be read. Write them like "
                    "postgresql://user:password@host1:5432,host2:5432/unstuck."
                ) from None
    # The value is not repeated here: it may hold a password.
    raise ConfigError(
        f"{name} must point to a PostgreSQL database, such as "
        "postgresql://user:password@host:5432/unstuck. To use the built-in database, unset it."
    )


def _secret_key(environ: Mapping[str, str], data_dir: Path) -> str:
    key = _value(environ, "SECRET_KEY") or secret_file(data_dir / "secret_key")
    if _is_guessable(key):
        raise ConfigError(
            f"SECRET_KEY is too easy to guess. Use at least {_SECRET_LENGTH} random characters, "
            "such as the output of `openssl rand -hex 32`, or unset it, and Unstuck makes one."
        )
    return key


def _fallbacks(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    listed = re.split(r"[,\n]", _value(environ, f"{name}_FALLBACKS"))
    keys = tuple(key.strip() for key in listed if key.strip())
    if any(_is_guessable(key) for key in keys):
        raise ConfigError(
            f"{name}_FALLBACKS has a key that is too easy to guess. List earlier values of "
            f"{name}, each of at least {_SECRET_LENGTH} characters, separated by commas."
        )
    return keys


def _is_guessable(key: str) -> bool:
    return len(key) < _SECRET_LENGTH or len(set(key)) < _SECRET_VARIETY


def _secrets_keys(environ: Mapping[str, str], data_dir: Path) -> tuple[str, ...]:
    """The keys for secrets that founders hand over: the first one seals, all of them open. Several
    machines share SECRET_KEY, so where that is set and SECRETS_KEY isn't, it serves here as well
    (operations/vault.py makes another key of it); else a key of its own is made on first use."""
    own, shared = _value(environ, "SECRETS_KEY"), _value(environ, "SECRET_KEY")
    if own and _is_guessable(own):
        raise ConfigError(
            f"SECRETS_KEY is too easy to guess. Use at least {_SECRET_LENGTH} random characters, "
            "such as the output of `openssl rand -hex 32`, or unset it, and Unstuck makes one."
        )
    first = own or shared or secret_file(data_dir / "secrets_key")
    earlier = (*_fallbacks(environ, "SECRETS_KEY"), shared, *_fallbacks(environ, "SECRET_KEY"))
    return tuple(dict.fromkeys(key for key in (first, *earlier) if key))


def _hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    names = environ.get("ALLOWED_HOSTS", "").lower().replace(",", " ").split()
    for name in names:
        if name != "*" and not _HOST.fullmatch(name):
            raise ConfigError(
                f"ALLOWED_HOSTS has {name!r}. Write names without a port, separated by commas, "
                "such as desk.example.com, .example.com for all names below it, or * for any."
            )
    return tuple(names)


def _rate(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name, "").strip().lower()
    if text and not _RATE.fullmatch(text):
        raise ConfigError(f"{name} is {text!r}. Write it like 600/minute, 10/second or 9000/hour.")
    return text or None


def _agent_rate(environ: Mapping[str, str]) -> str | None:
    name, default = "RATE_LIMIT_AGENTS", "12000/minute"
    if environ.get(name, "").strip().lower() == "none":
        return None
    return _rate(environ, name) or default


def _quotas(environ: Mapping[str, str]) -> Quotas | None:
    """None where QUOTAS=off."""
    switch = environ.get("QUOTAS", "").strip().lower() or "on"
    if switch not in ("on", "off"):
        raise ConfigError(f"QUOTAS is {switch!r}. Set it to on or off.")
    if switch == "off":
        return None
    megabytes = _whole(environ, "QUOTA_MB_A_DAY", 1000, least=1, most=1_000_000)
    return Quotas(
        open_questions=_whole(environ, "QUOTA_OPEN_QUESTIONS", 1000, least=1, most=1_000_000),
        bytes_a_day=megabytes * 1_000_000,
        file_bytes=_whole(environ, "QUOTA_FILES_MB", 500, least=2, most=1_000_000) * 1_000_000,
    )


def _retention(environ: Mapping[str, str]) -> Retention:
    return Retention(
        events_days=_days(environ, "KEEP_EVENTS_DAYS", 90),
        attempts_days=_days(environ, "KEEP_ATTEMPTS_DAYS", 365),
        files_days=_days(environ, "KEEP_FILES_DAYS", 90),
        sign_ins_days=_days(environ, "KEEP_SIGN_INS_DAYS", 90),
        audit_days=_days(environ, "KEEP_AUDIT_DAYS", None, least=90),
        questions_days=_days(environ, "KEEP_QUESTIONS_DAYS", None, least=30),
        jobs_days=_days(environ, "KEEP_JOBS_DAYS", None, least=30),
    )


def _days(
    environ: Mapping[str, str], name: str, default: int | None, *, least: int = 1
) -> int | None:
    """None for `forever`."""
    text = environ.get(name, "").strip().lower()
    if text == "forever":
        return None
    if not text:
        return default
    try:
        return _whole(environ, name, 0, least=least, most=36_500)
    except ConfigError:
        raise ConfigError(
            f"{name} is {text!r}. Set it to a number of days, {least} or more, or to forever."
        ) from None


def _mail(environ: Mapping[str, str]) -> Mail | None:
    url, sender = _value(environ, "SMTP_URL"), environ.get("MAIL_FROM", "").strip()
    if not url and not sender:
        return None
    if not url or not sender:
        name, other = ("SMTP_URL", "MAIL_FROM") if url else ("MAIL_FROM", "SMTP_URL")
        raise ConfigError(f"{name} is set without {other}: set both to send email, or neither.")
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or bool(parts.username) != bool(parts.password):
        # The value is not repeated here: it may hold a password.
        raise ConfigError(
            "SMTP_URL must be an address such as smtp://user:password@mail.example.com:587, or "
            "smtps:// for TLS from the start; write %40 for an @ in the password."
        )
    if not _SENDER.fullmatch(sender):
        raise ConfigError(
            f"MAIL_FROM is {sender!r}: set it to an address such as unstuck@example.com."
        )
    return Mail(url=url, sender=sender)


def _push(environ: Mapping[str, str]) -> Push:
    key, contact = _value(environ, "VAPID_PRIVATE_KEY"), environ.get("PUSH_CONTACT", "").strip()
    if key and not _VAPID_KEY.fullmatch(key):
        raise ConfigError(
            "VAPID_PRIVATE_KEY must be 32 bytes in base64url, 43 characters. Unset it, and Unstuck "
            "makes a key."
        )
    if contact and not contact.startswith(("mailto:", "https://")):
        raise ConfigError(
            f"PUSH_CONTACT is {contact!r}. Set it to mailto:you@example.com or to an https:// "
            "address."
        )
    services = environ.get("PUSH_SERVICES", "").lower().replace(",", " ").split()
    for each in services:
        if not _HOST.fullmatch(each.removeprefix("*.")):
            raise ConfigError(
                f"PUSH_SERVICES names {each!r}. List host names, separated by commas, such as "
                "push.example.com."
            )
    return Push(services=tuple(services), private_key=key or None, contact=contact or None)


def _telegram(environ: Mapping[str, str]) -> Telegram | None:
    token = _value(environ, "TELEGRAM_BOT_TOKEN")
    url = environ.get("TELEGRAM_API_URL", "").strip().rstrip("/") or _TELEGRAM_API
    if token and not _BOT_TOKEN.fullmatch(token):
        # The value is not repeated here: it lets anyone act as the bot.
        raise ConfigError(
            "TELEGRAM_BOT_TOKEN must be the token that @BotFather gave you, such as 123456:ABC-def."
        )
    if not url.startswith(("https://", "http://")) or not urlsplit(url).netloc:
        raise ConfigError(
            f"TELEGRAM_API_URL is {url!r}. Set it to an address such as http://localhost:8081, or "
            "unset it."
        )
    return Telegram(token=token, api_url=url) if token else None


def _provider(environ: Mapping[str, str]) -> Provider | None:
    names = ("OIDC_DISCOVERY_URL", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_NAME")
    url, issuer, client_id, name = (environ.get(each, "").strip() for each in names)
    secret = _value(environ, "OIDC_CLIENT_SECRET")
    if not (url or issuer or client_id or secret):
        return None
    if not ((url or issuer) and client_id and secret):
        raise ConfigError(
            "To sign in through an OpenID provider, set OIDC_DISCOVERY_URL or OIDC_ISSUER, and "
            "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET. To do without one, unset all of them."
        )
    url = url or f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise ConfigError(
            "OIDC_DISCOVERY_URL and OIDC_ISSUER must be addresses, like https://login.example.com."
        )
    return Provider(
        discovery_url=url,
        issuer=issuer or None,
        client_id=client_id,
        client_secret=secret,
        name=name or urlsplit(url).hostname or "OpenID",
        trusts_sessions=_switch(environ, "OIDC_TRUST_SESSIONS", default=False),
    )


def _public_url(environ: Mapping[str, str]) -> str | None:
    url = environ.get("PUBLIC_URL", "").strip().rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            f"PUBLIC_URL is {url!r}. Set it to the address that people open, "
            "such as https://desk.example.com."
        )
    if parts.path:
        raise ConfigError(
            f"PUBLIC_URL is {url!r}, and Unstuck can't run below a path. Give it a host name of "
            "its own, such as https://unstuck.example.com."
        )
    return url
