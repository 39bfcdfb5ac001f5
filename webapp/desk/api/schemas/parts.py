"""What several schemas share: names, texts, options, an agent's own state."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from webapp.clock import rfc3339
from webapp.operations.standing_rules import MOST_DAYS
from webapp.rules import links
from webapp.rules.signature import looks_computed

LONGEST_NAME = 255
LONGEST_TEXT = 102_400
LARGEST_STATE = 65_536
LARGEST_QUESTION = 65_536
LARGEST_OPTION = 2_048
"""Bytes of all the texts that a founder reads, and of those of one option."""
DEEPEST_STATE = 50

HOOK_AGENTS = ("claude-code", "cursor", "copilot-cli", "gemini-cli", "generic")
"""The agents whose hooks are taken."""

NOT_BLANK = r"\S"
"""A text has at least one character that can be seen."""

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Digest = Annotated[str, Field(min_length=1, max_length=64)]
Signature = Annotated[str, Field(min_length=1, max_length=800)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Summary = Annotated[str, Field(min_length=1, max_length=2_000)]
Link = Annotated[str, Field(min_length=1, max_length=links.LONGEST)]
Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-03-03T09:30:00.000Z"]},
    ),
]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no moment that a calendar has") from None


InTime = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment that a caller names, in UTC."""


def size_of(*texts: str | None) -> int:
    """Bytes of these texts in UTF-8."""
    return sum(len(text.encode()) for text in texts if text)


class Choice(BaseModel):
    "One option of a question."

    value: Name = Field(
        pattern=NOT_BLANK,
        description="The value that the decision has if this option is chosen.",
        examples=["skip_feature"],
    )
    label: Text | None = Field(
        None,
        description="The text on the button. The value if left out.",
        examples=["Skip this feature"],
    )
    description: Text | None = Field(
        None,
        description="What happens if this option is chosen.",
        examples=["I'll finish everything else without it."],
    )

    irreversible: bool = Field(
        False,
        description="True if the option can't be undone. The founder has to confirm "
        "it, and it is never chosen automatically.",
    )

    @model_validator(mode="after")
    def _small(self) -> Self:
        if size_of(self.value, self.label, self.description) > LARGEST_OPTION:
            raise ValueError("is too large: use at most 2 kB for an option")
        return self

    def stored(self) -> dict[str, Any]:
        """Return the option as it is stored and shown."""
        option: dict[str, Any] = {
            "value": self.value,
            "label": self.label or self.value,
            "description": self.description or "",
        }
        return option | ({"irreversible": True} if self.irreversible else {})


def fits_a_question(
    choices: list[Choice] | None, *texts: str | None, tried: list[str] | None = None
) -> None:
    """Raise ValueError where all the texts that a founder would read are more than 64 kB."""
    options = [text for one in choices or [] for text in (one.value, one.label, one.description)]
    if size_of(*texts, *options, *(tried or [])) > LARGEST_QUESTION:
        raise ValueError("is too large: all texts of a question together hold at most 64 kB")


def _not_computed(suffix: str) -> str:
    if looks_computed(suffix):
        raise ValueError("must not begin like a computed one (v1-): leave it out or name it else")
    return suffix


OwnSignature = Annotated[Name, AfterValidator(_not_computed)]


def _different(choices: list[Choice]) -> list[Choice]:
    values = [choice.value for choice in choices]
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ValueError(f"must have different values, but {twice!r} is there twice")
    return choices


def one_of(value: str | None, choices: list[Choice] | None) -> str | None:
    """Return the value of `recommended`; raise ValueError when it's none of the options."""
    values = [choice.value for choice in choices or []]
    if value is not None and value not in values:
        listed = f" ({', '.join(values)})" if values else ""
        raise ValueError(f"is none of the options{listed}")
    return value


def _small(state: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(json.dumps(state, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:
        raise ValueError("has a number that is too large: send it as a text") from None
    if size > LARGEST_STATE:
        raise ValueError("is too large: use at most 64 kB of JSON, or keep it yourself")
    if _depth(state) > DEEPEST_STATE:
        raise ValueError(f"is nested too deeply: use at most {DEEPEST_STATE} levels")
    return state


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        nested = [item for item in level if isinstance(item, dict | list)]
        level = [
            child
            for item in nested
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def _number(value: Any) -> Any:
    # Query strings hold numbers as text; a body holds them as numbers.
    if isinstance(value, bool | str):
        raise ValueError("must be a whole number")
    return value


Days = Annotated[int, Field(ge=1, le=MOST_DAYS), BeforeValidator(_number)]
Choices = Annotated[
    list[Choice],
    Field(max_length=10),
    AfterValidator(_different),
]
State = Annotated[
    dict[str, Any],
    AfterValidator(_small),
]


Schema = Annotated[dict[str, Any], AfterValidator(_small)]


class RequestModel(BaseModel):
    """What a call takes. Fields that are not known are ignored: agents evolve."""

    model_config = ConfigDict(extra="ignore")


class ResponseModel(BaseModel):
    """What a call gives, read from a row or a value."""

    model_config = ConfigDict(from_attributes=True)
