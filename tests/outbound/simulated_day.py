"""A day of three people and 40 questions, with a clock: the real operations decide who is told what
and when. docs/explanation/notifications.md shows its log."""

import heapq
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

import day_log
import time_machine
from flask import Flask

from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import AgentEscalation, Person, PersonalChannel
from webapp.operations import (
    deadlines,
    deliveries,
    notification_settings,
    outbox,
    people,
    summaries,
)
from webapp.operations.deliveries import Claimed
from webapp.outbound.channel import NotNeeded, NotYet
from webapp.outbound.lane import Lane
from webapp.outbound.mail import Letter, Mail
from webapp.rules.sending import Attempt, Outcome

BERLIN: Final = ZoneInfo("Europe/Berlin")
START: Final = datetime(2026, 12, 1, 6, 0, tzinfo=BERLIN)
HOURS: Final = 28
EVERY_DAY: Final = [str(day) for day in range(7)]

# Minutes after 6:00 in Berlin. The second number of a pair is how long its deadline is.
ASKED: Final[tuple[int | tuple[int, int], ...]] = (
    *(75, 90, 130, 185, 187, 190, 200, 214, 226, 238),  # the morning; Ana looks from 9 to 10
    *(300, 301, 302, 303, 304, (335, 100), 360, 395, 410, 450),  # five at once, then lunch
    *(500, 520, 545, (560, 60), 600, 640, 645, 690, 720, 760),  # the afternoon; Ben gets up
    *(820, 870, 905, 960, (985, 300)),  # the evening
    *(1050, 1170, 1230, 1290, 1380),  # the night
)
WORDS: Final = [
    f"May I {verb} the {thing}?"
    for thing in ("contact form", "price list", "photo page", "newsletter", "blog")
    for verb in ("delete", "publish", "rename", "translate", "rebuild", "pause", "move", "copy")
]
WHY: Final = {
    "present": "is looking at a page",
    "quiet_hours": "has quiet hours",
    "bundling": "got a message less than 2 minutes ago",
    "closed": "was closed before",
    "channel_off": "has no channel that works",
    "deadline_moved": "the deadline was moved",
    "others_first": "lets others answer first",
    "in_summary": "it comes in the daily summary",
    "nothing_waits": "nothing was waiting",
}

CRITICAL: Final = 37
"""The number of the question that is critical: it is asked at night."""


class Post(Mail):
    """The real channel, up to the mail server: Cleo's says that there is no such address."""

    def __init__(self, day: "Day") -> None:
        self._day = day
        self._said: dict[int, str] = {}

    def load(self, delivery: Claimed) -> Letter:
        try:
            return super().load(delivery)
        except (NotNeeded, NotYet) as found:
            is_known = delivery.step > 0 and found.reason == "closed"
            if not is_known and self._said.get(delivery.id) != found.reason:
                self._said[delivery.id] = found.reason
                what = "waits: {}" if isinstance(found, NotYet) else "not sent: {}"
                self._day.told(delivery, what, WHY.get(found.reason, found.reason))
            raise

    def send(self, message: Letter) -> Attempt:
        name = message.receiver.partition("@")[0].title()
        body = message.message.get_body(("plain",))
        keys = re.findall(r"/escalations/(\S+)", body.get_content() if body else "")
        if name == "Cleo":
            self._day.note(name, "failed: {}", "the server knows no such address", *keys)
            return Attempt(Outcome.GONE, "550 no such user")
        head = str(message.message["Subject"])
        kind = next((word for word in KINDS if word in head), "")
        why = KINDS.get(kind, "first message")
        why += ", critical" if head.startswith("Critical") else ""
        self._day.note(name, "gets an email: {}", why, *keys)
        if name == "Ana":
            self._day.ana_reads(keys)
        return Attempt(Outcome.ACCEPTED, "250 queued")


KINDS: Final = {
    "Still waiting": "reminder",
    "Deadline soon": "80% of the time has passed",
    "Daily summary": "daily summary",
}


class Day:
    """The day: what people and agents do, and what the worker makes of it."""

    def __init__(
        self,
        app: Flask,
        clock: time_machine.Traveller,
        agent: dict[str, str],
        founder: dict[str, str],
    ) -> None:
        self._app, self._clock = app, clock
        self._client, self._agent, self._founder = app.test_client(), agent, founder
        self._coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._numbers: dict[str, int] = {}
        self._answering: set[str] = set()
        self._is_asked = False
        self._lane = Lane(app, Post(self), threading.Event(), 60.0)
        self.lines: list[day_log.Line] = []

    def run(self) -> None:
        """Let the day pass."""
        self._clock.move_to(START)
        night = ("22:00", "07:00")
        ana = self._person("ana", "Europe/Berlin", night, wakes_for_critical=True)
        self._person("ben", "America/New_York", ("22:00", "08:00"), summary="09:00")
        self._person("cleo", "Europe/Berlin", None)
        for number, asked in enumerate(ASKED):
            minute, deadline = asked if isinstance(asked, tuple) else (asked, None)
            self._at(minute, self._ask(number, deadline))
        for minute in range(180, 240):
            self._at(minute, self._looks(ana))
        end = START + timedelta(hours=HOURS)
        while (moment := self._next()) <= end:
            self._clock.move_to(max(moment, now()))
            while self._coming and self._coming[0][0] <= now():
                heapq.heappop(self._coming)[2]()
            self._work()

    def _at(self, minute: float, do: Callable[[], None]) -> None:
        moment = START + timedelta(minutes=minute)
        heapq.heappush(self._coming, (moment, next(self._order), do))

    def _next(self) -> datetime:
        """When something happens next; summaries are looked for every half hour."""
        half = timedelta(minutes=30)
        moments = [START + ((now() - START) // half + 1) * half]
        if self._coming:
            moments.append(self._coming[0][0])
        with self._app.app_context():
            moments += filter(
                None, [deliveries.next_due("email"), deadlines.next_deadline(db.session())]
            )
        return min(moments)

    def _work(self) -> None:
        """What the worker and the timers do now."""
        with self._app.app_context():
            due = deadlines.next_deadline(db.session())
            expired = deadlines.expire_due() if due and due <= now() else 0
            if self._is_asked:
                outbox.plan()
                self._is_asked = False
            if now().minute % 30 == 0:
                summaries.plan()
        if expired:
            self._note_expired()
        while True:
            with self._app.app_context():
                claimed = deliveries.claim("email", 60.0)
            if claimed is None:
                return
            self._lane._handle(claimed)

    def _note_expired(self) -> None:
        with self._app.app_context():
            query = db.select(AgentEscalation.id).where(AgentEscalation.status == "expired")
            gone = [str(key) for key in db.session.scalars(query)]
        for key in gone:
            if key not in self._answering:
                self._answering.add(key)
                self.note("", "expires: {}", "nobody answered by its deadline", key)

    def _person(self, name: str, zone: str, quiet: tuple[str, str] | None, **more: Any) -> Actor:
        email = f"{name}@example.com"
        with self._app.app_context():
            people.make_link(email, role="founder", project_id="shop")
            key = db.session.scalar(db.select(Person.id).where(Person.email == email))
            by = Actor(ref=f"person:{key}", name=name, grants={"shop": "founder"})
            notification_settings.save(
                zone=zone, quiet=quiet, days=EVERY_DAY, shows_question=True, by=by, **more
            )
            channel = PersonalChannel(
                person_id=key, kind="email", address=email, created_at=now(), verified_at=now()
            )
            channel.position = 1
            db.session.add(channel)
            db.session.commit()
        return by

    def _ask(self, number: int, deadline: int | None) -> Callable[[], None]:
        def ask() -> None:
            body: dict[str, Any] = {
                "session_id": f"session-{number}",
                "project_id": "shop",
                "error_type": "Unsure",
                "plain_english_problem": WORDS[number],
            }
            if number + 1 == CRITICAL:
                body["urgency"] = "critical"
            if deadline is not None:
                at = (now() + timedelta(minutes=deadline)).astimezone(UTC)
                body["deadline"] = {"at": at.isoformat()}
            path = f"/api/jobs/build-{number}/escalations"
            answer = self._client.post(path, json=body, headers=self._agent)
            assert answer.status_code == 201, answer.text
            key = answer.json["id"]  # type: ignore[index]
            self._numbers[key] = number + 1
            until = f"deadline in {deadline} minutes" if deadline else ""
            self.note("", "asked: {}", "critical" if "urgency" in body else until, key)
            self._is_asked = True
            if 180 <= (now() - START) / timedelta(minutes=1) < 240:
                self._answer_in(6, key)

        return ask

    def _looks(self, who: Actor) -> Callable[[], None]:
        def look() -> None:
            with self._app.app_context():
                notification_settings.seen(by=who)

        return look

    def ana_reads(self, keys: list[str]) -> None:
        """She answers what she was told of 12 minutes later, but every fourth question only after
        an hour and a half; at night she sleeps."""
        for key in keys:
            self._answer_in(90 if self._numbers[key] % 4 == 0 else 12, key)

    def _answer_in(self, minutes: float, key: str) -> None:
        if key in self._answering:
            return
        self._answering.add(key)

        def answer() -> None:
            path = f"/api/escalations/{key}/resolve"
            sent = self._client.post(path, json={"decision": "yes"}, headers=self._founder)
            if sent.status_code == 200:
                self.note("Ana", "answers: {}", "", key)

        self._at((now() - START) / timedelta(minutes=1) + minutes, answer)

    def told(self, delivery: Claimed, what: str, why: str) -> None:
        """Note what became of a delivery that is not sent now."""
        with self._app.app_context():
            channel = db.session.get(PersonalChannel, delivery.personal_channel_id)
            name = channel.address.partition("@")[0].title() if channel else ""
        keys = [] if delivery.escalation_id is None else [str(delivery.escalation_id)]
        self.note(name, what, why, *keys)

    def note(self, who: str, what: str, why: str, *keys: str) -> None:
        """Write a line, for each of the questions."""
        for key in keys or ("",):
            self.lines.append((now(), who, what, why, key))

    def markdown(self) -> str:
        """The log as a table."""
        return day_log.markdown(self.lines, self._numbers, BERLIN)
