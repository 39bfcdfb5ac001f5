"""Messages in Telegram, from the bot whose token the server was set up with."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import current_app
from flask_babel import force_locale

from webapp.config import Config, Telegram
from webapp.extensions import db
from webapp.operations import telegram
from webapp.operations.deliveries import Claimed
from webapp.outbound import telegram_api, telegram_messages
from webapp.outbound.channel import Channel, NotNeeded
from webapp.outbound.messages import language, root
from webapp.queries import reach
from webapp.rules.sending import Attempt


@dataclass(frozen=True)
class Call:
    """A method of the Bot API with its fields."""

    server: Telegram
    method: str
    fields: dict[str, Any]


class TelegramMessages(Channel[Call]):
    """Messages to people's private chats with the bot."""

    name: ClassVar[str] = telegram.TELEGRAM
    threads: ClassVar[int] = 4
    knows_repeats: ClassVar[bool] = False
    repeats_first: ClassVar[bool] = True

    def load(self, delivery: Claimed) -> Call:
        """The message. Raises NotNeeded, NotYet."""
        config: Config = current_app.extensions["unstuck"]
        if config.telegram is None:
            raise NotNeeded("no_telegram")
        found = reach.receiver(db.session(), delivery.personal_channel_id or 0)
        if found is None or found.channel.verified_at is None:
            raise NotNeeded("channel_off")
        with force_locale(language(found.person.language)):
            content = telegram_messages.of(delivery, found, root(config))
        method = "editMessageText" if delivery.edits else "sendMessage"
        fields = {"chat_id": found.channel.address, **content}
        return Call(config.telegram, method, fields)

    def send(self, message: Call) -> Attempt:
        """One request to Telegram."""
        return telegram_api.attempt(message.server, message.method, message.fields)
