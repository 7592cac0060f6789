"""骨灰安放 of a year: keeping bodies, two forms in two versions, certificates, placements.

The blanks left of the old version are taken over by number range; on 15 March what is left of them
is sealed and the new version begins. The blanks of the new one are counted at each month end.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from domain.calendar import month_end, month_of
from domain.event import Event, Person
from domain.funeral import (
    AshesCertificateIssued,
    AshesPlaced,
    CremationRecorded,
    FormKind,
    FormStockCounted,
    FormStockPrinted,
    FormStockSealed,
    FormVersionActivated,
    FormVoided,
    KeepingBodyClosed,
    KeepingBodyTakenOver,
)
from domain.identifiers import TOWNSHIPS
from sample.feed import Feed, Truth, dice
from sample.people import People

SOURCE = "funeral"
DEATHS = 560
FIRST_NUMBER = {"old": 3401, "new": 1}
LAST_NUMBER = {"old": 4400, "new": 2000}
SPOILED = (40, 77)
"""Of each version, the forms in these places were spoiled."""
FORM_KINDS: tuple[FormKind, ...] = ("promise", "receipt")
BODIES = 12
BodyKind = Literal["columbarium", "public-cemetery", "temple"]
KINDS: tuple[tuple[BodyKind, str], ...] = (
    ("columbarium", "骨灰楼"),
    ("public-cemetery", "公益性公墓"),
    ("temple", "寄存堂"),
)


class _FuneralOffice:
    """The funeral office of the sample: its bodies, and the next number of every form."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.start, self.change = date(year, 1, 1), date(year, 3, 15)
        self.dice = dice("funeral", year)
        self.people = People(self.dice, 7)
        self.bodies = [f"GH-{n:02d}" for n in range(1, BODIES + 1)]
        self.closed_on = date(year, 10, 31)
        self.next = {
            f"{kind}-{version}": first
            for kind in FORM_KINDS
            for version, first in FIRST_NUMBER.items()
        }

    def send(self, event_id: str, event: Event) -> None:
        """Nothing arrives before the year begins."""
        received = max(event.occurred_on(), self.start)
        self.feed.send(SOURCE, event_id, event, received=received)

    def open_bodies(self) -> None:
        """Twelve bodies on the register; the last closes in autumn."""
        townships = list(TOWNSHIPS)
        for n, body in enumerate(self.bodies):
            kind, title = KINDS[n % len(KINDS)]
            taken_over = KeepingBodyTakenOver(
                body=body,
                name=f"示例{title}{n + 1}号",
                kind=kind,
                township=townships[n % len(townships)],
                registered_on=date(2008 + n, 6, 1),
            )
            self.send(f"body-{body}", taken_over)
        closed = KeepingBodyClosed(
            body=self.bodies[-1], closed_on=self.closed_on, reason="并入公益性骨灰楼"
        )
        self.send(f"closed-{self.bodies[-1]}", closed)

    def take_in(self, version: str, printed_on: date, activated_on: date) -> None:
        """Blanks of both kinds in a version, and the day it came into use."""
        for kind in FORM_KINDS:
            form = f"{kind}-{version}"
            printed = FormStockPrinted(
                form=form,
                kind=kind,
                first_number=FIRST_NUMBER[version],
                last_number=LAST_NUMBER[version],
                printed_on=printed_on,
            )
            self.send(f"printed-{form}", printed)
            activated = FormVersionActivated(
                form=form,
                kind=kind,
                activated_on=activated_on,
                notice_number=f"示例殡〔{activated_on.year}〕4号",
                replaces=f"{kind}-old" if version == "new" else None,
            )
            self.send(f"activated-{form}", activated)

    def issue(self, kind: FormKind, deceased: Person, on: date) -> tuple[str, int]:
        """One certificate on the version in use that day; a form may be spoiled first."""
        version = "old" if on < self.change else "new"
        form = f"{kind}-{version}"
        if self.next[form] - FIRST_NUMBER[version] in SPOILED:
            number = self._take(form)
            spoiled = FormVoided(
                form=form, kind=kind, number=number, voided_on=on, reason="填写错误"
            )
            self.send(f"voided-{form}-{number:05d}", spoiled)
        number = self._take(form)
        issued = AshesCertificateIssued(
            form=form,
            kind=kind,
            number=number,
            deceased=deceased,
            issued_on=on,
            issuer=f"BY-{self.dice.randrange(1, 4):02d}",
        )
        self.send(f"{form}-{number:05d}", issued)
        return form, number

    def _take(self, form: str) -> int:
        self.next[form] += 1
        return self.next[form] - 1

    def seal(self) -> None:
        """What is left of the old forms, put under seal the day the new ones come into use."""
        for kind in FORM_KINDS:
            first, last = self.next[f"{kind}-old"], LAST_NUMBER["old"]
            sealed = FormStockSealed(
                form=f"{kind}-old",
                kind=kind,
                first_number=first,
                last_number=last,
                sealed_on=self.change,
                count=last - first + 1,
                witnesses=("BY-01", "JB-03"),
            )
            self.send(f"sealed-{kind}-old", sealed)

    def count_blanks(self, on: date) -> None:
        """盘点 of the new forms."""
        for kind in FORM_KINDS:
            blank = LAST_NUMBER["new"] - self.next[f"{kind}-new"] + 1
            counted = FormStockCounted(form=f"{kind}-new", kind=kind, blank=blank, counted_on=on)
            self.send(f"count-{kind}-{on:%Y-%m}", counted)

    def cremate(self, number: int, on: date) -> None:
        """One death, from the cremation to the place where the ashes are kept."""
        deceased = self._deceased()
        record = CremationRecorded(
            record=f"HH-{self.year}-{number:04d}",
            deceased=deceased,
            died_on=on - timedelta(days=self.dice.randrange(1, 4)),
            cremated_on=on,
        )
        self.send(f"cremation-{self.year}-{number:04d}", record)
        self.issue("promise", deceased, on)
        form, receipt = self.issue("receipt", deceased, on)
        if number % 5 == 0:
            return  # taken to a place of another district
        placed_on = on + timedelta(days=self.dice.randrange(12))
        there = self.bodies if placed_on < self.closed_on else self.bodies[:-1]
        placed = AshesPlaced(
            body=self.dice.choice(there),
            deceased=deceased,
            receipt_form=form,
            receipt_number=receipt,
            placed_on=placed_on,
        )
        self.send(f"placed-{self.year}-{number:04d}", placed)

    def _deceased(self) -> Person:
        born = date(self.year - self.dice.randrange(55, 95), self.dice.randrange(1, 13), 1)
        return Person(
            id_kind="resident-id",
            id_number=self.people.id_number(born, man=self.dice.random() < 0.5),
            name=self.people.name(),
        )


def send(feed: Feed, year: int) -> Truth:
    """Send the funeral office's year; no monthly figure of the report comes of it."""
    office = _FuneralOffice(feed, year)
    office.open_bodies()
    office.take_in("old", date(year - 2, 9, 12), date(2016, 4, 1))
    office.take_in("new", date(year, 3, 1), office.change)
    chance = office.dice
    days = sorted(office.start + timedelta(days=chance.randrange(1, 364)) for _ in range(DEATHS))
    for number, on in enumerate(days, start=1):
        office.cremate(number, on)
        following = days[number] if number < len(days) else date(year + 1, 1, 1)
        if on < office.change <= following:
            office.seal()
        if on >= office.change and on.month != following.month:
            office.count_blanks(month_end(month_of(on)))
    return {}
