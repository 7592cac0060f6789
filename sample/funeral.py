"""骨灰安放 of a year: keeping bodies, two forms in two versions, certificates, placements.

The blanks left of the old version are taken over by number range; on 15 March what is left of them
is sealed and the new version begins. The blanks of the new one are counted at each month end.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain import funeral as facts
from domain.calendar import month_end, month_of
from domain.codes import label
from domain.event import Person
from sample.feed import Feed, dice
from sample.people import People
from sample.sender import Sender

RANGES = {"old": (3401, 4400), "new": (1, 2000)}
"""First and last number of the blanks of each version, of both forms."""
SPOILED = (40, 77)
"""Of each version, the forms in these places were spoiled."""
FORM_KINDS = ("promise", "receipt")
BODIES = [f"GH-{n:02d}" for n in range(1, 13)]
KINDS: tuple[facts.KeepingBodyKind, ...] = ("columbarium", "public-cemetery", "temple")


def send(feed: Feed, year: int) -> None:
    """Send the funeral office's year; no monthly figure of the report comes of it."""
    office = _Office(feed, year)
    office.open_bodies()
    office.take_in("old", date(year - 2, 9, 12), date(2016, 4, 1))
    office.take_in("new", date(year, 3, 1), office.change)
    start, chance = date(year, 1, 1), office.dice
    days = sorted(
        start + timedelta(days=chance.randrange(1, 364)) for _ in range(feed.office.goals.deaths)
    )
    for number, on in enumerate(days, start=1):
        office.cremate(number, on)
        following = days[number] if number < len(days) else date(year + 1, 1, 1)
        if on < office.change <= following:
            office.seal()
        if on >= office.change and on.month != following.month:
            office.count_blanks(month_end(month_of(on)))


class _Office:
    """The funeral office, and the next number of every form."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.year = year
        self.sender = Sender(feed, "funeral", year)
        self.change, self.closed_on = date(year, 3, 15), date(year, 10, 31)
        self.dice = dice("funeral", year)
        self.people = People(self.dice, 7)
        self.next = {
            f"{kind}-{version}": first
            for kind in FORM_KINDS
            for version, (first, _) in RANGES.items()
        }

    def open_bodies(self) -> None:
        """Twelve bodies on the register; the last closes in autumn."""
        townships, places = self.sender.office.townships, self.sender.office.bureau.townships
        for n, body in enumerate(BODIES):
            kind = KINDS[n % len(KINDS)]
            title = label(kind, facts.KeepingBodyKind)
            fields = {"kind": kind, "name": f"示例{title}{n + 1}号"}
            registered, name = date(2008 + n, 6, 1), f"body-{body}"
            there = [t for t in townships if (places[t].since or registered) <= registered]
            fields["township"] = there[n % len(there)]
            self.sender.about(body).send(facts.KeepingBodyTakenOver, registered, name, **fields)
        last, why = self.sender.about(BODIES[-1]), "并入公益性骨灰楼"
        last.send(facts.KeepingBodyClosed, self.closed_on, f"closed-{BODIES[-1]}", reason=why)

    def take_in(self, version: str, printed_on: date, activated_on: date) -> None:
        """Blanks of both kinds in a version, and the day it came into use."""
        first, last = RANGES[version]
        for kind in FORM_KINDS:
            form = self.sender.about(f"{kind}-{version}")
            numbers = {"kind": kind, "first_number": first, "last_number": last}
            form.send(facts.FormStockPrinted, printed_on, f"printed-{form.key}", **numbers)
            form.send(
                facts.FormVersionActivated,
                activated_on,
                f"activated-{form.key}",
                kind=kind,
                notice_number=f"示例殡〔{activated_on.year}〕4号",
                replaces=f"{kind}-old" if version == "new" else None,
            )

    def issue(self, kind: str, deceased: Person, on: date) -> dict[str, str | int]:
        """One certificate on the version in use that day; a form may be spoiled first."""
        version = "old" if on < self.change else "new"
        key = f"{kind}-{version}"
        form = self.sender.about(key)
        if self.next[key] - RANGES[version][0] in SPOILED:
            spoiled = {"kind": kind, "number": self.take(key), "reason": "填写错误"}
            form.send(facts.FormVoided, on, f"voided-{key}-{spoiled['number']:05d}", **spoiled)
        number = self.take(key)
        issuer = f"BY-{self.dice.randrange(1, 4):02d}"
        fields = {"kind": kind, "number": number, "deceased": deceased, "issuer": issuer}
        form.send(facts.AshesCertificateIssued, on, f"{key}-{number:05d}", **fields)
        return {"receipt_form": key, "receipt_number": number}

    def take(self, form: str) -> int:
        """The next number of a form."""
        self.next[form] += 1
        return self.next[form] - 1

    def seal(self) -> None:
        """What is left of the old forms, put under seal the day the new ones come into use."""
        for kind in FORM_KINDS:
            form, last = self.sender.about(f"{kind}-old"), RANGES["old"][1]
            first = self.next[f"{kind}-old"]
            form.send(
                facts.FormStockSealed,
                self.change,
                f"sealed-{form.key}",
                kind=kind,
                first_number=first,
                last_number=last,
                count=last - first + 1,
                witnesses=("BY-01", "JB-03"),
            )

    def count_blanks(self, on: date) -> None:
        """盘点 of the new forms."""
        for kind in FORM_KINDS:
            blank = RANGES["new"][1] - self.next[f"{kind}-new"] + 1
            form, name = self.sender.about(f"{kind}-new"), f"count-{kind}-{on:%Y-%m}"
            form.send(facts.FormStockCounted, on, name, kind=kind, blank=blank)

    def cremate(self, number: int, on: date) -> None:
        """One death, from the cremation to the place where the ashes are kept."""
        deceased, serial = self.deceased(), f"{self.year}-{number:04d}"
        died_on = on - timedelta(days=self.dice.randrange(1, 4))
        record, who = self.sender.about(f"HH-{serial}"), {"deceased": deceased}
        record.send(facts.CremationRecorded, on, f"cremation-{serial}", died_on=died_on, **who)
        self.issue("promise", deceased, on)
        receipt = self.issue("receipt", deceased, on)
        if number % 5 == 0:
            return  # taken to a place of another district
        placed_on = on + timedelta(days=self.dice.randrange(12))
        there = BODIES if placed_on < self.closed_on else BODIES[:-1]
        body = self.sender.about(self.dice.choice(there))
        body.send(facts.AshesPlaced, placed_on, f"placed-{serial}", **who, **receipt)

    def deceased(self) -> Person:
        """Somebody old."""
        born = date(self.year - self.dice.randrange(55, 95), self.dice.randrange(1, 13), 1)
        number = self.people.id_number(born, man=self.dice.random() < 0.5)
        return Person(id_kind="resident-id", id_number=number, name=self.people.name())
