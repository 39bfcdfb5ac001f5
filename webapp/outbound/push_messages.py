"""What a push message says, and what a press on it may do: one payload for all browsers."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import force_locale, gettext

from webapp.accounts.access import actor_of_person
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import address_notices, channels
from webapp.operations.deliveries import Claimed
from webapp.outbound.channel import NotNeeded, unsealed
from webapp.outbound.messages import language, one_line, subject
from webapp.outbound.questions import Told, told_by
from webapp.queries import accounts, buttons, escalations, reach, screens
from webapp.queries.reach import Receiver
from webapp.rules import headings

PAGE: Final = "/settings/notifications"
_MOST_ACTIONS: Final = 3
_LONGEST_LABEL: Final = 40
"""A label that a button may cut off is no answer to press."""

_DAY_S: Final = 86_400
_CODE_S: Final = 900


@dataclass(frozen=True)
class Message:
    """A payload; for how many seconds a push service keeps it; and its topic: of two messages with
    one topic, a device that was off gets the later one. Of an `urgency` that is `low`, a device may
    hear when it next wakes up."""

    payload: dict[str, Any]
    ttl_s: int
    topic: str
    urgency: str = "high"


def of(delivery: Claimed, to: Receiver, root: str) -> Message:
    """The message, in its reader's language. Raises NotNeeded, NotYet."""
    code = language(to.person.language)
    with force_locale(code):
        if delivery.kind == channels.CODE:
            made = _first(delivery)
        elif delivery.kind == channels.TEST:
            made = _shown(_test(), root)
        elif delivery.kind == reach.ANSWERED:
            made = _closed(delivery, to, root)
        elif delivery.kind == address_notices.NEW_ADDRESS:
            made = _shown(_new_address(delivery), root)
        else:
            made = _questions(delivery, told_by(delivery), to, root)
    made["notification"]["lang"] = code
    tag = made["notification"]["tag"]
    ttl_s = _CODE_S if delivery.kind == channels.CODE else _DAY_S
    urgency = "low" if delivery.kind == reach.ANSWERED else "high"
    return Message(made, ttl_s, _topic(tag), urgency)


def _topic(tag: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()[:24]).decode()


def _test() -> dict[str, Any]:
    return {
        "title": gettext("Test from Unstuck"),
        "body": gettext("Unstuck will tell you here when an agent has a question."),
        "tag": "test",
        "navigate": PAGE,
    }


def _new_address(delivery: Claimed) -> dict[str, Any]:
    address = unsealed(delivery.sealed)
    return {
        "title": gettext("A new address gets your messages"),
        "body": gettext("%(address)s now gets your messages from Unstuck.", address=address),
        "tag": "new-address",
        "navigate": PAGE,
    }


def _first(delivery: Claimed) -> dict[str, Any]:
    """The message that a new device confirms. It is none that browsers show without the service
    worker, because that is who confirms it."""
    code = unsealed(delivery.sealed)
    confirms = {"channel": delivery.personal_channel_id, "code": code}
    return {"notification": _test() | {"data": {"confirms": confirms}}}


def _shown(notification: dict[str, Any], root: str) -> dict[str, Any]:
    """A message that also browsers without a service worker can show (Declarative Web Push)."""
    notification["navigate"] = root + notification["navigate"]
    return {"web_push": 8030, "notification": notification}


def _questions(delivery: Claimed, told: Told, to: Receiver, root: str) -> dict[str, Any]:
    first, alone = told.questions[0], len(told.questions) == 1
    shows = to.shows_question and alone
    notification: dict[str, Any] = {
        "title": subject(told, shows=to.shows_question),
        "body": first.project_id if shows else "",
        "tag": f"question-{first.id}" if alone else "questions",
        "navigate": f"/escalations/{first.id}" if alone else "/",
    }
    if shows and (actions := _actions(first, root)):
        notification["actions"] = actions
        notification["data"] = {"delivery": delivery.id, "digest": first.digest}
    made = _shown(notification, root)
    return made | _badge(to)


def _badge(to: Receiver) -> dict[str, int]:
    by = actor_of_person(to.person, list(accounts.memberships(db.session(), to.person.id)))
    return {"app_badge": escalations.waiting_count(db.session(), by=by)}


def _closed(delivery: Claimed, to: Receiver, root: str) -> dict[str, Any]:
    """What replaces the message about a question that was closed, without a sound."""
    asked = db.session.get(AgentEscalation, delivery.escalation_id)
    if asked is None or to.channel.off_since is not None:
        raise NotNeeded("channel_off" if asked else "closed")
    if not accounts.is_in(db.session(), to.person.id, asked.project_id):
        raise NotNeeded("no_member")
    # The message that was on its way didn't arrive, or took more along.
    if not buttons.may_be_shown_alone(db.session(), to.channel.id, asked.id):
        raise NotNeeded("closed")
    title = headings.shortened(headings.parts(asked.plain_english_problem))
    notification = {
        "title": _said_of(asked),
        "body": one_line(title) if to.shows_question else "",
        "tag": f"question-{asked.id}",
        "navigate": f"/escalations/{asked.id}",
        "silent": True,
    }
    return _shown(notification, root) | _badge(to)


def _said_of(asked: AgentEscalation) -> str:
    if asked.status == "expired":
        line = gettext("The deadline passed")
    elif asked.status == "withdrawn":
        line = gettext("The agent no longer needs an answer")
    elif asked.status == "skipped":
        line = gettext("Skipped by %(name)s", name=asked.resolved_by)
    else:
        line = gettext("Answered by %(name)s", name=asked.resolved_by)
    return one_line(line)


def _actions(asked: AgentEscalation, root: str) -> list[dict[str, str]]:
    """The answers that a press gives: all of them, or none. Each can be undone, and needs no
    words. None where the line of the message and its buttons leave anything out: an answer is bound
    to what was shown."""
    options = screens.choices(asked)
    more = headings.parts(asked.plain_english_problem).rest or asked.messages
    if more or any(option.description for option in options):
        return []
    pressable = screens.in_one_tap(asked)
    if not 1 < len(options) <= _MOST_ACTIONS or len(pressable) < len(options):
        return []
    titles = [_title(option) for option in options]
    if any(len(title) > _LONGEST_LABEL for title in titles):
        return []
    link = f"{root}/escalations/{asked.id}"
    return [
        {"action": str(number), "title": title, "navigate": link}
        for number, title in enumerate(titles)
    ]


def _title(option: screens.Choice) -> str:
    """What stands on a button: also what the agent gets, where the label doesn't say it."""
    return f"{option.label} → {option.value}" if option.shows_value else option.label
