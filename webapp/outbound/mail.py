"""E-mail: that questions wait, codes, and tests."""

import html
import json
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Any, ClassVar, Final

from flask import current_app
from flask_babel import force_locale, gettext

from webapp.accounts import unsubscribing
from webapp.clock import now
from webapp.config import Config
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import channels, mailed_links, mailing
from webapp.operations.deliveries import Claimed
from webapp.operations.mailed_links import Made
from webapp.outbound import address_letters, smtp
from webapp.outbound.channel import Channel, NotNeeded, unsealed
from webapp.outbound.messages import language, one_line, root, subject
from webapp.outbound.questions import Told, told_by
from webapp.queries import reach
from webapp.rules import headings
from webapp.rules.sending import Attempt


@dataclass(frozen=True)
class Letter:
    """A message and the server that takes it."""

    server: smtp.Server
    sender: str
    receiver: str
    message: EmailMessage


class Mail(Channel[Letter]):
    """Messages to people's e-mail addresses."""

    name: ClassVar[str] = mailing.EMAIL
    threads: ClassVar[int] = 4
    knows_repeats: ClassVar[bool] = False
    repeats_first: ClassVar[bool] = True

    def load(self, delivery: Claimed) -> Letter:
        """The letter. Raises NotNeeded, NotYet."""
        config: Config = current_app.extensions["unstuck"]
        if config.mail is None:
            raise NotNeeded("no_smtp")
        if delivery.kind == mailing.INVITATION:
            return _invitation(delivery, config)
        if delivery.kind == mailing.ADDRESS_CODE:
            return _address_code(delivery, config)
        if delivery.kind in address_letters.KINDS:
            return _address_letter(delivery, config)
        if delivery.kind == mailed_links.SIGN_IN_LINK:
            return _sign_in_link(delivery, config)
        found = reach.receiver(db.session(), delivery.personal_channel_id or 0)
        if found is None:
            raise NotNeeded("channel_off")
        with force_locale(language(found.person.language)):
            if delivery.kind == channels.CODE:
                message = _code(delivery)
            elif delivery.kind == channels.TEST:
                message = _test()
            else:
                message = _questions(told_by(delivery), root(config), found.shows_question)
            return _addressed(message, found.channel.address, found.channel.id, delivery, config)

    def send(self, message: Letter) -> Attempt:
        """Hand it to the server."""
        return smtp.send(message.server, message.message, message.sender, message.receiver)


def _code(delivery: Claimed) -> EmailMessage:
    code = unsealed(delivery.sealed)
    text = gettext(
        "Enter this code in Unstuck within 15 minutes. If you didn’t ask for it, ignore this email."
    )
    return _letter(gettext("Your code is %(code)s", code=code), [code, text])


def _invitation(delivery: Claimed, config: Config) -> Letter:
    said = _content(delivery)
    with force_locale(language(said["language"])):
        line = gettext("%(name)s invites you to Unstuck", name=said["inviter"])
        text = gettext("Open this link to join. It works once, for 7 days.")
        message = _letter(line, [text, said["link"]])
        return _addressed(message, said["to"], 0, delivery, config)


def _address_code(delivery: Claimed, config: Config) -> Letter:
    said = _content(delivery)
    if said["until"] < now().timestamp():
        raise NotNeeded("code_expired")
    with force_locale(language(said["language"])):
        text = gettext(
            "Enter this code in Unstuck within 15 minutes. Your account then has this email "
            "address. If you didn't ask for it, don't give the code to anyone."
        )
        line = gettext("Your code is %(code)s", code=said["code"])
        message = _letter(line, [said["code"], text])
        return _addressed(message, said["to"], 0, delivery, config)


def _address_letter(delivery: Claimed, config: Config) -> Letter:
    said = _content(delivery)
    with force_locale(language(said["language"])):
        line, paragraphs = address_letters.words(delivery.kind, said, root(config))
        return _addressed(_letter(line, paragraphs), said["to"], 0, delivery, config)


def _content(delivery: Claimed) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(unsealed(delivery.sealed))
    return said


def _sign_in_link(delivery: Claimed, config: Config) -> Letter:
    said = _content(delivery)
    made = mailed_links.make(said)
    if made in (Made.EXPIRED, Made.NO_ACCOUNT):
        raise NotNeeded(made.value)
    with force_locale(language(said["language"])):
        if made is Made.UNPROVED:
            paragraphs = [
                gettext(
                    "Someone asked for a sign-in link for this address. It was never confirmed in"
                    " Unstuck, so there’s no link."
                ),
                gettext(
                    "Sign in another way and add the address under Settings → Notifications. Or ask"
                    " the operator of your server for a link."
                ),
            ]
        else:
            paragraphs = [
                gettext(
                    "Open this link and press the button to sign in. It works once, for 15 minutes."
                ),
                f"{root(config)}/sign-in/{said['secret']}",
                gettext("If you didn’t ask for it, ignore this email."),
            ]
        message = _letter(gettext("Sign in to Unstuck"), paragraphs)
        return _addressed(message, said["to"], 0, delivery, config)


def _test() -> EmailMessage:
    text = gettext("This is a test. Unstuck will tell you here when an agent has a question.")
    return _letter(gettext("Test from Unstuck"), [text])


def _questions(told: Told, address: str, shows: bool) -> EmailMessage:
    message = EmailMessage()
    lines = [_line(each, address, shows) for each in told.questions]
    foot = gettext("Answer in Unstuck. The agent goes on as soon as you do.")
    message.set_content("\n\n".join([*(text for text, _ in lines), foot]) + "\n")
    body = "".join(f"<p>{line}</p>" for _, line in lines) + f"<p>{html.escape(foot)}</p>"
    message.add_alternative(f"<html><body>{body}</body></html>", subtype="html")
    message["Subject"] = subject(told, shows=shows)
    return message


def _line(asked: AgentEscalation, address: str, shows: bool) -> tuple[str, str]:
    link = f"{address}/escalations/{asked.id}"
    words = headings.shortened(headings.parts(asked.plain_english_problem)) if shows else ""
    words = words or gettext("Open the question")
    return f"{words}\n{link}", f'<a href="{html.escape(link)}">{html.escape(words)}</a>'


def _letter(line: str, paragraphs: list[str]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = one_line(line)
    message.set_content("\n\n".join(paragraphs) + "\n")
    return message


_AUTOMATIC: Final = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def _addressed(
    message: EmailMessage, receiver: str, channel: int, delivery: Claimed, config: Config
) -> Letter:
    mail = config.mail
    if mail is None:
        raise NotNeeded("no_smtp")
    domain = mail.sender.rpartition("@")[2]
    message["From"] = formataddr(("Unstuck", mail.sender))
    message["To"] = receiver
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{delivery.message_id}@{domain}>"
    if delivery.escalation_id is not None and delivery.step:
        thread = f"<question-{delivery.escalation_id}-{channel}-0@{domain}>"
        message["In-Reply-To"] = message["References"] = thread
    if channel and delivery.kind in (*reach.TOLD, reach.SUMMARY):
        link = f"{root(config)}/unsubscribe/{unsubscribing.token(channel)}"
        message["List-Unsubscribe"] = f"<{link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in _AUTOMATIC.items():
        message[name] = value
    return Letter(smtp.Server.of(mail.url), mail.sender, receiver, message)
