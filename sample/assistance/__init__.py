"""社会救助 of the sample year: 低保 and 特困 cases, 临时救助, and the money of every programme."""

from __future__ import annotations

from sample.assistance import applications, changes, dibao, payouts, relief, statuses, tekun
from sample.cases.plan import plan
from sample.feed import Feed, dice
from sample.sender import Sender


def send(feed: Feed, year: int) -> None:
    """Send the cases, then the money."""
    cases, chance = plan(feed.office, year), dice("assistance", year)
    sender = Sender(feed, "social-assistance", year, "{name}-{year}-{number:06d}")
    dibao.send_households(sender, chance, cases)
    tekun.send_persons(sender, chance, cases)
    applications.send_others(sender, chance)
    statuses.send_statuses(sender, dice("statuses", year))
    changes.send_changes(sender, dice("changes of households", year))
    payer = Sender(feed, "payouts", year, "{name}-{year}-{number:06d}")
    payouts.send_money(payer, cases)
    relief.send_reliefs(sender, payer, dice("temporary relief", year))
