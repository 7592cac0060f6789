"""婚姻登记 of a year: 2,207 marriages, 442 divorces, 127 and 8 re-issues, two ceremonies.

Numbers run without gaps per kind. Beside what the report counts stand the records that other
readings would count too: registrations revoked or declared void later, couples of whom one lives
here, applications that came to nothing, earlier marriages from the archive. One marriage of the
last day arrives only in February, and one couple's 户籍 is corrected then.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain.identifiers import MarriageCertificateKind, marriage_certificate
from domain.marriage.marriages import (
    CertificateCeremonyHeld,
    CertificateVoided,
    CourtJudgmentFiled,
    DivorceCertReissued,
    MarriageCertReissued,
    MarriageRefused,
    MarriageRegistered,
    MarriageTakenOver,
    RefusalReason,
    RegistrationRevoked,
)
from sample.divorces import send_divorces
from sample.feed import DIVISION, Feed, Truth
from sample.registry import SOURCE, Couple, Registry

MARRIAGES, MARRIAGE_REISSUES, DIVORCE_REISSUES = 2207, 127, 8
ACROSS = {"marriage": 521, "marriage-reissue": 46, "divorce-reissue": 3}
"""Neither of the couple lives in the district; with 129 divorces, 699."""
CEREMONY_COUPLES = 12
REFUSALS: tuple[RefusalReason, ...] = ("under-age", "already-married", "close-relatives")
FALSE_PAPERS, UNDER_AGE, FIRST_HUSBAND, SECOND_WIFE = 300, 700, 420, 1100
"""Places in the year's series: registered with another's papers, a bride of 19, and a man who
married a second time; each found out later."""
BOTH_CAME = 5
"""The one divorce re-issue for which both came and took a certificate each."""


def send(feed: Feed, year: int) -> Truth:
    """Send the registry's year."""
    registry = Registry(feed, year)
    days = registry.working_days(date(year, 1, 2), date(year, 12, 31))
    marriages = _marriages(registry, days)
    send_divorces(registry)
    _reissues(registry, "BJ", days)
    _reissues(registry, "BL", days)
    _ceremonies(registry, marriages)
    for n, reason in enumerate(REFUSALS, start=1):
        refused = MarriageRefused(
            receipt=f"JS-{year}-{n:04d}", reason=reason, refused_on=days[40 * n]
        )
        registry.send(f"refused-{year}-{n:02d}", refused)
    return registry.truth()


def _days_of_marriage(registry: Registry, days: list[date]) -> list[date]:
    """Couples like the days with 爱 in their sound, 20 May before all, and those around 七夕."""
    favourites = {(2, 2), (2, 14), (5, 20), (5, 21), (8, 9), (9, 9), (12, 12)}
    weights = [12 if (day.month, day.day) in favourites else 2 for day in days]
    ceremonies = [date(registry.year, *day) for day in ((5, 20), (10, 1))] * CEREMONY_COUPLES
    others = registry.dice.choices(days, weights, k=MARRIAGES - len(ceremonies))
    return sorted(ceremonies + others)


def _marriages(registry: Registry, days: list[date]) -> list[tuple[date, str]]:
    """All marriages in order of their numbers; returns (day, certificate number)."""
    year = registry.year
    across = set(registry.dice.sample(range(MARRIAGES), ACROSS["marriage"]))
    corrected = min(n for n in across if n > MARRIAGES // 2 and n != SECOND_WIFE)
    made: list[MarriageRegistered] = []
    for n, day in enumerate(_days_of_marriage(registry, days)):
        event = MarriageRegistered(
            certificate_number=registry.number("J"),
            parties=_couple(registry, n, made, across=n in across),
            registered_on=day,
            registrars=registry.registrars(),
            kind=registry.dice.choices(
                ("first", "remarriage-of-the-couple", "late-registration"), (96, 3, 1)
            )[0],
            opening_notice=_holiday_notice(year) if (day.month, day.day) == (10, 1) else None,
        )
        name = registry.send(f"j-{year}-{n + 1:06d}", event)
        registry.count("F40", day, across=n in across and n != corrected)
        made.append(event)
        if n == corrected:
            _correct(registry, event, name)
    _undo(registry, made)
    _late(registry, days[-1])
    return [(event.registered_on, event.certificate_number) for event in made]


def _couple(
    registry: Registry, n: int, before: list[MarriageRegistered], *, across: bool
) -> Couple:
    """The n-th couple of the year: of lawful age and single, but for two."""
    man, woman = registry.couple(across=across)
    if n == UNDER_AGE:
        home = woman.residence_division
        woman = registry.party(registry.people[0], home, registry.year - 19, man=False)
    if n == SECOND_WIFE:
        first = before[FIRST_HUSBAND].parties[0]
        man = first.model_copy(update={"residence_division": man.residence_division})
    return man, woman


def _holiday_notice(year: int) -> str:
    return f"示例婚通〔{year}〕3号"


def _undo(registry: Registry, made: list[MarriageRegistered]) -> None:
    """Two registrations revoked, one declared void by a court. All three were made and count."""
    year = registry.year
    for place, days, reason in (
        (FALSE_PAPERS, 20, "当事人冒用他人身份证件登记"),
        (SECOND_WIFE, 45, "一方登记时已有配偶"),
    ):
        on = made[place].registered_on + timedelta(days=days)
        number = made[place].certificate_number
        revoked = RegistrationRevoked(
            certificate_number=number,
            revoked_on=on,
            document_number=f"示例婚撤〔{year}〕{on:%m%d}号",
            reason=reason,
        )
        registry.send(f"revoked-{number}", revoked)
    number = made[UNDER_AGE].certificate_number
    void = CourtJudgmentFiled(
        certificate_number=number,
        outcome="void",
        judgment_number=f"({year})示例民初77号",
        filed_on=made[UNDER_AGE].registered_on + timedelta(days=90),
    )
    registry.send(f"judgment-{number}", void)


def _late(registry: Registry, last: date) -> None:
    """The last couple of the year: entered on paper during an outage, sent seven weeks later."""
    year = registry.year
    event = MarriageRegistered(
        certificate_number=registry.number("J"),
        parties=registry.couple(across=False),
        registered_on=last,
        registrars=registry.registrars(),
    )
    registry.send(f"j-{year}-{MARRIAGES + 1:06d}", event, received=date(year + 1, 2, 20))
    registry.count("F40", last)
    registry.feed.planted.append(
        {
            "what": "年末最后一天的一对结婚登记,断网时手工办理,次年二月补传",
            "known_since": f"{year + 1}-02-20",
            "figures": "F40",
        }
    )


def _correct(registry: Registry, event: MarriageRegistered, name: str) -> None:
    """One of the couple lives in the district after all; known in February only."""
    first, second = event.parties
    here = first.model_copy(update={"residence_division": DIVISION})
    known = date(registry.year + 1, 2, 24)
    registry.feed.send(
        SOURCE,
        f"{name.partition('/')[2]}-corrected",
        event.model_copy(update={"parties": (here, second)}),
        received=known,
        corrects=name,
        kind="changed",
    )
    registry.feed.planted.append(
        {
            "what": "一对结婚登记的一方户籍更正为本区,不再是异地办理",
            "known_since": known.isoformat(),
            "figures": "F44",
        }
    )


def _reissues(registry: Registry, kind: MarriageCertificateKind, days: list[date]) -> None:
    """Re-issued certificates, and one spoiled blank after the last number used."""
    year, marriage = registry.year, kind == "BJ"
    count = MARRIAGE_REISSUES if marriage else DIVORCE_REISSUES
    figure, name = ("F42", "marriage-reissue") if marriage else ("F43", "divorce-reissue")
    across = set(registry.dice.sample(range(count), ACROSS[name]))
    for n, on in enumerate(sorted(registry.dice.choices(days[:-5], k=count))):
        parties = registry.couple(across=n in across, least_age=34)
        registered_on = on - timedelta(days=registry.dice.randrange(700, 3000))
        archived = marriage and n % 3 == 0
        common = {
            "certificate_number": registry.number(kind),
            "parties": parties,
            "copies": 2 if (n % 4 if marriage else n == BOTH_CAME) else 1,
            "registered_on": registered_on,
            "first_certificate": _archived(registry, parties, registered_on, n)
            if archived
            else None,
            "issued_on": on,
            "registrars": registry.registrars(),
        }
        event = MarriageCertReissued if marriage else DivorceCertReissued
        registry.send(f"{kind.lower()}-{year}-{n + 1:06d}", event.model_validate(common))
        registry.count(figure, on, across=n in across)
    spoiled = CertificateVoided(
        certificate_number=registry.number(kind), voided_on=days[-3], reason="打印错位"
    )
    registry.send(f"voided-{kind.lower()}-{year}", spoiled)


def _archived(registry: Registry, parties: Couple, registered_on: date, n: int) -> str:
    """An earlier marriage, taken over from the archive; returns its certificate number."""
    number = marriage_certificate("J", DIVISION, registered_on.year, 3001 + n)
    taken_over = MarriageTakenOver(
        certificate_number=number,
        parties=parties,
        registered_on=registered_on,
        taken_over_on=registry.start,
    )
    registry.send(f"archive-{number}", taken_over)
    return number


def _ceremonies(registry: Registry, marriages: list[tuple[date, str]]) -> None:
    """Two collective ceremonies; every couple was registered that day."""
    year = registry.year
    for on, figure, place, organisers, notice in (
        (date(year, 5, 20), "F48", "示例镇绿美广场", ("共青团区委",), None),
        (date(year, 10, 1), "F49", "婚姻登记服务中心颁证大厅", (), _holiday_notice(year)),
    ):
        couples = tuple(number for day, number in marriages if day == on)[:CEREMONY_COUPLES]
        held = CertificateCeremonyHeld(
            ceremony=f"JT-{on:%Y%m%d}",
            held_on=on,
            place=place,
            certificates=couples,
            co_organisers=organisers,
            opening_notice=notice,
        )
        registry.send(f"ceremony-{on}", held)
        registry.count(figure, on, pairs=len(couples))
