"""Tokens of agents, and a few weeks of work, so that the numbers say something."""

import random
from datetime import timedelta

import scenes
from scenes import AGENT, ANNA, BEN, SHOP, SITE, ago

from webapp.actors import DESK
from webapp.clock import now
from webapp.operations import answers, invitations, people, problems, tokens
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report

TEST = Report(
    session_id="session-4f2a",
    error_type="AssertionError",
    error_message="AssertionError: 3 invoices expected, 2 found (test_invoices.py:88)",
    intent="write the monthly invoices",
    approach="Counted the invoices anew",
)
WEEKS = 6


def fill() -> None:
    """Everything."""
    _tokens()
    _people()
    dice = random.Random(7)
    for days in range(WEEKS * 7, 3, -1):
        if days % 7 in (0, 1):  # a weekend
            continue
        for _ in range(dice.choice((0, 1, 1, 2, 3, 4))):
            _question(days, dice)
        if dice.random() < 0.7:
            _healed(days, dice)


def _tokens() -> None:
    with ago(days=40):
        token, _ = tokens.create("Build agent", [SHOP])
    with ago(minutes=2):
        tokens.note_use(token.id, None)
    with ago(days=12):
        tokens.create("Night agent", [SITE], expires_at=now() + timedelta(days=30))
        tokens.create("Anna’s script", ["*"], "founder")


def _people() -> None:
    people.make_link("ben.fischer@example.com", role="founder", project_id=SHOP)
    people.make_link("carla.diaz@example.com", role="observer", project_id=SHOP)
    people.make_link("dan.olsen@example.com", role="owner", project_id=SITE)
    invitations.invite("eva@example.com", SHOP, "founder", by=DESK)
    with ago(days=9):
        invitations.invite(
            "felix.with.a.very.long.address@department.example.com", SITE, "observer", by=DESK
        )


def _question(days: int, dice: random.Random) -> None:
    asks = ("Which of two colours is the right one?", "May I use this picture?", "Who signs this?")
    with ago(days=days, minutes=dice.randrange(400)):
        key = scenes.ask("catalogue", SHOP, dice.choice(asks), options=[scenes.SKIP])
    later = dice.choice((3, 4, 7, 20, 45, 90, 300))
    with ago(days=days - 0.3, minutes=-later):
        answers.resolve(key, "skip_feature", by=dice.choice((ANNA, BEN)))


def _healed(days: int, dice: random.Random) -> None:
    with ago(days=days, minutes=dice.randrange(400)):
        verdict = receive.report("invoices", SHOP, TEST, by=AGENT)
        assert verdict.error_signature
        problems.heal("invoices", SHOP, verdict.error_signature, by=AGENT)
