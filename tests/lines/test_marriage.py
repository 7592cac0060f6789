"""Marriages and divorces: what counts as one 对, when, and what is recorded with a breach.

Ages and windows are worked out by hand from the calendar of 2024: 2 February was a Friday, 1 May
to 5 May, 1 October to 7 October and 10 to 17 February were days off, 18 February was worked.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.envelope import read
from domain.event import Event, flags_of
from domain.faults import Unacceptable
from domain.marriage.divorces import (
    DivorceApplicationTakenOver,
    DivorceLapsed,
    DivorceWithdrawn,
    divorce_window,
)
from domain.marriage.marriages import (
    CertificateCeremonyHeld,
    CertificateVoided,
    CourtJudgmentFiled,
    MarriageTakenOver,
    RegistrationRevoked,
)
from domain.marriage.parties import Party
from projections.marriage.registrations import Registration, ceremonies, registrations
from tests.support.bureau import SAMPLE
from tests.support.enforcement import on
from tests.support.ledger import Bench, event
from tests.support.marriage import (
    AWAY,
    DAY,
    HERE,
    WOMAN,
    a_couple,
    a_divorce,
    a_marriage,
    a_party,
    a_reissue,
    an_application,
    archived,
    number,
)
from tests.support.money import PUBLISHED
from tests.support.rulebook import changed, given, revoked


def a_ceremony(day: str, *serials: int, organisers: tuple[str, ...] = ()) -> Event:
    return CertificateCeremonyHeld(
        ceremony=f"JT-{day}",
        held_on=on(day),
        place="示例广场",
        certificates=tuple(number("J", serial) for serial in serials),
        co_organisers=organisers,
        opening_notice="示例婚通〔2024〕3号" if day == "10-01" else None,
    )


async def values(bench: Bench, *figures: str, **when: Any) -> list[object]:
    return [(await bench.figure(figure, **when)).value for figure in figures]


# Counting


async def test_a_marriage_counts_in_the_year_it_was_registered(bench: Bench) -> None:
    """复婚 and 补办 are registrations too; one from the archive is of its own year."""
    before = MarriageTakenOver(
        certificate_number=number("J", 9, 2016),
        parties=archived(*a_couple()),
        registered_on=date(2016, 5, 3),
        taken_over_on=date(2024, 1, 1),
    )
    await bench.tell(
        a_marriage(1),
        a_marriage(2, kind="remarriage-of-the-couple"),
        a_marriage(3, kind="late-registration"),
        before,
    )

    assert await values(bench, "F40", "F41", "F44") == [3, 0, 0]
    assert await values(bench, "F40", year=2025) == [0]
    assert await values(bench, "F40", asof=date(2024, 2, 1)) == [0]


VOIDED = RegistrationRevoked(
    certificate_number=number("J", 2),
    revoked_on=on("06-03"),
    document_number="示例婚撤〔2024〕1号",
    reason="冒名登记",
)


async def test_a_revoked_registration_still_counts_and_stands_beside(bench: Bench) -> None:
    """The readings not taken would give 2 without the revoked one, 1 without the void one too."""
    void = CourtJudgmentFiled(
        certificate_number=number("J", 3),
        outcome="void",
        judgment_number="(2024)示例民初1号",
        filed_on=on("07-01"),
    )
    await bench.tell(a_marriage(1), a_marriage(2), a_marriage(3), VOIDED, void)

    value = await bench.figure("F40")
    assert (value.value, value.beside) == (3, "其中事后撤销 1 对、判决无效 1 对")


async def test_a_mistaken_entry_taken_back_never_was(bench: Bench) -> None:
    """Unlike a revoked registration: the entry was wrong. As published it still counts."""
    await bench.tell(a_marriage(1), a_marriage(2))
    await bench.tell(revoked(a_marriage(2)), received=date(2025, 2, 3))

    assert await values(bench, "F40") == [1]
    assert await values(bench, "F40", known=PUBLISHED) == [2]


FROM_BEFORE = DivorceApplicationTakenOver(
    receipt="LS-0",
    parties=a_couple(),
    applied_on=date(2023, 12, 4),
    taken_over_on=date(2024, 1, 1),
)


async def test_divorces_are_counted_when_registered_not_when_applied_for(bench: Bench) -> None:
    """Applied 2 December: registered in January. Taken over from December before: this year's.

    By the day of application, the reading not taken, 2024 would have two.
    """
    await bench.tell(
        FROM_BEFORE,
        a_divorce("LS-0", 1, "01-08"),
        an_application("LS-1", "03-04"),
        DivorceWithdrawn(receipt="LS-1", withdrawn_on=on("03-20")),
        an_application("LS-2", "12-02"),
        a_divorce("LS-2", 1, "2025-01-06", certificate_number=number("L", 1, 2025)),
    )

    assert await values(bench, "F41") == [1]
    assert await values(bench, "F41", year=2025) == [1]


async def test_a_reissue_counts_once_however_many_certificates(bench: Bench) -> None:
    """Two applications of each kind; certificates handed out would be 3 and 3."""
    await bench.tell(
        a_reissue("BJ", 1, 2),
        a_reissue("BJ", 2, 1),
        a_reissue("BL", 1, 1),
        a_reissue("BL", 2, 2),
    )

    assert await values(bench, "F40", "F41", "F42", "F43") == [0, 0, 2, 2]
    copies = [row["copies"] for row in await bench.rows("marriage_registration")]
    assert copies == [2, 1, 1, 2]  # the reading not taken


async def test_across_districts_is_when_neither_lives_here(bench: Bench) -> None:
    """Of all four kinds; a neighbouring district of the city is another one too."""
    neighbour = "445103"
    away = (AWAY, neighbour)
    await bench.tell(
        a_marriage(1, parties=a_couple(away)),
        a_marriage(2, parties=a_couple((AWAY, HERE))),
        a_marriage(3, parties=a_couple((HERE, neighbour))),
        an_application("LS-1", "03-04"),
        a_divorce("LS-1", 1, "04-08", parties=a_couple(away)),
        a_reissue("BJ", 1, 1, away),
        a_reissue("BL", 1, 1, away),
    )

    assert await values(bench, "F44") == [4]
    rows = await bench.rows("marriage_registration")
    assert sum(row["residents"] < 2 for row in rows) == 6  # the reading not taken
    assert sum(row["residents"] == 0 and row["kind"] == "marriage" for row in rows) == 1


async def test_a_corrected_home_moves_the_figure_only_from_then_on(bench: Bench) -> None:
    wrong = a_marriage(1, parties=a_couple((AWAY, AWAY)))
    right = a_marriage(1, parties=a_couple((HERE, AWAY)))
    await bench.tell(wrong)
    await bench.tell(changed(wrong, by=right), received=date(2025, 2, 3))

    assert await values(bench, "F40", "F44") == [1, 0]
    assert await values(bench, "F40", "F44", known=PUBLISHED) == [1, 1]


def test_a_registration_put_right_uses_its_number_once() -> None:
    wrong = a_marriage(1, parties=a_couple((AWAY, AWAY)))

    assert given(wrong).when(changed(wrong, by=a_marriage(1))) == []


def test_names_and_homes_stay_sealed() -> None:
    text = given().open_text(a_marriage(1, parties=a_couple((HERE, AWAY))))

    assert "示例甲" not in text
    assert AWAY not in text
    assert '"of_age":true' in text


def test_a_revoked_registration_keeps_its_row_and_the_day() -> None:
    book = given(a_marriage(2), VOIDED)

    rows = [(row.kind, row.registered_on, row.revoked_on) for row in book.rows(registrations)]
    assert rows == [("marriage", on(DAY), on("06-03"))]


def test_a_reissue_counts_on_the_day_it_was_issued_with_its_copies() -> None:
    """Not in 2018, when the couple registered."""
    away = (AWAY, HERE)
    book = given(a_reissue("BJ", 1, 2), a_reissue("BL", 1, 1, away))

    assert book.rows(registrations) == [
        Registration(number("BJ", 1), "marriage-reissue", on("03-04"), 2, "mainland", 2, []),
        Registration(number("BL", 1), "divorce-reissue", on("03-04"), 1, "mainland", 1, []),
    ]


def test_an_application_from_before_the_ledger_keeps_its_day() -> None:
    book = given(FROM_BEFORE)

    assert book.when(a_divorce("LS-0", 1, "01-08")) == []


# Marriage: age, number, day (R-MR-01, R-MR-08)


def of_party(party: Party, day: str = DAY) -> dict[str, object]:
    """What the open part says of one who marries that day."""
    other = a_party("19900101", 1 if party.is_man() is False else 2)
    return flags_of(party, a_marriage(1, day, parties=(party, other)), HERE, SAMPLE)


@pytest.mark.parametrize(
    ("born", "serial", "of_age"),
    [
        ("20020202", 1, True),  # a man: 22 that day
        ("20020203", 1, False),  # 22 on the next
        ("20040202", 2, True),  # a woman: 20 that day
        ("20040203", 2, False),
        ("20040202", 1, False),  # a man of 20
    ],
)
def test_of_age_from_the_birthday_itself(born: str, serial: int, of_age: bool) -> None:  # noqa: FBT001
    flags = of_party(a_party(born, serial))

    assert flags == {"resident_here": True, "of_age": of_age}


def test_born_on_29_february_one_is_of_age_on_1_march_of_a_common_year() -> None:
    bride = a_party("20040229", 2)

    assert of_party(bride, "2024-02-28")["of_age"] is False
    assert of_party(bride, "2024-02-29")["of_age"] is True
    groom = a_party("20000229", 1)
    assert of_party(groom, "2022-02-28")["of_age"] is False
    assert of_party(groom, "2022-03-01")["of_age"] is True


def test_a_passport_says_nothing_of_age() -> None:
    abroad = Party(id_kind="passport", id_number="X0000001", name="示例甲", residence_division=AWAY)

    assert of_party(abroad) == {"resident_here": False}


def test_a_man_and_a_woman_marry_each_other() -> None:
    """民法典 1046, 1049. One person twice is neither two men nor a couple."""
    man, woman = a_couple()
    other_man, other_woman = a_party("19880505", 3), a_party("19880505", 4)
    abroad = Party(id_kind="passport", id_number="X0000001", name="示例甲", residence_division=AWAY)

    assert given().when(a_marriage(parties=(man, woman))) == []
    assert given().when(a_marriage(parties=(man, other_man))) == ["same-sex"]
    assert given().when(a_marriage(parties=(woman, other_woman))) == ["same-sex"]
    assert given().when(a_marriage(parties=(man, man))) == ["married-to-oneself"]
    assert given().when(a_marriage(parties=(man, abroad))) == []


@pytest.mark.parametrize(
    "other", ["J110101-2024-000001", "J445102-2023-000001", "BJ445102-2024-000001"]
)
def test_a_certificate_is_of_its_office_year_and_kind(other: str) -> None:
    """R-MR-08; a divorce, too, is registered where the two applied."""
    assert given().when(a_marriage(certificate_number=other)) == ["certificate-of-another-series"]
    assert given().when(a_marriage()) == []

    applied = given(an_application("LS-1", "04-02"))
    wrong = other.replace("BJ", "BL").replace("J4", "L4").replace("J1", "L1")
    divorce = a_divorce("LS-1", 1, "05-07", certificate_number=wrong)
    assert applied.when(divorce) == ["certificate-of-another-series"]


def test_a_party_under_age_is_registered_with_a_breach() -> None:
    young = (a_party("20020203", 1), a_party(*WOMAN))
    just = (a_party("20020202", 1), a_party("20040202", 2))
    book = given(a_marriage(1, parties=young), a_marriage(2, parties=just))

    assert book.breaches == [["party-under-age"], []]
    assert len(book.rows(registrations)) == 2


def test_a_certificate_number_used_twice() -> None:
    book = given(a_marriage(1), a_marriage(1, "02-05"))

    assert book.breaches == [[], ["certificate-number-used-twice"]]
    assert len(book.rows(registrations)) == 2  # both couples are registered


@pytest.mark.parametrize(
    ("day", "notice", "expected"),
    [
        ("10-01", None, ["registered-on-a-closed-day"]),
        ("10-01", "示例婚通〔2024〕3号", []),
        ("02-03", None, ["registered-on-a-closed-day"]),  # a Saturday
        ("02-18", None, []),  # a Sunday that was worked
    ],
)
def test_the_office_is_closed_on_days_off_unless_a_notice_says_otherwise(
    day: str, notice: str | None, expected: list[str]
) -> None:
    assert given().when(a_marriage(1, day, opening_notice=notice)) == expected


@pytest.mark.parametrize(
    "bad", ["J445102-2024-00001", "X445102-2024-000001", "445102-2024-000001", ""]
)
def test_a_number_of_another_shape_is_malformed(bad: str) -> None:
    line = event("marriage", "x", a_marriage(1), data={"certificate_number": bad})

    with pytest.raises(Unacceptable):
        read(line, SAMPLE, replay=True)


async def test_a_spoiled_blank_is_no_registration(bench: Bench) -> None:
    spoiled = CertificateVoided(
        certificate_number=number("J", 2), voided_on=on(DAY), reason="打印错位"
    )
    await bench.tell(a_marriage(1), spoiled)

    assert await values(bench, "F40") == [1]


# Divorce: the cooling-off period and the window for the certificate (R-MR-04, R-MR-05)


@pytest.mark.parametrize(
    ("applied", "cooling_off_ends", "window_closes"),
    [
        ("2024-01-04", "2024-02-04", "2024-03-05"),  # day 30 a Saturday; Sunday was worked
        ("2024-01-15", "2024-02-18", "2024-03-19"),  # day 30 in 春节; Sunday was worked
        ("2024-04-02", "2024-05-06", "2024-06-05"),  # day 30 in 劳动节
        ("2024-09-02", "2024-10-08", "2024-11-07"),  # day 30 in 国庆节
        ("2024-12-02", "2025-01-02", "2025-02-05"),  # both ends moved: 元旦, 春节
    ],
)
def test_the_window_of_a_divorce(applied: str, cooling_off_ends: str, window_closes: str) -> None:
    window = divorce_window(SAMPLE, date.fromisoformat(applied))

    expected = date.fromisoformat(cooling_off_ends), date.fromisoformat(window_closes)
    assert window is not None
    assert tuple(due.day for due in window) == expected


def test_before_the_civil_code_there_was_no_window() -> None:
    assert divorce_window(SAMPLE, date(2020, 12, 31)) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("05-06", ["inside-cooling-off"]),
        ("05-07", []),
        ("06-05", []),
        ("06-06", ["after-the-window"]),
    ],
)
def test_a_divorce_is_registered_between_the_two_days(day: str, expected: list[str]) -> None:
    """Applied 2 April: 30 days end on 2 May, a holiday, so on 6 May. It is registered anyway."""
    book = given(an_application("LS-1", "04-02"), a_divorce("LS-1", 1, day))

    assert book.breaches == [[], expected]
    assert [row.kind for row in book.rows(registrations)] == ["divorce"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-25", ["inside-cooling-off"]),  # the fifth day
        ("2026-12-21", ["inside-cooling-off"]),
        ("2026-12-22", []),
        ("2027-01-20", []),
        ("2027-01-21", []),  # whether the thirtieth day is a working day, a notice will say
        ("2027-02-05", ["after-the-window"]),
    ],
)
def test_next_years_holidays_matter_to_the_last_days_of_a_window_only(
    day: str, expected: list[str]
) -> None:
    """Applied 20 November 2026: 30 days end on 20 December, a Sunday, so on the 21st.

    30 more end on 20 January 2027, and the holidays of 2027 are not announced.
    """
    applied = an_application("LS-1", "2026-11-20")

    assert given(applied).when(a_divorce("LS-1", 1, day)) == expected


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (DivorceWithdrawn(receipt="LS-1", withdrawn_on=on("05-06")), []),
        (DivorceWithdrawn(receipt="LS-1", withdrawn_on=on("05-07")), ["after-cooling-off"]),
        (DivorceLapsed(receipt="LS-1", lapsed_on=on("06-05")), ["inside-the-window"]),
        (DivorceLapsed(receipt="LS-1", lapsed_on=on("06-06")), []),
    ],
)
def test_taking_back_and_lapsing_have_their_days_too(fact: Event, expected: list[str]) -> None:
    assert given(an_application("LS-1", "04-02")).when(fact) == expected


def test_what_was_closed_stays_closed() -> None:
    """Taken back on 6 May, or lapsed on 6 June: no divorce after that, and no second end."""
    taken_back = DivorceWithdrawn(receipt="LS-1", withdrawn_on=on("05-06"))
    lapsed = DivorceLapsed(receipt="LS-1", lapsed_on=on("06-06"))
    withdrawn = given(an_application("LS-1", "04-02"), taken_back)

    assert withdrawn.when(a_divorce("LS-1", 1, "05-08")) == ["application-already-closed"]
    assert withdrawn.when(taken_back) == ["application-already-closed"]
    assert withdrawn.when(lapsed) == ["application-already-closed"]
    assert given(an_application("LS-1", "04-02"), lapsed).when(
        DivorceLapsed(receipt="LS-1", lapsed_on=on("06-07"))
    ) == ["application-already-closed"]


def test_a_divorce_waits_for_its_application() -> None:
    divorce = a_divorce("LS-1", 1, "05-08")
    applied = an_application("LS-1", "04-02")

    assert given().waits_for(divorce) == {"divorce/LS-1"}
    assert given(applied).waits_for(divorce) == set()


# Ceremonies


MAY, OCTOBER = tuple(range(1, 13)), tuple(range(13, 25))
NOTICE = "示例婚通〔2024〕3号"


def couples(*, left_out: int | None = None, october: str = "10-01") -> list[Event]:
    """Twelve couples registered for each ceremony."""
    may = [a_marriage(n, "05-20") for n in MAY]
    autumn = [a_marriage(n, october, opening_notice=NOTICE) for n in OCTOBER]
    return [m for n, m in enumerate([*may, *autumn], start=1) if n != left_out]


async def faults(bench: Bench) -> list[str]:
    return [what for ok, what, _ in (await bench.statement("S14")).conditions if not ok]


async def test_two_ceremonies_of_twelve_registered_couples(bench: Bench) -> None:
    may = a_ceremony("05-20", *MAY, organisers=("示例单位",))
    await bench.tell(*couples(), may, a_ceremony("10-01", *OCTOBER))

    assert await values(bench, "F48", "F49", "F40") == [12, 12, 24]
    assert await faults(bench) == []
    assert not (await bench.statement("S14", year=2025)).holds


async def test_without_a_named_co_organiser_the_first_ceremony_is_not_as_stated(
    bench: Bench,
) -> None:
    await bench.tell(*couples(), a_ceremony("05-20", *MAY), a_ceremony("10-01", *OCTOBER))

    assert await faults(bench) == ["2024-05-20 载明联合举办单位"]


async def test_a_couple_registered_after_the_ceremony(bench: Bench) -> None:
    may = a_ceremony("05-20", *MAY, organisers=("示例单位",))
    autumn = a_ceremony("10-01", *OCTOBER)
    await bench.tell(*couples(october="10-08"), may, autumn)

    assert await faults(bench) == ["2024-10-01 各对新人当日或此前已登记"]


def test_a_ceremony_waits_until_every_couple_is_registered() -> None:
    may = a_ceremony("05-20", *MAY)

    assert given(*couples(left_out=7)).waits_for(may) == {f"marriage/{number('J', 7)}"}
    rows = given(*couples(), may).rows(ceremonies)
    assert [row.certificate_number for row in rows] == [number("J", n) for n in MAY]


async def test_a_ceremony_counts_once_its_last_couple_is_registered(bench: Bench) -> None:
    may = a_ceremony("05-20", *MAY, organisers=("示例单位",))
    await bench.tell(*couples(left_out=7), may, a_ceremony("10-01", *OCTOBER))
    assert await values(bench, "F48", "F49") == [0, 12]
    assert not (await bench.statement("S14")).holds

    await bench.tell(a_marriage(7, "05-20"))
    assert await values(bench, "F48", "F49") == [12, 12]
    assert await faults(bench) == []


async def test_eleven_couples_are_not_twelve(bench: Bench) -> None:
    may = a_ceremony("05-20", *MAY, organisers=("示例单位",))
    await bench.tell(*couples(), may, a_ceremony("10-01", *OCTOBER[1:]))

    assert await faults(bench) == ["2024-10-01 颁证 11 对"]
