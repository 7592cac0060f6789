"""Messages that vendors get wrong, the way they do: each ends in quarantine with its reason."""

from __future__ import annotations

import json
from calendar import isleap
from datetime import datetime, time
from typing import Any

from domain.assistance.payouts import PaymentSettled
from domain.catalogue import full_type
from sample.days import label, working_day
from sample.feed import SHANGHAI, Feed

CASE = "DB-00002"


def send_broken(feed: Feed, year: int, used_id: str) -> None:
    """Send one of each; `used_id` is taken already."""
    paid_on = working_day(year, 3, 8)
    received = datetime.combine(paid_on, time(18, 30), SHANGHAI)
    good: dict[str, Any] = {
        "case_number": CASE,
        "programme": feed.office.code("dibao"),
        "months": [label(year, 3)],
        "amount_fen": 43_100,
        "settled_on": paid_on.isoformat(),
        "township": feed.office.rural_township,
    }
    wrong_id = {"id_kind": "resident-id", "id_number": "445190200203150011", "name": "示例"}
    faults: dict[str, dict[str, Any]] = {
        "dz-x-1": good | {"amount_fen": 431.5},
        "dz-x-2": good | {"amount_fen": -43_100},
        "dz-x-3": good | {"settled_on": f"{_common_year(year)}-02-29"},
        "dz-x-4": good | {"payee": wrong_id},
        "dz-x-5": {field: value for field, value in good.items() if field != "case_number"},
        used_id: good | {"amount_fen": 43_200},
    }
    lines = [_message(feed, event_id, received, data) for event_id, data in faults.items()]
    unknown_type, key_twice = (_message(feed, f"dz-x-{n}", received, good) for n in (6, 7))
    amount = b'"amount_fen":43100'
    lines += [
        unknown_type.replace(b"payment-settled.v1", b"payment-made.v1"),
        key_twice.replace(amount, amount + b"," + amount),
        f"个案号,金额;{CASE},431.00".encode(),
    ]
    for line in lines:
        feed.send_raw("payouts", line, received)


def _message(feed: Feed, event_id: str, received: datetime, data: dict[str, Any]) -> bytes:
    message = {
        "specversion": "1.0",
        "id": event_id,
        "source": feed.office.sources["payouts"],
        "type": full_type(PaymentSettled),
        "subject": f"case/{CASE}",
        "time": received.replace(hour=10).isoformat(),
        "datacontenttype": "application/json",
        "division": feed.office.division,
        "sequence": 0,
        "receivedat": received.isoformat(),
        "data": data,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _common_year(year: int) -> int:
    """The last year before this one that had no 29 February."""
    return next(y for y in range(year - 1, year - 3, -1) if not isleap(y))
