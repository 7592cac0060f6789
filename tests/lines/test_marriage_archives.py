"""Marriages of archives, of spouses from outside the mainland, and what ends a registration."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.documents import longer
from domain.envelope import read
from domain.event import Event, flags_of
from domain.faults import Unacceptable
from domain.marriage.divorces import DivorceRefused, DivorceRegistrationRevoked, DivorceTakenOver
from domain.marriage.marriages import CourtJudgmentFiled, MarriageTakenOver, RegistrationRevoked
from domain.marriage.parties import ArchivedParty, Party
from projections.marriage.registrations import registrations
from tests.support.bureau import SAMPLE
from tests.support.enforcement import on
from tests.support.ledger import Bench
from tests.support.marriage import (
    HERE,
    MAN,
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
from tests.support.rulebook import given, revoked

PRINTED = "示湘结字010400123"
"""As certificates were numbered in 2004 (民发〔2003〕127号)."""
OF_15 = "445199850312017"
"""Born on 12 March 1985; the last digit is odd, so a man's."""


def from_archive(text: str, *parties: ArchivedParty) -> MarriageTakenOver:
    return MarriageTakenOver(
        certificate_number=text,
        parties=parties or archived(*a_couple()),
        registered_on=date(2004, 5, 20),
        taken_over_on=date(2024, 1, 1),
    )


def old(digits: str, **more: Any) -> dict[str, Any]:
    return {
        "id_kind": "resident-id-15",
        "id_number": digits,
        "name": "示例戊",
        "residence_division": HERE,
        **more,
    }


def refused(type_name: str, data: dict[str, Any]) -> tuple[str, str]:
    """Code and pointer of what is wrong with a fact in which these stand."""
    message = examples.message(EVENTS[type_name], SAMPLE)
    message["data"] |= data
    with pytest.raises(Unacceptable) as raised:
        read(json.dumps(message).encode(), SAMPLE, replay=True)
    return raised.value.code, raised.value.pointer


# Archives


@pytest.mark.parametrize(
    "text", [PRINTED, "（1996）示婚字第0123号", "示府证字第7号", number("J", 9, 2016)]
)
def test_an_archive_keeps_the_number_that_was_printed(text: str) -> None:
    taken = from_archive(text)

    assert taken.stream() == f"marriage/{text}"
    assert given().when(taken) == []


@pytest.mark.parametrize("text", ["字第号", "结 字 1", "1996/0123字", "12345678", "字" + "1" * 31])
def test_what_was_never_printed_so_is_no_number(text: str) -> None:
    found = refused("marriage.marriage-taken-over.v1", {"certificate_number": text})

    assert found == ("malformed_value", "/data/certificate_number")


async def test_a_certificate_of_2004_is_replaced_by_one_of_today(bench: Bench) -> None:
    """What is issued today has today's number; it names the lost one as it was printed."""
    again = a_reissue("BJ", 1, 2).model_copy(update={"first_certificate": PRINTED})
    await bench.tell(from_archive(PRINTED), again)

    assert (await bench.figure("F42")).value == 1
    assert (await bench.figure("F40")).value == 0
    found = refused("marriage.marriage-registered.v1", {"certificate_number": PRINTED})
    assert found == ("malformed_value", "/data/certificate_number")


def test_the_number_of_15_digits_stands_in_an_archive() -> None:
    """It has no check digit; birth date and sex stand in it all the same."""
    man = ArchivedParty.model_validate(old(OF_15))
    woman = ArchivedParty.model_validate(old("445199850312018"))
    book = given(from_archive(PRINTED, man, woman))

    assert book.breaches == [[]]
    assert (man.born_on(), man.is_man()) == (date(1985, 3, 12), True)
    assert (woman.born_on(), woman.is_man()) == (date(1985, 3, 12), False)
    assert OF_15 not in book.open_text(from_archive(PRINTED, man, woman))


@pytest.mark.parametrize(
    ("person", "code", "field"),
    [
        (old("445199850229017"), "no_such_date", "id_number"),
        (old("44519985031201"), "malformed_value", "id_number"),
        (old("44519985031201X"), "malformed_value", "id_number"),
        (old(OF_15, id_kind="other"), "malformed_value", "id_kind"),
    ],
)
def test_a_wrong_old_number_is_refused(person: dict[str, Any], code: str, field: str) -> None:
    parties = {"parties": [person, dict(_in_json(a_party(*WOMAN)))]}

    found = refused("marriage.marriage-taken-over.v1", parties)
    assert found == (code, f"/data/parties/0/{field}")


def test_who_comes_today_has_a_number_of_18() -> None:
    """Under another kind, too, a 居民身份证号 is one: else one person would be two."""
    spouse = dict(_in_json(a_party(*WOMAN)))
    of_18 = {**_in_json(a_party(*MAN)), "id_kind": "other"}

    for person in (old(OF_15), of_18):
        found = refused("marriage.marriage-registered.v1", {"parties": [person, spouse]})
        assert found == ("malformed_value", "/data/parties/0/id_kind")


def _in_json(party: Party) -> dict[str, Any]:
    dumped: dict[str, Any] = party.model_dump(mode="json", exclude_none=True)
    return dumped


# Spouses from outside the mainland


def from_outside(place: str, kind: str = "passport", **more: Any) -> Party:
    return Party.model_validate(
        {"id_kind": kind, "id_number": "X0000001", "name": "示例", "residence_outside": place}
        | more
    )


@pytest.mark.parametrize(
    ("bride", "couple"),
    [
        (a_party(*WOMAN), "mainland"),
        (from_outside("hong-kong", "hk-macao-permit"), "hong-kong-macao-taiwan"),
        (from_outside("macao", "hk-macao-permit"), "hong-kong-macao-taiwan"),
        (from_outside("taiwan", "taiwan-permit"), "hong-kong-macao-taiwan"),
        (from_outside("overseas-chinese"), "overseas"),
        (from_outside("foreign"), "overseas"),
    ],
)
def test_a_couple_is_told_by_the_one_from_farthest(bride: Party, couple: str) -> None:
    (row,) = given(a_marriage(parties=(a_party(*MAN), bride))).rows(registrations)

    assert (row.couple, row.residents) == (couple, 1 if couple != "mainland" else 2)


async def test_a_spouse_from_abroad_of_one_from_here_is_not_across_districts(bench: Bench) -> None:
    await bench.tell(a_marriage(parties=(a_party(*MAN), from_outside("foreign"))))

    assert [(await bench.figure(name)).value for name in ("F40", "F44")] == [1, 0]


@pytest.mark.parametrize(
    ("birth", "sex", "of_age"),
    [
        (date(2002, 2, 2), "man", True),
        (date(2002, 2, 3), "man", False),
        (date(2004, 2, 2), "woman", True),
        (date(2002, 2, 2), None, None),
    ],
)
def test_age_is_told_where_the_document_does_not_say_it(
    birth: date, sex: str | None, *, of_age: bool | None
) -> None:
    spouse = from_outside("foreign", birth=birth, sex=sex)

    marriage = a_marriage(parties=(spouse, a_party(*(MAN if sex == "woman" else WOMAN))))

    assert flags_of(spouse, marriage, HERE, SAMPLE).get("of_age") is of_age
    expected = ["party-under-age"] if of_age is False else []
    assert given().when(marriage) == expected


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"residence_division": None}, "missing_field", "residence_division"),
        ({"residence_outside": "foreign"}, "malformed_value", "residence_division"),
        ({"birth": "1990-01-01"}, "malformed_value", "birth"),
        ({"sex": "man"}, "malformed_value", "sex"),
    ],
)
def test_residence_is_told_once_and_birth_where_no_number_says_it(
    change: dict[str, Any], code: str, field: str
) -> None:
    parties = [{**_in_json(a_party(*MAN)), **change}, _in_json(a_party(*WOMAN))]

    found = refused("marriage.marriage-registered.v1", {"parties": parties})
    assert found == (code, f"/data/parties/0/{field}")


# Revoked, void, annulled


def a_revocation(day: str = "06-03", **more: Any) -> RegistrationRevoked:
    return RegistrationRevoked.model_validate(
        {
            "certificate_number": number("J", 1),
            "revoked_on": on(day),
            "document_number": "示例婚撤〔2024〕1号",
            "reason": "冒用他人身份证件",
            "ground": "false-identity",
            "proof": "示例检建〔2024〕3号",
            **more,
        }
    )


def a_judgment(outcome: str, ground: str | None, day: str = "07-01") -> CourtJudgmentFiled:
    return CourtJudgmentFiled.model_validate(
        {
            "certificate_number": number("J", 1),
            "outcome": outcome,
            "ground": ground,
            "judgment_number": "（2024）示例民初1号",
            "filed_on": on(day),
        }
    )


def test_a_revocation_rests_on_proof_and_comes_once() -> None:
    book = given(a_marriage())

    assert book.when(a_revocation()) == []
    assert book.when(a_revocation(proof=None)) == ["revoked-without-proof"]
    twice = given(a_marriage(), a_revocation())
    assert twice.when(a_revocation("06-10")) == ["registration-already-ended"]


@pytest.mark.parametrize(
    ("outcome", "ground", "expected"),
    [
        ("void", "bigamy", []),
        ("void", "close-relatives", []),
        ("void", "under-age", []),
        ("annulled", "coercion", []),
        ("annulled", "illness-concealed", []),
        ("void", None, []),
        ("void", "coercion", ["ground-of-another-outcome"]),
        ("annulled", "bigamy", ["ground-of-another-outcome"]),
    ],
)
def test_a_marriage_is_void_or_annulled_on_the_grounds_of_the_law(
    outcome: str, ground: str | None, expected: list[str]
) -> None:
    assert given(a_marriage()).when(a_judgment(outcome, ground)) == expected


def test_what_was_revoked_is_not_judged_void_unseen() -> None:
    book = given(a_marriage(), a_revocation())

    assert book.when(a_judgment("void", "bigamy")) == ["registration-already-ended"]


@pytest.mark.parametrize(
    ("ends", "beside"),
    [
        ((), None),
        ((a_revocation(),), "其中事后撤销 1 对"),
        ((a_judgment("void", "bigamy"),), "其中事后判决无效 1 对"),
        ((a_judgment("annulled", "coercion"),), "其中事后判决撤销 1 对"),
        ((a_judgment("void", "bigamy", "2025-01-06"),), None),
    ],
)
async def test_however_a_registration_ends_it_counts_in_its_year(
    bench: Bench, ends: tuple[Event, ...], beside: str | None
) -> None:
    """What became of it until the last day asked for stands beside."""
    await bench.tell(a_marriage(), *ends)

    value = await bench.figure("F40")
    assert (value.value, value.beside) == (1, beside)


def test_the_first_end_of_a_kind_takes_effect_in_whatever_order_it_is_told() -> None:
    facts = (a_judgment("void", "bigamy", "08-01"), a_judgment("annulled", "coercion"))

    for told in (facts, facts[::-1]):
        (row,) = given(a_marriage(), *told).rows(registrations)
        assert (row.judged_on, row.judgment) == (on("07-01"), "annulled")


def test_a_judgment_taken_back_leaves_the_marriage_as_it_was() -> None:
    judgment = a_judgment("void", "bigamy")
    (row,) = given(a_marriage(), judgment, revoked(judgment)).rows(registrations)

    assert (row.judged_on, row.judgment) == (None, None)


def a_divorce_revoked(proof: str | None = "示例司建〔2024〕1号") -> DivorceRegistrationRevoked:
    return DivorceRegistrationRevoked(
        receipt="LS-1",
        document_number="示例婚撤〔2024〕2号",
        ground="false-identity",
        proof=proof,
        reason="他人冒用身份",
        revoked_on=on("07-08"),
    )


def test_a_divorce_is_revoked_once_it_is_registered_and_on_proof() -> None:
    applied, divorced = an_application("LS-1", "04-02"), a_divorce("LS-1", 1, "05-08")
    book = given(applied, divorced)

    assert book.when(a_divorce_revoked()) == []
    assert book.when(a_divorce_revoked(None)) == ["revoked-without-proof"]
    assert given(applied).when(a_divorce_revoked()) == ["not-registered"]
    again = given(applied, divorced, a_divorce_revoked())
    assert again.when(a_divorce_revoked()) == ["registration-already-ended"]


async def test_a_revoked_divorce_counts_in_its_year(bench: Bench) -> None:
    facts = an_application("LS-1", "04-02"), a_divorce("LS-1", 1, "05-08"), a_divorce_revoked()
    await bench.tell(*facts)

    assert (await bench.figure("F41")).value == 1
    (row,) = await bench.rows("marriage_registration")
    assert row["revoked_on"] == on("07-08")


def test_a_divorce_of_the_archive_can_be_revoked_too() -> None:
    before = DivorceTakenOver(
        receipt="LS-1",
        certificate_number="示湘离字010600045",
        parties=archived(*a_couple()),
        registered_on=date(2006, 9, 8),
        taken_over_on=date(2024, 1, 1),
    )

    assert given().waits_for(a_divorce_revoked()) == {"divorce/LS-1"}
    assert given(before).when(a_divorce_revoked()) == []
    assert given(before, a_divorce_revoked()).rows(registrations) == []


def test_what_is_not_accepted_opens_no_application() -> None:
    refusal = DivorceRefused(notice="LS-1", reason="no-agreement", refused_on=on("04-02"))

    assert given(refusal).waits_for(a_divorce("LS-1", 1, "05-08")) == {"divorce/LS-1"}


def test_an_archive_names_two_persons_also_where_one_is_named_by_the_old_number() -> None:
    """The number of 15 digits and the one of 18 that it became are one person's."""
    new = {**old(longer(OF_15)), "id_kind": "resident-id"}
    twice = ArchivedParty(**old(OF_15)), ArchivedParty(**new)
    assert given().when(from_archive(PRINTED, *twice)) == ["archived-with-oneself"]
    assert given().when(from_archive(PRINTED)) == []


def test_who_is_married_by_the_archive_marries_nobody_else() -> None:
    """民法典 1042."""
    again = a_marriage(parties=(a_party("19880505", 3), a_couple()[1]))
    assert given().when(again) == []
    assert given(from_archive(PRINTED)).when(again) == ["already-married"]
