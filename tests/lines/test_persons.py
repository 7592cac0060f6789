"""The persons of a fact, whatever the fact is: names, sets, who may not be whom."""

from __future__ import annotations

import copy
import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.envelope import read
from domain.event import Payee, in_clear
from domain.faults import Unacceptable
from domain.marriage.marriages import MarriageTakenOver
from domain.marriage.parties import ArchivedParty, Party
from domain.wording import is_chinese
from tests.support.bureau import SAMPLE
from tests.support.marriage import MAN, a_marriage, a_party, archived
from tests.support.money import a_child, a_destitute_person, a_household, a_person, an_id
from tests.support.rulebook import given


def message_of(name: str, **data: Any) -> dict[str, Any]:
    message = copy.deepcopy(examples.message(EVENTS[name], SAMPLE))
    message["data"] |= data
    return message


def refused(message: dict[str, Any]) -> tuple[str, str]:
    """Code and pointer of why a message is refused."""
    with pytest.raises(Unacceptable) as raised:
        read(json.dumps(message, ensure_ascii=False).encode(), SAMPLE, replay=True)
    return raised.value.code, raised.value.pointer


# Names


def married(name: str) -> dict[str, Any]:
    """A marriage, the first party of which is called so."""
    message = message_of("marriage.marriage-registered.v1")
    message["data"]["parties"][0]["name"] = name
    return message


@pytest.mark.parametrize(
    "name",
    [
        *(" ", "\u3000", "\xa0", "\u200b", "\u3164", "\u2800"),
        *("示例\ufffd", "示\x01例", "示例\n", "示\t例", "示\x7f例", "\u202e例示", "示\u2066例"),
        *("示\u2028例", "——", "·", "123", "͓"),
    ],
)
def test_a_name_that_says_nothing_or_is_damaged_is_refused(name: str) -> None:
    assert refused(married(name)) == ("malformed_value", "/data/parties/0/name")


@pytest.mark.parametrize("name", ["𠮷示𬎆", "阿示·例依", "\U00031350", "Śmith", "示 例", "ཤིས་"])
def test_names_of_many_scripts_are_taken(name: str) -> None:
    read(json.dumps(married(name)).encode(), SAMPLE, replay=True)


def test_a_reason_that_says_nothing_is_refused() -> None:
    for text in (" ", "\u3000\u200b", "无\x07", "无\ufffd", "\u202e无", "一\n二"):
        message = message_of("marriage.certificate-voided.v1", reason=text)
        assert refused(message) == ("malformed_value", "/data/reason")


def test_prose_may_have_lines() -> None:
    name = "reporting.report-section-written.v1"
    field = next(n for n, f in EVENTS[name].model_fields.items() if "max_length=20000" in repr(f))
    read(json.dumps(message_of(name, **{field: "一\n\t二\r\n"})).encode(), SAMPLE, replay=True)
    assert refused(message_of(name, **{field: "\n \n"})) == ("malformed_value", f"/data/{field}")


def holder(name: str, **more: Any) -> Party:
    """One who marries, under such a name."""
    return Party.model_validate({**dict(a_party(*MAN)), "name": name, **more})


def test_the_name_on_a_resident_card_is_chinese() -> None:
    """What was written in GBK and read as UTF-8 has no Chinese character left."""
    spouse = a_party("19920101", 2)
    for name, expected in (("示例", []), ("示例·A", []), ("ʷͩa", ["name-not-chinese"])):
        assert given().when(a_marriage(parties=(holder(name), spouse))) == expected


@pytest.mark.parametrize("name", ["示例", "示例甲", "示例甲乙", "阿依古丽·示例"])
def test_what_was_written_in_utf_8_and_read_as_gbk_is_not(name: str) -> None:
    """Chinese characters, but not those of the name; an odd byte at the end is lost."""
    spouse = a_party("19920101", 2)
    read = name.encode().decode("gbk", errors="replace").replace("\ufffd", "?")
    assert given().when(a_marriage(parties=(holder(name), spouse))) == []
    assert given().when(a_marriage(parties=(holder(read), spouse))) == ["name-not-chinese"], read


def test_no_name_of_the_commonest_characters_is_taken_for_damaged() -> None:
    """All 3,755 of GB 2312's first level, by themselves and after each other."""
    common = bytes(b for lead in range(0xB0, 0xD8) for t in range(0xA1, 0xFF) for b in (lead, t))
    all_of_them = common.decode("gb2312", errors="ignore")
    for first, second in pairwise(all_of_them):
        assert is_chinese(first + second)
        assert is_chinese(second + first + second)


@pytest.mark.parametrize("number", ["810000198503120010", "944826198503120010"])
def test_who_is_from_elsewhere_may_have_any_name(number: str) -> None:
    foreign = holder("John Smith", id_number=number)
    assert given().when(a_marriage(parties=(foreign, a_party("19920101", 2)))) == []


# Births


def test_who_is_born_after_the_date_is_a_breach() -> None:
    unborn = a_person().model_copy(update={"id_number": an_id("20310607", 11)})
    case = a_household("DB-1")
    member = case.members[0].model_copy(update={"person": unborn})
    assert given().when(case.model_copy(update={"members": (member,)})) == ["born-after-the-date"]


def test_who_is_born_on_the_date_is_none() -> None:
    case = a_household("DB-1")
    for born, expected in (("20240101", []), ("20240102", ["born-after-the-date"])):
        person = a_person().model_copy(update={"id_number": an_id(born, 11)})
        member = case.members[0].model_copy(update={"person": person})
        assert given().when(case.model_copy(update={"members": (member,)})) == expected


# Lists that mean sets


def test_one_person_twice_in_a_household_is_refused() -> None:
    message = message_of("assistance.case-taken-over.v1")
    (member,) = message["data"]["members"]
    again = copy.deepcopy(member)
    again["person"] |= {"name": "另写", "id_number": "445190 20020315 0010"}
    message["data"]["members"] = [member, again]

    assert refused(message) == ("malformed_value", "/data/members/1")


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("marriage.marriage-registered.v1", "registrars", ["HY-01", "HY-02", "HY-01"]),
        ("penalties.evidence-taken.v1", "officers", ["ZF-03", "ZF-04", "ZF-04"]),
        ("adoption.assessment-completed.v1", "assessors", ["SY-1", "SY-2", "SY-2"]),
        ("inspection.inspection-conducted.v1", "officers", ["ZF-03", "ZF-04", "ZF-04"]),
        ("penalties.penalty-decided.v1", "handlers", ["ZF-03", "ZF-04", "ZF-04"]),
    ],
)
def test_a_value_twice_in_a_set_is_refused_where_it_comes_again(
    name: str, field: str, values: list[str]
) -> None:
    found = refused(message_of(name, **{field: values}))
    assert found == ("malformed_value", f"/data/{field}/{len(values) - 1}")


def test_one_may_hold_two_posts() -> None:
    message = message_of("organisations.principals-filed.v1")
    (chair,) = message["data"]["principals"]
    message["data"]["principals"] = [chair, {**chair, "post": "head"}]
    read(json.dumps(message).encode(), SAMPLE, replay=True)

    message["data"]["principals"] = [chair, chair]
    assert refused(message) == ("malformed_value", "/data/principals/1")


# Across roles


def test_no_child_is_its_own_guardian() -> None:
    child = a_child("GE-1")
    guardian = a_person()
    itself = Payee.model_validate(
        {name: in_clear(getattr(child.child, name)) for name in ("id_kind", "id_number", "name")}
    )
    assert given().when(child.model_copy(update={"guardian": guardian})) == []
    assert given().when(child.model_copy(update={"guardian": itself})) == [
        "one-person-in-two-roles"
    ]


# One person


def ref_of(kind: str, id_number: str) -> object:
    """The pseudonym of whom the case of one person names."""
    person = Payee.model_validate({"id_kind": kind, "id_number": id_number, "name": "示例丁"})
    case = a_destitute_person("TK-1")
    member = case.members[0].model_copy(update={"person": person})
    text = given().open_text(case.model_copy(update={"members": (member,)}))
    return json.loads(text)["data"]["members"][0]["person"]["ref"]


def test_one_permit_in_six_spellings_is_one_person() -> None:
    typed = ("h12345678", "H12345678 ", "Ｈ１２３４５６７８", "H 1234 5678", "\u200bH12345678")
    assert {ref_of("hk-macao-permit", each) for each in typed} == {
        ref_of("hk-macao-permit", "H12345678")
    }


@pytest.mark.parametrize("kind", ["resident-id", "resident-id-15"])
def test_an_archive_of_1996_names_who_has_the_longer_number_today(kind: str) -> None:
    man = {"id_kind": kind, "id_number": "445199850312017", "name": "示例戊"}
    couple = [
        ArchivedParty.model_validate({**man, "residence_division": "445102"}),
        *archived(a_party("19850101", 2)),
    ]
    taken_over = MarriageTakenOver(
        certificate_number="J445102-1996-000001",
        parties=tuple(couple),
        registered_on=date(1996, 5, 20),
        taken_over_on=date(2024, 3, 1),
    )
    parties = json.loads(given().open_text(taken_over))["data"]["parties"]
    assert parties[0]["ref"] == ref_of("resident-id", "445199198503120179")


@pytest.mark.parametrize(
    "numbers",
    [
        ("810000198503120010", "810000198503120029"),
        ("820000198503120012", "820000198503120020"),
        ("830000198503120014", "830000198503120022"),
        ("944826198503120010", "944826198503120029"),
        ("44050819850312001X", "440508198503120028"),
    ],
)
def test_numbers_that_others_refuse_marry_without_breach(numbers: tuple[str, str]) -> None:
    """港澳台居民居住证, 外国人永久居留身份证, and a division abolished since."""
    couple = tuple(holder("示例甲", id_number=each) for each in numbers)
    assert given().when(a_marriage(parties=couple)) == []
