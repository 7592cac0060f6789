"""The marriage registry of the sample: it draws couples and hands out certificate numbers."""

from __future__ import annotations

from datetime import date, timedelta

from domain.identifiers import MarriageCertificateKind, marriage_certificate
from domain.marriage.parties import ArchivedParty, Party
from sample.days import is_working_day
from sample.feed import Feed, dice
from sample.people import People
from sample.sender import Sender

REGISTRARS = ("HY-01", "HY-02", "HY-03")

Couple = tuple[Party, Party]


def archived(couple: Couple) -> tuple[ArchivedParty, ArchivedParty]:
    """A couple as the archive names them."""
    man, woman = (ArchivedParty(**dict(party)) for party in couple)
    return man, woman


class Registry:
    """One year of the registry."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.sender = Sender(feed, "marriage", year)
        self.year = year
        self.start = date(year, 1, 1)
        self.dice = dice("marriage", year)
        self.people = [People(self.dice, 4), People(self.dice, 5)]

    def working_days(self, first: date, last: date) -> list[date]:
        """The days the office is open."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if is_working_day(day)]

    def number(self, kind: MarriageCertificateKind, year: int | None = None) -> str:
        """The next certificate number of a kind."""
        year = year or self.year
        return marriage_certificate(
            kind, self.sender.office.division, year, self.feed.number(f"{kind} {year}")
        )

    def couple(self, *, across: bool, least_age: int = 24) -> Couple:
        """A man and a woman of lawful age; across districts, neither has the 户籍 here."""
        people = self.people[self.feed.number("couples") % 2]
        residents = 0 if across else self.dice.choice((1, 1, 2, 2, 2))
        office = self.sender.office
        homes = [office.division] * residents
        homes += self.dice.choices(office.neighbours, k=2 - residents)
        self.dice.shuffle(homes)
        born = [self.year - least_age - self.dice.randrange(18) for _ in homes]
        return (
            self.party(people, homes[0], born[0], man=True),
            self.party(people, homes[1], born[1], man=False),
        )

    def party(self, people: People, home: str | None, born: int, *, man: bool) -> Party:
        """One of the two, born in a year."""
        return Party(
            id_kind="resident-id",
            id_number=people.id_number(date(born, self.dice.randrange(1, 13), 1), man=man),
            name=people.name(),
            residence_division=home,
        )

    def registrars(self) -> tuple[str, ...]:
        """Two registrars on duty."""
        return tuple(self.dice.sample(REGISTRARS, 2))

    def count(self, figure: str, on: date, *, across: bool = False) -> None:
        """Note what a figure counts that day, and the couples of other districts (F44)."""
        self.feed.count(figure, on)
        self.feed.count("F44", on, int(across))
