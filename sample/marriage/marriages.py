"""The marriages of a year, what became of a few of them, and two collective ceremonies."""

from __future__ import annotations

from datetime import date, timedelta

from domain.codes import label
from domain.event import in_clear
from domain.marriage import marriages as facts
from domain.marriage.parties import Party
from sample.marriage.registry import Couple, Registry

FAVOURITES = {(2, 2), (2, 14), (5, 20), (5, 21), (8, 9), (9, 9), (12, 12)}
"""Couples like the days with 爱 in their sound, and those around 七夕."""
KINDS = ("first", "remarriage-of-the-couple", "late-registration")
FALSE_IDENTITY, FALSE_PAPERS, UNDER_AGE, FIRST_HUSBAND, SECOND_WIFE = 300, 350, 700, 420, 1100
"""Places in the year's series: registered with another's papers and with forged ones, a bride of
19, and a man who married a second time; each found out later."""
CONCEALED = 500
"""One of the two kept a grave illness secret; the other had the marriage annulled."""
OUTSIDE: tuple[tuple[int, dict[str, str]], ...] = (
    (150, {"id_kind": "passport", "residence_outside": "foreign"}),
    (450, {"id_kind": "hk-macao-permit", "residence_outside": "hong-kong"}),
    (900, {"id_kind": "taiwan-permit", "residence_outside": "taiwan"}),
)
"""Brides from outside the mainland, of husbands of the district: at the first fitting place."""
CEREMONY_COUPLES = 12
CEREMONIES: tuple[tuple[int, int, str, str, tuple[str, ...]], ...] = (
    (5, 20, "F48", "示例镇绿美广场", ("共青团区委",)),
    (10, 1, "F49", "婚姻登记服务中心颁证大厅", ()),
)
"""Month, day, figure, place, co-organisers; the second falls on a holiday."""


def send_marriages(registry: Registry, days: list[date]) -> list[facts.MarriageRegistered]:
    """All marriages in order of their numbers."""
    year, dice, sender = registry.year, registry.dice, registry.sender
    marriages = sender.office.goals.marriages
    across = set(dice.sample(range(marriages), sender.office.goals.marriages_across))
    outside = {
        next(n for n in range(place, marriages) if n not in across): papers
        for place, papers in OUTSIDE
    }
    corrected = min(n for n in across if n > marriages // 2 and n != SECOND_WIFE)
    made: list[facts.MarriageRegistered] = []
    for n, day in enumerate(_days(registry, days)):
        event = sender.about(registry.number("J")).make(
            facts.MarriageRegistered,
            day,
            parties=_with(
                _couple(registry, n, made, across=n in across),
                outside.get(n),
                sender.office.division,
            ),
            registrars=registry.registrars(),
            kind=dice.choices(KINDS, (96, 3, 1))[0],
            opening_notice=_opening_notice(day),
        )
        name = sender.tell(event, f"j-{year}-{n + 1:06d}")
        registry.count("F40", day, across=n in across and n != corrected)
        made.append(event)
        if n == corrected:
            _correct(registry, event, name)
    _undo(registry, made)
    _send_late(registry, days[-1])
    return made


def _days(registry: Registry, days: list[date]) -> list[date]:
    weights = [12 if (day.month, day.day) in FAVOURITES else 2 for day in days]
    ceremonies = [date(registry.year, month, day) for month, day, *_ in CEREMONIES]
    ceremonies *= CEREMONY_COUPLES
    others = registry.dice.choices(
        days, weights, k=registry.sender.office.goals.marriages - len(ceremonies)
    )
    return sorted(ceremonies + others)


def _couple(
    registry: Registry, n: int, before: list[facts.MarriageRegistered], *, across: bool
) -> Couple:
    """The n-th couple of the year: of lawful age and single, but for two."""
    man, woman = registry.couple(across=across)
    if n == UNDER_AGE:
        home = in_clear(woman.residence_division)
        woman = registry.party(registry.people[0], home, registry.year - 19, man=False)
    if n == SECOND_WIFE:
        first = before[FIRST_HUSBAND].parties[0]
        man = first.model_copy(update={"residence_division": man.residence_division})
    return man, woman


def _with(couple: Couple, papers: dict[str, str] | None, here: str) -> Couple:
    """The couple, the man of this district and the bride with papers from outside."""
    if papers is None:
        return couple
    man, woman = couple
    bride = {"name": in_clear(woman.name), "birth": woman.born_on(), "sex": "woman"}
    number = f"X{woman.born_on():%m%d%Y}"
    return (
        man.model_copy(update={"residence_division": here}),
        Party.model_validate({**bride, **papers, "id_number": number}),
    )


def _opening_notice(day: date) -> str | None:
    """The notice that the office opens on a holiday."""
    return f"示例婚通〔{day.year}〕3号" if (day.month, day.day) == (10, 1) else None


def _undo(registry: Registry, made: list[facts.MarriageRegistered]) -> None:
    """Two registrations revoked, two void by judgment, one annulled. All were made and count."""
    year = registry.year
    for place, days, ground, reason in (
        (FALSE_IDENTITY, 20, "false-identity", "当事人冒用他人身份证件登记"),
        (FALSE_PAPERS, 60, "false-papers", "当事人提交伪造的户籍证明"),
    ):
        on = made[place].registered_on + timedelta(days=days)
        number = made[place].certificate_number
        revoked = {"document_number": f"示例婚撤〔{year}〕{on:%m%d}号", "reason": reason}
        proof = {"ground": ground, "proof": f"示例检建〔{year}〕{on:%m%d}号"}
        marriage = registry.sender.about(number)
        marriage.send(facts.RegistrationRevoked, on, f"revoked-{number}", **revoked, **proof)
    for place, days, outcome, ground in (
        (UNDER_AGE, 90, "void", "under-age"),
        (SECOND_WIFE, 45, "void", "bigamy"),
        (CONCEALED, 120, "annulled", "illness-concealed"),
    ):
        on = made[place].registered_on + timedelta(days=days)
        number = made[place].certificate_number
        judged = {"outcome": outcome, "ground": ground}
        judgment = {"judgment_number": f"（{year}）示例民初{place}号"}
        if outcome == "void":
            basis = "民法典 1047" if ground == "under-age" else "民法典 1042, 1051"
            registry.feed.breaks(
                "A39", label(ground, facts.NullityGround), basis, f"marriage/{number}"
            )
        marriage = registry.sender.about(number)
        marriage.send(facts.CourtJudgmentFiled, on, f"judgment-{number}", **judged, **judgment)


def _send_late(registry: Registry, last: date) -> None:
    """The last couple of the year: entered on paper during an outage, sent seven weeks later."""
    known = date(registry.year + 1, 2, 20)
    marriage = registry.sender.about(registry.number("J")).arriving(known)
    marriage.send(
        facts.MarriageRegistered,
        last,
        f"j-{registry.year}-{registry.sender.office.goals.marriages + 1:06d}",
        parties=registry.couple(across=False),
        registrars=registry.registrars(),
    )
    registry.count("F40", last)
    what = "年末最后一天的一对结婚登记，断网时手工办理，次年二月补传"
    registry.feed.plant(what, known, "F40")
    registry.feed.told_late(last, known, f"marriage/{marriage.key}")


def _correct(registry: Registry, event: facts.MarriageRegistered, name: str) -> None:
    """One of the couple lives in the district after all; known in February only."""
    first, second = event.parties
    here = first.model_copy(update={"residence_division": registry.sender.office.division})
    known = date(registry.year + 1, 2, 24)
    registry.sender.arriving(known).tell(
        event.model_copy(update={"parties": (here, second)}),
        f"{name.partition('/')[2]}-corrected",
        corrects=name,
        kind="changed",
    )
    registry.feed.plant("一对结婚登记的一方户籍更正为本区，不再是异地办理", known, "F44")


def send_ceremonies(registry: Registry, marriages: list[facts.MarriageRegistered]) -> None:
    """Two collective ceremonies; every couple was registered that day."""
    for month, day, figure, place, organisers in CEREMONIES:
        on = date(registry.year, month, day)
        couples = [m.certificate_number for m in marriages if m.registered_on == on]
        registry.sender.about(f"JT-{on:%Y%m%d}").send(
            facts.CertificateCeremonyHeld,
            on,
            f"ceremony-{on}",
            place=place,
            certificates=tuple(couples[:CEREMONY_COUPLES]),
            co_organisers=organisers,
            opening_notice=_opening_notice(on),
        )
        registry.feed.count(figure, on, CEREMONY_COUPLES)
