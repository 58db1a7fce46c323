"""What `/metrics` tells: durations measured in this process, and counts read at each look."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, Gauge, Histogram, generate_latest
from sqlalchemy.orm import Session

from app.health import store
from app.tables import now

_REQUESTS = Histogram(
    "cusp_request_seconds",
    "Duration of requests, by route.",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def observe(method: str, route: str, status: int, *, seconds: float) -> None:
    """Note a finished request; `route` is the template, so that there are few of them."""
    _REQUESTS.labels(method, route, str(status)).observe(seconds)


def seconds_since_a_worker(session: Session) -> float | None:
    """Return how long ago a worker was seen, or None if there is none."""
    seen_at = store.worker_seen_at(session)
    return None if seen_at is None else max(0.0, (now() - seen_at).total_seconds())


def text(session: Session) -> bytes:
    """Return everything in Prometheus' text format."""
    counts, registry = store.counts(session), CollectorRegistry()
    waited = seconds_since_a_worker(session)
    gauges = {
        ("cusp_open_queries", "Queries that still take labels."): counts.open_queries,
        ("cusp_queued_stages", "Stages that wait for a worker."): counts.queued_stages,
        ("cusp_running_stages", "Stages that a worker runs."): counts.running_stages,
        ("cusp_answers_spent", "Answers that count, over all projects."): counts.answers_spent,
        ("cusp_worker_seen_seconds", "Seconds since a worker was seen; NaN without one."): (
            float("nan") if waited is None else waited
        ),
    }
    for (name, explanation), value in gauges.items():
        Gauge(name, explanation, registry=registry).set(value)
    return generate_latest(REGISTRY) + generate_latest(registry)
