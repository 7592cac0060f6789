"""Who may not marry, second marriages, and the series of certificate numbers."""

from __future__ import annotations

from datetime import date

import pytest

from domain.event import Event
from domain.marriage.marriages import (
    CertificateVoided,
    CourtJudgmentFiled,
    MarriageTakenOver,
    RegistrationRevoked,
)
from rules.a39_marriage import RULE
from tests.support.enforcement import on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench
from tests.support.marriage import (
    a_couple,
    a_divorce,
    a_marriage,
    a_party,
    a_reissue,
    an_application,
    archived,
    number,
)
from tests.support.rulebook import changed, revoked

MAN, WOMAN = a_couple()
OTHER, THIRD = a_party("19910101", 4), a_party("19890101", 3)


def a_judgment(serial: int, day: str) -> CourtJudgmentFiled:
    return CourtJudgmentFiled(
        certificate_number=number("J", serial),
        outcome="void",
        ground="close-relatives",
        judgment_number="(2024)示例民初1号",
        filed_on=on(day),
    )


# By itself


@pytest.mark.parametrize(
    ("marriage", "key"),
    [
        (a_marriage(parties=(a_party("20020203", 1), WOMAN)), "party-under-age"),
        (a_marriage(parties=(a_party("20020202", 1), WOMAN)), None),
        (a_marriage(parties=(MAN, a_party("20040203", 2))), "party-under-age"),
        (a_marriage(parties=(MAN, a_party("20040202", 2))), None),
        (a_marriage(parties=(MAN, MAN)), "married-to-oneself"),
        (a_marriage(parties=(MAN, THIRD)), "same-sex"),
        (a_marriage(1, "02-03"), "registered-on-a-closed-day"),
        (a_marriage(1, "02-04"), None),
        (a_marriage(1, "02-03", opening_notice="示例婚通〔2024〕1号"), None),
    ],
)
async def test_what_a_registration_shows_by_itself(
    bench: Bench, marriage: Event, key: str | None
) -> None:
    """On 2 February 2024, or a day after it; 4 February, a Sunday, was worked."""
    await bench.tell(marriage)

    stream, day = "marriage/J445102-2024-000001", marriage.occurred_on()
    assert await seen(bench, RULE) == ([] if key is None else [Seen(stream, key, day)])


async def test_an_entry_that_was_wrong_and_is_put_right_breaks_no_rule(bench: Bench) -> None:
    wrong = a_marriage(parties=(MAN, THIRD))
    await bench.tell(wrong, changed(wrong, by=a_marriage()))

    assert await seen(bench, RULE) == []
    assert len(await seen(bench, RULE, at=1)) == 1


# Second marriages


async def of_persons(bench: Bench) -> list[tuple[str, date, date | None]]:
    return [
        (one.key, one.valid_from, one.valid_to)
        for _, one in await findings(bench, RULE)
        if one.key.startswith("married 20")
    ]


FIRST, SECOND = a_marriage(1, "02-02"), a_marriage(2, "05-06", parties=(MAN, OTHER))


async def test_a_second_marriage_while_the_first_stands(bench: Bench) -> None:
    await bench.tell(FIRST, SECOND)

    assert await of_persons(bench) == [("married 2024-05-06", on("05-06"), None)]


async def test_after_a_divorce_one_may_marry_again_the_same_day(bench: Bench) -> None:
    await bench.tell(FIRST, an_application("LS-1", "04-02"), a_divorce("LS-1", 1, "05-07"), SECOND)
    assert len(await of_persons(bench)) == 1  # a day too early

    later = a_marriage(2, "05-07", parties=(MAN, OTHER))
    await bench.tell(changed(SECOND, by=later))
    assert await of_persons(bench) == []


async def test_a_divorce_of_somebody_else_or_of_later_ends_nothing(bench: Bench) -> None:
    divorce = a_divorce("LS-1", 1, "06-05")
    await bench.tell(FIRST, SECOND, an_application("LS-1", "04-30"), divorce)

    assert len(await of_persons(bench)) == 1


async def test_a_first_marriage_that_never_bound_anybody_makes_the_second_no_second(
    bench: Bench,
) -> None:
    """民法典 1054; what was found stood until the court said so."""
    await bench.tell(FIRST, SECOND, a_judgment(1, "07-01"))
    assert await of_persons(bench) == [("married 2024-05-06", on("05-06"), on("07-01"))]


async def test_what_a_court_said_before_leaves_one_free(bench: Bench) -> None:
    await bench.tell(FIRST, a_judgment(1, "05-06"), SECOND)

    assert await of_persons(bench) == []


async def test_a_marriage_of_the_archive_counts_as_the_first_never_as_the_second(
    bench: Bench,
) -> None:
    def of(serial: int, year: int, *couple: object) -> MarriageTakenOver:
        return MarriageTakenOver(
            certificate_number=number("J", serial, year),
            parties=archived(*couple),  # type: ignore[arg-type]  # a couple of parties
            registered_on=date(year, 5, 20),
            taken_over_on=on("01-01"),
        )

    await bench.tell(of(1, 2016, MAN, OTHER), of(1, 2018, MAN, WOMAN))
    assert await of_persons(bench) == []

    await bench.tell(FIRST)
    persons = await of_persons(bench)
    assert persons == [("married 2024-02-02", on("02-02"), None)] * 2  # each of the two is married


# Numbers


async def of_numbers(bench: Bench) -> list[str]:
    return [one.what for subject, one in await findings(bench, RULE) if "/" in subject]


SPOILED = CertificateVoided(
    certificate_number=number("J", 2), voided_on=on("02-02"), reason="打印错误"
)


async def test_numbers_run_without_gaps_but_for_those_that_were_voided(bench: Bench) -> None:
    await bench.tell(a_marriage(1), a_marriage(3, parties=(THIRD, OTHER)))
    assert await of_numbers(bench) == ["字号 J445102-2024-000002 缺号，未登记也未作废"]

    await bench.tell(SPOILED)
    assert await of_numbers(bench) == []
    await bench.tell(revoked(SPOILED))
    assert len(await of_numbers(bench)) == 1


async def test_a_gap_of_several_is_one_also_between_two_hundreds(bench: Bench) -> None:
    await bench.tell(a_reissue("BJ", 97, 1), a_reissue("BJ", 103, 1))

    assert await of_numbers(bench) == [
        "字号 BJ445102-2024-000098 至 BJ445102-2024-000102 缺号，未登记也未作废"
    ]


async def test_a_series_may_begin_with_any_number(bench: Bench) -> None:
    """The ledger may have begun in the middle of the year."""
    await bench.tell(a_reissue("BJ", 151, 1), a_reissue("BJ", 152, 1), a_reissue("BL", 1, 1))

    assert await of_numbers(bench) == []


async def test_a_number_is_used_once(bench: Bench) -> None:
    again = a_reissue("BJ", 7, 1).model_copy(update={"issued_on": on("03-05")})
    await bench.tell(a_reissue("BJ", 7, 2), again)

    assert await of_numbers(bench) == ["字号 BJ445102-2024-000007 重复使用"]


async def test_a_number_of_another_office_year_or_kind_is_found(bench: Bench) -> None:
    await bench.tell(a_marriage(1, certificate_number="J110101-2024-000001"))

    assert await of_numbers(bench) == ["字号 J110101-2024-000001 的类别、区划或者年份与登记不符"]


async def test_a_registration_that_was_revoked_used_its_number(bench: Bench) -> None:
    undone = RegistrationRevoked(
        certificate_number=number("J", 2),
        revoked_on=on("06-03"),
        document_number="示例婚撤〔2024〕1号",
        reason="冒名登记",
    )
    three = [
        a_marriage(n, parties=(a_party("19900101", n * 2 + 1), a_party("19900101", n * 2)))
        for n in (1, 2, 3)
    ]
    await bench.tell(*three, undone)

    assert await seen(bench, RULE) == []
