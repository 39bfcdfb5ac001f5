"""What a message in Telegram says. It is plain text: nothing in it is formatted, so nothing has to
be escaped."""

from typing import Any, Final

from flask_babel import gettext

from webapp.models import AgentEscalation
from webapp.operations import channels
from webapp.operations.deliveries import Claimed
from webapp.outbound.messages import subject
from webapp.outbound.questions import Told, told_by
from webapp.queries.reach import Receiver
from webapp.rules import headings

_LISTED: Final = 20
"""Questions of one message; the inbox has them all."""


def of(delivery: Claimed, to: Receiver, root: str) -> dict[str, Any]:
    """The fields of the message, in the language that is set. Raises NotNeeded, NotYet."""
    if delivery.kind == channels.TEST:
        return _plain(_test())
    return _plain(_questions(told_by(delivery), root, shows=to.shows_question))


def _plain(text: str) -> dict[str, Any]:
    return {"text": text, "link_preview_options": {"is_disabled": True}}


def _test() -> str:
    return str(gettext("This is a test. Unstuck will tell you here when an agent has a question."))


def _questions(told: Told, root: str, *, shows: bool) -> str:
    if len(told.questions) == 1:
        return _joined(subject(told, shows=shows), _link(told.questions[0], root))
    lines = [_line(each, root, shows=shows) for each in told.questions[:_LISTED]]
    if len(told.questions) > _LISTED:
        lines.append(f"{root}/")
    return _joined(subject(told, shows=shows), *lines)


def _line(asked: AgentEscalation, root: str, *, shows: bool) -> str:
    words = headings.shortened(headings.parts(asked.plain_english_problem)) if shows else ""
    return f"{words}\n{_link(asked, root)}".strip()


def _link(asked: AgentEscalation, root: str) -> str:
    return f"{root}/escalations/{asked.id}"


def _joined(*paragraphs: str) -> str:
    return "\n\n".join(each for each in paragraphs if each)
