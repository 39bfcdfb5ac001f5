"""The question page, and its forms: answer, skip, and what kind of problem it really is."""

from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.actors import ANSWERING
from webapp.desk.pages.rendering import page, region, wants_fragment
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.operations import answers as operations
from webapp.operations.problems import correct_category
from webapp.queries import screens, screens_memory
from webapp.rules.categories import Category

GUIDANCE_LENGTH = 20_000
DECISION_LENGTH = 255
REMEMBER_CHOICES = (7, 30, 90, 365)
"""For how many days a standing rule may be made on the page."""
REMEMBER_DAYS = 30


@dataclass
class Draft:
    """What stands in the form: what was typed, and what is wrong with it."""

    decision: str = ""
    guidance: str = ""
    remember: bool = False
    remember_days: str = str(REMEMBER_DAYS)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_form(cls) -> "Draft":
        """What was sent. Line ends as everywhere else; PostgreSQL keeps no zero characters."""
        text = {name: request.form.get(name, "").replace("\x00", "") for name in _FIELDS}
        guidance = text["guidance"].replace("\r\n", "\n").strip()
        remember = bool(request.form.get("remember"))
        return cls(text["decision"].strip(), guidance, remember, text["remember_days"])

    @property
    def is_touched(self) -> bool:
        """Whether there is text that must not be lost."""
        return bool(self.guidance or self.decision)

    @property
    def days(self) -> int | None:
        """For how long the answer is to be given by itself; None if it is not."""
        return int(self.remember_days) if self.remember else None


_FIELDS = ("decision", "guidance", "remember_days")


@signed_in
def question(escalation_id: UUID) -> Response:
    """The question, answered or not."""
    return _page(escalation_id, Draft())


@signed_in
def resolve(escalation_id: UUID) -> Response | Redirect:
    """Answer with an option, or in own words where there are none."""
    draft = Draft.from_form()
    try:
        _check(draft)
        operations.resolve(
            escalation_id,
            draft.decision,
            draft.guidance or None,
            by=current_actor(),
            remember_days=draft.days,
        )
    except operations.AlreadyAnswered as error:
        return _too_late(error, draft)
    except Invalid as error:
        draft.errors = draft.errors or {"decision": error.detail}
        return _again(escalation_id, draft)
    return _done(escalation_id)


@signed_in
def skip(escalation_id: UUID) -> Response | Redirect:
    """Close without a decision; the guidance that was typed goes along."""
    draft = Draft.from_form()
    try:
        _check_rest(draft)
        operations.skip(
            escalation_id,
            draft.guidance or None,
            by=current_actor(),
            remember_days=draft.days,
        )
    except operations.AlreadyAnswered as error:
        return _too_late(error, draft)
    except Invalid:
        return _again(escalation_id, draft)
    return _done(escalation_id)


@signed_in
def category(escalation_id: UUID) -> Response | Redirect:
    """Say what kind of problem it really is. The project remembers that for this problem."""
    try:
        right = Category(request.form.get("category", ""))
    except ValueError as error:
        message = "Choose what can fix this problem, then send it."
        raise Invalid(message, {"category": message}) from error
    correct_category(escalation_id, right, by=current_actor())
    if wants_fragment():
        return region("question", "question-kind", str(escalation_id))
    return redirect(f"/escalations/{escalation_id}#kind", 303)


def _check(draft: Draft) -> None:
    _check_rest(draft)
    if not draft.decision:
        _refuse(draft, "decision", "Choose what should happen, then send it.")
    if len(draft.decision) > DECISION_LENGTH:
        message = f"Keep the decision under {DECISION_LENGTH} characters; the rest fits below."
        _refuse(draft, "decision", message)


def _check_rest(draft: Draft) -> None:
    if draft.remember and draft.remember_days not in map(str, REMEMBER_CHOICES):
        _refuse(draft, "remember_days", "Choose for how long, then send it.")
    if len(draft.guidance) > GUIDANCE_LENGTH:
        message = f"This is too long: send at most {GUIDANCE_LENGTH:,} characters."
        _refuse(draft, "guidance", message)


def _refuse(draft: Draft, name: str, message: str) -> NoReturn:
    draft.errors[name] = message
    raise Invalid(message, {name: message})


def _done(escalation_id: UUID) -> Response | Redirect:
    if wants_fragment():
        return region("question", "question-state", str(escalation_id))
    return redirect(f"/escalations/{escalation_id}", 303)


def _too_late(error: operations.AlreadyAnswered, draft: Draft) -> Response:
    """Someone was faster: show in place who, when and what. The typed text stays on the page."""
    escalation_id = error.escalation.id
    if wants_fragment():
        return region("question", "question-state", str(escalation_id), status=409)
    return _page(escalation_id, draft, status=409)


def _again(escalation_id: UUID, draft: Draft) -> Response:
    """The form once more, with what is wrong and all that was typed."""
    if not wants_fragment():
        return _page(escalation_id, draft, status=422)
    response = _page(escalation_id, draft, template="escalations/_answer.html", status=422)
    response.headers["HX-Retarget"] = "#answer"
    response.headers["HX-Reswap"] = "morph:outerHTML"
    return response


def _page(
    escalation_id: UUID,
    draft: Draft,
    *,
    template: str = "escalations/page.html",
    status: int = 200,
) -> Response:
    escalation = screens.question(db.session(), current_actor(), str(escalation_id))
    return page(
        template,
        "question",
        str(escalation_id),
        status=status,
        choices=screens.choices(escalation),
        job=screens.job_of(db.session(), escalation),
        **screens_memory.decided_before(db.session(), escalation),
        draft=draft,
        remember_choices=REMEMBER_CHOICES,
        may_answer=current_actor().role_in(escalation.project_id) in ANSWERING,
    )


def add_to(bp: Blueprint) -> None:
    """Give the page and its forms their addresses."""
    bp.add_url_rule("/escalations/<uuid:escalation_id>", "question", question)
    for view in (resolve, skip, category):
        name = view.__name__
        rule = f"/escalations/<uuid:escalation_id>/{name}"
        bp.add_url_rule(rule, name, view, methods=["POST"])
