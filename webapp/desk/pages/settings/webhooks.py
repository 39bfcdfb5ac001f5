"""Webhooks: where a project's events go, and what became of each message."""

from typing import Any, Final

from flask import Blueprint, Response, current_app, redirect, request, session
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as Redirect

from webapp.accounts import limits
from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.secret_keys import secret_keys
from webapp.config import Config
from webapp.desk.pages.settings.parts import BIGGEST, show, show_secret
from webapp.errors import Conflict, Forbidden, Invalid
from webapp.events.kinds import Kind
from webapp.extensions import db
from webapp.operations import sessions, webhooks
from webapp.queries import screens_webhooks
from webapp.rules.limits import clean_text, number_in

_USUAL: Final = (
    Kind.WAITING_FOR_INPUT,
    Kind.ESCALATION_RESOLVED,
    Kind.ESCALATION_WITHDRAWN,
    Kind.ESCALATION_EXPIRED,
)

GROUPS: Final[tuple[tuple[Any, tuple[tuple[Kind, Any], ...]], ...]] = (
    (
        _("Questions"),
        (
            (Kind.WAITING_FOR_INPUT, _("An agent asks")),
            (Kind.ESCALATION_JOINED, _("Another job waits for the same answer")),
            (Kind.ESCALATION_RESOLVED, _("Someone answered or skipped")),
            (Kind.ESCALATION_WITHDRAWN, _("The agent withdrew its question")),
            (Kind.QUESTION_ASKED_BACK, _("Someone asked the agent back")),
            (Kind.REPLIED, _("The agent replied")),
            (Kind.FILE_ATTACHED, _("The agent attached a file")),
            (Kind.QUESTION_ASSIGNED, _("Someone assigned the question")),
            (Kind.ESCALATION_EXPIRED, _("Nobody answered before the deadline")),
            (Kind.DEADLINE_EXTENDED, _("Someone extended the deadline")),
            (Kind.ANSWER_HELD, _("An answer is about to be sent")),
            (Kind.ANSWER_UNDONE, _("Someone took an answer back")),
        ),
    ),
    (
        _("After the answer"),
        (
            (Kind.DECISION_DELIVERED, _("The agent received it")),
            (Kind.NOTE_ADDED, _("Someone added a note")),
            (Kind.SECRET_HANDED_OVER, _("Someone handed a key over")),
            (Kind.SECRET_TAKEN, _("The agent took the key")),
            (Kind.SECRET_REVOKED, _("Someone took a key back")),
            (Kind.DECISION_PICKED_UP, _("The agent works on it")),
            (Kind.DECISION_WORKED, _("It worked")),
            (Kind.DECISION_FAILED, _("It didn’t work")),
        ),
    ),
    (
        _("Jobs and failures"),
        (
            (Kind.BUILD_PAUSED, _("A job was paused")),
            (Kind.BUILD_RESUMED, _("A job was resumed")),
            (Kind.JOB_CHANGED, _("A job started, ended or got a title")),
            (Kind.RETRYING, _("An agent tries another way")),
            (Kind.BACKING_OFF, _("An agent waits and tries again")),
            (Kind.ERROR_HEALED, _("A problem is over")),
            (Kind.CATEGORY_CORRECTED, _("Someone corrected the kind of a problem")),
            (Kind.CORRECTION_REMOVED, _("Someone removed a correction")),
            (Kind.RULE_ENDED, _("A standing rule ended")),
            (Kind.TEXT_ERASED, _("An owner erased a text")),
        ),
    ),
)
"""What can be chosen, in groups."""

STATES: Final = {
    "waiting": _("Waiting"),
    "leased": _("Being sent"),
    "accepted": _("Accepted"),
    "maybe_sent": _("Perhaps sent"),
    "failed_temporarily": _("Failed, will be tried again"),
    "failed": _("Failed"),
    "not_needed": _("Not needed"),
}

REASONS: Final = {
    "webhook_off": _("The webhook was off."),
    "secret_lost": _("SECRET_KEY changed, so the secret can’t be read. Add the webhook again."),
    "event_pruned": _("The event is no longer kept."),
    "callback_gone": _("The job no longer waits for this answer."),
}

OFF: Final = {
    "person": _("Someone switched it off."),
    "failures": _("It failed for more than an hour, so Unstuck switched it off."),
    "gone": _("The receiver answered that this address no longer exists (410)."),
}


@signed_in
def webhook_settings() -> Response:
    """The webhooks, and the form for a new one."""
    return _page()


@signed_in
def create_webhook() -> Response:
    """Add a webhook. This response is the only one that ever holds its secret."""
    by = current_actor()
    limits.new_token(by.ref)
    form: dict[str, Any] = {
        name: clean_text(request.form.get(name, "")) for name in ("project", "url")
    }
    form["events"] = request.form.getlist("events")
    config: Config = current_app.extensions["unstuck"]
    try:
        made, secret = webhooks.create(
            form["project"],
            form["url"],
            form["events"],
            by=by,
            keys=secret_keys(),
            session_secret=session[SESSION_KEY],
            private=config.private_webhooks,
        )
    except (Invalid, Conflict, sessions.ConfirmFirst) as error:
        first = isinstance(error, sessions.ConfirmFirst)
        return _page(error.status, form=form, form_error=error.detail, confirm_first=first)
    return show_secret("webhooks", "webhook", webhook=made, secret=secret)


@signed_in
def remove_webhook(webhook_id: int) -> Redirect:
    """Remove a webhook."""
    webhooks.remove(webhook_id, by=current_actor())
    return redirect("/settings/webhooks?done=no-webhook", 303)


@signed_in
def switch_webhook_on(webhook_id: int) -> Redirect:
    """Switch a webhook on."""
    webhooks.switch(webhook_id, on=True, by=current_actor())
    return redirect("/settings/webhooks?done=webhook-on", 303)


@signed_in
def switch_webhook_off(webhook_id: int) -> Redirect:
    """Switch a webhook off."""
    webhooks.switch(webhook_id, on=False, by=current_actor())
    return redirect("/settings/webhooks?done=webhook-off", 303)


@signed_in
def test_webhook(webhook_id: int) -> Redirect:
    """Send a test to a webhook."""
    webhooks.send_test(webhook_id, by=current_actor())
    return redirect(f"/settings/webhooks/log?webhook={webhook_id}&done=webhook-test", 303)


@signed_in
def webhook_log() -> Response:
    """What was sent, or waits."""
    by = current_actor()
    _check(by.owns_something)
    filters = {
        "webhook": number_in(request.args.get("webhook", "")),
        "state": next((state for state in STATES if state == request.args.get("state")), None),
    }
    found = screens_webhooks.log(db.session(), by, filters, request.args.get("cursor") or None)
    return show("webhooks", "webhook_log", states=STATES, reasons=REASONS, filters=filters, **found)


@signed_in
def send_webhook_again(delivery_id: int) -> Redirect:
    """Send a message once more."""
    webhooks.send_again(delivery_id, by=current_actor())
    return redirect("/settings/webhooks/log?done=sent-again", 303)


def _check(owns: bool) -> None:
    if not owns:
        raise Forbidden(_("Only an owner can manage webhooks. Ask an owner of your project."))


def _page(status: int = 200, **changes: object) -> Response:
    by = current_actor()
    _check(by.owns_something)
    usual = {
        "form": {"project": "", "url": "", "events": [kind.value for kind in _USUAL]},
        "form_error": None,
        "confirm_first": False,
    }
    shown = screens_webhooks.listed(db.session(), by)
    context: dict[str, Any] = shown | usual | changes
    return show("webhooks", "webhooks", status=status, groups=GROUPS, off=OFF, **context)


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    bp.add_url_rule("/settings/webhooks", "webhook_settings", webhook_settings)
    bp.add_url_rule("/settings/webhooks", "create_webhook", create_webhook, methods=["POST"])
    bp.add_url_rule("/settings/webhooks/log", "webhook_log", webhook_log)
    one = f"/settings/webhooks/<int(max={BIGGEST}):webhook_id>"
    for verb, view in (
        ("remove", remove_webhook),
        ("on", switch_webhook_on),
        ("off", switch_webhook_off),
        ("test", test_webhook),
    ):
        bp.add_url_rule(f"{one}/{verb}", view.__name__, view, methods=["POST"])
    again = f"/settings/webhooks/log/<int(max={BIGGEST}):delivery_id>/again"
    bp.add_url_rule(again, "send_webhook_again", send_webhook_again, methods=["POST"])
