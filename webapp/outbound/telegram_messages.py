"""What a message in Telegram says. It is plain text: nothing in it is formatted, so nothing has to
be escaped."""

from typing import Any, Final

from flask_babel import gettext

from webapp.extensions import db
from webapp.models import AgentEscalation, Delivery
from webapp.operations import address_notices, buttons, channels
from webapp.operations.deliveries import Claimed
from webapp.outbound.channel import NotNeeded, NotYet, unsealed
from webapp.outbound.messages import prefixed, subject
from webapp.outbound.questions import Told, told_by
from webapp.queries import accounts, screens
from webapp.queries import buttons as offered
from webapp.queries.reach import Receiver
from webapp.rules import headings

_LISTED: Final = 20
"""Questions of one message; the inbox has them all."""

_LONGEST: Final = 3_500
"""Of a question that is shown whole, and of a list; Telegram takes 4,096."""

_LONGEST_LABEL: Final = 40
"""A label that a button may cut off is no answer to press."""

_UNSETTLED_S: Final = 5.0


def of(delivery: Claimed, to: Receiver, root: str) -> dict[str, Any]:
    """The fields of the message, in the language that is set. Raises NotNeeded, NotYet."""
    if delivery.edits is not None:
        return _edit(delivery.edits, to, root)
    if delivery.kind == channels.TEST:
        return _plain(
            gettext("This is a test. Unstuck will tell you here when an agent has a question.")
        )
    if delivery.kind == address_notices.NEW_ADDRESS:
        return _plain(_new_address(delivery, root))
    told = told_by(delivery)
    if len(told.questions) > 1:
        return _plain(_list(told, root, shows=to.shows_question))
    return _question(delivery.id, told, root, shows=to.shows_question)


def _plain(text: str) -> dict[str, Any]:
    return {"text": text, "link_preview_options": {"is_disabled": True}}


def _new_address(delivery: Claimed, root: str) -> str:
    address = unsealed(delivery.sealed)
    line = gettext("%(address)s now gets your messages from Unstuck.", address=address)
    return _joined(line, f"{root}/settings/notifications")


def _list(told: Told, root: str, *, shows: bool) -> str:
    lines = [subject(told, shows=shows)]
    for each in told.questions[:_LISTED]:
        line = _joined(_heading(each) if shows else "", _link(each, root))
        if _length(_joined(*lines, line)) > _LONGEST:
            break
        lines.append(line)
    if len(lines) <= len(told.questions):
        lines.append(f"{root}/")
    return _joined(*lines)


def _length(text: str) -> int:
    """In units of UTF-16, as Telegram counts: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _question(delivery: int, told: Told, root: str, *, shows: bool) -> dict[str, Any]:
    """One question: as a whole and with its answers as buttons, if it may be shown and fits."""
    asked = told.questions[0]
    whole = _whole(told)
    if not shows or _length(whole) > _LONGEST:
        return _plain(_joined(subject(told, shows=shows), _link(asked, root)))
    made = _plain(_joined(whole, _link(asked, root)))
    labels = {each.value: _title(each) for each in _pressable(asked)}
    if labels:
        ids = buttons.offer(delivery, asked.digest, labels)
        rows = [[{"text": labels[each], "callback_data": ids[each]}] for each in labels]
        made["reply_markup"] = {"inline_keyboard": rows}
    return made


def _whole(told: Told) -> str:
    asked = told.questions[0]
    text = prefixed(told, asked.plain_english_problem.strip())
    return _joined(text, asked.project_id, *(_option(each) for each in screens.choices(asked)))


def _option(option: screens.Choice) -> str:
    line = f"• {_title(option)}"
    if not option.in_one_tap:
        line = gettext("%(option)s (answer on the page)", option=line)
    return f"{line}\n{option.description}".strip()


def _pressable(asked: AgentEscalation) -> list[screens.Choice]:
    """The options that get a button: each can be undone, needs no words and fits. None where
    founder and agent talked, which the message doesn't show."""
    if asked.messages:
        return []
    found = screens.in_one_tap(asked)
    return [option for option in found if len(_title(option)) <= _LONGEST_LABEL]


def _title(option: screens.Choice) -> str:
    return f"{option.label} → {option.value}" if option.shows_value else option.label


def _edit(key: int, to: Receiver, root: str) -> dict[str, Any]:
    """How a message says that its question is closed. It loses its buttons. Who is no longer in the
    project doesn't read there how."""
    told = db.session.get(Delivery, key)
    if told is None or told.escalation_id is None:
        raise NotNeeded("closed")
    if told.state == "leased":
        raise NotYet("sending", _UNSETTLED_S)
    if told.provider_id is None or offered.tells_of_more(db.session(), told):
        raise NotNeeded("bundled")
    asked = db.session.get_one(AgentEscalation, told.escalation_id)
    sees = accounts.is_in(db.session(), to.person.id, asked.project_id)
    shows = sees and to.shows_question
    outcome = _outcome(asked, shows) if sees else str(gettext("This question is closed."))
    text = _joined(_heading(asked) if shows else "", outcome, _link(asked, root))
    return _plain(text) | {"message_id": int(told.provider_id)}


def _outcome(asked: AgentEscalation, shows: bool) -> str:
    name = asked.resolved_by or ""
    if asked.status == "skipped" and name:
        return str(gettext("%(name)s closed it without an answer.", name=name))
    if asked.status != "resolved" or not name:
        return str(gettext("This question is closed."))
    if shows and asked.options:
        answer = screens.decision_label(asked)
        return str(gettext("Answered by %(name)s: %(answer)s", name=name, answer=answer))
    return str(gettext("Answered by %(name)s", name=name))


def _heading(asked: AgentEscalation) -> str:
    return headings.shortened(headings.parts(asked.plain_english_problem))


def _link(asked: AgentEscalation, root: str) -> str:
    return f"{root}/escalations/{asked.id}"


def _joined(*paragraphs: str) -> str:
    return "\n\n".join(each for each in paragraphs if each)
