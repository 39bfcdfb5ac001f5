"""Problems that came back: some that agents solved by themselves, some that were asked about, and
one that a standing rule answers."""

from uuid import UUID

from scenes import AGENT, ANNA, BEN, SHOP, SITE, ago

from webapp.extensions import db
from webapp.operations import answers, problems, receipts
from webapp.operations.answers import Answer
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.verdict import Verdict
from webapp.queries import problems as queries

NO_KEY = Report(
    session_id="session-4f2a",
    error_type="stripe.error.AuthenticationError",
    error_message="Invalid API Key provided: sk_test_****1234\n  at charge (checkout.py:88)",
    intent="set up the payment in the checkout",
)
MAIL = Report(
    session_id="session-4f2a",
    error_type="SMTPSenderRefused",
    error_message="552 5.7.0 Daily user sending quota exceeded (SendGrid)",
    intent="send the weekly newsletter",
)
PACKAGE = Report(
    session_id="session-4f2a",
    error_type="ModuleNotFoundError",
    error_message="No module named 'pillow_simd'",
    intent="make small pictures of the bouquets",
    approach="Installed the building block under its usual name",
)
REFUSED = Report(
    session_id="session-77aa",
    error_type="ConnectionRefusedError",
    error_message="connect ECONNREFUSED 10.0.4.17:5432",
    intent="read the list of members",
    approach="psql -h 10.0.4.17 -p 5432",
)


def reported(job: str, project: str, what: Report) -> Verdict:
    return receive.report(job, project, what, by=AGENT)


def paid_before() -> None:
    """The payment was asked about before: three weeks ago and last week."""
    for days, decision, by, outcome in (
        (23, "skip_feature", ANNA, "worked"),
        (8, "provide_credentials", BEN, "failed"),
    ):
        with ago(days=days):
            asked = reported("checkout", SHOP, NO_KEY)
            asked = asked if asked.escalation_id else reported("checkout", SHOP, NO_KEY)
            key = UUID(asked.escalation_id)
            answers.give(key, Answer(decision), by=by)
        with ago(days=days, hours=-2):
            receipts.give(key, outcome, by=AGENT)
            problems.heal("checkout", SHOP, asked.error_signature, by=AGENT)


def rule_for_mail() -> int:
    """A rule that was used twice; returns the problem's number."""
    with ago(days=12):
        asked = reported("newsletter", SHOP, MAIL)
        given = Answer("skip_feature", "Tomorrow is early enough.", remember_days=30)
        answers.give(UUID(asked.escalation_id or ""), given, by=ANNA)
    for days, job in ((6, "newsletter-2"), (1, "newsletter-3")):
        with ago(days=days):
            problems.heal(job, SHOP, asked.error_signature, by=AGENT)
            again = reported(job, SHOP, MAIL)
            receipts.give(UUID(again.escalation_id or ""), "worked", by=AGENT)
    return number(asked)


def solved_alone() -> int:
    """What agents solved three times without a word; returns the problem's number."""
    for days in (9, 5, 2):
        with ago(days=days):
            failed = reported("catalogue", SHOP, PACKAGE)
            reported("catalogue", SHOP, PACKAGE)
        with ago(days=days, minutes=-20):
            problems.heal("catalogue", SHOP, failed.error_signature, by=AGENT)
    return number(failed)


def out_of_reach() -> None:
    """A database that is away for a moment."""
    for minutes in (50, 49):
        with ago(minutes=minutes):
            reported("members-area", SITE, REFUSED)


def number(verdict: Verdict) -> int:
    found = queries.listed(db.session(), by=ANNA, limit=100).rows
    return next(row.id for row in found if row.error_signature == verdict.error_signature)


def fill() -> dict[str, int]:
    """All of them, before the questions of scenes.py; returns the numbers of two."""
    paid_before()
    found = {"mail": rule_for_mail(), "package": solved_alone()}
    out_of_reach()
    return found
