"""E-mail to a real server: encrypted, refused, cut; in threads, in one's language, and once."""

import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from mail_server import MailServer
from outbound_app import FROM, KEY, mailing_worker
from web_process import until

from webapp.actors import Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.models import PersonalChannel
from webapp.operations import (
    addresses,
    channels,
    notification_settings,
    outbox,
    people,
    summaries,
)
from webapp.operations.mailing import send_address_code
from webapp.operations.transaction import transaction
from webapp.outbound import smtp
from webapp.outbound.worker import Worker
from webapp.rules.sending import Outcome

Sql = Callable[..., list[Any]]

SESSIONS: dict[str, str] = {}
"""The secret of each person's session."""


@pytest.fixture
def mailing(app: Flask, postbox: MailServer) -> Iterator[Worker]:
    """A worker that sends mail over that server."""
    with mailing_worker(app, postbox.url, "https://desk.example.com") as worker:
        yield worker


def person(app: Flask, name: str) -> Actor:
    """A founder of `shop`, who is signed in."""
    with app.app_context():
        link = people.make_link(f"{name}@example.com", role="founder", project_id="shop")
        SESSIONS[name] = people.sign_in(link, None)
        query = db.text("select id from people where email = :email")
        key = db.session.execute(query, {"email": f"{name}@example.com"}).scalar_one()
    return Actor(ref=f"person:{key}", name=name, grants={"shop": "founder"})


@pytest.fixture
def ana(app: Flask) -> Actor:
    return person(app, "ana")


def add(email: str, *, by: Actor) -> PersonalChannel:
    return channels.add_email(email, (KEY,), session_secret=SESSIONS[by.name], by=by)


def verify(channel_id: int, code: str, *, by: Actor) -> None:
    channels.verify(channel_id, code, (KEY,), session_secret=SESSIONS[by.name], by=by)


def code_in(message: EmailMessage) -> str:
    found = re.search(r"^(\d{6})\r?$", message.get_content(), re.M)
    assert found, message.get_content()
    return found[1]


@pytest.fixture
def reached(app: Flask, mailing: Worker, postbox: MailServer, ana: Actor) -> int:
    """The id of Ana's address, which is proved to be hers."""
    with app.app_context():
        made = add("ana@example.com", by=ana)
        verify(made.id, code_in(postbox.next()), by=ana)
        return made.id


@pytest.fixture
def planned(app: Flask, sql: Sql) -> Callable[[], None]:
    """Waits until each question that waits has its message; the worker may plan it, or this."""
    without = """
        select from agent_escalations as asked, personal_channels as channel
        where asked.status = 'pending' and channel.position is not null
            and channel.off_since is null and not exists (select from deliveries
                where escalation_id = asked.id and personal_channel_id = channel.id)
    """

    def planned() -> None:
        def look() -> bool:
            with app.app_context():
                outbox.plan()
            return not sql(without)

        until(look, "all messages are planned")

    return planned


@pytest.fixture
def due(planned: Callable[[], None], sql: Sql) -> Callable[[], None]:
    """Lets the time of every message about a question come."""

    def due() -> None:
        planned()
        # The last message first: a worker may look between the two.
        sql("update deliveries set moved_at = moved_at - interval '10 minutes'")
        sql("update deliveries set due_at = now() where state = 'waiting'")
        sql("select pg_notify('unstuck_deliveries', '')")

    return due


def test_an_address_gets_nothing_before_its_code_was_entered(
    app: Flask, mailing: Worker, postbox: MailServer, ana: Actor, ask, sql: Sql
) -> None:
    with app.app_context():
        made = add(" Ana@Example.com ", by=ana)
    message = postbox.next()
    assert (message["To"], message["From"]) == ("ana@example.com", f"Unstuck <{FROM}>")
    assert message["Auto-Submitted"] == "auto-generated"
    ask()
    with app.app_context():
        outbox.plan()
        assert not sql("select from deliveries where kind = 'question'")
        verify(made.id, f" {code_in(message)} ", by=ana)
    assert sql("select verified_at is not null, position from personal_channels")[0] == (True, 1)
    assert sql("select proved_email from people")[0].proved_email == "ana@example.com"


def test_a_code_is_wiped_once_it_is_sent(
    app: Flask, mailing: Worker, postbox: MailServer, ana: Actor, settled
) -> None:
    with app.app_context():
        add("ana@example.com", by=ana)
    postbox.next()
    (row,) = settled()
    assert row.sealed is None


def test_a_code_cannot_be_guessed_and_not_be_entered_by_somebody_else(
    app: Flask, mailing: Worker, postbox: MailServer, ana: Actor
) -> None:
    with app.app_context():
        made = add("ana@example.com", by=ana)
        code = code_in(postbox.next())
        wrong = "000000" if code != "000000" else "111111"
        with pytest.raises(Exception, match="Channel not found"):
            verify(made.id, code, by=person(app, "ben"))
        for _ in range(5):
            with pytest.raises(Exception, match="Wrong code"):
                verify(made.id, wrong, by=ana)
        with pytest.raises(Exception, match="expired"):
            verify(made.id, code, by=ana)


def test_a_new_address_gets_its_code_by_mail_unless_that_has_expired(
    app: Flask, mailing: Worker, postbox: MailServer, settled
) -> None:
    with app.app_context():
        for until in (now() - timedelta(seconds=1), now() + timedelta(minutes=15)):
            with transaction("test") as session:
                send_address_code(session, "ana@new.example.com", "123456", until, (KEY,))
    message = postbox.next()
    assert (message["To"], code_in(message)) == ("ana@new.example.com", "123456")
    rows = settled(2, "accepted", "not_needed")
    assert sorted((row.state, row.reason, row.sealed) for row in rows) == [
        ("accepted", None, None),
        ("not_needed", "code_expired", None),
    ]


def test_a_person_reads_at_their_old_address_of_a_new_one(
    app: Flask, reached: int, postbox: MailServer, ana: Actor, sql: Sql
) -> None:
    sql("update people set language = 'de'")
    with app.app_context():
        made = add("ana@new.example", by=ana)
        verify(made.id, code_in(postbox.next()), by=ana)
    message = postbox.next()
    assert (message["To"], message["Subject"]) == (
        "ana@example.com",
        "Eine neue Adresse bekommt deine Nachrichten",
    )
    text = message.get_content()
    assert "ana@new.example bekommt jetzt deine Nachrichten von Unstuck." in text
    assert "https://desk.example.com/settings/notifications" in text


def test_the_old_address_reads_that_it_changed(
    app: Flask, mailing: Worker, postbox: MailServer, ana: Actor, sql: Sql
) -> None:
    sql("update memberships set project_id = '*', role = 'owner'")
    with app.app_context():
        assert addresses.change("ana@new.example", SESSIONS["ana"], (KEY,), by=ana)
    message = postbox.next()
    assert (message["To"], message["Subject"]) == (
        "ana@example.com",
        "Your email address in Unstuck has changed",
    )
    assert "ana@new.example" not in message.get_content()


def test_an_unproved_address_cannot_be_put_in_the_order_by_the_database_itself(
    app: Flask, ana: Actor, sql: Sql
) -> None:
    with app.app_context():
        add("ana@example.com", by=ana)
    with pytest.raises(Exception, match="ck_personal_channels_verified"):
        sql("update personal_channels set position = 1")


def test_a_question_is_mailed_after_three_minutes(
    app: Flask, reached: int, postbox: MailServer, ask, planned, due, sql: Sql
) -> None:
    asked = ask("The mail is ready. May I send it?")
    planned()
    row = sql("select due_at, escalation_id from deliveries where kind = 'question'")[0]
    assert abs((row.due_at - now()).total_seconds() - 180) < 60
    due()
    message = postbox.next()
    assert message["Subject"] == "May I send it? …"
    body = message.get_body(("plain",)).get_content()
    assert f"https://desk.example.com/escalations/{asked['id']}" in body
    assert message.get_body(("html",)) is not None


def test_who_looks_at_a_page_is_not_mailed_and_one_sees_why(
    app: Flask, reached: int, postbox: MailServer, ana: Actor, ask, due, sql: Sql, settled
) -> None:
    with app.app_context():
        notification_settings.seen(by=ana)
    ask()
    due()
    held = "select reason from deliveries where kind = 'question' and reason is not null"
    until(lambda: sql(held), "the message is held")
    assert sql(held)[0][0] == "present"
    sql("update presences set seen_at = now() - interval '2 minutes'")
    due()
    postbox.next()


def test_an_answered_question_is_not_mailed(
    app: Flask, reached: int, founder, ask, planned, due, sql: Sql, settled
) -> None:
    asked = ask()
    planned()
    path = f"/api/escalations/{asked['id']}/resolve"
    app.test_client().post(path, json={"decision": "yes"}, headers=founder)
    due()
    rows = settled(1, "not_needed")
    assert [row.reason for row in rows if row.kind == "question"] == ["closed"]


def test_questions_of_one_moment_come_in_one_message(
    reached: int, postbox: MailServer, ask, due, sql: Sql
) -> None:
    for number in range(3):
        ask(f"May I send mail {number}?", job=f"build-{number}")
    due()
    message = postbox.next()
    assert message["Subject"] == "3 questions are waiting"
    assert message.get_body(("plain",)).get_content().count("/escalations/") == 3
    states = sql("select state, count(*) from deliveries where kind = 'question' group by state")
    assert dict(map(tuple, states)) == {"accepted": 1, "not_needed": 2} or (
        dict(map(tuple, states)) == {"leased": 1, "not_needed": 2}
    )


def test_nobody_answers_so_a_reminder_follows_in_the_same_thread(
    reached: int, postbox: MailServer, ask, due, sql: Sql
) -> None:
    ask()
    due()
    first = postbox.next()
    planned = "select due_at, step from deliveries where kind = 'reminder'"
    row = until(lambda: sql(planned), "the reminder is planned")[0]
    assert row.step == 1
    assert abs(row.due_at - now() - timedelta(minutes=15)) < timedelta(minutes=2)
    due()
    second = postbox.next()
    assert second["Subject"] == f"Still waiting: {first['Subject']}"
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["Message-ID"] != first["Message-ID"]


def test_a_day_of_reminders_after_a_downtime_is_one_message(
    reached: int, postbox: MailServer, ask, due, sql: Sql
) -> None:
    for number in range(20):
        ask(f"May I send mail {number}?", job=f"build-{number}")
    due()
    assert postbox.next()["Subject"] == "20 questions are waiting"
    reminders = "select count(*) = 20 from deliveries where kind = 'reminder'"
    until(lambda: sql(reminders)[0][0], "all are planned")
    due()
    assert postbox.next()["Subject"] == "Still waiting: 20 questions are waiting"
    assert postbox.keeps.got.empty()


def test_quiet_hours_hold_a_message_until_they_end(
    app: Flask, reached: int, ana: Actor, ask, due, sql: Sql
) -> None:
    local = now()
    start, end = local - timedelta(hours=1), local + timedelta(hours=3)
    with app.app_context():
        notification_settings.save(
            zone="UTC",
            quiet=(f"{start:%H:%M}", f"{end:%H:%M}"),
            days=[str(day) for day in range(7)],
            shows_question=True,
            by=ana,
        )
    ask()
    due()
    held = "select due_at from deliveries where kind = 'question' and reason = 'quiet_hours'"
    row = until(lambda: sql(held), "the message is held")[0]
    assert abs(row.due_at - end) < timedelta(minutes=2)


def test_a_snoozed_question_is_held_and_not_told_along_with_another(
    reached: int, postbox: MailServer, ask, planned, due, sql: Sql
) -> None:
    asked = ask("May I paint the door?", job="build-1")
    ask("May I paint the wall?", job="build-2")
    planned()
    sql(
        "insert into snoozes (person_id, escalation_id, until) "
        f"select id, '{asked['id']}', now() + interval '2 hours' from people"
    )
    due()
    body = postbox.next().get_body(("plain",)).get_content()
    assert "the wall" in body
    assert "the door" not in body
    held = "select due_at from deliveries where reason = 'snoozed' and state = 'waiting'"
    row = until(lambda: sql(held), "the message is held", 60)[0]
    assert abs(row.due_at - now() - timedelta(hours=2)) < timedelta(minutes=5)
    assert postbox.keeps.got.empty()


def test_a_message_may_keep_the_question_to_itself_and_speaks_the_persons_language(
    app: Flask, reached: int, postbox: MailServer, ana: Actor, ask, due, sql: Sql
) -> None:
    with app.app_context():
        notification_settings.save(
            zone="Europe/Berlin", quiet=None, days=[], shows_question=False, by=ana
        )
    sql("update people set language = 'de'")
    ask("May I tell Bob about Alice?")
    due()
    message = postbox.next()
    assert message["Subject"] == "1 Frage wartet"
    assert "Alice" not in message.as_string()


def test_one_click_switches_the_address_off(
    app: Flask, reached: int, postbox: MailServer, ask, due, sql: Sql
) -> None:
    ask()
    due()
    message = postbox.next()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip(" <>").removeprefix("https://desk.example.com")
    client = app.test_client()
    assert client.get(link).status_code == 200
    assert sql("select off_because from personal_channels")[0][0] is None
    answer = client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert sql("select off_because from personal_channels")[0][0] == "unsubscribed"
    assert client.post("/unsubscribe/1-abc").status_code == 410
    assert client.post(f"{link}0").status_code == 410


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("451 try later", None, Outcome.FAILED),
        ("550 no such user", None, Outcome.GONE),
        ("554 you are on a list", None, Outcome.REFUSED),
        (None, "452 full", Outcome.FAILED),
        (None, "554 spam", Outcome.REFUSED),
    ],
)
def test_what_the_server_refuses_is_told_apart(
    postbox: MailServer, rcpt: str | None, data: str | None, outcome: Outcome
) -> None:
    postbox.keeps.rcpt, postbox.keeps.data = rcpt, data
    attempt = smtp.send(smtp.Server.of(postbox.url), letter(), FROM, "ana@example.com")
    assert attempt.outcome is outcome
    assert (rcpt or data or "")[4:] in attempt.answer


def test_a_connection_that_breaks_after_the_message_may_have_brought_it(
    postbox: MailServer,
) -> None:
    postbox.keeps.cuts = True
    attempt = smtp.send(smtp.Server.of(postbox.url), letter(), FROM, "ana@example.com")
    assert attempt.outcome is Outcome.UNKNOWN


def test_a_server_that_is_away_is_a_failure() -> None:
    with MailServer() as gone:
        url = gone.url
    attempt = smtp.send(smtp.Server.of(url), letter(), FROM, "ana@example.com")
    assert attempt.outcome is Outcome.FAILED


# The server of the test is told that its encryption is not its own, and warns of that.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("implicit", [True, False])
def test_a_password_goes_over_an_encrypted_connection(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, implicit: bool
) -> None:
    tls = trusted(monkeypatch, tmp_path)
    with MailServer(tls, implicit=implicit, login=("desk", "s3cret")) as postbox:
        attempt = smtp.send(smtp.Server.of(postbox.url), letter(), FROM, "ana@example.com")
        assert attempt.outcome is Outcome.ACCEPTED, attempt.answer
        wrong = smtp.Server.of(postbox.url.replace("s3cret", "guessed"))
        refused = smtp.send(wrong, letter(), FROM, "ana@example.com")
        assert refused.outcome is Outcome.FAILED  # our fault, not that of the address
        assert refused.answer.startswith("535")


def test_a_password_is_not_sent_without_encryption_nor_to_an_unknown_certificate(
    tmp_path: Path,
) -> None:
    with MailServer() as plain:
        postbox = replace(smtp.Server.of(plain.url), user="desk", password="s3cret")
        attempt = smtp.send(postbox, letter(), FROM, "ana@example.com")
        assert "no encryption" in attempt.answer
    with MailServer(context(tmp_path), login=("desk", "s3cret")) as unknown:
        attempt = smtp.send(smtp.Server.of(unknown.url), letter(), FROM, "ana@example.com")
        assert "CERTIFICATE_VERIFY_FAILED" in attempt.answer
        assert unknown.keeps.got.empty()


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message.set_content("Hello")
    return message


def context(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS, under a certificate that nobody vouches for."""
    from certificates import certificate

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate(folder, "127.0.0.1"))
    return tls


def trusted(monkeypatch: pytest.MonkeyPatch, folder: Path) -> ssl.SSLContext:
    tls = context(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    return tls


def test_the_channel_of_a_person_who_may_no_longer_answer_gets_nothing(
    app: Flask, reached: int, ask, planned, due, sql: Sql, settled
) -> None:
    ask()
    planned()
    sql("update memberships set role = 'observer'")
    due()
    rows = settled(1, "not_needed")
    assert [row.reason for row in rows if row.kind == "question"] == ["no_member"]
    with app.app_context():
        assert db.session.get_one(PersonalChannel, reached).off_since is None


def test_an_invitation_is_mailed_to_the_one_who_is_invited(
    app: Flask, mailing: Worker, postbox: MailServer, settled, sql: Sql
) -> None:
    with app.app_context():
        link = people.make_link("olivia@example.com", role="owner", project_id="shop")
    browser = app.test_client()
    browser.post(f"/sign-in/{link}")
    page = browser.get("/settings/people").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"email": "new@example.com", "project": "shop", "role": "founder"}
    answer = browser.post("/settings/people/invite", data=form | {"csrf_token": token[1]})
    assert "Unstuck emails this link to <bdi>new@example.com</bdi>" in answer.text
    message = postbox.next()
    assert message["To"] == "new@example.com"
    found = re.search(r"https://desk.example.com(/invitations/\S+)", message.get_content())
    assert found
    assert found[1] in answer.text
    assert app.test_client().get(found[1]).status_code == 200
    (row,) = settled()
    assert (row.kind, row.sealed) == ("invitation", None)


def test_an_unsubscribed_address_gets_no_question_and_a_new_one_starts_afresh(
    app: Flask, reached: int, ask, sql: Sql
) -> None:
    with app.app_context():
        channels.unsubscribe(reached)
    ask()
    with app.app_context():
        outbox.plan()
    assert not sql("select from deliveries where kind = 'question'")


def test_before_its_deadline_a_question_is_mailed_once_more(
    reached: int, postbox: MailServer, ask, planned, due, settled, sql: Sql
) -> None:
    deadline = now() + timedelta(hours=10)
    ask("May I send the mail?", deadline={"at": deadline.isoformat()})
    planned()
    row = sql("select due_at from deliveries where kind = 'last_call'")[0]
    assert abs(deadline - row.due_at - timedelta(hours=2)) < timedelta(minutes=2)
    sql("update deliveries set due_at = now() where kind = 'question'")
    sql("select pg_notify('unstuck_deliveries', '')")
    first = postbox.next()
    settled(2)  # the code and the question
    sql("update deliveries set due_at = now() where kind = 'last_call'")
    sql("select pg_notify('unstuck_deliveries', '')")
    moved = "select due_at from deliveries where kind = 'last_call' and reason = 'deadline_moved'"
    until(lambda: sql(moved), "it waits for its time", 60)
    sql("update agent_escalations set created_at = created_at - interval '100 hours'")
    due()
    last = postbox.next()
    assert last["Subject"] == f"Deadline soon: {first['Subject']}"
    assert last["In-Reply-To"] == first["Message-ID"]


def test_who_lets_others_answer_first_is_told_when_they_cannot_be(
    app: Flask, reached: int, postbox: MailServer, ask, due, sql: Sql
) -> None:
    person(app, "ben")
    sql(
        "insert into personal_channels"
        " (person_id, kind, address, created_at, verified_at, position)"
        " select id, 'email', email, now(), now(), 1 from people where email like 'ben%'"
    )
    sql(
        "insert into notification_settings (person_id, quiet_days, others_first_min)"
        " select id, '{}', 60 from people where email like 'ana%'"
    )
    ask()
    due()
    assert postbox.next()["To"] == "ben@example.com"
    held = "select reason from deliveries where reason = 'others_first' and state = 'waiting'"
    until(lambda: sql(held), "Ana's message waits", 60)
    sql("update personal_channels set off_since = now() where address like 'ben%'")
    due()
    assert postbox.next()["To"] == "ana@example.com"


def test_a_daily_summary_says_what_waits(
    app: Flask, reached: int, postbox: MailServer, ask, planned, sql: Sql
) -> None:
    ask("May I paint the door?", job="build-1")
    ask("May I paint the wall?", job="build-2")
    planned()
    sql("update deliveries set due_at = now() + interval '1 day' where state = 'waiting'")
    minutes = "(extract(hour from now() at time zone 'utc') * 60)::int"
    sql(
        "insert into notification_settings (person_id, quiet_days, summary_at)"
        f" select id, '{{}}', {minutes} from people"
    )
    with app.app_context():
        summaries.plan()
        assert summaries.plan() == 0
    sql("select pg_notify('unstuck_deliveries', '')")
    message = postbox.next()
    assert message["Subject"] == "Daily summary: 2 questions are waiting"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_body(("plain",)).get_content().count("/escalations/") == 2
