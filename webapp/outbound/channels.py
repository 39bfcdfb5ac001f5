"""All channels. A new one is a line here."""

from typing import Any, Final

from webapp.outbound.callbacks import Callbacks
from webapp.outbound.channel import Channel
from webapp.outbound.mail import Mail
from webapp.outbound.push import PushMessages
from webapp.outbound.telegram import TelegramMessages
from webapp.outbound.webhooks import Webhooks

CHANNELS: Final[tuple[Channel[Any], ...]] = (
    Webhooks(),
    Callbacks(),
    Mail(),
    PushMessages(),
    TelegramMessages(),
)
