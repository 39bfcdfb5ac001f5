"""GET /api/escalations/{id}/decision: agents wait for an answer."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from in_time import waited_s
from web_process import until

from webapp.actors import DESK
from webapp.operations import answers, escalations, tokens


@pytest.fixture
def client(app) -> FlaskClient:
    return app.test_client()


def path(escalation_id: object, query: str = "") -> str:
    return f"/api/escalations/{escalation_id}/decision{query}"


class Wait(threading.Thread):
    """A call that waits, and what came of it."""

    def __init__(self, site, escalation_id: uuid.UUID, seconds: int = 50) -> None:
        super().__init__(daemon=True)
        self.run_call = lambda: site.call("GET", path(escalation_id, f"?wait={seconds}"))
        self.returned = 0.0
        self.start()

    def run(self) -> None:
        self.status, self.body = self.run_call()
        self.returned = time.monotonic()


def test_a_decision_made_before_the_wait_began_is_returned_at_once(client, agent, shop_jobs):
    """Trap: "an event sent before the wait began is missed"."""
    key = shop_jobs.ask(state={"step": 3})
    shop_jobs.resolve(key, "use_b")
    for query in ("", "?wait=60"):  # however late and however often
        answer = client.get(path(key, query), headers=agent)
        assert answer.status_code == 200
        body = answer.json
        assert body.pop("resolved_at").endswith("Z")
        assert len(body.pop("digest")) == 64
        assert body == {
            "status": "resolved",
            "answers": None,
            "decision": "use_b",
            "label": "Use B",
            "decided_by": "person",
            "guidance": None,
            "agent_state": {"step": 3},
        }


def test_while_it_is_pending_there_is_nothing_to_say(client, agent, shop_jobs):
    key = shop_jobs.ask()
    for query in ("", "?wait=0", "?wait=0.2"):
        answer = client.get(path(key, query), headers=agent)
        assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("end", ["skip", "withdraw"])
def test_every_way_to_leave_pending_ends_the_wait(client, agent, app, shop_jobs, end):
    key = shop_jobs.ask()
    with app.app_context():
        {"skip": answers.skip, "withdraw": escalations.withdraw}[end](key, by=DESK)
    body = client.get(path(key), headers=agent).json
    assert body["status"] == {"skip": "skipped", "withdraw": "withdrawn"}[end]
    assert body["decision"] is None


@pytest.mark.parametrize("end", ["resolve", "skip", "withdraw"])
def test_who_waited_and_who_comes_late_are_told_the_same(client, agent, app, shop_jobs, end):
    key = shop_jobs.ask(state={"step": 3})
    done = {
        "resolve": lambda: answers.resolve(key, "use_b", "Take the second “one”\n", by=DESK),
        "skip": lambda: answers.skip(key, "Go on without", by=DESK),
        "withdraw": lambda: escalations.withdraw(key, "solved", by=DESK),
    }
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.get, path(key, "?wait=20"), headers=agent)
        until(lambda: _waits(app), "the call waits")
        with app.app_context():
            done[end]()
        waited = call.result(timeout=20)
    late = client.get(path(key), headers=agent)
    assert (waited.status_code, waited.json) == (200, late.json)


@pytest.mark.parametrize("wait", ["-1", "61", "x", "nan", "inf", ""])
def test_a_wait_that_cannot_be_is_refused(client, agent, shop_jobs, wait):
    answer = client.get(path(shop_jobs.ask(), f"?wait={wait}"), headers=agent)
    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"field": "wait", "message": "must be a number of seconds from 0 to 60"}
    ]


def test_a_bad_id_an_unknown_one_and_that_of_another_project_are_the_same_404(
    client, agent, other_agent, shop_jobs
):
    answers = [
        client.get(path("not-a-uuid"), headers=agent),
        client.get(path(uuid.uuid4(), "?wait=60"), headers=agent),
        client.get(path(shop_jobs.ask(), "?wait=60"), headers=other_agent),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.data for answer in answers}) == 1
    assert client.get(path(uuid.uuid4())).status_code == 401


def test_each_job_gets_its_own_state_back(client, agent, app, sql, shop_jobs):
    key = shop_jobs.ask("build-1", state={"step": 1})
    shop_jobs.tell("build-2", "joins")
    sql(
        "insert into escalation_waiters (escalation_id, job, joined_at, agent_state) "
        "select :key, id, now(), '{\"step\": 2}' from jobs where job_id = 'build-2'",
        key=key,
    )
    shop_jobs.resolve(key)
    states = {
        query: client.get(path(key, query), headers=agent).json["agent_state"]
        for query in ("", "?job_id=build-1", "?job_id=build-2", "?job_id=nobody")
    }
    assert states == {
        "": {"step": 1},
        "?job_id=build-1": {"step": 1},
        "?job_id=build-2": {"step": 2},
        "?job_id=nobody": None,
    }


def test_a_token_that_was_revoked_meanwhile_gets_no_answer(client, agent, app, shop_jobs):
    key = shop_jobs.ask()
    secret = agent["Authorization"].removeprefix("Bearer ")
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.get, path(key, "?wait=20"), headers=agent)
        until(lambda: _waits(app), "the call waits")
        with app.app_context():
            tokens.revoke(secret)
        shop_jobs.resolve(key, "use_b")
        assert call.result(timeout=20).status_code == 401


def _waits(app) -> bool:
    running = app.extensions.get("live")
    return bool(running and running.hub.waits.topics())


def kinds(client: FlaskClient, headers: dict[str, str]) -> list[str]:
    events = client.get("/api/jobs/build-1/events", headers=headers).json
    return [event["type"] for event in events]


def test_the_first_delivery_to_an_agent_is_noted_once(client, agent, founder, shop_jobs):
    key = shop_jobs.ask()
    client.get(path(key), headers=agent).close()
    shop_jobs.resolve(key)
    client.get(path(key), headers=founder).close()
    assert "agent.decision_delivered" not in kinds(client, agent)
    for _ in range(3):
        client.get(path(key), headers=agent).close()
    assert kinds(client, agent).count("agent.decision_delivered") == 1
    stored = client.get(f"/api/escalations/{key}", headers=agent).json
    assert stored["delivered_at"]


def test_a_withdrawn_question_is_never_delivered(client, agent, app, shop_jobs):
    key = shop_jobs.ask()
    with app.app_context():
        escalations.withdraw(key, by=DESK)
    client.get(path(key), headers=agent).close()
    assert "agent.decision_delivered" not in kinds(client, agent)


def test_the_answer_ends_the_wait_whichever_worker_took_the_calls(site, shop_jobs, at_rest):
    """Ten rounds over two workers: the waiting call and the answer meet in the same worker and in
    different ones. Far below the two seconds that the poll that covers a lost notification would
    take."""
    lags, waited = [], waited_s()
    for _ in range(10):
        key = shop_jobs.ask()
        wait = Wait(site, key)
        at_rest(1)
        assert site.resolve(key)[0] == 200
        answered = time.monotonic()
        wait.join(20)
        assert (wait.status, wait.body["decision"]) == (200, "use_a")
        lags.append(wait.returned - answered)
    assert sorted(lags)[5] < min(0.2 + (waited_s() - waited) / 10, 0.7)


@pytest.mark.parametrize("workers", [1])
def test_two_hundred_waiting_agents_hold_no_connection_and_all_get_the_answer(
    site, shop_jobs, at_rest
):
    """Trap: "one database connection per open stream: the pool is empty and the site hangs"."""
    key = shop_jobs.ask()
    waits = [Wait(site, key) for _ in range(200)]
    at_rest(200)
    assert site.call("GET", f"/api/escalations/{key}")[0] == 200
    assert site.resolve(key)[0] == 200
    for wait in waits:
        wait.join(30)
        assert (wait.status, wait.body["decision"]) == (200, "use_a")
    events = site.call("GET", "/api/jobs/build-1/events")[1]
    assert [event["type"] for event in events].count("agent.decision_delivered") == 1


@pytest.mark.parametrize("workers", [1])
def test_fifty_simultaneous_answers_do_not_exhaust_the_pool_while_agents_wait(site, shop_jobs):
    """Trap: "50 simultaneous answers exhausted the server's connection pool"."""
    key = shop_jobs.ask()
    waits = [Wait(site, key) for _ in range(20)]
    with ThreadPoolExecutor(50) as pool:
        decisions = ["use_a", "use_b"] * 25
        answers = list(pool.map(lambda decision: site.resolve(key, decision), decisions))
    statuses = sorted(status for status, _ in answers)
    assert statuses == [200] + [409] * 49
    [winner] = [body["founder_decision"] for status, body in answers if status == 200]
    for wait in waits:
        wait.join(30)
        assert (wait.status, wait.body["decision"]) == (200, winner)
