"""婚姻登记 of a year: 2,207 marriages, 442 divorces, 127 and 8 re-issues, two ceremonies.

Numbers run without gaps per kind. One marriage of the last day arrives only in February, and one
couple's 户籍 is corrected then: both move figures after the report was published.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from domain.calendar import is_working_day, month_of
from domain.identifiers import marriage_certificate
from domain.marriage import (
    CertificateCeremonyHeld,
    CertificateVoided,
    DivorceApplicationTakenOver,
    DivorceApplied,
    DivorceCertReissued,
    DivorceLapsed,
    DivorceRegistered,
    DivorceWithdrawn,
    MarriageCertReissued,
    MarriageRefused,
    MarriageRegistered,
    MarriageTakenOver,
    Party,
    RegistrationRevoked,
    divorce_window,
)
from infra.sample.feed import DIVISION, Feed, Truth, dice
from infra.sample.people import People

SOURCE = "marriage"
MARRIAGES, DIVORCES, MARRIAGE_REISSUES, DIVORCE_REISSUES = 2207, 442, 127, 8
ACROSS = {"marriage": 521, "divorce": 129, "marriage-reissue": 46, "divorce-reissue": 3}
"""Couples of whom neither lives in the district: together 699."""
WITHDRAWN, LAPSED = 61, 44
CEREMONY_COUPLES = 12
ELSEWHERE = ("445103", "445122", "440501", "350602", "360731")
REGISTRARS = ("HY-01", "HY-02", "HY-03")

Couple = tuple[Party, Party]


class _Office:
    """The registry's year: draws couples and days, hands out numbers, keeps its own count."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.dice = dice("marriage", year)
        self.people = [People(self.dice, 4), People(self.dice, 5)]
        self.count: Counter[tuple[str, str]] = Counter()
        self._numbers: Counter[tuple[str, int]] = Counter()
        self._drawn = 0

    def number(self, kind: str, year: int | None = None) -> str:
        """The next certificate number of a kind."""
        year = year or self.year
        self._numbers[kind, year] += 1
        return marriage_certificate(kind, DIVISION, year, self._numbers[kind, year])

    def couple(self, *, residents: int, least_age: int = 23) -> Couple:
        """A man and a woman of lawful age, of whom so many have their 户籍 in the district."""
        self._drawn += 1
        people = self.people[self._drawn % 2]
        homes = [DIVISION] * residents + self.dice.choices(ELSEWHERE, k=2 - residents)
        self.dice.shuffle(homes)
        return (
            self._party(people, homes[0], least_age, man=True),
            self._party(people, homes[1], least_age, man=False),
        )

    def _party(self, people: People, home: str, least_age: int, *, man: bool) -> Party:
        born = date(
            self.year - least_age - self.dice.randrange(18),
            self.dice.randrange(1, 13),
            1,
        )
        return Party(
            id_kind="resident-id",
            id_number=people.id_number(born, man=man),
            name=people.name(),
            residence_division=home,
        )

    def residents(self, across: bool) -> int:
        """How many of a couple live here: none when across districts, else one or both."""
        return 0 if across else self.dice.choice((1, 1, 2, 2, 2))

    def registrars(self) -> tuple[str, ...]:
        """Two registrars on duty."""
        return tuple(self.dice.sample(REGISTRARS, 2))

    def counted(self, figure: str, on: date, *, across: bool) -> None:
        """Note a registration for the truth."""
        if on.year == self.year:
            self.count[month_of(on), figure] += 1
            if across:
                self.count[month_of(on), "F44"] += 1


def send(feed: Feed, year: int) -> Truth:
    """Send the registry's year."""
    office = _Office(feed, year)
    days = [date(year, 1, 2) + timedelta(days=n) for n in range(364)]
    days = [day for day in days if is_working_day(day)]
    couples = _marriages(office, days)
    _divorces(office)
    _reissues(office, days)
    _ceremonies(office, couples)
    for n, reason in enumerate(("under-age", "already-married", "close-relatives"), start=1):
        feed.send(
            SOURCE,
            f"refused-{year}-{n:02d}",
            MarriageRefused(receipt=f"JS-{year}-{n:04d}", reason=reason, refused_on=days[40 * n]),
        )
    return {
        month: {f: office.count[month, f] for f in ("F40", "F41", "F42", "F43", "F44")}
        for month in (f"{year}-{n:02d}" for n in range(1, 13))
    }


def _busy(days: list[date]) -> list[int]:
    """Weights of the days: couples like 2 February, 20 May and the days around 七夕."""
    favourites = {(2, 2), (2, 14), (5, 20), (5, 21), (8, 9), (9, 9), (12, 12)}
    return [12 if (day.month, day.day) in favourites else 2 for day in days]


def _marriages(office: _Office, days: list[date]) -> list[tuple[date, str]]:
    """All marriages in order of their numbers; returns (day, certificate number)."""
    feed, year = office.feed, office.year
    may, october = date(year, 5, 20), date(year, 10, 1)
    on = [may] * CEREMONY_COUPLES + [october] * CEREMONY_COUPLES
    on += office.dice.choices(days, _busy(days), k=MARRIAGES - len(on))
    on.sort()
    across = set(office.dice.sample(range(MARRIAGES), ACROSS["marriage"]))
    revoked = {300: 20, 1100: 45}
    corrected = next(n for n in sorted(across) if n > MARRIAGES // 2)
    made: list[tuple[date, str]] = []
    for n, day in enumerate(on):
        number = office.number("J")
        parties = office.couple(residents=office.residents(n in across))
        event = MarriageRegistered(
            certificate_number=number,
            parties=parties,
            registered_on=day,
            registrars=office.registrars(),
            kind=office.dice.choices(
                ("first", "remarriage-of-the-couple", "late-registration"), (96, 3, 1)
            )[0],
        )
        name = feed.send(SOURCE, f"j-{year}-{n + 1:06d}", event)
        office.counted("F40", day, across=n in across and n != corrected)
        made.append((day, number))
        if n in revoked:
            _revoke(office, number, day + timedelta(days=revoked[n]))
        if n == corrected:
            _correct(office, event, name)
    # The last couple of the year: entered on paper during an outage, sent seven weeks later.
    last = days[-1]
    late = MarriageRegistered(
        certificate_number=office.number("J"),
        parties=office.couple(residents=1),
        registered_on=last,
        registrars=office.registrars(),
    )
    feed.send(SOURCE, f"j-{year}-{MARRIAGES + 1:06d}", late, received=date(year + 1, 2, 20))
    office.counted("F40", last, across=False)
    feed.planted.append(
        {
            "what": "年末最后一天的一对结婚登记,断网时手工办理,次年二月补传",
            "known_since": f"{year + 1}-02-20",
            "figures": "F40",
        }
    )
    return made


def _revoke(office: _Office, number: str, on: date) -> None:
    office.feed.send(
        SOURCE,
        f"revoked-{number}",
        RegistrationRevoked(
            certificate_number=number,
            revoked_on=on,
            document_number=f"示例婚撤〔{on.year}〕{on:%m%d}号",
            reason="当事人冒用他人身份证件登记",
        ),
    )


def _correct(office: _Office, event: MarriageRegistered, name: str) -> None:
    """One party lives in the district after all; known in February only."""
    first, second = event.parties
    right = event.model_copy(
        update={"parties": (first.model_copy(update={"residence_division": DIVISION}), second)}
    )
    office.feed.send(
        SOURCE,
        f"{name.partition('/')[2]}-corrected",
        right,
        received=date(office.year + 1, 2, 24),
        corrects=name,
        kind="changed",
    )
    office.feed.planted.append(
        {
            "what": "一对结婚登记的一方户籍更正为本区,不再是异地办理",
            "known_since": f"{office.year + 1}-02-24",
            "figures": "F44",
        }
    )


def _divorces(office: _Office) -> None:
    """Applications from December before to December, of which 442 are registered in the year."""
    feed, year = office.feed, office.year
    start = date(year, 1, 1)
    first = date(year - 1, 11, 27)
    days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days)]
    days = [day for day in days if is_working_day(day)]
    inside, after = [], []
    for day in days:
        ends, closes = divorce_window(day)
        if ends >= start and closes <= date(year, 12, 30):
            inside.append(day)
        elif ends >= date(year, 12, 31):
            after.append(day)
    planned = [("registered", day) for day in office.dice.choices(inside, k=DIVORCES)]
    planned += [("withdrawn", day) for day in office.dice.choices(inside, k=WITHDRAWN)]
    planned += [("lapsed", day) for day in office.dice.choices(inside, k=LAPSED)]
    planned += [("registered", day) for day in office.dice.choices(after, k=27)]
    planned.sort(key=lambda p: p[1])
    this_year = [n for n, p in enumerate(planned) if p[0] == "registered" and p[1] in set(inside)]
    across = set(office.dice.sample(this_year, ACROSS["divorce"]))
    registered: list[tuple[date, int, Couple]] = []
    for n, (outcome, applied) in enumerate(planned):
        receipt = f"LS-{applied.year}-{n + 1:05d}"
        parties = office.couple(residents=office.residents(n in across), least_age=25)
        _apply(feed, receipt, parties, applied, start)
        ends, closes = divorce_window(applied)
        if outcome == "withdrawn":
            on = max(start, applied + timedelta(days=office.dice.randrange(3, 28)))
            feed.send(
                SOURCE, f"withdrawn-{receipt}", DivorceWithdrawn(receipt=receipt, withdrawn_on=on)
            )
        elif outcome == "lapsed":
            on = closes + timedelta(days=1)
            feed.send(SOURCE, f"lapsed-{receipt}", DivorceLapsed(receipt=receipt, lapsed_on=on))
        else:
            window = [ends + timedelta(days=d) for d in range(1, (closes - ends).days + 1)]
            on = office.dice.choice([day for day in window if is_working_day(day)])
            registered.append((on, n, parties))
    registered.sort(key=lambda r: (r[0], r[1]))
    for on, n, parties in registered:
        applied = planned[n][1]
        number = office.number("L", on.year)
        feed.send(
            SOURCE,
            f"l-{number}",
            DivorceRegistered(
                receipt=f"LS-{applied.year}-{n + 1:05d}",
                certificate_number=number,
                parties=parties,
                registered_on=on,
                registrars=office.registrars(),
            ),
        )
        office.counted("F41", on, across=n in across)


def _apply(feed: Feed, receipt: str, parties: Couple, applied: date, start: date) -> None:
    if applied < start:
        feed.send(
            SOURCE,
            f"taken-over-{receipt}",
            DivorceApplicationTakenOver(
                receipt=receipt, parties=parties, applied_on=applied, taken_over_on=start
            ),
        )
    else:
        feed.send(
            SOURCE,
            f"applied-{receipt}",
            DivorceApplied(receipt=receipt, parties=parties, applied_on=applied),
        )


def _reissues(office: _Office, days: list[date]) -> None:
    """Re-issued certificates; some for couples of earlier years taken over from the archive."""
    feed, year = office.feed, office.year
    plans = (
        ("BJ", "marriage-reissue", MARRIAGE_REISSUES, MarriageCertReissued, "F42"),
        ("BL", "divorce-reissue", DIVORCE_REISSUES, DivorceCertReissued, "F43"),
    )
    for kind, name, count, event, figure in plans:
        across = set(office.dice.sample(range(count), ACROSS[name]))
        for n, on in enumerate(sorted(office.dice.choices(days, k=count))):
            parties = office.couple(residents=office.residents(n in across), least_age=30)
            registered_on = on - timedelta(days=office.dice.randrange(700, 3000))
            if kind == "BJ" and n % 3 == 0:
                _take_over(feed, parties, registered_on, n, date(year, 1, 1))
            feed.send(
                SOURCE,
                f"{kind.lower()}-{year}-{n + 1:06d}",
                event(
                    certificate_number=office.number(kind),
                    parties=parties,
                    copies=2 if kind == "BJ" and n % 4 else 1,
                    registered_on=registered_on,
                    issued_on=on,
                    registrars=office.registrars(),
                ),
            )
            office.counted(figure, on, across=n in across)
    # Two spoiled blanks, after the last number used.
    for kind in ("BJ", "BL"):
        feed.send(
            SOURCE,
            f"voided-{kind.lower()}-{year}",
            CertificateVoided(
                certificate_number=office.number(kind), voided_on=days[-3], reason="打印错位"
            ),
        )


def _take_over(feed: Feed, parties: Couple, registered_on: date, n: int, start: date) -> None:
    number = marriage_certificate("J", DIVISION, registered_on.year, 3001 + n)
    feed.send(
        SOURCE,
        f"archive-{number}",
        MarriageTakenOver(
            certificate_number=number,
            parties=parties,
            registered_on=registered_on,
            taken_over_on=start,
        ),
    )


def _ceremonies(office: _Office, marriages: list[tuple[date, str]]) -> None:
    """Two collective ceremonies; every couple registered that day."""
    year = office.year
    plans: tuple[tuple[date, str, tuple[str, ...], str | None], ...] = (
        (date(year, 5, 20), "示例镇绿美广场", ("共青团区委",), None),
        (date(year, 10, 1), "婚姻登记服务中心颁证大厅", (), f"示例婚通〔{year}〕3号"),
    )
    for on, place, organisers, notice in plans:
        couples = [number for day, number in marriages if day == on][:CEREMONY_COUPLES]
        office.feed.send(
            SOURCE,
            f"ceremony-{on}",
            CertificateCeremonyHeld(
                ceremony=f"JT-{on:%Y%m%d}",
                held_on=on,
                place=place,
                certificates=tuple(couples),
                co_organisers=organisers,
                opening_notice=notice,
            ),
        )
