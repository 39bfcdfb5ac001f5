"""The same pages and calls with very many questions stored, and with few."""

import http.client
import itertools
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from bench import calls
from bench.lab import many, servers
from bench.lab.figures import Ratio, Section, median, ms
from bench.lab.load import Connection
from bench.lab.plan import Plan
from bench.lab.stored import PROJECT, Store
from webapp.embedded import Server

FEW = 1_000
MOST_TIMES = 1.2
INBOX_MS = 15.0
INBOX = "the inbox page with 50 open questions"
QUESTION = "the page of the question that most jobs wait for"
SEARCH, NUMBERS = "a search in the history", "the numbers of 30 days"
MOST_MS = {SEARCH: 300.0, NUMBERS: 300.0}
"""What looks through much has a time of its own in place of a ratio."""
_FILLING_CACHES = 3  # looks that do not count

Times = dict[str, tuple[list[float], list[float]]]


def compare(server: Server, folder: Path, plan: Plan) -> Section:
    """Looks at both stores in turns, one request at a time, on a connection that is open."""
    few, lots = (Store.create(server, f"scale_{count}") for count in (FEW, plan.stored))
    began = time.monotonic()
    many.fill(few, FEW)
    many.fill(lots, plan.stored)
    filled = time.monotonic() - began
    with (
        servers.desk(few.url, folder) as (few_port, _),
        servers.desk(lots.url, folder) as (lots_port, _),
    ):
        sides = [(few_port, _requests(few, few_port)), (lots_port, _requests(lots, lots_port))]
        times: Times = defaultdict(lambda: ([], []))
        for number, name in itertools.product(range(plan.looks + _FILLING_CACHES), sides[0][1]):
            for side, (port, requests) in enumerate(sides):
                seconds = _look(port, requests[name])
                if number >= _FILLING_CACHES:
                    times[name][side].append(seconds)
    return _section(plan, times, filled)


def _requests(store: Store, port: int) -> dict[str, bytes]:
    owner = _signed_in(port, store.sign_in_link("owner@example.com"))
    founder = _signed_in(port, store.sign_in_link("founder@example.com", many.SMALL))
    every, small = store.token("*", "agent"), store.token(many.SMALL, "agent")
    one = store.token(f"{PROJECT}1", "agent")
    question, job, problem = _subjects(store)
    return {
        INBOX: calls.get("/", Cookie=owner),
        "the inbox page of a founder of one small project": calls.get("/", Cookie=founder),
        "the history page": calls.get("/history", Cookie=owner),
        "the history page of a founder of one small project": calls.get("/history", Cookie=founder),
        QUESTION: calls.get(f"/escalations/{question}", Cookie=owner),
        "the list of jobs": calls.get("/jobs", Cookie=owner),
        "the page of a job": calls.get(f"/jobs/{job}", Cookie=owner),
        "the list of problems": calls.get("/problems", Cookie=owner),
        "the page of a problem": calls.get(f"/problems/{problem}", Cookie=owner),
        SEARCH: calls.get("/history?q=payment", Cookie=owner),
        NUMBERS: calls.get("/numbers", Cookie=owner),
        "the export of one small project": calls.get("/history.csv", Cookie=founder),
        "GET /api/jobs/{id}/escalations": calls.get("/api/jobs/build-1/escalations", one),
        "GET /api/escalations, all projects": calls.get("/api/escalations", every),
        "GET /api/escalations?status=pending": calls.get("/api/escalations?status=pending", every),
        "GET /api/escalations of one small project": calls.get("/api/escalations", small),
        "GET /api/escalations of one large project": calls.get("/api/escalations", one),
    }


def _subjects(store: Store) -> tuple[object, object, object]:
    """The open question that most jobs wait for, a job with many questions, and a problem."""
    ((question,),) = store.sql(
        "select escalation_id from escalation_waiters join agent_escalations on id = escalation_id"
        " where status = 'pending' group by 1 order by count(*) desc limit 1"
    )
    ((job,),) = store.sql("select id from jobs where last_seq > 0 order by id limit 1")
    ((problem,),) = store.sql("select max(id) from problems")
    return question, job, problem


def _signed_in(port: int, secret: str) -> str:
    """The cookie of a browser that used this one-time link."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        origin = f"http://127.0.0.1:{port}"
        connection.request("POST", f"/sign-in/{secret}", headers={"Origin": origin})
        answer = connection.getresponse()
        answer.read()
        pairs = [each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie", [])]
        cookie = "; ".join(pair for pair in pairs if not pair.endswith("="))
    if answer.status != 303 or not cookie:
        raise RuntimeError(f"signing in was answered with {answer.status}")
    return cookie


def _look(port: int, request: bytes) -> float:
    connection = Connection(("127.0.0.1", port))
    with closing(connection.socket):
        connection.socket.settimeout(60)
        began = time.perf_counter()
        connection.send(request, began)
        while (answer := connection.receive()) is None:
            pass
        took = time.perf_counter() - began
    if answer[0] != 200:
        raise RuntimeError(f"{request[:60]!r} was answered with {answer[1][:300]!r}")
    return took


def _section(plan: Plan, times: Times, filled: float) -> Section:
    section = Section(
        f"{plan.stored:,} questions stored against {FEW:,}",
        f"The time from request to whole answer, one request at a time, {plan.looks} looks at each "
        "store in turns, medians. Both stores have 50 open questions; in the large one they are "
        f"spread over {plan.stored // many.PER_JOB:,} jobs of {many.PROJECTS} projects. Both were "
        f"filled by COPY in {filled:.0f} s, each question with a waiting job, an event and an "
        f"attempt; for one open question {plan.stored // 1_000:,} jobs wait, and 1.",
        head=["", f"{FEW:,}", f"{plan.stored:,}", "ratio"],
    )
    for name, (few, lots) in times.items():
        ratio = median(lots) / median(few)
        section.rows.append([name, ms(median(few)), ms(median(lots)), f"{ratio:.2f} ×"])
        what = f"{name}, {plan.stored:,} stored against {FEW:,}"
        if name in MOST_MS:
            took = median(lots) * 1000
            section.ratios.append(Ratio(what, took, MOST_MS[name], False, "ms"))
            if took > MOST_MS[name]:
                section.worse.append(f"{what}: {took:.0f} ms.")
            continue
        section.ratios.append(Ratio(what, ratio, MOST_TIMES, False))
        if ratio > MOST_TIMES:
            section.worse.append(f"{what}: {ms(median(few))} became {ms(median(lots))}.")
    own = median(times[INBOX][0]) * 1000
    section.ratios.append(Ratio(f"{INBOX}, server's own time, median", own, INBOX_MS, False, "ms"))
    return section
