"""The calls that stay open: streams of jobs and of pages, and the wait for an answer."""

import time
from collections.abc import Collection
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, current_app, json, request

from webapp.accounts import revalidation
from webapp.accounts.access import page_actor, token_actor
from webapp.actors import Actor
from webapp.config import Config, Quotas
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.live import asked, catch_up, fragments, room, stream
from webapp.live.answer_wait import AnswerWait, note_deliveries
from webapp.live.frames import gone_frame
from webapp.live.hub import Audience, channel
from webapp.live.reader import Reader
from webapp.live.service import live
from webapp.live.socket_writer import SocketWriter, client_is_gone
from webapp.live.waiter import FeedWaiter
from webapp.models import AgentEscalation, Job
from webapp.queries import decision_feed as decision_feeds
from webapp.queries import decisions, escalations, jobs, ownership
from webapp.queries.decision_feed import Cursor
from webapp.rules.limits import LARGEST_LIST, clean_text

bp = Blueprint("live", __name__)

_READ_AT_ONCE = 100


@bp.get("/api/jobs/<job_id:job_id>/events")
def job_events(job_id: str) -> Response:
    """A job's log: live for a reader of event streams, otherwise as a list."""
    by = token_actor()
    project_id = request.args.get("project_id")
    job = jobs.find(db.session(), clean_text(job_id), project_id and clean_text(project_id), by=by)
    response = _follow(job, by) if asked.stream() else _listed(job)
    response.vary.add("Accept")
    return response


def _listed(job: Job) -> Response:
    """At most `limit` events and a megabyte of them. Whoever reads on from the last one that came
    gets the next, so what didn't fit needs no mark."""
    shown: list[str] = []
    size, position, limit = 0, asked.position(), asked.limit()
    while len(shown) < limit:
        events = catch_up.since(
            db.session(), job.id, position, min(_READ_AT_ONCE, limit - len(shown))
        )
        for event in events:
            text = json.dumps(event.data())
            size += len(text)
            if shown and size > LARGEST_LIST:
                return _json(f"[{','.join(shown)}]")
            shown.append(text)
            position = event.seq
        if not events:
            break
    return _json(f"[{','.join(shown)}]")


def _follow(job: Job, by: Actor) -> Response:
    position = asked.position()
    if position > job.last_seq:
        raise asked.BadPosition(
            f"The last event of this job is number {job.last_seq}, so {position} cannot have been "
            "read. Begin again with ?after=0."
        )
    credential = revalidation.of_token(by)
    quotas = _quotas()
    room.check(live().hub)
    live().open_streams.let_in(credential, quotas.streams_of_token if quotas else None)
    key, writer = job.id, SocketWriter.of(request.environ)
    return stream.of_job(live(), key, Reader(credential, writer, position))


def _quotas() -> Quotas | None:
    config: Config = current_app.extensions["unstuck"]
    return config.quotas


def _browser_with_room(by: Actor) -> revalidation.Credential:
    """The credential of the signed-in browser; TooManyStreams where it has enough of them, and Full
    where the process has."""
    credential, quotas = revalidation.of_browser(by), _quotas()
    room.check(live().hub)
    live().open_streams.let_in(credential, quotas.streams_of_session if quotas else None)
    return credential


@bp.get("/live/<view>")
def page_regions(view: str) -> Response:
    """The regions of a page: all of them now, then each when it changed."""
    by = page_actor()
    if by is None:  # any status but 200 tells the browser not to try again
        return Response("Your session has ended. Sign in again.", 401, content_type="text/plain")
    if view not in fragments.VIEWS:
        raise NotFound("There is no such page to follow. Reload the page you are on.")
    key = clean_text(request.args.get("key", ""))
    fragments.VIEWS[view].check(db.session(), by, key)
    credential = _browser_with_room(by)
    audience = Audience.of(view, key, credential, asked.language())
    return stream.of_pages(live(), [audience], Reader(credential, SocketWriter.of(request.environ)))


@bp.get("/live/pages")
def pages_regions() -> Response:
    """The regions of all the pages that one browser has open, each named by `?of=<channel>`. What
    is gone is told and does not stop the others."""
    by = page_actor()
    if by is None:
        return Response("Your session has ended. Sign in again.", 401, content_type="text/plain")
    credential = _browser_with_room(by)
    reader = Reader(credential, SocketWriter.of(request.environ))
    audiences = []
    for view, key, language in asked.channels():
        try:
            fragments.VIEWS[view].check(db.session(), by, key)
            audiences.append(Audience.of(view, key, credential, language))
        except (KeyError, NotFound):
            reader.send(gone_frame(channel(view, key, language)))
    return stream.of_pages(live(), audiences, reader)


@bp.get("/api/escalations/<escalation_id>/decision")
def decision(escalation_id: str) -> Response:
    """The answer, waited for: 200 with it, or 204 when there is none yet."""
    by = token_actor()
    seconds = asked.wait()
    key = _key(escalation_id)
    with AnswerWait(key, by, until_turn=asked.until_turn()) as waiting:
        state = _agent_state(waiting.escalation, by)
        found = waiting.until_answered(seconds)
    if found is None and waiting.asked is not None:
        pending = decisions.pending(waiting.escalation, waiting.asked)
        return _json(json.dumps(pending | {"agent_state": state}))
    if found is None:
        return Response(status=204)
    response = _json(json.dumps(found.data() | {"agent_state": state}))
    if waiting.is_first_delivery(found):
        _note_delivery(response, [key])
    return response


@bp.get("/api/decisions")
def decision_feed() -> Response:
    """Every decision of the token's projects after a cursor, in order; waited for."""
    by = token_actor()
    until = time.monotonic() + asked.wait()
    after = request.args.get("after")
    waiter = FeedWaiter(revalidation.of_token(by))
    feeds = live().hub.feeds
    feeds.add(waiter, "decisions")  # before looking: a decision in between is not missed
    try:
        feed = decision_feeds.read(db.session(), by, Cursor.of(after) if after else None)
        while not feed.decisions and (left := until - time.monotonic()) > 0:
            room.check(live().hub)
            db.session.remove()  # whoever waits holds no connection
            if not waiter.wait(left):
                break
            by = token_actor()  # again: much may have ended meanwhile
            feed = decision_feeds.read(db.session(), by, feed.cursor)
    finally:
        feeds.remove(waiter, "decisions")
    asking = ownership.asked_by(db.session(), feed.decisions, by=by)
    entries = [_entry(each, own=str(each.id) in asking) for each in feed.decisions]
    own = [each for each in feed.decisions if ownership.waits(db.session(), each, by=by)]
    response = _json(json.dumps({"decisions": entries, "cursor": feed.cursor.text()}))
    _note_delivery(response, decisions.to_deliver(own, by))
    return response


def _json(data: str) -> Response:
    response = Response(data, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(escalations.UNKNOWN) from None


def _entry(escalation: AgentEscalation, *, own: bool) -> dict[str, object]:
    """One decision of many; what an agent keeps is for the token of its job."""
    return decisions.entry(escalation) | ({} if own else {"agent_state": None})


def _agent_state(escalation: AgentEscalation, by: Actor) -> object:
    """What the agent gave along; `?job_id=` asks for that of another job that waits. None for an
    agent whose job it is not."""
    job_id = request.args.get("job_id")
    named = escalation.job_id if job_id is None else clean_text(job_id)
    if not ownership.opened(db.session(), escalation.project_id, named, by=by):
        return None
    if job_id is None:
        return escalation.agent_state
    return decisions.state_of_waiter(db.session(), escalation, clean_text(job_id))


def _note_delivery(response: Response, keys: Collection[UUID]) -> None:
    """Note the receipts once the answer is out: the agent does not wait for it. Nobody gets what is
    sent to a request that asks for the head only, or whose client is gone."""
    if not keys or request.method == "HEAD" or client_is_gone(request.environ):
        return
    response.call_on_close(partial(note_deliveries, live(), keys))
