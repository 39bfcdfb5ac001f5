"""A real mail server on this machine that keeps what it gets, and refuses as it is told."""

import asyncio
import queue
import socket
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Keeps:
    """What it got, and what it says to the commands `MAIL`, `RCPT` and `DATA`; None accepts."""

    def __init__(self) -> None:
        self.got: queue.Queue[EmailMessage] = queue.Queue()
        self.receivers: list[str] = []
        self.rcpt: str | None = None
        self.data: str | None = None
        self.cuts = False
        self.holds: str | None = None
        """The command, `RCPT` or `DATA`, after which it says nothing until it is released."""
        self.held: queue.Queue[str] = queue.Queue()
        """What it holds, as it begins to."""

    async def _hold(self, command: str) -> None:
        if self.holds == command:
            self.held.put(command)
            while self.holds == command:  # the test says when; its client is dead by then
                await asyncio.sleep(0.02)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        await self._hold("RCPT")
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        self.receivers.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.got.put(cast("EmailMessage", message))
        await self._hold("DATA")
        if self.cuts:
            server.transport.abort()
        return self.data or "250 queued as 42"


class _Controller(Controller):
    """On a port that is free for certain: the socket is bound before."""

    def __init__(self, handler: Keeps, **options: Any) -> None:
        self._bound = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, "127.0.0.1", self._bound.getsockname()[1], **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(
            self._factory_invoker, sock=self._bound, ssl=self.ssl_context
        )


class MailServer:
    """`with MailServer() as server:` — `server.url` is its SMTP_URL, `server.next()` the next
    message. With `tls` it offers STARTTLS, or speaks TLS from the start (`implicit`)."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        *,
        implicit: bool = False,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.keeps = Keeps()
        self._login = login
        options: dict[str, Any] = {"ssl_context": tls} if implicit else {"tls_context": tls}
        if login:
            options |= {"authenticator": self._check, "auth_required": True}
            options |= {"auth_require_tls": not implicit}
        self._controller = _Controller(self.keeps, **options)
        secret = f"{login[0]}:{login[1]}@" if login else ""
        scheme = "smtps" if implicit else "smtp"
        self.url = f"{scheme}://{secret}127.0.0.1:{self._controller.port}"

    def _check(self, _server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> Any:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)

    def next(self, patience: float = 30) -> EmailMessage:
        """The next message that came in."""
        return self.keeps.got.get(timeout=patience)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
