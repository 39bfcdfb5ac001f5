"""A press on a button in Telegram. It brings back the id of a row and who pressed; everything else
is looked up, and checked again in the transaction that stores the answer."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from flask_babel import force_locale, gettext, lazy_gettext

from webapp.accounts.access import actor_of_person
from webapp.actors import Actor
from webapp.config import Config
from webapp.errors import AppError, Invalid, NotFound
from webapp.extensions import db
from webapp.operations import holding, worker_leases
from webapp.operations.answers import Answer
from webapp.operations.telegram import TELEGRAM
from webapp.operations.worker_leases import LeaseLost, Turn
from webapp.outbound.messages import language
from webapp.queries import accounts, buttons, screens
from webapp.queries.buttons import Offered
from webapp.rules.limits import clean_text


@dataclass(frozen=True)
class Press:
    """What Telegram says of a press. `account` is who pressed; `chat` is where, None if that is no
    private chat."""

    id: str
    account: str
    chat: str | None
    message: str
    button: str
    language: str

    @classmethod
    def of(cls, query: dict[str, Any]) -> Self:
        """Read a callback query."""
        sender, message = query["from"], query.get("message") or {}
        chat = message.get("chat") or {}
        return cls(
            id=str(query["id"]),
            account=str(sender["id"]),
            chat=str(chat.get("id")) if chat.get("type") == "private" else None,
            message=str(message.get("message_id")),
            button=clean_text(str(query.get("data") or ""))[:64],
            language=str(sender.get("language_code", ""))[:2],
        )


@dataclass(frozen=True)
class Said:
    """What the person is told, and whether they have to close it themselves."""

    text: str
    is_alert: bool


def answer(press: Press, turn: Turn, config: Config) -> Said:
    """Give the answer whose button was pressed, and note with it that this is done. Raises
    LeaseLost."""
    found = buttons.offered(db.session(), press.button)
    person = accounts.person(db.session(), found.person_id) if found else None
    code = person[0].language if person else press.language
    with force_locale(language(code)):
        try:
            if found is None or person is None or not _is_theirs(found, press):
                raise NotFound(lazy_gettext("This message is no longer valid. Answer on the page."))
            label = _give(found, actor_of_person(*person), turn, config)
        except AppError as error:
            with suppress(LeaseLost):  # noted before, with what was stored
                worker_leases.skip(turn)
            return Said(str(error.detail), is_alert=True)
        return Said(gettext("Answered: %(answer)s", answer=label), is_alert=False)


def _is_theirs(found: Offered, press: Press) -> bool:
    """Whether the account pressed it to which the message was sent, and in that very message."""
    is_here = found.message is None or found.message == press.message
    return found.is_on and found.account == press.account == press.chat and is_here


def _give(found: Offered, by: Actor, turn: Turn, config: Config) -> str:
    asked = screens.question(db.session(), by, str(found.question))
    chosen = {each.value: each for each in screens.in_one_tap(asked)}.get(found.decision)
    if chosen is None and asked.is_pending:
        raise Invalid(lazy_gettext("This answer needs the page. Open the question."))
    given = Answer(found.decision, digest=found.digest, channel=TELEGRAM)
    label = chosen.label if chosen else found.decision
    grace_s = config.decision_grace_s
    holding.hold(
        asked.id, given, grace_s, by=by, also=lambda session: worker_leases.keep(session, turn)
    )
    return label
