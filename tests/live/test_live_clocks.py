"""Machines whose clocks are wrong lose nothing: the clock of the database decides."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sse import EventStream
from web_process import DeskProcess

from tests.conftest import Cast
from tests.live.conftest import Jobs, Site

Sql = Callable[..., list[Any]]
HOUR_S = 3600


@pytest.fixture
def sites(
    environ: dict[str, str], agent: dict[str, str], founder: dict[str, str]
) -> Iterator[tuple[Site, Site]]:
    """Two servers on one database: one an hour behind, one twenty minutes ahead."""
    desks = [
        DeskProcess(
            environ | {"CLOCK_IS_AHEAD_S": str(ahead)},
            workers=1,
            application="wrong_clock:app",
            folder=Path(__file__).parent,
        )
        for ahead in (-HOUR_S, HOUR_S / 3)
    ]
    try:
        for desk in desks:
            desk.start()
        yield Site(desks[0], agent, founder), Site(desks[1], agent, founder)
    finally:
        for desk in desks:
            desk.stop()


def ask(site: Site, job_id: str) -> str:
    question = {
        "project_id": "shop",
        "session_id": "s",
        "error_type": "ToolError",
        "error_signature": f"signature {uuid.uuid4()}",
        "plain_english_problem": "Which one?",
        "options": [{"value": "use_a", "label": "A", "description": ""}],
    }
    status, payload = site.call("POST", f"/api/jobs/{job_id}/escalations", question)
    assert status == 201
    return str(payload["id"])


def test_streams_and_waits_work_on_machines_whose_clocks_differ(
    sites: tuple[Site, Site], sql: Sql
) -> None:
    behind, ahead = sites
    for here, there in ((behind, ahead), (ahead, behind)):
        job = f"build-{here.desk.port}"
        key = ask(there, job)
        with here.follow(job) as stream, ThreadPoolExecutor(1) as pool:
            assert stream.next().event == "agent.waiting_for_input"
            waiting = pool.submit(here.call, "GET", f"/api/escalations/{key}/decision?wait=20")
            assert there.resolve(uuid.UUID(key))[0] == 200
            assert stream.next().event == "agent.escalation_resolved"
            status, decision = waiting.result()
            assert (status, decision and decision["decision"]) == (200, "use_a")


def test_events_carry_the_time_of_the_database(sites: tuple[Site, Site], sql: Sql) -> None:
    for number, site in enumerate(sites):
        ask(site, f"build-{number}")
    ((apart,),) = sql("select max(abs(extract(epoch from clock_timestamp() - at))) from job_events")
    assert apart < 60


def test_a_founder_stays_signed_in_on_every_machine(
    sites: tuple[Site, Site], cast: Cast, app: Flask
) -> None:
    browser = cast.browser()
    cookie = {"Cookie": f"session={browser.get_cookie('session').value}"}
    for site in sites:
        with EventStream(site.desk.port, "/live/inbox", cookie) as stream:
            assert stream.status == 200  # and not 401


def test_an_event_nobody_was_notified_of_is_found_whatever_its_time_says(
    site: Site, shop_jobs: Jobs, sql: Sql
) -> None:
    shop_jobs.tell("build-1", "first")
    with site.follow("build-1") as stream:
        assert stream.next().json()["title"] == "first"
        sql(
            """
            with job as (update jobs set last_seq = last_seq + 1,
                last_event_at = :at returning id, last_seq)
            insert into job_events (job, seq, kind, at, payload)
            select id, last_seq, 'agent.job_changed', :at, '{"title": "second"}' from job
            """,
            at=datetime.now(UTC) - timedelta(days=1),
        )
        assert stream.next().json()["title"] == "second"
