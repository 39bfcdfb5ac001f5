"""`unstuck ask` and `unstuck wait`: a question and its answer on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Optional

from unstuck.cli.exits import ANSWERED, CLOSED, PENDING
from unstuck.client import Unstuck
from unstuck.errors import StillPending
from unstuck.questions import Answer, Handle


def add_to(commands: Any) -> None:
    """Declare both commands."""
    ends = (
        "Prints the choice. Exit code 0: answered, 1: closed without an answer, 75: still pending."
    )
    ask = commands.add_parser("ask", help="ask the founder", description=f"Ask the founder. {ends}")
    ask.add_argument("question")
    ask.add_argument(
        "--option",
        action="append",
        metavar='VALUE[="TEXT"]',
        default=[],
        help="a choice; repeat it for more. Without any, the founder answers in their own words",
    )
    ask.add_argument("--recommend", metavar="VALUE", help="the option you recommend")
    ask.add_argument(
        "--secret",
        action="append",
        metavar='NAME[="WHERE"]',
        default=[],
        help="a key to hand over, and where to find it; take it with `unstuck secret`",
    )
    ask.add_argument("--key", default="", help="tells apart questions that read the same")
    ask.set_defaults(function=_ask)
    wait = commands.add_parser("wait", help="wait for an answer", description=f"Wait. {ends}")
    wait.add_argument("id", help="the question's id, as `run` and `ask` print it")
    wait.set_defaults(function=_wait)
    for parser in (ask, wait):
        parser.add_argument("--timeout", type=float, metavar="SECONDS", help="no limit if left out")
        parser.add_argument("--json", action="store_true", help="print the whole answer as JSON")


def _ask(chosen: argparse.Namespace) -> int:
    options = [_option(text) for text in chosen.option] or None
    fields = {"recommended": chosen.recommend} if chosen.recommend else {}
    secrets = {name: where for name, _, where in (text.partition("=") for text in chosen.secret)}
    handle = Unstuck.from_env().ask(
        chosen.question, options, wait=False, key=chosen.key, secrets=secrets, **fields
    )
    return _result(handle, chosen.timeout, as_json=chosen.json)


def _option(text: str) -> dict[str, str]:
    value, _, description = text.partition("=")
    if not value:
        raise ValueError(f'An option is VALUE or VALUE="TEXT", not {text!r}')
    return {"value": value, "label": value, "description": description}


def _wait(chosen: argparse.Namespace) -> int:
    handle = Unstuck.from_env().handle(chosen.id)
    return _result(handle, chosen.timeout, as_json=chosen.json)


def _result(handle: Handle, timeout: Optional[float], *, as_json: bool) -> int:
    try:
        answer = handle.result(timeout)
    except StillPending:
        sys.stderr.write(f"unstuck: still pending; wait for it with: unstuck wait {handle.id}\n")
        return PENDING
    _print(answer, as_json=as_json)
    return CLOSED if answer.decision is None else ANSWERED


def _print(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        names = ("escalation_id", "status", "decision", "label", "guidance", "answers")
        shown = {name: getattr(answer, name) for name in names}
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
        return
    if answer.decision is None:
        sys.stderr.write(f"unstuck: closed without an answer ({answer.status})\n")
    else:
        sys.stdout.write(answer.decision + "\n")
    for name in answer.secrets:
        sys.stderr.write(
            f"unstuck: {name} was handed over; take it with: unstuck secret {answer.escalation_id} "
            f"{name} --file PATH\n"
        )
    if answer.guidance:
        sys.stderr.write(f"unstuck: {answer.guidance}\n")
