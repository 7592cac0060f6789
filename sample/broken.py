"""Messages that vendors get wrong, the way they do: each ends in quarantine with its reason."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any

from domain.assistance.payouts import PaymentSettled
from domain.catalogue import full_type
from sample.feed import DIVISION, SHANGHAI, Feed
from sample.payroll import label, working_day

CASE = "DB-00002"


def send_broken(feed: Feed, year: int, used_id: str) -> dict[str, str]:
    """Send one of each; returns event id → reason code expected. `used_id` is taken already."""
    paid_on = working_day(year, 3, 8)
    good: dict[str, Any] = {
        "case_number": CASE,
        "programme": "dibao",
        "months": [label(year, 3)],
        "amount_fen": 43_100,
        "settled_on": paid_on.isoformat(),
        "township": "445102100",
    }
    wrong_id = {"id_kind": "resident-id", "id_number": "445190200203150011", "name": "示例"}
    faults: list[tuple[str, str, dict[str, Any]]] = [
        ("dz-x-1", "amount_not_integer", good | {"amount_fen": 431.5}),
        ("dz-x-2", "negative_amount", good | {"amount_fen": -43_100}),
        ("dz-x-3", "no_such_date", good | {"settled_on": f"{year - 1}-02-29"}),
        ("dz-x-4", "wrong_check_digit", good | {"payee": wrong_id}),
        ("dz-x-5", "missing_field", {k: v for k, v in good.items() if k != "case_number"}),
        (used_id, "id_conflict", good | {"amount_fen": 43_200}),
    ]
    received = datetime.combine(paid_on, time(18, 30), SHANGHAI)
    for event_id, _, data in faults:
        feed.send_raw("payouts", _message(event_id, received, data), received)
    good_text = _message("dz-x-6", received, good)
    feed.send_raw("payouts", good_text.replace(b"payment-settled.v1", b"payment-made.v1"), received)
    twice = _message("dz-x-7", received, good)
    twice = twice.replace(b'"amount_fen":43100', b'"amount_fen":43100,"amount_fen":43100')
    feed.send_raw("payouts", twice, received)
    feed.send_raw("payouts", f"个案号,金额\n{CASE},431.00".replace("\n", ";").encode(), received)
    codes = {event_id: code for event_id, code, _ in faults}
    return codes | {"dz-x-6": "unknown_type", "dz-x-7": "duplicate_key", "": "not_json"}


def _message(event_id: str, received: datetime, data: dict[str, Any]) -> bytes:
    message = {
        "specversion": "1.0",
        "id": event_id,
        "source": "payouts",
        "type": full_type(PaymentSettled),
        "subject": f"case/{CASE}",
        "time": received.replace(hour=10).isoformat(),
        "datacontenttype": "application/json",
        "division": DIVISION,
        "sequence": 0,
        "receivedat": received.isoformat(),
        "data": data,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
