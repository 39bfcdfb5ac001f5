"""Every route of the desk, and what each kind of caller gets there.

A new route is added here: how it is called, and who may. An outcome is a status, or "sign in" where
the caller is sent to sign in. `{question}` and the like stand for a fresh thing of `shop`.
"""

from dataclasses import dataclass, field
from typing import Any

from callers import CALLERS

Outcomes = dict[str, int | str]
BROWSERS = ("observer", "foreign founder", "founder", "owner")


@dataclass(frozen=True)
class Row:
    """How a route is called, and what comes of it."""

    path: str
    outcomes: Outcomes
    sent: dict[str, Any] = field(default_factory=dict)
    ends_sessions: bool = False


OTHER_TOKEN: Outcomes = {"agent": 403}
"""The agent of the table is of the project, and not the one whose job it is."""


def everybody(outcome: int | str) -> Outcomes:
    """The same for all."""
    return dict.fromkeys(CALLERS, outcome)


def page(observer: int = 200, foreign: int = 200, founder: int = 200, owner: int = 200) -> Outcomes:
    """A page: for browsers that are signed in. Tokens are worth nothing there."""
    roles = {"observer": observer, "foreign founder": foreign, "founder": founder, "owner": owner}
    return everybody("sign in") | roles


def form(observer: int = 303, foreign: int = 303, founder: int = 303, owner: int = 303) -> Outcomes:
    """A form: whoever has opened no page of their own has no token for it."""
    tokens = dict.fromkeys(
        ("anonymous", "foreign agent", "agent", "founder's token", "revoked token"), 400
    )
    return page(observer, foreign, founder, owner) | tokens


def unknown(outcome: int) -> Outcomes:
    """A form that is open to all and was filled in wrongly."""
    return form(outcome, outcome, outcome, outcome) | {"ended session": outcome}


def own(outcome: int = 303) -> Outcomes:
    """A form about oneself, the same for all who are signed in."""
    return form(outcome, outcome, outcome, outcome)


def worker(outcome: int) -> Outcomes:
    """What the service worker of a signed-in browser sends."""
    return everybody(401) | dict.fromkeys(BROWSERS, outcome)


def stream(
    observer: int = 200, foreign: int = 200, founder: int = 200, owner: int = 200
) -> Outcomes:
    """What a page listens to: any status but 200 tells the browser not to come again."""
    return everybody(401) | {
        name: outcome
        for name, outcome in page(observer, foreign, founder, owner).items()
        if outcome != "sign in"
    }


def call(agent: int = 200, founder: int = 200, foreign: int = 404) -> Outcomes:
    """An endpoint of the JSON API: for tokens. Cookies are worth nothing there."""
    return everybody(401) | {"agent": agent, "founder's token": founder, "foreign agent": foreign}


def json(**body: Any) -> dict[str, Any]:
    return {"json": body}


def filled(**fields: str) -> dict[str, Any]:
    return {"form": fields}


A_FILE: dict[str, Any] = {
    "data": b'--b\r\nContent-Disposition: form-data; name="file"; filename="build.log"\r\n\r\n'
    b"It failed.\r\n--b--\r\n",
    "content_type": "multipart/form-data; boundary=b",
}
FROM_WORKER: dict[str, Any] = {"headers": {"Sec-Fetch-Site": "same-origin"}}
READ_ONLY = page(foreign=404)
ANSWERING = form(observer=403, foreign=404)
OWNING = form(observer=403, foreign=404, founder=403)
ASKED = {
    "session_id": "s",
    "project_id": "shop",
    "error_type": "Oops",
    "error_signature": "shop:Oops:v1-x",
    "plain_english_problem": "What now?",
}
FAILED = {
    "session_id": "s",
    "project_id": "shop",
    "error_type": "Oops",
    "error_message": "that went wrong",
}
HOOKED = {"event": "failure", "folder": "/work/hooked", "command": "make", "error": "no rule"}
HEALED = {"project_id": "shop", "error_signature": "shop:Oops:v1-x"}

ROWS: dict[str, Row] = {
    # Open to all: they tell nothing about anyone.
    "GET /static/<path:filename>": Row("/static/icons.svg", everybody(200)),
    "GET /assets/<fingerprint>/<name>": Row("/assets/any/desk.css", everybody(200)),
    "GET /healthz": Row("/healthz", everybody(200)),
    "GET /readyz": Row("/readyz", everybody(200)),
    "GET /icon/<int:count>.svg": Row("/icon/3.svg", everybody(200)),
    "GET /manifest.webmanifest": Row("/manifest.webmanifest", everybody(200)),
    "GET /service-worker.js": Row("/service-worker.js", everybody(200)),
    "GET /api/openapi.json": Row("/api/openapi.json", everybody(200)),
    "GET /api/docs": Row("/api/docs", everybody(200)),
    "GET /metrics": Row(
        "/metrics",
        call(404, 404),
        {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
    ),
    # Signing in and out.
    "GET /sign-in": Row("/sign-in", everybody(200) | dict.fromkeys(BROWSERS, 303)),
    "GET /sign-in/<secret>": Row("/sign-in/{link}", everybody(200)),
    "POST /sign-in/<secret>": Row("/sign-in/never-made", everybody(410), filled()),
    "GET /sign-in/password": Row("/sign-in/password", everybody("sign in")),
    "POST /sign-in/password": Row(
        "/sign-in/password",
        unknown(422),
        filled(email="nobody@example.com", password="guessed"),
    ),
    "GET /sign-in/code": Row("/sign-in/code", everybody("sign in")),
    "POST /sign-in/code": Row("/sign-in/code", unknown(410), filled(code="123456")),
    "GET /sign-in/mail": Row("/sign-in/mail", everybody(200)),
    # No mail server is set up here.
    "POST /sign-in/mail": Row("/sign-in/mail", unknown(404), filled(email="nobody@example.com")),
    "GET /sign-in/passkey": Row("/sign-in/passkey", everybody("sign in")),
    "POST /sign-in/passkey": Row("/sign-in/passkey", unknown(422), filled(credential="{}")),
    "POST /sign-in/passkey/options": Row("/sign-in/passkey/options", unknown(200), filled()),
    # No provider is set up here.
    "GET /sign-in/provider": Row("/sign-in/provider", everybody(404)),
    "GET /sign-in/provider/back": Row("/sign-in/provider/back", everybody(404)),
    # Invitations: whoever has the link.
    "GET /invitations/<secret>": Row("/invitations/{invited}", everybody(200)),
    "POST /invitations/<secret>": Row(
        "/invitations/never-made",
        unknown(410),
        filled(name="Somebody"),
    ),
    # Pages.
    "GET /": Row("/", page()),
    "GET /morning": Row("/morning", page()),
    "POST /morning": Row("/morning", own(), filled(until="2026-11-28T08:00:00+00:00")),
    "GET /escalations/next": Row("/escalations/next", page(303, 303, 303, 303)),
    "GET /escalations/<uuid:escalation_id>": Row("/escalations/{question}", READ_ONLY),
    "GET /escalations/<uuid:escalation_id>/attachments/<uuid:attachment_id>": Row(
        "/escalations/{attached}", READ_ONLY
    ),
    "GET /escalations/<uuid:escalation_id>/options": Row(
        "/escalations/{question}/options", page(403, 404, 303, 303)
    ),
    "GET /jobs": Row("/jobs", page()),
    "GET /jobs/<int:key>": Row("/jobs/{job_key}", READ_ONLY),
    "GET /jobs/<path:job_id>": Row("/jobs/{job}", page(303, 404, 303, 303)),
    "GET /problems": Row("/problems", page()),
    "GET /problems/<int:key>": Row("/problems/{problem}", READ_ONLY),
    "GET /history": Row("/history", page()),
    "GET /history.csv": Row("/history.csv", page()),
    "GET /numbers": Row("/numbers", page()),
    "GET /settings": Row("/settings", page()),
    "GET /settings/sign-in": Row("/settings/sign-in", page()),
    "GET /settings/people": Row("/settings/people", page()),
    "GET /settings/tokens": Row("/settings/tokens", page()),
    "GET /settings/notifications": Row("/settings/notifications", page()),
    "GET /settings/notifications/log": Row("/settings/notifications/log", page()),
    # The secret in the address is the proof: this one was made up.
    "GET /unsubscribe/<given>": Row("/unsubscribe/1-made-up", everybody(410)),
    "POST /unsubscribe/<given>": Row("/unsubscribe/1-made-up", everybody(410), filled()),
    "GET /settings/webhooks": Row("/settings/webhooks", page(403, 403, 403, 200)),
    "GET /settings/webhooks/log": Row("/settings/webhooks/log", page(403, 403, 403, 200)),
    "GET /settings/audit": Row("/settings/audit", page(403, 403, 403, 200)),
    "GET /settings/audit.csv": Row("/settings/audit.csv", page(403, 403, 403, 200)),
    "GET /escalations/together": Row(
        "/escalations/together?q={question}", page(403, 404, 200, 200)
    ),
    # Forms.
    "POST /escalations/together": Row(
        "/escalations/together?q={question}",
        form(403, 404, 200, 200),
        filled(decision="skip_feature"),
    ),
    "POST /escalations/together/undo": Row(
        "/escalations/together/undo?q={held}", form(403, 404, 200, 200), filled()
    ),
    "POST /escalations/<uuid:escalation_id>/resolve": Row(
        "/escalations/{question}/resolve", ANSWERING, filled(decision="skip_feature")
    ),
    "POST /escalations/<uuid:escalation_id>/skip": Row(
        "/escalations/{question}/skip", ANSWERING, filled()
    ),
    "POST /escalations/<uuid:escalation_id>/undo": Row(
        # Whoever took it back gets the form as it was.
        "/escalations/{held}/undo",
        ANSWERING | {"founder": 200, "owner": 200},
        filled(),
    ),
    "POST /escalations/<uuid:escalation_id>/erase": Row(
        "/escalations/{answered}/erase", OWNING, filled()
    ),
    "POST /escalations/<uuid:escalation_id>/notes": Row(
        # It is not answered yet.
        "/escalations/{question}/notes",
        ANSWERING | {"founder": 409, "owner": 409},
        filled(text="Use the blue logo."),
    ),
    "POST /escalations/<uuid:escalation_id>/ask": Row(
        "/escalations/{question}/ask", ANSWERING, filled(text="In test mode?")
    ),
    "POST /escalations/<uuid:escalation_id>/assign": Row(
        "/escalations/{question}/assign", ANSWERING, filled(person="")
    ),
    "POST /settings/away": Row("/settings/away", own(422), filled(until="soon", deputy="1")),
    "POST /settings/away/end": Row("/settings/away/end", own(), filled()),
    "POST /escalations/<uuid:escalation_id>/snooze": Row(
        "/escalations/{question}/snooze", ANSWERING, filled(**{"for": "hour"})
    ),
    "POST /escalations/<uuid:escalation_id>/wake": Row(
        "/escalations/{question}/wake", form(foreign=404), filled()
    ),
    "POST /escalations/<uuid:escalation_id>/extend": Row(
        "/escalations/{timed}/extend", ANSWERING, filled(more="never")
    ),
    "POST /escalations/<uuid:escalation_id>/category": Row(
        "/escalations/{reported}/category", ANSWERING, filled(category="code_error")
    ),
    "POST /jobs/<int:key>/resume": Row("/jobs/{paused_key}/resume", ANSWERING, filled()),
    "POST /problems/rules/<int(max=9223372036854775807):rule_id>/revoke": Row(
        "/problems/rules/{rule}/revoke", ANSWERING, filled()
    ),
    "POST /problems/corrections/<int(max=9223372036854775807):correction_id>/remove": Row(
        "/problems/corrections/{correction}/remove", ANSWERING, filled()
    ),
    # The observer was first to take that name in the project.
    "POST /settings/name": Row(
        "/settings/name", form(founder=422, owner=422), filled(name="Somebody")
    ),
    "POST /settings/language": Row("/settings/language", form(), filled(language="en")),
    "POST /settings/confirm": Row("/settings/confirm", own(422), filled(password="guessed")),
    "POST /settings/confirm/passkey": Row(
        "/settings/confirm/passkey", own(422), filled(credential="{}")
    ),
    "POST /settings/passkeys/options": Row("/settings/passkeys/options", own(200), filled()),
    "POST /settings/passkeys": Row(
        "/settings/passkeys", own(422), filled(name="phone", credential="{}")
    ),
    "POST /settings/passkeys/<int(max=9223372036854775807):passkey_id>/remove": Row(
        "/settings/passkeys/9999/remove", own(404), filled()
    ),
    "POST /settings/address": Row("/settings/address", own(422), filled(email="no address")),
    # Nobody here wants another address.
    "POST /settings/address/code": Row("/settings/address/code", own(409), filled(code="123456")),
    "POST /settings/password": Row("/settings/password", own(422), filled(new="short")),
    "POST /settings/password/remove": Row("/settings/password/remove", own(), filled()),
    # Without a password there is no second factor.
    "GET /settings/second-factor": Row("/settings/second-factor", page(303, 303, 303, 303)),
    "POST /settings/second-factor/begin": Row("/settings/second-factor/begin", own(409), filled()),
    "POST /settings/second-factor": Row("/settings/second-factor", own(409), filled(code="123456")),
    "POST /settings/second-factor/off": Row("/settings/second-factor/off", own(), filled()),
    "POST /settings/recovery-codes": Row("/settings/recovery-codes", own(409), filled()),
    "POST /settings/sessions/<int(max=9223372036854775807):browser_id>/end": Row(
        "/settings/sessions/{session}/end", form(), filled()
    ),
    "POST /settings/sessions/end-others": Row(
        "/settings/sessions/end-others", form(), filled(), ends_sessions=True
    ),
    # Who was found at the provider? Nobody: none is set up here.
    "POST /settings/identities": Row("/settings/identities", own(), filled()),
    "POST /settings/identities/leave": Row("/settings/identities/leave", own(), filled()),
    "POST /settings/identities/<int(max=9223372036854775807):identity_id>/disconnect": Row(
        "/settings/identities/9999/disconnect", own(404), filled()
    ),
    "GET /settings/connect": Row("/settings/connect", page()),
    "POST /settings/connect": Row(
        "/settings/connect",
        form(observer=422, foreign=422, founder=200, owner=200),
        filled(kind="curl", project="shop", scope="agent"),
    ),
    f"GET /settings/connect/tokens/<int(max={2**63 - 1}):token_id>": Row(
        "/settings/connect/tokens/{token_row}", page(404, 404)
    ),
    # A link is for who made it, and that was somebody else.
    f"GET /settings/connect/links/<int(max={2**63 - 1}):offer_id>": Row(
        "/settings/connect/links/9999", page(404, 404, 404, 404)
    ),
    # Whoever has the link.
    "GET /offers/<secret>": Row("/offers/{offered}", everybody(200)),
    "POST /offers/<secret>": Row("/offers/never-made", unknown(410), filled()),
    # The Python package is the same for everybody.
    "GET /client/<name>": Row("/client/no-such-package.whl", everybody(404)),
    "POST /settings/tokens": Row(
        "/settings/tokens",
        form(observer=422, foreign=422, founder=200, owner=200),
        filled(name="builder", project="shop", scope="agent"),
    ),
    "POST /settings/tokens/<int(max=9223372036854775807):token_id>/end": Row(
        "/settings/tokens/{token_row}/end", form(observer=404, foreign=404), filled()
    ),
    "POST /settings/tokens/<int(max=9223372036854775807):token_id>/replace": Row(
        "/settings/tokens/{token_row}/replace", OWNING | {"observer": 404, "owner": 200}, filled()
    ),
    "POST /presence": Row("/presence", own(204), filled()),
    # No mail server is set up here.
    "POST /settings/notifications/email": Row(
        "/settings/notifications/email", own(409), filled(email="new@example.com")
    ),
    "POST /settings/notifications/devices": Row(
        "/settings/notifications/devices", own(422), filled(endpoint="https://127.0.0.1/")
    ),
    "POST /settings/notifications/devices/key": Row(
        "/settings/notifications/devices/key", own(200), filled()
    ),
    # No bot is set up here.
    "POST /settings/notifications/telegram": Row(
        "/settings/notifications/telegram", own(409), filled()
    ),
    "POST /settings/notifications/telegram/<int(max=9223372036854775807):channel_id>/confirm": Row(
        "/settings/notifications/telegram/9999/confirm", own(404), filled(account="900100")
    ),
    # What a service worker sends: it has no token of a form, and its browser says where it is from.
    "POST /push/shown": Row("/push/shown", worker(404), FROM_WORKER | filled(channel="9999")),
    "POST /push/answers": Row("/push/answers", worker(404), FROM_WORKER | filled(delivery="9999")),
    "POST /settings/notifications/quiet-hours": Row(
        "/settings/notifications/quiet-hours", own(), filled(zone="UTC")
    ),
    **{
        f"POST /settings/notifications/channels/<int(max=9223372036854775807):channel_id>/{verb}": (
            Row(f"/settings/notifications/channels/9999/{verb}", own(404), filled())
        )
        for verb in ("verify", "test", "on", "off", "remove")
    },
    "POST /settings/webhooks": Row(
        "/settings/webhooks",
        OWNING | {"owner": 200},
        filled(project="shop", url="https://hooks.example.com", events="agent.waiting_for_input"),
    ),
    # For owners alone: nobody else knows that there is one.
    "POST /settings/webhooks/<int(max=9223372036854775807):webhook_id>/on": Row(
        "/settings/webhooks/{webhook}/on", form(404, 404, 404), filled()
    ),
    "POST /settings/webhooks/<int(max=9223372036854775807):webhook_id>/off": Row(
        "/settings/webhooks/{webhook}/off", form(404, 404, 404), filled()
    ),
    "POST /settings/webhooks/<int(max=9223372036854775807):webhook_id>/test": Row(
        "/settings/webhooks/{webhook}/test", form(404, 404, 404), filled()
    ),
    "POST /settings/webhooks/<int(max=9223372036854775807):webhook_id>/remove": Row(
        "/settings/webhooks/{webhook}/remove", form(404, 404, 404), filled()
    ),
    "POST /settings/webhooks/log/<int(max=9223372036854775807):delivery_id>/again": Row(
        "/settings/webhooks/log/{message}/again", form(404, 404, 404), filled()
    ),
    "POST /settings/people/invite": Row(
        "/settings/people/invite",
        OWNING | {"owner": 200},
        filled(email="new@example.com", project="shop", role="founder"),
    ),
    "POST /settings/people/invitations/<int(max=9223372036854775807):invitation_id>/renew": Row(
        "/settings/people/invitations/{invitation}/renew", OWNING | {"owner": 200}, filled()
    ),
    "POST /settings/people/invitations/<int(max=9223372036854775807):invitation_id>/revoke": Row(
        "/settings/people/invitations/{invitation}/revoke", OWNING, filled()
    ),
    # Somebody else's notice, or one that is gone: nothing happens.
    "POST /settings/people/notices/<int(max=9223372036854775807):notice_id>/dismiss": Row(
        "/settings/people/notices/9999/dismiss", own(), filled()
    ),
    "POST /settings/people/<int(max=9223372036854775807):person_id>/role": Row(
        "/settings/people/{member}/role", OWNING, filled(project="shop", role="observer")
    ),
    # Nobody there wants another address.
    "POST /settings/people/<int(max=9223372036854775807):person_id>/address": Row(
        "/settings/people/{member}/address",
        OWNING | {"owner": 409},
        filled(project="shop", email="new@example.com"),
    ),
    "POST /settings/people/<int(max=9223372036854775807):person_id>/sign-out": Row(
        "/settings/people/{member}/sign-out", OWNING, filled(project="shop")
    ),
    "POST /settings/people/<int(max=9223372036854775807):person_id>/remove": Row(
        "/settings/people/{member}/remove", OWNING, filled(project="shop")
    ),
    # Keys that are handed over.
    "POST /escalations/<uuid:escalation_id>/secrets": Row(
        "/escalations/{asks_key}/secrets",
        ANSWERING,
        filled(**{"secret.STRIPE_API_KEY": "value-of-a-key", "decision": "provide_credentials"}),
    ),
    "POST /escalations/<uuid:escalation_id>/secrets/<ref>/revoke": Row(
        "/escalations/{handed}/revoke", ANSWERING, filled()
    ),
    "POST /api/secrets/<ref>/take": Row(
        # The job is another agent's.
        "/api/secrets/{ref}/take",
        call(agent=404, founder=404),
        json(job_id="build-1"),
    ),
    "POST /api/secrets/<ref>/ack": Row(
        "/api/secrets/{ref}/ack", call(agent=404, founder=404), json()
    ),
    # Streams of pages.
    "GET /live/<view>": Row("/live/question?key={question}", stream(foreign=404)),
    "GET /live/pages": Row("/live/pages?of=inbox", stream()),
    # The JSON API.
    "POST /api/jobs/<job_id:job_id>/errors": Row("/api/jobs/{job}/errors", call(), json(**FAILED)),
    "POST /api/jobs/<job_id:job_id>/errors/healed": Row(
        "/api/jobs/{job}/errors/healed", call(), json(**HEALED)
    ),
    "POST /api/jobs/<job_id:job_id>/escalations": Row(
        "/api/jobs/{job}/escalations", call(201, 201), json(**ASKED)
    ),
    # An unknown job has no questions: an empty list, for the jobs of others as well.
    "GET /api/jobs/<job_id:job_id>/escalations": Row(
        "/api/jobs/{job}/escalations", call(foreign=200)
    ),
    "POST /api/mcp": Row(
        "/api/mcp", call(foreign=200), json(jsonrpc="2.0", id=1, method="tools/list")
    ),
    "GET /api/token": Row("/api/token", call(foreign=200)),
    # The job of the fixture's folder is made in the token's own project.
    "POST /api/hooks/<agent>": Row("/api/hooks/generic", call(foreign=200), json(**HOOKED)),
    "GET /api/decisions": Row("/api/decisions", call(foreign=200)),
    "GET /api/escalations": Row("/api/escalations", call(foreign=200)),
    "GET /api/escalations/<escalation_id>": Row("/api/escalations/{question}", call()),
    "POST /api/escalations/<escalation_id>/resolve": Row(
        "/api/escalations/{question}/resolve", call(agent=403), json(decision="skip_feature")
    ),
    "POST /api/escalations/<escalation_id>/skip": Row(
        "/api/escalations/{question}/skip", call(agent=403), json()
    ),
    "POST /api/escalations/<escalation_id>/messages": Row(
        "/api/escalations/{question}/messages",
        call(founder=201) | OTHER_TOKEN,
        json(text="In test mode?"),
    ),
    "POST /api/escalations/<escalation_id>/attachments": Row(
        "/api/escalations/{question}/attachments", call(founder=201) | OTHER_TOKEN, A_FILE
    ),
    "GET /api/attachments/<attachment_id>": Row("/api/attachments/{file}", call()),
    "POST /api/escalations/<escalation_id>/extend": Row(
        "/api/escalations/{timed}/extend", call(agent=403), json(deadline=None)
    ),
    "POST /api/escalations/<escalation_id>/withdraw": Row(
        "/api/escalations/{question}/withdraw", call() | OTHER_TOKEN, json()
    ),
    "POST /api/escalations/<escalation_id>/receipt": Row(
        "/api/escalations/{answered}/receipt", call() | OTHER_TOKEN, json(stage="worked")
    ),
    "GET /api/escalations/<escalation_id>/decision": Row(
        "/api/escalations/{answered}/decision?wait=1", call()
    ),
    "PUT /api/jobs/<whole_job_id:job_id>": Row(
        "/api/jobs/{job}", call(), json(project_id="shop", title="Invoices")
    ),
    "GET /api/jobs/<whole_job_id:job_id>": Row("/api/jobs/{job}", call()),
    "POST /api/jobs/<job_id:job_id>/resume": Row(
        "/api/jobs/{paused_job}/resume", call(agent=403), json()
    ),
    "GET /api/jobs/<job_id:job_id>/events": Row("/api/jobs/{job}/events", call()),
    "POST /sign-out": Row(
        "/sign-out",
        form() | dict.fromkeys(BROWSERS, "sign in"),
        filled(),
        ends_sessions=True,
    ),
}
