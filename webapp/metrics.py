"""What is measured of a running desk. Only definitions and the clock: /metrics is monitoring.py.

Under gunicorn the numbers of all workers are summed over files in PROMETHEUS_MULTIPROC_DIR, which
webapp/gunicorn.conf.py sets before anything is imported.
"""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_FAST: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

REQUESTS = Counter("unstuck_requests_total", "Requests answered", ["method", "endpoint", "status"])
REQUEST_SECONDS = Histogram(
    "unstuck_request_seconds",
    "Seconds until a request was answered; open streams and waiting calls left out",
    ["endpoint"],
    buckets=_FAST,
)
OPERATION_SECONDS = Histogram(
    "unstuck_operation_seconds",
    "Seconds in the transaction of an operation, its commit included",
    ["operation"],
    buckets=_FAST,
)
OPEN_STREAMS = Gauge(
    "unstuck_open_streams",
    "Open streams and waiting calls",
    ["kind"],
    multiprocess_mode="livesum",
)
PART_FAILURES = Counter(
    "unstuck_thread_failures_total",
    "Unexpected failures of background threads; each was started again",
    ["thread"],
)
NOTIFY_SECONDS = Histogram(
    "unstuck_notify_seconds",
    "Seconds from an event's transaction to a listener that has read it",
    buckets=_FAST,
)
FAN_OUT_SECONDS = Histogram(
    "unstuck_fan_out_seconds",
    "Seconds from an event's transaction to its bytes being with all of its readers",
    buckets=_FAST,
)
