"""Everybody who may call: nine kinds of callers, and the things of `shop` that they call for."""

import itertools
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pages_forms_csrf import csrf_token
from werkzeug.test import TestResponse

from webapp.actors import DESK, Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import (
    AgentEscalation,
    BrowserSession,
    CategoryCorrection,
    Delivery,
    HandedSecret,
    Invitation,
    Job,
    Person,
    Problem,
    StandingRule,
    Webhook,
)
from webapp.operations import (
    answers,
    attaching,
    escalations,
    handing_over,
    holding,
    invitations,
    people,
    problems,
    sessions,
    token_offers,
    tokens,
    webhooks,
)
from webapp.operations.answers import Answer
from webapp.operations.escalations import Question
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.rules.categories import Category

CALLERS = (
    "anonymous",
    "foreign agent",
    "agent",
    "founder's token",
    "observer",
    "foreign founder",
    "founder",
    "owner",
    "revoked token",
    "ended session",
)

OPTIONS = [{"value": "skip_feature", "label": "Leave it out", "description": "Without it."}]
_numbers = itertools.count(1)


@dataclass
class Caller:
    """Somebody with a token, a browser, or nothing."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)
    person: str | None = None
    csrf: str = ""

    def call(self, method: str, path: str, **sent: Any) -> TestResponse:
        """Send it with all that the caller has; a form carries the token of the caller's page."""
        if "form" in sent:
            sent["data"] = sent.pop("form") | {"csrf_token": self.csrf}
        headers = self.headers | sent.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **sent)


class World:
    """A desk with two projects, everybody who calls, and new things to call for on demand."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.callers = {name: self.arrive(name) for name in (*CALLERS, "owner of shop")}

    def arrive(self, name: str) -> Caller:
        """A caller of that kind, new at the desk: nobody else is the same person."""
        match name:
            case "foreign agent" | "agent":
                return self._token("shop" if name == "agent" else "other", "agent")
            case "founder's token" | "revoked token":
                return self._token("shop", "founder", revoked=name == "revoked token")
            case "observer":
                return self._browser("olga", "observer", "shop")
            case "foreign founder":
                return self._browser("otto", "founder", "other")
            case "founder" | "ended session":
                return self._browser("anna", "founder", "shop", ended=name == "ended session")
            case "owner" | "owner of shop":
                return self._browser("oscar", "owner", "*" if name == "owner" else "shop")
        return Caller(self.app.test_client())

    def _token(self, project: str, scope: tokens.Scope, *, revoked: bool = False) -> Caller:
        with self.app.app_context():
            token, secret = tokens.create(f"{scope} of {project}", [project], scope)
            if revoked:
                tokens.revoke(token.prefix)
        return Caller(self.app.test_client(), {"Authorization": f"Bearer {secret}"})

    def _browser(self, name: str, role: Any, project: str, *, ended: bool = False) -> Caller:
        email = f"{name}-{next(_numbers)}@example.com"
        with self.app.app_context():
            link = people.make_link(email, role=role, project_id=project)
        client = self.app.test_client()
        assert client.post(f"/sign-in/{link}").status_code == 303
        caller = Caller(client, person=email, csrf=csrf_token(client.get("/settings").text))
        if ended:
            with self.app.app_context(), client.session_transaction() as cookie:
                sessions.sign_out(cookie["browser"])
        return caller

    def new(self, kind: str, project: str = "shop", caller: Caller | None = None) -> str:
        """A fresh thing of the project, as it stands in an address."""
        with self.app.app_context():
            maker: Callable[..., Any] = getattr(self, f"_{kind}")
            made = maker(caller) if kind == "session" else maker(project)
            return str(made)

    def unknown(self, kind: str) -> str:
        """What looks like such a thing and never was one."""
        if kind in ("question", "held", "answered", "reported", "asks_key", "timed", "file"):
            return str(uuid.uuid4())
        if kind == "attached":
            return f"{uuid.uuid4()}/attachments/{uuid.uuid4()}"
        if kind == "handed":
            return f"{uuid.uuid4()}/secrets/sec_never-made"
        return f"never-{next(_numbers)}" if kind in ("job", "paused_job") else str(10**9)

    def _agent(self, project: str) -> Actor:
        return Actor(ref="token:1", name="builder", grants={project: "agent"})

    def _founder(self, project: str) -> Actor:
        return Actor(ref="person:2", name="Ben", grants={project: "founder"})

    def _job(self, project: str) -> str:
        return self._asked(project).job_id

    def _job_key(self, project: str) -> int:
        return self._key_of(self._asked(project))

    def _key_of(self, asked: AgentEscalation) -> int:
        query = db.select(Job.id).where(
            Job.job_id == asked.job_id, Job.project_id == asked.project_id
        )
        return db.session.scalars(query).one()

    def _asked(self, project: str) -> AgentEscalation:
        number = next(_numbers)
        question = Question(
            "s", "Oops", f"{project}:Oops:v1-{number}", "What now?", [], "", OPTIONS
        )
        by = self._agent(project)
        return escalations.open_question(f"build-{number}", project, question, by=by)[0]

    def _question(self, project: str) -> uuid.UUID:
        return self._asked(project).id

    def _timed(self, project: str) -> uuid.UUID:
        """A question with a deadline."""
        question = Question(
            *("s", "Oops", f"{project}:Oops:v1-{next(_numbers)}", "By when?", [], "", OPTIONS),
            deadline_at=now() + timedelta(hours=1),
        )
        name, by = f"build-{next(_numbers)}", self._agent(project)
        return escalations.open_question(name, project, question, by=by)[0].id

    def _attached(self, project: str) -> str:
        """A file, as the page of its question names it."""
        asked, file = self._question(project), attaching.File("build.log", b"It failed.")
        stored, _ = attaching.attach(asked, file, by=self._agent(project))
        return f"{asked}/attachments/{stored['id']}"

    def _file(self, project: str) -> str:
        return self._attached(project).rpartition("/")[2]

    def _answered(self, project: str) -> uuid.UUID:
        asked = self._asked(project)
        return answers.resolve(asked.id, "skip_feature", by=self._founder(project)).id

    def _held(self, project: str) -> uuid.UUID:
        asked = self._asked(project)
        return holding.hold(asked.id, Answer("skip_feature"), 60, by=self._founder(project)).id

    def _asks_key(self, project: str) -> uuid.UUID:
        """A question that asks for a key."""
        secret = {"type": "string", "format": "secret"}
        question = Question(
            *("s", "KeyError", f"{project}:KeyError:v1-{next(_numbers)}", "I need a key.", [], ""),
            [{"value": "provide_credentials", "label": "Here it is", "description": ""}],
            answer_schema={"type": "object", "properties": {"STRIPE_API_KEY": secret}},
        )
        name, by = f"build-{next(_numbers)}", self._agent(project)
        return escalations.open_question(name, project, question, by=by)[0].id

    def _handed(self, project: str) -> str:
        """A key that was entered, as its form names it."""
        asked = self._asks_key(project)
        email = f"hander-{next(_numbers)}@example.com"
        browser = people.sign_in(people.make_link(email, role="founder", project_id=project), None)
        person = db.session.scalars(db.select(Person.id).where(Person.email == email)).one()
        by = Actor(ref=f"person:{person}", name="Hander", grants={project: "founder"})
        keeping = handing_over.Keeping(("a key for tests that is long enough, 0123456789",), 24)
        value = {"STRIPE_API_KEY": "value-of-a-key"}
        handing_over.hand_over(asked, value, browser, keeping, by=by)
        refs = db.select(HandedSecret.ref).where(HandedSecret.escalation_id == asked)
        return f"{asked}/secrets/{db.session.scalars(refs).one()}"

    def _ref(self, project: str) -> str:
        """A key that was handed over with an answer."""
        asked, _, ref = self._handed(project).partition("/secrets/")
        answers.resolve(uuid.UUID(asked), "provide_credentials", by=self._founder(project))
        return ref

    def _paused(self, project: str) -> AgentEscalation:
        asked = self._asked(project)
        key = self._key_of(asked)
        db.session.execute(db.update(Job).where(Job.id == key).values(state="paused"))
        db.session.commit()
        return asked

    def _paused_key(self, project: str) -> int:
        return self._key_of(self._paused(project))

    def _paused_job(self, project: str) -> str:
        return self._paused(project).job_id

    def _report(self, project: str) -> Any:
        report = Report(
            session_id="s",
            error_type=f"Auth{next(_numbers)}",
            error_message="AuthenticationError: No API key provided.",
        )
        name = f"build-{next(_numbers)}"
        return receive.report(name, project, report, by=self._agent(project))

    def _reported(self, project: str) -> str:
        return str(self._report(project).escalation_id)

    def _problem(self, project: str) -> int:
        key = self._report(project).error_signature
        query = db.select(Problem.id).where(Problem.error_signature == key)
        return db.session.scalars(query).one()

    def _rule(self, project: str) -> int:
        asked, by = uuid.UUID(self._reported(project)), self._founder(project)
        answers.resolve(asked, "skip_feature", by=by, remember_days=7)
        query = db.select(StandingRule.id).where(StandingRule.escalation_id == asked)
        return db.session.scalars(query).one()

    def _correction(self, project: str) -> int:
        asked, by = uuid.UUID(self._reported(project)), self._founder(project)
        problems.correct_category(asked, Category.NEVER_RETRY, by=by, for_rule=True)
        return db.session.scalars(
            db.select(CategoryCorrection.id).where(CategoryCorrection.escalation_id == asked)
        ).one()

    def _token_row(self, project: str) -> int:
        return tokens.create("for ending", [project])[0].id

    def _webhook(self, project: str) -> int:
        """The only one there is: a project has at most 20."""
        db.session.execute(db.delete(Webhook))
        db.session.commit()
        url, events = "https://hooks.example.com", ["agent.waiting_for_input"]
        return webhooks.create(
            project, url, events, by=DESK, keys=(self.app.config["SECRET_KEY"],)
        )[0].id

    def _message(self, project: str) -> int:
        webhooks.send_test(self._webhook(project), by=DESK)
        return db.session.scalars(db.select(db.func.max(Delivery.id))).one()

    def _session(self, caller: Caller | None) -> int:
        """Another browser of the caller, or of somebody else where the caller is nobody."""
        email = (caller and caller.person) or "else@example.com"
        people.sign_in(people.make_link(email), None)
        query = db.select(db.func.max(BrowserSession.id)).join(
            Person, Person.id == BrowserSession.person_id
        )
        return db.session.scalars(query.where(Person.email == email)).one()

    def _link(self, _project: str) -> str:
        return people.make_link(f"new-{next(_numbers)}@example.com")

    def _invite(self, project: str) -> tuple[Invitation, str]:
        email = f"invited-{next(_numbers)}@example.com"
        return invitations.invite(email, project, "founder", by=DESK)

    def _invited(self, project: str) -> str:
        return self._invite(project)[1]

    def _offered(self, project: str) -> str:
        founder = self.callers["founder"]
        with founder.client.session_transaction() as cookie:
            secret = cookie["browser"]
        person = db.session.scalars(db.select(Person).where(Person.email == founder.person)).one()
        by = Actor(ref=f"person:{person.id}", name=person.name, grants={project: "founder"})
        return token_offers.make("builder", project, "curl", by=by, session_secret=secret)[1]

    def _invitation(self, project: str) -> int:
        return self._invite(project)[0].id

    def _member(self, project: str) -> int:
        email = f"member-{next(_numbers)}@example.com"
        people.make_link(email, role="founder", project_id=project)
        return db.session.scalars(db.select(Person.id).where(Person.email == email)).one()

    def close(self) -> None:
        """Let the database be dropped."""
        with self.app.app_context(), suppress(Exception):
            db.session.remove()
            db.engine.dispose()
