"""What the calls of this blueprint are asked for, or a problem that says what to correct."""

from urllib.parse import parse_qsl

from flask import request

from webapp.errors import AppError, Invalid
from webapp.rules.languages import known
from webapp.rules.limits import clean_text, number_in

MAX_WAIT_S = 60.0
MAX_EVENTS = 500
MAX_CHANNELS = 50


class BadPosition(AppError):
    status, code, title = 400, "bad-position", "That is no place in the log"


def wait() -> float:
    """`?wait=`: for how many seconds."""
    return _number("wait", "0", 0, MAX_WAIT_S, "a number of seconds from 0 to 60")


def until_turn() -> bool:
    """`?until=turn`: whether the wait also ends when it becomes the agent's turn."""
    until = request.args.get("until", "answer")
    if until not in ("answer", "turn"):
        raise Invalid("until must be answer or turn.", {"until": "must be answer or turn"})
    return until == "turn"


def limit() -> int:
    """`?limit=`: how many events at most."""
    return int(_number("limit", "100", 1, MAX_EVENTS, "a whole number from 1 to 500", whole=True))


def position() -> int:
    """After which event to begin: `Last-Event-ID`, which a reader that comes back sends, or
    `?after=`, or from the beginning."""
    after = _seq(request.args.get("after", ""))
    last = _seq(request.headers.get("Last-Event-ID", ""))
    return after or 0 if last is None else last


def _seq(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    number = number_in(text)
    if number is None:
        raise BadPosition(
            f"{text[:40]!r} is not the number of an event. Send the last number you got as "
            "Last-Event-ID or ?after=, or nothing to begin with the first event."
        )
    return number


def language() -> str:
    """`?lang=`: the language of the page that follows; English where it names none."""
    return known(request.args.get("lang"))


def channels() -> list[tuple[str, str, str]]:
    """`?of=`, once for each page: its view, its subject or nothing, and its language."""
    asked_for = list(dict.fromkeys(request.args.getlist("of")))
    if not 1 <= len(asked_for) <= MAX_CHANNELS:
        message = f"Name 1 to {MAX_CHANNELS} pages to follow."
        raise Invalid(message, {"of": message})
    return [_channel(name) for name in asked_for]


def _channel(name: str) -> tuple[str, str, str]:
    view, _, query = name.partition("?")
    more = dict(parse_qsl(query))
    return view, clean_text(more.get("key", "")), known(more.get("lang"))


def stream() -> bool:
    """Whether the caller wants a stream rather than a list."""
    offered = ["application/json", "text/event-stream"]
    return request.accept_mimetypes.best_match(offered, "application/json") == offered[1]


def _number(
    name: str, default: str, least: float, most: float, what: str, *, whole: bool = False
) -> float:
    text = request.args.get(name, default)
    try:
        value = float(int(text)) if whole else float(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Invalid(f"{name} must be {what}.", {name: f"must be {what}"})
    return value
