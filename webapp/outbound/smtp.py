"""Sends one message over SMTP, and says how that ended."""

import smtplib
import ssl
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

from webapp.rules.sending import Attempt, Outcome

TIMEOUT_S: Final = 15.0
_GONE: Final = {550, 551, 553, 556}
"""The server knows no such address."""


@dataclass(frozen=True)
class Server:
    """Where mail goes out. `implicit_tls` is for smtps; otherwise STARTTLS is used where the server
    offers it, and required where there is a password to protect."""

    host: str
    port: int
    implicit_tls: bool
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> "Server":
        """The server that a checked SMTP_URL names (config.py)."""
        parts = urlsplit(url)
        implicit = parts.scheme == "smtps"
        return cls(
            host=str(parts.hostname),
            port=parts.port or (465 if implicit else 587),
            implicit_tls=implicit,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


def send(server: Server, message: EmailMessage, sender: str, receiver: str) -> Attempt:
    """Send it to one receiver."""
    sent = False
    try:
        with _connected(server) as connection:
            connection.ehlo_or_helo_if_needed()
            connection.mail(sender)
            code, answer = connection.rcpt(receiver)
            if code not in (250, 251):
                return _refused(code, answer)
            sent = True  # from here on nobody knows, until the server says so
            code, answer = connection.data(message.as_bytes(policy=policy.SMTP))
            if code != 250:
                return _refused(code, answer)
            return Attempt(Outcome.ACCEPTED, _text(code, answer))
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error, ours=not sent)
    except (smtplib.SMTPException, OSError) as error:
        said = f"{type(error).__name__}: {error}"
        return Attempt(Outcome.UNKNOWN if sent else Outcome.FAILED, said)


def _connected(server: Server) -> smtplib.SMTP:
    # The default context of smtplib takes any certificate.
    context = ssl.create_default_context()
    if server.implicit_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT_S, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        connection.ehlo_or_helo_if_needed()
        if not server.implicit_tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        elif not server.implicit_tls and server.password:
            raise smtplib.SMTPNotSupportedError("the server offers no encryption for the password")
        if server.user and server.password:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _refused(code: int, answer: bytes | str, *, ours: bool = False) -> Attempt:
    """What a refusal means. `ours` says that it concerns the sender, such as a wrong password: then
    the receiver's address is not to blame."""
    text = _text(code, answer)
    if ours or 400 <= code < 500:
        return Attempt(Outcome.FAILED, text)
    return Attempt(Outcome.GONE if code in _GONE else Outcome.REFUSED, text)


def _text(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}"
