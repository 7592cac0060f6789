"""Where cases are planted: senders, dates, persons, and what is noted as planted."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from domain.catalogue import type_of
from domain.event import Event
from sample.days import label, working_day
from sample.defects.folk import Folk
from sample.defects.groups import Group
from sample.feed import Feed, dice
from sample.planted import Planted
from sample.sender import Sender


class Plot:
    """A year in which cases are planted, each lawful but for what is wrong with it.

    `whole_year`: whether what concerns the year as a whole (how many bodies were drawn) is unlawful
    too; one year can show only one side of such a limit.
    """

    def __init__(self, feed: Feed, year: int, *, whole_year: bool) -> None:
        self.feed, self.year, self.whole_year = feed, year, whole_year
        self.office, self.bureau = feed.office, feed.office.bureau
        self.planted: list[Planted] = []
        self.folk = Folk(dice("defects", year))
        self._group: Group | None = None
        rural = [v for v in self.office.villages if not self.office.is_urban(v[:9])]
        self._villages = cycle(rural)

    # When.

    def day(self, month: int, day: int) -> date:
        """A day of the year."""
        return date(self.year, month, day)

    def working(self, month: int, number: int) -> date:
        """The n-th working day of a month."""
        return working_day(self.year, month, number)

    def month(self, number: int) -> str:
        """A month by number: 1 to 12; 0 is last December."""
        return label(self.year, number)

    def limit(self, name: str, on: date | None = None) -> int:
        """A limit as the bureau's parameters have it."""
        number = self.bureau.rules.number(name, on or self.day(6, 1))
        if number is None:
            raise LookupError(name)
        return number

    @property
    def last_day(self) -> date:
        """The last day of which something is told."""
        return self.day(12, 31)

    # Who and where.

    def place(self) -> dict[str, str]:
        """A village of a rural township; every time another."""
        village = next(self._villages)
        return {"township": village[:9], "village": village}

    def number(self) -> str:
        """The next number of a case that is planted for the rule at hand: A13-01."""
        rule = self._group.rule if self._group else "Q"
        return f"{rule}-{self.feed.number(f'defects {rule}'):02d}"

    # What is told.

    def say(self, system: str, key: str, fact: type[Event], on: date, /, **fields: Any) -> str:
        """Tell a fact about a business thing; returns "<source>/<id>".

        It arrives on its business date, or when `received` says.
        """
        received: date | None = fields.pop("received", None)
        return self._sender(system, key, received).send(fact, on, **fields)

    def _sender(self, system: str, key: str, received: date | None) -> Sender:
        sender = Sender(self.feed, system, self.year, "{key}-{number:05d}")
        return sender.about(key).arriving(received)

    def change(self, name: str, received: date, **changes: Any) -> str:
        """更正 of what was told: some fields are others."""
        return self._correct(name, received, "changed", changes)

    def revoke(self, name: str, received: date) -> str:
        """撤销 of what was told: it never was."""
        return self._correct(name, received, "revoked", {})

    def _correct(self, name: str, received: date, kind: str, changes: dict[str, Any]) -> str:
        source, _, event_id = name.partition("/")
        message = self.feed.message(name)
        fact = type_of(message["type"])
        if fact is None:
            raise LookupError(name)
        event = fact.model_validate_json(json.dumps(message["data"])).model_copy(update=changes)
        system = next(s for s, named in self.office.sources.items() if named == source)
        correction = f"{event_id}-{self.feed.number(f'corrections of {name}')}"
        return self.feed.send(
            system, correction, event, received=received, corrects=name, kind=kind
        )

    # What is planted.

    def begin(self, group: Group) -> None:
        """From now on cases of this rule are planted."""
        self._group = group

    def unlawful(self, what: str, *subjects: Any, **more: Any) -> None:
        """Note a case; `subjects` are streams, events, or what is written as one."""
        self.plant(True, what, *subjects, **more)  # noqa: FBT003  the side of the limit

    def lawful(self, what: str, *subjects: Any, **more: Any) -> None:
        """Note a lawful twin."""
        self.plant(False, what, *subjects, **more)  # noqa: FBT003  the side of the limit

    def plant(
        self,
        unlawful: bool,  # noqa: FBT001  the side of the limit, first to be read
        what: str,
        *subjects: Any,
        since: date | None = None,
        until: date | None = None,
        also: tuple[str, ...] = (),
    ) -> None:
        """Note a case that lies on one side of a limit."""
        if self._group is None:
            raise LookupError("no group of cases has begun")
        self.planted.append(
            Planted(
                self._group.rule,
                unlawful,
                what,
                self._group.basis,
                tuple(str(subject) for subject in subjects),
                since if unlawful else None,
                until if unlawful else None,
                also,
            )
        )


def days_after(day: date, days: int) -> date:
    """So many calendar days later."""
    return day + timedelta(days=days)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 1 March for a 29 February that was not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)
