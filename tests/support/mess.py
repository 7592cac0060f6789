"""A file of events as real sources send them: right ones, late ones, again, and broken ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from sample.feed import SHANGHAI, Feed
from tests.support.money import a_household, a_payment

CLEAR = "示例甲"
"""The name that every person of this file bears."""


def messy_feed(households: int) -> Feed:
    """Households and a year of payments of two sources, with every kind of fault in between.

    Received in January: one payment parked for ever, one parked and taken. Over the year, from each
    tenth household: a payment sent twice. In March: a line of each broken kind, and other content
    under a used id. Known only in February 2025: a payment revoked.
    """
    feed = Feed()
    for number in range(households):
        at = datetime(2024, 1, 1, 8, tzinfo=SHANGHAI) + timedelta(seconds=number)
        feed.send("social-assistance", f"c-{number}", a_household(f"DB-{number}"), received=at)
    feed.send("payouts", "early", a_payment("DB-late", 50_000, "2024-01"))
    feed.send("payouts", "never", a_payment("DB-never", 50_000, "2024-01"))
    feed.send("social-assistance", "c-late", a_household("DB-late"), received=date(2024, 2, 20))
    for month in range(1, 13):
        for number in range(households):
            paid = a_payment(f"DB-{number}", 50_000, f"2024-{month:02d}")
            at = datetime(2024, month, 28, 9, tzinfo=SHANGHAI) + timedelta(seconds=number)
            name = feed.send("payouts", f"p-{month}-{number}", paid, received=at)
            if number % 10 == 0:
                feed.send_again(name, at + timedelta(hours=1))
    _broken(feed)
    wrong = a_payment("DB-0", 50_000, "2024-03")
    feed.send(
        *("payouts", "x-1", wrong),
        received=date(2025, 2, 10),
        corrects="payouts/p-3-0",
        kind="revoked",
    )
    return feed


def _broken(feed: Feed) -> None:
    day = date(2024, 3, 5)
    feed.send("payouts", "p-1-1", a_payment("DB-1", 49_999, "2024-01"), received=day)
    feed.send("payouts", "again", a_payment("DB-1", 1, "2024-03"), received=day)
    for raw in (
        b"not json",
        b"\xff\xfe not UTF-8",
        b"[" * 100_000,
        b'{"source": "payouts", "source": "payouts"}',
        b'{"source": "nobody", "id": "n-1"}',
        b'{"source": "payouts", "data": NaN}',
        b'{"source": "payouts", "id": "' + "大".encode() * 1_500_000 + b'"}',
    ):
        feed.send_raw("payouts", raw, day)


def write(feed: Feed, path: Path) -> int:
    """Write the feed as JSON Lines; returns how many lines."""
    lines = list(feed.lines())
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return len(lines)
