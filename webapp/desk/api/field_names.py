"""Fields that are misspelt: told with the name that was meant, instead of being dropped silently.

Other fields that aren't known are ignored, because agents evolve: only a name that is nearly one of
ours, where that one is missing, is taken for a mistake.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel

_NEAR: Final = 0.8
"""How alike two names are, from 0 to 1, to be taken for the same: `optoins` and `options` are."""

_SHORTEST: Final = 4
"""Shorter names are too alike anyway."""

_MOST_FIELDS: Final = 200
"""Of an object with more of them none is looked at, of a longer list only the beginning."""

_MOST_UNKNOWN: Final = 200
"""Of a whole body so many unknown names are compared with ours: a comparison takes 20 µs or more,
and two megabytes hold a hundred thousand names."""


def misspelt(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, str]:
    """Each misspelt field by its dotted path, such as `options.1.lable`, with its message."""
    return dict(_found(model, values, "", iter(range(_MOST_UNKNOWN))))


def _found(
    model: type[BaseModel], values: Any, path: str, left: Iterator[int]
) -> Iterator[tuple[str, str]]:
    """`left` gives one number for each comparison that may still be made."""
    if not isinstance(values, Mapping) or len(values) > _MOST_FIELDS:
        return
    missing = [name for name in model.model_fields if name not in values]
    for name, value in values.items():
        field = model.model_fields.get(name)
        if field is None:
            if next(left, None) is None:
                return
            if meant := _meant(name, missing):
                yield f"{path}{name}", f"is not known: did you mean {meant}?"
        elif nested := _model_in(field.annotation):
            many = isinstance(value, list)
            for step, item in enumerate(value[:_MOST_FIELDS]) if many else [(None, value)]:
                where = f"{path}{name}." if step is None else f"{path}{name}.{step}."
                yield from _found(nested, item, where, left)


def _meant(name: str, missing: list[str]) -> str | None:
    """The name that was meant: without regard to case, hyphens and underscores, or nearly."""
    plain = {_plain(each): each for each in missing}
    if _plain(name) in plain:
        return plain[_plain(name)]
    if len(name) < _SHORTEST or len(name) > 2 * max(map(len, missing), default=0):
        return None
    long = [each for each in missing if len(each) >= _SHORTEST]
    return next(iter(get_close_matches(name, long, n=1, cutoff=_NEAR)), None)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, by itself, in a list or optional; or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(each) for each in get_args(annotation))
    return next((model for model in found if model is not None), None)
