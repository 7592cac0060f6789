"""Metrics for Prometheus: what each process counts, measures and waits for.

Names carry their unit. A label takes few and known values: topics, partitions, outcomes, kinds of
fault; never a person, an event or free text. Every service has a registry of its own, so that
several can run in one process.
"""

from __future__ import annotations

import platform
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

# When each series began: a second series for each, and nobody asks. It has no types.
disable_created_metrics()  # type: ignore[no-untyped-call]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Bounds of a batch's duration; past 30 s PostgreSQL or the broker is in trouble."""


class Metrics:
    """The registry of one service."""

    def __init__(self, service: str, ledger: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        build = self.gauge(
            "build_info",
            "always 1; what runs here",
            ("service", "ledger", "version", "python"),
        )
        build.labels(service, ledger, version("mingjian"), platform.python_version()).set(1)

    def counter(self, name: str, doc: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(f"mingjian_{name}", doc, labels, registry=self.registry)

    def gauge(self, name: str, doc: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(f"mingjian_{name}", doc, labels, registry=self.registry)

    def histogram(self, name: str, doc: str, labels: tuple[str, ...] = ()) -> Histogram:
        return Histogram(f"mingjian_{name}", doc, labels, registry=self.registry, buckets=SECONDS)


class ServiceMetrics(Metrics):
    """What the services on Kafka have in common.

    For relay and projector the topic of a lag is the ledger topic, whose records are the entries.
    """

    def __init__(self, service: str, ledger: str) -> None:
        super().__init__(service, ledger)
        part = ("topic", "partition")
        self.records = self.counter(
            "records_total",
            "events taken, by where they ended; one taken after waiting counts again as accepted",
            (*part, "outcome"),
        )
        self.read = self.counter(
            "read_records_total",
            "records read to their end; one may hold many events, or none",
            part,
        )
        self.failures = self.counter(
            "failures_total", "records that our code failed on, put in quarantine as judge_failed"
        )
        self.entries = self.counter("entries_total", "entries published or projected")
        self.notices = self.counter(
            "notices_total", "receipts and notices of quarantine told, by kind", ("kind",)
        )
        self.batch = self.histogram("batch_duration_seconds", "from having a batch to its commit")
        self.retries = self.counter(
            "retries_total", "failures of a server after which work began anew", ("kind",)
        )
        self.position = self.gauge("position", "last position of the ledger done here")
        self.lag = self.gauge("lag_records", "records that wait to be done here", part)
        self.age = self.gauge("lag_seconds", "how long the oldest of them has waited", part)
        self.notices_lag = self.gauge(
            "lag_notices", "receipts and notices that wait to be told", ("kind",)
        )
        self.stalled = self.gauge(
            "stalled_since_timestamp_seconds",
            "time of the last progress while there is work; 0 without work or with progress",
        )
        self.looked = self.gauge(
            "looked_timestamp_seconds", "when the lags and what waits were last looked up"
        )
        self.foreign = self.counter(
            "foreign_records_total",
            "records met in a topic of the ledger that the ledger did not publish",
            ("topic",),
        )
        self.standby = self.gauge("standby", "1 while another relay of this ledger publishes")
        self.halted = self.gauge("halted_read_models", "read models that cannot fold an entry")
        self.aside = self.gauge(
            "waiting_events", "events not taken: parked, and in quarantine", ("place",)
        )
        self.claimed = self.gauge("waiting_claimed_fen", "what these claim, in 分", ("place",))
        self.alarm = self.gauge(
            "last_alarm_timestamp_seconds", "when this service last stopped itself", ("alarm",)
        )
