"""What is counted and timed, for Prometheus."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from brandbrain_core.ports import QueueStats
from brandbrain_http.middleware.conversation import Exchange
from brandbrain_http.middleware.cors import METHODS

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS: Final = (0.005, 0.01, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The metrics of one application; two of them in one process do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "brandbrain_http_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "brandbrain_http_request_seconds",
            "From the arrival of a request to the last byte of its answer.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._jobs = Gauge("brandbrain_jobs", "Jobs of the queue.", ["state"], registry=self._registry)
        self._oldest = Gauge(
            "brandbrain_jobs_oldest_ready_seconds",
            "How long the longest waiting job has been ready.",
            registry=self._registry,
        )

    def observe(self, exchange: Exchange) -> None:
        """Count one request; addresses that no route fits are one, and so are methods that nobody knows."""
        method, route = exchange.method if exchange.method in METHODS else "other", exchange.route or "none"
        self._requests.labels(method, route, str(exchange.status)).inc()
        self._seconds.labels(method, route).observe(exchange.seconds)

    def text(self, queue: QueueStats) -> bytes:
        """Return everything as Prometheus reads it, with how the queue stands now."""
        for state, number in (("pending", queue.pending), ("ready", queue.ready), ("running", queue.running)):
            self._jobs.labels(state).set(number)
        self._oldest.set(queue.oldest_ready_age.total_seconds())
        return generate_latest(self._registry)
