"""Questions at the edges: answers on their way, and texts of every size and direction."""

from datetime import timedelta
from uuid import UUID

from pictures import png
from scenes import AGENT, ANNA, BEN, SHOP, SIMPLER, SKIP, ago, ask
from sqlalchemy import update

from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations import (
    answers,
    asking_back,
    assigning,
    attaching,
    deadlines,
    holding,
    snoozing,
)
from webapp.operations.answers import Answer

HOUR_S = 3600.0
LONG = "We pay once, keep all our data, and can change later, but moving takes about a day. " * 2
WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung" * 2


def held() -> UUID:
    """An answer that can be taken back for as long as the pictures are taken."""
    with ago(minutes=14):
        key = ask("checkout", SHOP, "Which of the two banks shall I use?", options=[SIMPLER, SKIP])
    holding.hold(key, Answer("simpler_version", "The one in our street."), HOUR_S, by=BEN)
    return key


def undone() -> UUID:
    with ago(minutes=13):
        key = ask("invoices", SHOP, "May I write to your customers?", options=[SIMPLER, SKIP])
    holding.hold(key, Answer("skip_feature", "Not without my word."), HOUR_S, by=ANNA)
    holding.undo(key, by=ANNA)
    return key


def unheard() -> UUID:
    with ago(hours=5):
        key = ask("subscriptions", SHOP, "Shall a subscription end by itself?", options=[SKIP])
    with ago(hours=4):
        answers.resolve(key, "skip_feature", None, by=BEN)
    return key


def ten() -> UUID:
    options = [
        {"value": f"host_{n}", "label": f"Provider {n}, {n * 3} euros a month", "description": LONG}
        for n in range(1, 11)
    ]
    with ago(minutes=12):
        return ask("hosting", SHOP, "Where shall the shop live?", options=options)


def one_word() -> UUID:
    option = {"value": "a", "label": WORD, "description": WORD}
    more = {"recommended_action": WORD, "attempts_summary": [WORD], "options": [option]}
    with ago(minutes=11):
        return ask("hosting", SHOP, WORD, **more)


def huge() -> UUID:
    """With a hundred thousand characters of technical details."""
    message = (
        "at Object.<anonymous> (/app/node_modules/jest-runner/build/runTest.js:47:11)\n" * 1280
    )
    with ago(minutes=10):
        problem = "The tests of the shop break off, each time at another place."
        return ask("hosting", SHOP, problem, options=[SKIP], error_message=message)


def from_right_to_left() -> UUID:
    options = [
        {"value": "skip", "label": "تخطي هذه الميزة", "description": "يفتح المتجر بدونها."},
        {"value": "wait", "label": "انتظر حتى الغد", "description": ""},
    ]
    with ago(minutes=10):
        return ask(
            "arabic",
            SHOP,
            "خدمة الدفع ترفض بطاقتنا التجريبية. كل شيء آخر جاهز.",
            attempts_summary=["جربت البطاقة مرة أخرى.", "جربت بطاقة أخرى."],
            recommended_action="انتظر حتى الغد.",
            options=options,
        )


def deadline() -> UUID:
    """The agent continues in an hour and a half, unless somebody answers."""
    until = {"deadline_at": now() + timedelta(minutes=90), "deadline_then": "skip_feature"}
    with ago(minutes=9):
        problem = "Shall the shop open with gift cards, or without them?"
        return ask("gift-cards", SHOP, problem, options=[SIMPLER, SKIP], **until)


def expired() -> UUID:
    """Nobody answered, so the agent took its default."""
    until = {"deadline_at": now() + timedelta(hours=2), "deadline_then": "skip_feature"}
    problem = "May the newsletter leave out the pictures?"
    key = ask("newsletter", SHOP, problem, options=[SIMPLER, SKIP], **until)
    passed = update(AgentEscalation).where(AgentEscalation.id == key)
    db.session.execute(passed.values(deadline_at=now()))
    db.session.commit()
    deadlines.expire_due()
    return key


def asked_back() -> UUID:
    """The agent has replied once, and has to reply again."""
    with ago(minutes=8):
        until = {"deadline_at": now() + timedelta(hours=4), "deadline_then": "skip_feature"}
        problem = "Shall customers be able to pay by invoice?"
        key = ask("invoices", SHOP, problem, options=[SIMPLER, SKIP], **until)
    asking_back.say(key, "How many customers asked for it?", by=ANNA)
    asking_back.say(key, "Eleven since May, four of them companies.", by=AGENT)
    asking_back.say(key, "Does it work for companies only?", by=BEN)
    return key


def markdown() -> UUID:
    """A question in Markdown, which is Anna's."""
    text = (
        "## May I move the shop to **another host**?\n\nThe present one ends in *March*:\n\n"
        "- it closes on `2027-03-01`, as [they write](https://host.example/news)\n"
        "- our backup is 2 GB\n\n> We can't extend contracts.\n\n```\nrsync -a shop/ new:/srv\n```"
    )
    with ago(minutes=7):
        more = {"recommended_action": "Take `new-host`.", "text_format": "markdown"}
        key = ask("hosting", SHOP, text, options=[SIMPLER, SKIP], **more)
    assigning.assign(key, ANNA.person_id, by=BEN)
    return key


def snoozed() -> UUID:
    """Anna sees it again tomorrow."""
    with ago(minutes=6):
        problem = "Which of the two logos shall stand on the invoices?"
        key = ask("invoices", SHOP, problem, options=[SIMPLER, SKIP])
    snoozing.snooze(key, now() + timedelta(hours=20), by=ANNA)
    return key


def attached() -> UUID:
    """With a drawing and a log of the agent."""
    with ago(minutes=6):
        problem = "The new start page has less room for teas. Shall I keep it?"
        key = ask("start-page", SHOP, problem, options=[SIMPLER, SKIP])
    log = "".join(f"12:04:{n:02} INFO rendered tea {n} of 40\n" for n in range(1, 41))
    log += "12:04:41 WARNING 12 teas do not fit into the first row\n"
    attaching.attach(key, attaching.File("start-page.png", png(640, 360)), by=AGENT)
    attaching.attach(key, attaching.File("render.log", log.encode()), by=AGENT)
    return key


def fill() -> dict[str, UUID]:
    """All of them, by the name of the picture."""
    scenes = (held, undone, unheard, ten, one_word, huge, from_right_to_left)
    scenes += (deadline, expired, asked_back, markdown, attached, snoozed)
    return {scene.__name__: scene() for scene in scenes}
