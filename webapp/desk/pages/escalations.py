"""The question page, and its forms: answer, skip, take it back, and what kind of problem it is."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request, session
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import SESSION_KEY, current_actor, signed_in
from webapp.accounts.hosts import root
from webapp.actors import ANSWERING, OWNING, Actor
from webapp.desk.pages.drafts import DECISION_LENGTH, REMEMBER_CHOICES, Draft, as_shown
from webapp.desk.pages.inbox_answers import back_to_inbox
from webapp.desk.pages.rendering import page, region, wants_fragment
from webapp.errors import AppError, Conflict, Invalid
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import erasing, holding
from webapp.operations.answers import (
    AlreadyAnswered,
    Answer,
    Changed,
    require_shown,
    said_already,
)
from webapp.operations.handed import SECRET_MISSING
from webapp.operations.problems import correct_category
from webapp.operations.secrets import digest
from webapp.queries import (
    problems,
    screens,
    screens_memory,
    screens_notifications,
    screens_secrets,
    screens_settings,
    snoozes,
)
from webapp.rules.answer_schema import fields_of
from webapp.rules.categories import Category


@signed_in
def question(escalation_id: UUID) -> Response:
    """The question, answered or not."""
    return question_page(escalation_id)


@signed_in
def resolve(escalation_id: UUID) -> Response | Redirect:
    """Answer with an option, or in own words where there are none."""
    draft = Draft.from_form()
    asked = screens.question(db.session(), current_actor(), str(escalation_id))

    def answer() -> Answer:
        require_shown(asked, draft.digest)
        return draft.answer(screens.choices(asked), fields_of(asked.answer_schema))

    return _give(escalation_id, draft, answer)


@signed_in
def skip(escalation_id: UUID) -> Response | Redirect:
    """Close without a decision; the guidance that was typed goes along."""
    draft = Draft.from_form()
    return _give(escalation_id, draft, draft.skipping)


def _give(escalation_id: UUID, draft: Draft, answer: Callable[[], Answer]) -> Response | Redirect:
    grace_s = current_app.extensions["unstuck"].decision_grace_s
    try:
        given = answer()
        holding.hold(escalation_id, given, grace_s, by=current_actor())
    except AlreadyAnswered as error:
        if not said_already(error.escalation, given, by=current_actor()):
            return _refused(error, _too_late, escalation_id, draft)
    except Changed as error:
        draft.differs = True
        return _refused(error, _changed, escalation_id, draft)
    except Invalid as error:
        draft.errors = draft.errors or _places(error)
        return _refused(error, _again, escalation_id, draft)
    return back_to_inbox() if _in_inbox() else _shown(escalation_id)


def _refused(
    error: AppError, show: Callable[[UUID, Draft], Response], escalation_id: UUID, draft: Draft
) -> Response | Redirect:
    """Why the answer wasn't taken, where its form stood: in the inbox, or as its page shows it."""
    return back_to_inbox(error.detail) if _in_inbox() else show(escalation_id, draft)


def _in_inbox() -> bool:
    """Whether the form stood in a card of the inbox, as scripts open it."""
    return request.form.get("on") == "inbox" and wants_fragment()


def _places(error: Invalid) -> dict[str, str]:
    """What is wrong, by the part of the form that says so: each field of the answer for itself. A
    secret that is missing is entered in another form, so this one says it at its choices."""
    places = {
        each["field"]: each["message"]
        for each in error.extra["errors"]
        if each["field"].startswith("answers.") and each["message"] != SECRET_MISSING
    }
    if places:
        return places
    first = error.fields[0]
    return {"decision" if first.startswith("answers.") else first: error.detail}


@signed_in
def undo(escalation_id: UUID) -> Response | Redirect:
    """Take an answer back that has not gone to the agent yet."""
    try:
        taken = holding.undo(escalation_id, by=current_actor())
    except Conflict as error:
        if not wants_fragment():
            return question_page(escalation_id, refusal=error.detail, status=error.status)
        response = region("question", "question-state", str(escalation_id), status=error.status)
        response.headers["HX-Trigger"] = json.dumps({"desk:notice": error.detail})
        return response
    if taken is None or wants_fragment():  # with htmx the form is there already
        return _shown(escalation_id)
    return question_page(escalation_id, Draft.again(taken))


@signed_in
def erase(escalation_id: UUID) -> Response | Redirect:
    """Erase what was written with the answer, for good."""
    try:
        erasing.erase(escalation_id, by=current_actor())
    except Conflict as error:
        return question_page(escalation_id, refusal=error.detail, status=error.status)
    return redirect(f"/escalations/{escalation_id}", 303)


@signed_in
def category(escalation_id: UUID) -> Response | Redirect:
    """Say what kind of problem it really is. The project remembers that for this problem, or for
    all that are recognised by the same rule."""
    try:
        right = Category(request.form.get("category", ""))
    except ValueError as error:
        message = gettext("Choose what can fix this problem, then save it.")
        raise Invalid(message, {"category": message}) from error
    similar = request.form.get("similar") == "yes"
    correct_category(escalation_id, right, for_rule=similar, by=current_actor())
    if wants_fragment():
        return region("question", "question-kind", str(escalation_id))
    return redirect(f"/escalations/{escalation_id}#kind", 303)


def _shown(escalation_id: UUID) -> Response | Redirect:
    if wants_fragment():
        return region("question", "question-state", str(escalation_id))
    return redirect(f"/escalations/{escalation_id}", 303)


def _too_late(escalation_id: UUID, draft: Draft) -> Response:
    """Someone was faster: show in place who, when and what. The typed text stays on the page."""
    if wants_fragment():
        return region("question", "question-state", str(escalation_id), status=409)
    return question_page(escalation_id, draft, status=409)


def _changed(escalation_id: UUID, draft: Draft) -> Response:
    """The question as it is now, beside what was shown before and all that was typed."""
    response = question_page(escalation_id, draft, status=409)
    if wants_fragment():
        for header in ("HX-Retarget", "HX-Reselect"):
            response.headers[header] = "article.question"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def _again(escalation_id: UUID, draft: Draft) -> Response:
    """The form once more, with what is wrong and all that was typed."""
    if not wants_fragment():
        return question_page(escalation_id, draft, status=422)
    response = question_page(escalation_id, draft, template="escalations/_answer.html", status=422)
    response.headers["HX-Retarget"] = "#answer"
    response.headers["HX-Reswap"] = "morph:outerHTML"
    return response


def question_page(
    escalation_id: UUID,
    draft: Draft | None = None,
    *,
    template: str = "escalations/page.html",
    status: int = 200,
    refusal: str | None = None,
    secret_errors: dict[str, str] | None = None,
    asked_back: str | None = None,
    follow_up: str | None = None,
) -> Response:
    """The page of a question, with what was typed and what could not be done."""
    with screens.read_once(db.session()):
        by = current_actor()
        escalation = screens.question(db.session(), by, str(escalation_id))
        return page(
            template,
            "question",
            str(escalation_id),
            status=status,
            **_read(escalation, by),
            draft=draft or Draft.of(escalation, by),
            refusal=refusal,
            secret_errors=secret_errors or {},
            asked_back=asked_back,
            follow_up=follow_up,
        )


def _read(escalation: AgentEscalation, by: Actor) -> dict[str, Any]:
    """What the page shows beside its live parts and what was typed."""
    return {
        "choices": screens.choices(escalation),
        "advice": screens.advice(escalation),
        "as_shown": as_shown,
        "differs_from": problems.rule_that_differs(db.session(), escalation),
        "link": f"{root()}/escalations/{escalation.id}",
        "job": screens.job_of(db.session(), escalation),
        **screens_memory.decided_before(db.session(), escalation),
        "remember_choices": REMEMBER_CHOICES,
        "decision_length": DECISION_LENGTH,
        "may_answer": by.role_in(escalation.project_id) in ANSWERING,
        "may_erase": by.role_in(escalation.project_id) in OWNING and erasing.has_text(escalation),
        "notified": screens_notifications.notified(db.session(), escalation.id),
        "fields": [each for each in fields_of(escalation.answer_schema) if each.kind != "secret"],
        "answers_with": screens_secrets.answers_with(escalation),
        "fresh": screens_settings.is_fresh(db.session(), digest(session[SESSION_KEY])),
        "snoozed_until": snoozes.until(db.session(), escalation.id, by=by),
    }


def add_to(bp: Blueprint) -> None:
    """Give the page and its forms their addresses."""
    bp.add_url_rule("/escalations/<uuid:escalation_id>", "question", question)
    for view in (resolve, skip, undo, erase, category):
        name = view.__name__
        rule = f"/escalations/<uuid:escalation_id>/{name}"
        bp.add_url_rule(rule, name, view, methods=["POST"])
