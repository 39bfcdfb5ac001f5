"""What stands in the form of a question: what was typed, and what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Self

from flask import request
from flask_babel import format_decimal, gettext

from webapp.actors import Actor
from webapp.errors import Invalid
from webapp.models import AgentEscalation
from webapp.operations.answers import Answer
from webapp.queries.screens import Choice
from webapp.rules.answer_schema import Field
from webapp.rules.answer_values import from_form
from webapp.rules.phrases.questions import REFUSED

GUIDANCE_LENGTH = 20_000
DECISION_LENGTH = 255
REMEMBER_CHOICES = (7, 30, 90, 365)
"""For how many days a standing rule may be made on the page."""
REMEMBER_DAYS = 30

_PREFIX = "answers."
_ENDS_IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_FIELDS = ("decision", "guidance", "remember_days", "digest", "shown")
SHOWN_LENGTH = 2_000
"""Characters of the question that the form sends along, to be seen beside one that changed."""


def as_shown(escalation: AgentEscalation) -> str:
    """The words of the question in one text, to be recognised by."""
    labels = [str(option.get("label") or option["value"]) for option in escalation.options]
    return "\n".join([escalation.plain_english_problem, *labels])[:SHOWN_LENGTH]


def _as_typed(value: Any) -> list[str]:
    """A value as a form sends it."""
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, bool):
        return ["true"] if value else []
    return [str(value).removesuffix("Z") if _ENDS_IN_UTC.fullmatch(str(value)) else str(value)]


@dataclass
class Draft:
    """The fields of the form. `confirmed` are the options that can't be undone and were tapped a
    second time. `no` says no to the only option there is. `sent` is whether they came with this
    request: a text that was sent in vain stays in sight, whatever has become of the question.
    `digest` and `shown` are the question as it stood on the page; `differs` is whether it has
    changed since."""

    decision: str = ""
    guidance: str = ""
    remember: bool = False
    remember_days: str = str(REMEMBER_DAYS)
    confirmed: list[str] = field(default_factory=list)
    no: bool = False
    sent: bool = False
    digest: str | None = None
    shown: str = ""
    differs: bool = False
    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_form(cls) -> Self:
        """What was sent. Line ends as everywhere else; PostgreSQL keeps no zero characters."""
        text = {name: request.form.get(name, "").replace("\x00", "") for name in _FIELDS}
        guidance = text["guidance"].replace("\r\n", "\n").strip()
        remember = bool(request.form.get("remember"))
        # Not trimmed: it is the value of an option, and the agent's own.
        decision = text["decision"].replace("\r\n", "\n")
        return cls(
            decision,
            guidance,
            remember,
            text["remember_days"],
            request.form.getlist("confirmed"),
            no=bool(request.form.get("no")),
            sent=True,
            digest=text["digest"] or None,
            shown=text["shown"][:SHOWN_LENGTH],
            typed={
                name.removeprefix(_PREFIX): [value.replace("\x00", "") for value in values]
                for name, values in request.form.lists()
                if name.startswith(_PREFIX)
            },
        )

    @classmethod
    def of(cls, escalation: AgentEscalation, viewer: Actor) -> Self:
        """What the viewer answered, as long as it is held: to take it back and change it."""
        kept = escalation.held if escalation.is_held else None
        if not kept or viewer.ref != kept["by_ref"]:
            return cls()
        return cls.again(Answer.from_json(kept))

    @classmethod
    def again(cls, answer: Answer) -> Self:
        """An answer as it was typed."""
        days = answer.remember_days
        return cls(
            answer.decision or "",
            answer.guidance or "",
            days is not None,
            str(days or REMEMBER_DAYS),
            typed={name: _as_typed(value) for name, value in (answer.answers or {}).items()},
        )

    @property
    def is_touched(self) -> bool:
        """Whether there is text that must not be lost."""
        return bool(self.guidance or self.decision)

    def typed_in(self, asked: Field) -> list[str]:
        """What stands in a field: what was typed, or else its default."""
        if self.sent or self.typed:
            return self.typed.get(asked.name, [])
        return [] if asked.default is None else _as_typed(asked.default)

    def _answers(self, fields: Sequence[Field]) -> dict[str, Any] | None:
        """The values of the fields that belong to the decision. A form sends those of the other
        options as well."""
        values = {
            each.name: from_form(each, self.typed.get(each.name, []))
            for each in fields
            if each.kind != "secret" and each.belongs_to(self.decision)
        }
        return {name: value for name, value in values.items() if value is not None} or None

    def answer(self, choices: list[Choice], fields: Sequence[Field] = ()) -> Answer:
        """The form as an answer to a question with these choices and fields; raises Invalid, and
        notes what is wrong."""
        self._check_rest()
        if len(choices) == 1 and self.no:
            words = "\n\n".join(filter(None, (REFUSED, self.guidance)))
            return Answer(None, words, digest=self.digest)
        if not self.decision.strip():
            self._refuse("decision", gettext("Choose an answer, then send it."))
        if len(self.decision) > DECISION_LENGTH:
            message = gettext(
                "Use at most %(most)s characters for the answer. Write the rest below.",
                most=DECISION_LENGTH,
            )
            self._refuse("decision", message)
        chosen = next((choice for choice in choices if choice.value == self.decision), None)
        if chosen and chosen.irreversible and chosen.value not in self.confirmed:
            message = gettext("This can't be undone. Confirm it, then send your answer.")
            self._refuse("confirmed", message)
        return Answer(
            self.decision,
            self.guidance or None,
            self._days,
            digest=self.digest,
            answers=self._answers(fields),
        )

    def skipping(self) -> Answer:
        """The form without a decision; what was typed goes along."""
        self._check_rest()
        return Answer(None, self.guidance or None, self._days, digest=self.digest)

    @property
    def _days(self) -> int | None:
        return int(self.remember_days) if self.remember else None

    def _check_rest(self) -> None:
        if self.remember and self.remember_days not in map(str, REMEMBER_CHOICES):
            self._refuse(
                "remember_days", gettext("Choose how long the rule lasts, then send your answer.")
            )
        if len(self.guidance) > GUIDANCE_LENGTH:
            message = gettext(
                "This text is too long. Use at most %(most)s characters.",
                most=format_decimal(GUIDANCE_LENGTH),
            )
            self._refuse("guidance", message)

    def _refuse(self, name: str, message: str) -> NoReturn:
        self.errors[name] = message
        raise Invalid(message, {name: message})
