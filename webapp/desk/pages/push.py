"""What a browser's service worker asks for: its script, the confirmation of a message that it
showed, and the answer of a button in a message.

A message decides nothing about who somebody is. What the worker sends counts only with the session
of its browser, and from this origin (accounts/forms.py).
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext, lazy_gettext

from webapp.accounts.access import current_actor
from webapp.actors import Actor
from webapp.config import Config
from webapp.errors import AppError, Invalid, NotFound
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import channels, holding
from webapp.operations.answers import Answer, require_shown
from webapp.operations.push import PUSH
from webapp.queries import escalations, screens, screens_notifications
from webapp.rules.limits import number_in


def service_worker() -> Response:
    """The script. It stands at the root, because it opens pages of every address."""
    script = Path(str(current_app.static_folder)) / "js" / "service-worker.js"
    response = Response(script.read_bytes(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def confirm_device() -> tuple[str, int]:
    """A device showed its first message, and sends back the code that was in it."""
    code = request.form.get("code", "")
    channels.verify_device(_number(request.form.get("channel")), code, by=current_actor())
    return "", 204


def press() -> tuple[dict[str, Any], int]:
    """Give the answer whose button was pressed. What comes back is shown in the message's place."""
    delivery, status = _number(request.form.get("delivery")), 200
    title, link = gettext("Answered"), "/"
    try:
        by = current_actor()
        asked = _asked(delivery, by)
        link = f"/escalations/{asked.id}"
        said = _answer(asked, by)
    except AppError as error:
        title, said, status = gettext("Not answered"), error.detail, error.status
    tag = f"question-{link.rpartition('/')[2]}"
    shown = {"title": title, "body": said, "navigate": link, "tag": tag}
    return {"notification": shown} | (_badge(status)), status


def _badge(status: int) -> dict[str, int]:
    if status == 401:
        return {}
    return {"app_badge": escalations.waiting_count(db.session(), by=current_actor())}


def _asked(delivery: int, by: Actor) -> AgentEscalation:
    """The question of a message that was sent to a device of this very person."""
    found = screens_notifications.pressed(db.session(), delivery)
    if found is None or found.person_id != by.person_id:  # the numbers are easy to guess
        raise NotFound(lazy_gettext("This message is no longer valid. Answer on the page."))
    return screens.question(db.session(), by, str(found.question))


def _answer(asked: AgentEscalation, by: Actor) -> str:
    digest = request.form.get("digest", "")
    require_shown(asked, digest)
    choices = dict(enumerate(screens.choices(asked)))
    chosen = choices.get(_number(request.form.get("option")))
    if chosen is None or not chosen.in_one_tap:
        raise Invalid(
            lazy_gettext("This answer needs the page. Open the question."),
            {"option": "is none of the options that a press gives"},
        )
    config: Config = current_app.extensions["unstuck"]
    answer = Answer(chosen.value, digest=digest, channel=PUSH)
    holding.hold(asked.id, answer, config.decision_grace_s, by=by)
    return chosen.label


def _number(text: str | None) -> int:
    """A number that was sent; -1 for anything else."""
    number = number_in(text or "")
    return -1 if number is None else number


def add_to(bp: Blueprint) -> None:
    """Give them their addresses."""
    bp.add_url_rule("/service-worker.js", "service_worker", service_worker)
    bp.add_url_rule("/push/shown", "confirm_device", confirm_device, methods=["POST"])
    bp.add_url_rule("/push/answers", "press", press, methods=["POST"])
