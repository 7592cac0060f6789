"""婚姻登记 of a year: marriages, divorces, re-issues of both certificates, two ceremonies.

Numbers run without gaps per kind. Beside what the report counts stand the records that other
readings would count too: registrations revoked or declared void later, couples of whom one lives
here, applications that came to nothing, earlier registrations from the archive. One marriage of the
last day arrives only in February, and one couple's 户籍 is corrected then.
"""

from __future__ import annotations

from datetime import date

from domain.marriage import marriages as facts
from domain.marriage.divorces import DivorceRefused
from sample.feed import Feed
from sample.marriage.archive import send_archive
from sample.marriage.divorces import send_divorces
from sample.marriage.marriages import send_ceremonies, send_marriages
from sample.marriage.registry import Registry
from sample.marriage.reissues import send_reissues

REFUSALS = ("under-age", "already-married", "close-relatives")
DIVORCE_REFUSALS = ("no-agreement", "registered-outside", "no-capacity")


def send(feed: Feed, year: int) -> None:
    """Send the registry's year; counts F40 to F44, F48 and F49."""
    registry = Registry(feed, year)
    days = registry.working_days(date(year, 1, 2), date(year, 12, 31))
    marriages = send_marriages(registry, days)
    send_divorces(registry)
    send_reissues(registry, days)
    send_ceremonies(registry, marriages)
    for n, reason in enumerate(REFUSALS, start=1):
        refused = registry.sender.about(f"JS-{year}-{n:04d}")
        name = f"refused-{year}-{n:02d}"
        refused.send(facts.MarriageRefused, days[40 * n], name, reason=reason)
    for n, ground in enumerate(DIVORCE_REFUSALS, start=1):
        refused = registry.sender.about(f"LBS-{year}-{n:04d}")
        name = f"divorce-refused-{year}-{n:02d}"
        refused.send(DivorceRefused, days[60 * n], name, reason=ground)
    send_archive(registry)
