"""/metrics for Prometheus: what the workers counted, and what the database says at the scrape."""

import hmac
import os
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Metric,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from webapp import database_errors
from webapp.accounts.access import token_actor
from webapp.actors import ALL_PROJECTS, ANSWERING
from webapp.config import Config
from webapp.extensions import db
from webapp.metrics import REQUEST_SECONDS, REQUESTS
from webapp.queries import gauges

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_PROXIES_SAY = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
"""What is counted under its own name: anybody can make up others, and each would be kept."""

_OPEN = {"live.job_events", "live.page_regions", "live.pages_regions", "live.decision"}


class _Desk(Collector):
    """The gauges that are read from the database; without one they are left out."""

    def collect(self) -> Iterable[Metric]:
        try:
            unset = current_app.extensions["unstuck"].unset_channels
            found = gauges.read(db.session(), unset=unset)
        except SQLAlchemyError as error:
            database_errors.warn(current_app.logger, "metrics: the database does not answer", error)
            return
        yield GaugeMetricFamily(
            "unstuck_pending_questions", "Questions that wait for an answer", found.pending
        )
        yield GaugeMetricFamily(
            "unstuck_oldest_question_seconds", "Age of the oldest of them", found.oldest_s
        )
        yield GaugeMetricFamily("unstuck_paused_jobs", "Jobs that are paused", found.paused)
        yield GaugeMetricFamily(
            "unstuck_overdue_messages",
            "Webhooks and messages that should have left more than a minute ago",
            found.overdue,
        )
        yield GaugeMetricFamily(
            "unstuck_worker_heard",
            "1 if a worker was heard from in the last minute",
            int(found.is_worker_heard),
        )
        yield GaugeMetricFamily(
            "unstuck_unreached_questions",
            "Questions that wait in projects in which nobody gets a message",
            found.unreached,
        )


def metrics() -> Response:
    """All metrics. Open to this machine, as long as nothing says that a proxy is in between; else
    to METRICS_TOKEN, and to the token of a founder of all projects."""
    config: Config = current_app.extensions["unstuck"]
    if not (_has_token(config) if config.metrics_token else _from_this_machine(config)):
        token_actor().require(ANSWERING, ALL_PROJECTS, "read the metrics")
    counted = _counted()
    read = CollectorRegistry()
    read.register(_Desk())
    return Response(counted + generate_latest(read), content_type=CONTENT_TYPE_LATEST)


def _counted() -> bytes:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    try:
        return generate_latest(registry)
    except FileNotFoundError:  # a worker ended, and what it counted was added to the others'
        return generate_latest(registry)


def _has_token(config: Config) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = config.metrics_token or ""
    return scheme.lower() == "bearer" and hmac.compare_digest(
        token.strip().encode(), expected.encode()
    )


def _from_this_machine(config: Config) -> bool:
    # A proxy on this machine calls from here as well. It may say so, or ask by the public name; one
    # that does neither is known by the settings that go with a proxy, or by its old protocol.
    public = urlsplit(config.public_url or "").hostname
    if config.trusted_proxies or (public and public not in _THIS_MACHINE):
        return False
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return False
    forwarded = any(name in request.headers for name in _PROXIES_SAY)
    name = urlsplit(f"//{request.host}").hostname
    return request.remote_addr in {"127.0.0.1", "::1"} and name in _THIS_MACHINE and not forwarded


def _start() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "unknown"
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method, endpoint, response.status_code).inc()
    if endpoint not in _OPEN and "began" in g:
        REQUEST_SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
    return response


def init_app(app: Flask) -> None:
    """Count requests, and serve /metrics."""
    app.before_request(_start)
    app.after_request(_count)
    app.add_url_rule("/metrics", "metrics", metrics)
