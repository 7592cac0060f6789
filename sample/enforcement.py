"""Enforcement of a year: inspections and penalties, sent and counted at one desk."""

from __future__ import annotations

from datetime import date

from sample.desk import PLATFORM, Desk
from sample.feed import Feed, Truth
from sample.inspections import Inspections
from sample.penalties import Penalties


def send(feed: Feed, year: int) -> Truth:
    """Send the year of enforcement."""
    desk = Desk(feed, year)
    inspections, penalties = Inspections(desk), Penalties(desk)
    inspections.information()
    inspections.random_inspections()
    inspections.ash_inspections()
    inspections.patrols()
    penalties.punish(0, ("registration-revoked", "illegal-gains-confiscated"), 120_000)
    penalties.punish(1, ("registration-revoked",), 0)
    penalties.not_punished()
    feed.send_again(f"{PLATFORM}/yzf-{year}-0020", date(year, 9, 9))
    return desk.truth
