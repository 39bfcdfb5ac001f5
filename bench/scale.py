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
    return {
        INBOX: calls.get("/", Cookie=owner),
        "the inbox page of a founder of one small project": calls.get("/", Cookie=founder),
        "the history page": calls.get("/history", Cookie=owner),
        "the history page of a founder of one small project": calls.get("/history", Cookie=founder),
        "GET /api/jobs/{id}/escalations": calls.get("/api/jobs/build-1/escalations", one),
        "GET /api/escalations, all projects": calls.get("/api/escalations", every),
        "GET /api/escalations?status=pending": calls.get("/api/escalations?status=pending", every),
        "GET /api/escalations of one small project": calls.get("/api/escalations", small),
        "GET /api/escalations of one large project": calls.get("/api/escalations", one),
    }


def _signed_in(port: int, secret: str) -> str:
    """The cookie of a browser that used this one-time link."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        origin = f"http://127.0.0.1:{port}"
        connection.request("POST", f"/sign-in/{secret}", headers={"Origin": origin})
        answer = connection.getresponse()
        answer.read()
        cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
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
        f"filled by COPY in {filled:.0f} s, each question with a waiting job and an event.",
        head=["", f"{FEW:,}", f"{plan.stored:,}", "ratio"],
    )
    for name, (few, lots) in times.items():
        ratio = median(lots) / median(few)
        section.rows.append([name, ms(median(few)), ms(median(lots)), f"{ratio:.2f} ×"])
        what = f"{name}, {plan.stored:,} stored against {FEW:,}"
        section.ratios.append(Ratio(what, ratio, MOST_TIMES, False))
        if ratio > MOST_TIMES:
            section.worse.append(f"{what}: {ms(median(few))} became {ms(median(lots))}.")
    own = median(times[INBOX][0]) * 1000
    section.ratios.append(Ratio(f"{INBOX}, server's own time, median", own, INBOX_MS, False, "ms"))
    return section
