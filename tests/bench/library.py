"""The eventsourcing library's own Application on PostgreSQL, one event per save.

It gets what helps it: parsed JSON without a contract to check, its aggregate cache, a connection
pool. It judges the same payments by the same rules.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tests.bench.work import AMOUNT_FEN, CASES, MONTHS, TWICE, Work, case_number, expect


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
        self.paid_fen = 0
        self.breached = 0

    @staticmethod
    def create_id(case_number: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/case/{case_number}")

    def pay(self, message: dict[str, Any]) -> None:
        data = message["data"]
        breaches: list[str] = []
        if data["programme"] != self.programme:
            breaches.append("programme-differs")
        if any(month < self.first_month for month in data["months"]):
            breaches.append("month-not-entitled")
        if any(month in self.paid_months for month in data["months"]):
            breaches.append("month-already-paid")
        if data["amount_fen"] != self.monthly_amount_fen * len(data["months"]):
            breaches.append("amount-differs")
        if data["months"][-1] > data["settled_on"][:7]:
            breaches.append("paid-in-advance")
        self.settle(message, breaches)

    @event("PaymentSettled")
    def settle(self, message: dict[str, Any], breaches: list[str]) -> None:
        self.paid_months = (*self.paid_months, *message["data"]["months"])
        self.paid_fen += message["data"]["amount_fen"]
        self.breached += len(breaches)


class Cases(Application[UUID]):
    """The application: one aggregate loaded, one event saved at a time."""

    def take_over(self, message: dict[str, Any]) -> None:
        data = message["data"]
        names = ("case_number", "programme", "first_month", "monthly_amount_fen")
        self.save(Case(**{name: data[name] for name in names}))

    def pay(self, message: dict[str, Any]) -> None:
        case: Case = self.repository.get(Case.create_id(message["data"]["case_number"]))
        case.pay(message)
        self.save(case)


class Library:
    """The library's side of the bench; `payments` takes a slice of the work and times it."""

    def __init__(self, url: str, work: Work) -> None:
        parts = urlsplit(url)
        self._app = Cases(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": parts.path.lstrip("/"),
                "POSTGRES_HOST": parts.hostname or parse_qs(parts.query)["host"][0],
                "POSTGRES_PORT": str(parts.port or 5432),
                "POSTGRES_USER": parts.username or "postgres",
                "POSTGRES_PASSWORD": parts.password or "",
                "AGGREGATE_CACHE_MAXSIZE": str(CASES),
            }
        )
        self._work = work
        for line in work.cases:
            self._app.take_over(json.loads(line))

    def payments(self, start: int, stop: int) -> float:
        """Seconds that the payments start..stop took."""
        lines = self._work.payments[start:stop]
        began = time.perf_counter()
        for line in lines:
            self._app.pay(json.loads(line))
        return time.perf_counter() - began

    def check(self) -> None:
        """Every payment is in, with the right sums and the same breaches as ours."""
        app = self._app
        found: list[Case] = [
            app.repository.get(Case.create_id(case_number(n))) for n in range(CASES)
        ]
        expect("library: events", app.recorder.max_notification_id(), CASES * (1 + len(MONTHS)))
        expect("library: sum", sum(c.paid_fen for c in found), AMOUNT_FEN * CASES * len(MONTHS))
        expect("library: breaches", sum(c.breached for c in found), TWICE)

    def close(self) -> None:
        self._app.close()
