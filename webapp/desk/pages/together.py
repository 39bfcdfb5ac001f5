"""Several questions with the same options, answered with one tap."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug.wrappers import Response as Redirect

from webapp.accounts.access import current_actor, signed_in
from webapp.actors import ANSWERING
from webapp.desk.pages.drafts import Draft
from webapp.desk.pages.rendering import page
from webapp.errors import Invalid, NotFound
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations.answers import AlreadyAnswered
from webapp.operations.together import Result, answer_each, undo_each
from webapp.queries import escalations, screens, screens_inbox
from webapp.rules.digest import of_options


@dataclass(frozen=True)
class Told:
    """A question, and its answer in words; or why it wasn't taken."""

    escalation: AgentEscalation
    label: str | None
    why: str


@signed_in
def together() -> Response | Redirect:
    """The chosen questions, and the options they share."""
    asked = _asked(_chosen())
    if not asked:
        return redirect("/", 303)
    open_ones = [each for each in asked if each.is_pending and not each.is_held]
    same = len({of_options(each.options) for each in open_ones}) == 1
    choices = screens.in_one_tap(open_ones[0]) if same else []
    return page(
        "escalations/together.html",
        "quiet",
        status=200 if choices or not open_ones else 422,
        questions=open_ones,
        choices=choices,
        closed=len(asked) - len(open_ones),
    )


@signed_in
def answer_together() -> Response | Redirect:
    """Answer each of them, and show what became of each."""
    digests, draft, by = _chosen(), Draft.from_form(), current_actor()
    asked = _asked(digests)
    if not asked:
        return redirect("/", 303)
    answer = draft.answer([])
    _require_one_tap(asked, digests, draft.decision)
    grace_s = current_app.extensions["unstuck"].decision_grace_s
    results = answer_each(digests, answer, grace_s, by=by)
    done = sum(result.error is None for result in results)
    title = ngettext("%(num)s question answered", "%(num)s questions answered", done)
    return _shown(title, results, answer.decision, undo_s=grace_s if done else 0)


@signed_in
def undo_together() -> Response | Redirect:
    """Take the answers back that haven't gone to the agents yet."""
    keys = [each.id for each in _asked(_chosen())]
    if not keys:
        return redirect("/", 303)
    results = undo_each(keys, by=current_actor())
    done = sum(result.error is None for result in results)
    title = ngettext("%(num)s answer taken back", "%(num)s answers taken back", done)
    return _shown(title, results, None)


def _chosen() -> dict[UUID, str]:
    """The questions that the page or form names, each with the digest of what was shown of it."""
    chosen = {}
    for value in request.values.getlist("q"):
        key, _, digest = value.partition(":")
        try:
            chosen[UUID(key)] = digest
        except ValueError as error:
            raise NotFound(lazy_gettext("Question not found. Start from the inbox.")) from error
    if len(chosen) > screens_inbox.INBOX_LENGTH:
        message = gettext("Select at most %(most)s questions.", most=screens_inbox.INBOX_LENGTH)
        raise Invalid(message, {"q": message})
    return chosen


def _asked(chosen: dict[UUID, str]) -> list[AgentEscalation]:
    """Those questions, in that order; raises unless the viewer may answer every one."""
    by = current_actor()
    asked = [escalations.find(db.session(), key, by=by) for key in chosen]
    for each in asked:
        by.require(ANSWERING, each.project_id, lazy_gettext("answer this question"))
    return asked


def _require_one_tap(
    asked: Sequence[AgentEscalation], digests: dict[UUID, str], decision: str
) -> None:
    """Raise Invalid for an option that wants more than a tap, or is none of those shown. A question
    that is another one by now is refused for itself."""
    for each in asked:
        in_one_tap = {choice.value for choice in screens.in_one_tap(each)}
        if decision not in in_one_tap and each.digest == digests[each.id]:
            message = gettext("Choose one of the answers shown, then send it.")
            raise Invalid(message, {"decision": message})


def _shown(
    title: str, results: Sequence[Result], decision: str | None, *, undo_s: float = 0
) -> Response:
    session, by = db.session(), current_actor()
    told = []
    for each in results:
        asked = escalations.find(session, each.escalation_id, by=by)
        why = each.error.detail if each.error else ""
        told.append(Told(asked, asked.label_of(decision), why))
    return page(
        "escalations/together_done.html",
        "quiet",
        title=title,
        told=told,
        first=Counter(_who(each) for each in results if isinstance(each.error, AlreadyAnswered)),
        undo_s=undo_s,
    )


def _who(result: Result) -> str:
    """Who was first to answer a question, or to close it."""
    stored = result.error.escalation if isinstance(result.error, AlreadyAnswered) else None
    if stored is not None and stored.held is not None and stored.is_held:
        return str(stored.held["by"])
    return (stored and stored.resolved_by) or gettext("someone")


def add_to(bp: Blueprint) -> None:
    """Give the page and its forms their addresses."""
    rule = "/escalations/together"
    bp.add_url_rule(rule, "together", together)
    bp.add_url_rule(rule, "answer_together", answer_together, methods=["POST"])
    bp.add_url_rule(f"{rule}/undo", "undo_together", undo_together, methods=["POST"])
