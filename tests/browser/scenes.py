"""A desk as it looks after a few days of work: questions in every state, told through operations.

Time travels: what happened on Tuesday is written on Tuesday.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import time_machine

from webapp.actors import Actor
from webapp.operations import answers, escalations, follow_ups, jobs, receipts
from webapp.operations.escalations import Question
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.rules.categories import Category

AGENT = Actor(ref="token:1", name="Build agent", grants={"*": "agent"})
ANNA = Actor(ref="person:1", name="Anna Berg", grants={"*": "founder"})
BEN = Actor(ref="person:2", name="Ben Okafor", grants={"*": "founder"})

SHOP, SITE = "flower-shop", "club-website"

SKIP = {
    "value": "skip_feature",
    "label": "Skip this feature",
    "description": "The shop opens without it. We can add it later.",
}
SIMPLER = {
    "value": "simpler_version",
    "label": "Build a simpler version",
    "description": "Customers pay by bank transfer; I send them the details by e-mail.",
}
KEYS = {
    "value": "provide_credentials",
    "label": "I have added the access key",
    "description": "You create a key in your Stripe account and add it in the project's settings. "
    "I then try again right away.",
}


@contextmanager
def ago(**length: float) -> Iterator[None]:
    """So long ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(**length), tick=True):
        yield


def ask(job: str, project: str, problem: str, **more: Any) -> UUID:
    """One question of the agent."""
    values = {
        "session_id": "session-4f2a",
        "error_type": "ConfigurationError",
        "error_signature": f"{project}:ConfigurationError:v1-{abs(hash(problem)) % 16**8:08x}",
        "plain_english_problem": problem,
    } | more
    return escalations.open_question(job, project, Question(**values), by=AGENT)[0].id


def payment() -> UUID:
    """The question that is seen first: three jobs wait for it."""
    report = Report(
        session_id="session-4f2a",
        error_type="stripe.error.AuthenticationError",
        error_message="Invalid API Key provided: sk_test_****1234\n  at charge (checkout.py:88)",
        intent="set up the payment in the checkout",
        plain_english_problem="I cannot set up payments, because the shop has no access key for "
        "Stripe yet. Everything else of the checkout is finished and tested.",
        recommended_action="Provide the access key. Stripe shows it in your account under "
        "Developers, API keys. It takes about two minutes.",
        options=[KEYS | {"value": "provide the access key"}, SIMPLER, SKIP],
    )
    found = None
    for number, name in enumerate(("checkout", "invoices", "subscriptions")):
        with ago(minutes=34 - 6 * number):
            found = receive.report(name, SHOP, report, by=AGENT)
    assert found is not None
    assert found.escalation_id is not None
    return UUID(found.escalation_id)


def fill() -> dict[str, UUID]:
    """Everything; returns the ids of the questions that pages are taken of."""
    _titles()
    named = {"skipped": _skipped(), "worked": _worked(), "withdrawn": _withdrawn()}
    named["failed"] = _failed()
    _paused()
    named["opening_hours"] = _opening_hours()
    named["payment"] = payment()
    named["photos"] = _photos()
    named["answered"] = _answered()
    return named


def _titles() -> None:
    titles = {
        "checkout": "Checkout and payment",
        "invoices": "Invoices by e-mail",
        "subscriptions": "Flower subscriptions",
        "catalogue": "Catalogue with photos",
    }
    with ago(days=3):
        for job, title in titles.items():
            jobs.tell(job, SHOP, by=AGENT, title=title, session_id="session-4f2a")
        jobs.tell(
            "gallery",
            SHOP,
            by=AGENT,
            title="Photos of each bouquet",
            summary="Nine of twelve bouquets show their photos, and customers can leaf through "
            "them. The small pictures of three are missing. Then I'll add the prices.",
            result_url="https://preview.flower-shop.example/bouquets",
            preview="https://preview.flower-shop.example/bouquets.png",
        )
        jobs.tell("nightly/2026-11-22", SITE, by=AGENT, title="Nightly build")
        jobs.tell("members-area", SITE, by=AGENT, title="Members’ area")


def _skipped() -> UUID:
    with ago(days=2, hours=5):
        key = ask("catalogue", SHOP, "The old shop's product list cannot be read automatically.")
    with ago(days=2, hours=4):
        answers.skip(key, "Leave it, I type the twelve products in myself.", by=BEN)
    return key


def _worked() -> UUID:
    with ago(days=1, hours=3):
        key = ask(
            "catalogue",
            SHOP,
            "The photo service that we planned to use no longer takes new customers.",
            recommended_action="Build a simpler version: I store the photos with the shop itself.",
            attempts_summary=["I tried to open an account.", "I looked for another way in."],
            options=[SIMPLER, SKIP],
        )
    with ago(days=1, hours=2):
        note = "Fine for now. We have about 60 photos."
        answers.resolve(key, "simpler_version", note, by=ANNA)
    with ago(days=1, hours=1, minutes=58):
        receipts.give(key, "picked_up", by=AGENT)
    with ago(days=1, hours=1, minutes=40):
        follow_ups.add(key, "Keep the large ones too, for the printed catalogue.", by=BEN)
    with ago(days=1, hours=1, minutes=20):
        receipts.give(key, "worked", "All photos load in under a second.", by=AGENT)
    with ago(days=1, hours=1):
        jobs.tell("catalogue", SHOP, by=AGENT, state="finished")
    return key


def _withdrawn() -> UUID:
    with ago(hours=20):
        key = ask("members-area", SITE, "The mail server did not let me sign in.")
    with ago(hours=19):
        escalations.withdraw(key, "It works again since the server was restarted.", by=AGENT)
    return key


def _failed() -> UUID:
    with ago(hours=9):
        key = ask(
            "members-area",
            SITE,
            "The calendar of the club cannot be reached from outside.",
            options=[
                {
                    "value": "provide_guidance",
                    "label": "Tell me what to do",
                    "description": "I make three fresh attempts with your advice.",
                },
                SKIP,
            ],
        )
    with ago(hours=8, minutes=40):
        answers.resolve(key, "provide_guidance", "Ask Tom for the public address.", by=ANNA)
    with ago(hours=8, minutes=30):
        receipts.give(key, "picked_up", by=AGENT)
    with ago(hours=8, minutes=10):
        receipts.give(key, "failed", "The public address asks for a password, too.", by=AGENT)
    return key


def _paused() -> None:
    wishes = (
        "I do not know which colours the club uses.",
        "The list of board members is missing.",
        "Two pages of the old website contradict each other about the fees.",
        "The statutes are a scan that I cannot read.",
        "I cannot tell which of the three logos is the current one.",
    )
    for number, wish in enumerate(wishes):
        with ago(hours=3, minutes=-7 * number):
            values = Report(
                session_id="session-4f2a",
                error_type="ConfigurationError",
                error_message="there is nothing to build this page from",
                category=Category.NEVER_RETRY,
                signature=f"wish-{number}",
                plain_english_problem=wish,
                recommended_action="Tell me in a sentence, or let me leave this out for now.",
                options=[SKIP],
            )
            receive.report("nightly/2026-11-22", SITE, values, by=AGENT)


def _opening_hours() -> UUID:
    with ago(hours=1, minutes=12):
        return ask(
            "catalogue-2",
            SHOP,
            "The opening hours on the website and in your calendar differ.",
            recommended_action="Tell me which of the two is right.",
        )


def _photos() -> UUID:
    def failure(approach: str) -> Report:
        return Report(
            session_id="session-4f2a",
            error_type="AssertionError",
            error_message="AssertionError: expected 12 thumbnails, found 11 (test_gallery.py:41)",
            intent="show the photos of each bouquet",
            approach=approach,
        )

    tried = (
        "Made the small pictures again from the originals",
        "Loaded the pictures one after the other instead of all at once",
        "Replaced the part that makes small pictures",
        "Compared all pictures one by one",
    )
    verdict = None
    for number, approach in enumerate(tried):
        with ago(minutes=11 - 2 * number):
            verdict = receive.report("gallery", SHOP, failure(approach), by=AGENT)
    assert verdict is not None
    assert verdict.escalation_id is not None
    return UUID(verdict.escalation_id)


def _answered() -> UUID:
    with ago(minutes=9):
        key = ask(
            "invoices",
            SHOP,
            "May invoices be sent without a tax number? Your profile holds none yet.",
            recommended_action="Skip this feature until your accountant has said yes.",
            options=[SKIP, {"value": "send", "label": "Send them anyway", "description": ""}],
        )
    with ago(minutes=2):
        answers.resolve(key, "skip_feature", "I ask Ms Lund on Thursday.", by=ANNA)
    with ago(minutes=1):
        receipts.note_delivery(key)
    return key
