"""The eventsourcing library on PostgreSQL: Application, one event per save; ProjectionRunner.

It gets what helps it: parsed JSON without a contract to check and without Kafka, its aggregate
cache, a connection pool, and a process of its own for the projection, so that both cores work. It
judges the same payments by the same rules.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.sql import SQL

from infra import postgres
from tests.bench.place import Place, watch
from tests.bench.work import Results, Work, breaches_of, expect, results

PROJECTION = "from tests.bench.library import project; project()"
"""Imported, not run with -m: the library stores the module's name as the name of an event."""
AT_ONCE = 500
"""Cases taken over per save; that is not timed."""


class Case(Aggregate):
    """A household case in the library's own style."""

    @event("TakenOver")
    def __init__(
        self, case_number: str, programme: str, first_month: str, monthly_amount_fen: int
    ) -> None:
        self.case_number = case_number
        self.programme = programme
        self.first_month = first_month
        self.monthly_amount_fen = monthly_amount_fen
        self.paid_months: tuple[str, ...] = ()
        self.breached = 0

    @staticmethod
    def create_id(case_number: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/case/{case_number}")

    def pay(self, message: dict[str, Any]) -> list[str]:
        terms = (self.programme, self.first_month, self.monthly_amount_fen)
        breaches = breaches_of(message["data"], *terms, self.paid_months)
        self.settle(message, breaches)
        return breaches

    @event("PaymentSettled")
    def settle(self, message: dict[str, Any], breaches: list[str]) -> None:
        self.paid_months = (*self.paid_months, *message["data"]["months"])
        self.breached += len(breaches)


class Cases(Application[UUID]):
    """The application: one aggregate loaded, one event saved at a time."""

    def pay(self, message: dict[str, Any]) -> list[str]:
        case: Case = self.repository.get(Case.create_id(message["data"]["case_number"]))
        breaches = case.pay(message)
        self.save(case)
        return breaches


class TotalsView(PostgresTrackingRecorder):
    """Monthly totals by township and programme, moved in the transaction that tracks the event."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS monthly_total (township text, programme text,"
                " month text, fen bigint, payments bigint,"
                " PRIMARY KEY (township, programme, month))"
            ).format()
        )

    def add(self, data: dict[str, Any], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO monthly_total VALUES (%s, %s, %s, %s, 1)"
                " ON CONFLICT (township, programme, month) DO UPDATE SET"
                " fen = monthly_total.fen + excluded.fen, payments = monthly_total.payments + 1",
                (
                    data["township"],
                    data["programme"],
                    data["settled_on"][:7],
                    data["amount_fen"],
                ),
                prepare=True,
            )


class Totals(Projection[TotalsView]):
    """Takes payments only; the library leaves all other events in the database."""

    topics = (get_topic(Case.PaymentSettled),)  # type: ignore[attr-defined]  # made by @event

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.add(domain_event.message["data"], tracking)


def environment(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or parse_qs(parts.query)["host"][0],
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "postgres",
        "POSTGRES_PASSWORD": parts.password or "",
        "AGGREGATE_CACHE_MAXSIZE": "10000",
    }


async def application_alone(place: Place, name: str, made: Work) -> float:
    """Seconds that judging and saving the payments took, without a projection."""
    async with place.database(name) as url:
        app = _prepared(url, made)
        began = time.perf_counter()
        found, unknown = _pay(app, made)
        seconds = time.perf_counter() - began
        app.close()
        wanted = results(made.payments)
        expect("library: breaches", (found, unknown), (wanted.breaches, wanted.unknown))
    return seconds


async def end_to_end(place: Place, name: str, made: Work) -> float:
    """Seconds until the totals hold the last payment; the projection is up and idle at first."""
    wanted = results(made.payments)
    end = len(made.payments) - wanted.unknown
    async with place.database(name) as url, postgres.connect(url) as connection:
        app = _prepared(url, made)
        command = [sys.executable, "-c", PROJECTION, url]

        async def there() -> int:
            return int(await connection.fetchval("SELECT count(to_regclass('monthly_total'))"))

        async def done() -> int:
            sql = "SELECT coalesce(sum(payments), 0)::bigint FROM monthly_total"
            return int(await connection.fetchval(sql))

        with place.running("eventsourcing", command, {}) as process:
            await watch(there, 0, 1, process)
            began = time.perf_counter()
            found, unknown = _pay(app, made)
            await watch(done, 0, end, process)
            seconds = time.perf_counter() - began
        app.close()
        rows = await connection.fetch("SELECT * FROM monthly_total")
        totals = {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}
        expect("library", Results(totals, found, unknown), wanted)
    return seconds


def _prepared(url: str, made: Work) -> Cases:
    """The application with all cases taken over."""
    app = Cases(env=environment(url))
    names = ("case_number", "programme", "first_month", "monthly_amount_fen")
    cases = [json.loads(raw)["data"] for _, raw in made.cases]
    made_cases = [Case(**{name: data[name] for name in names}) for data in cases]
    for start in range(0, len(made_cases), AT_ONCE):
        app.save(*made_cases[start : start + AT_ONCE])
    return app


def _pay(app: Cases, made: Work) -> tuple[dict[str, int], int]:
    breaches: Counter[str] = Counter()
    unknown = 0
    for raw in made.raw:
        try:
            breaches.update(app.pay(json.loads(raw)))
        except AggregateNotFoundError:
            unknown += 1
    return dict(breaches), unknown


def project() -> None:
    """The process of the projection, until it is ended."""
    gc.freeze()
    gc.set_threshold(50_000)
    with ProjectionRunner(
        application_class=Cases,
        projection_class=Totals,
        view_class=TotalsView,
        env=environment(sys.argv[1]),
    ) as runner:
        runner.run_forever()
