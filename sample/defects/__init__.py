"""A planted year: cases that break each audit rule, and lawful twins that lie just at its limit.

It is written from the law alone and knows nothing of the rules. One module per group of rules; a
case says in a few lines what is wrong with it. What it planted it writes to a truth file, against
which what the rules find is held (precision and recall).
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.calendar import CalendarUnknown
from sample.defects import (
    base,
    casework,
    couples,
    enforcement,
    further,
    money,
    persons,
    registers,
    releases,
)
from sample.defects.acts import Acts
from sample.defects.bodies import Bodies
from sample.defects.grants import Desk
from sample.defects.ledgers import Payrolls
from sample.defects.plot import Plot
from sample.feed import Feed, Truth
from sample.office import Office, default
from sample.planted import Planted

LAST = "A51"
"""Its case is about all enforcement of the year."""


@dataclass(frozen=True, slots=True)
class Defects:
    """What is sent, and what was planted."""

    feed: Feed
    planted: list[Planted]

    @property
    def truth(self) -> Truth:
        """No figures: the planted year has none to be compared."""
        return {}


def build(year: int, office: Office | None = None, *, whole_year: bool = True) -> Defects:
    """Plant a year; the same year gives the same bytes.

    `whole_year`: whether what concerns the year as a whole is unlawful too. Raises CalendarUnknown.
    """
    office = office or default()
    if year not in office.years:
        raise CalendarUnknown(year, office.years)
    plot = Plot(Feed(office), year, whole_year=whole_year)
    base.begin(plot)
    desk = Desk(plot, Payrolls(plot))
    acts = Acts(plot)
    bodies = Bodies(plot, acts)
    for groups, helper in (
        (money.GROUPS, desk),
        (persons.GROUPS, desk),
        (casework.GROUPS, desk),
        (releases.GROUPS, desk),
        (enforcement.GROUPS, acts),
        (further.CASES, desk),
        (further.ACTS, acts),
        (registers.GROUPS, bodies),
        (couples.GROUPS, bodies),
    ):
        for group in groups:
            if group.rule != LAST:
                plot.begin(group)
                group.plant(helper)
    registers.close(bodies)
    for group in enforcement.GROUPS:
        if group.rule == LAST:
            plot.begin(group)
            group.plant(acts)
    desk.close()
    return Defects(plot.feed, plot.planted)
