"""One person has one pseudonym, however the number of their document was typed."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import examples
from domain.catalogue import EVENTS
from domain.documents import identity_of, longer, spelled
from domain.envelope import read
from domain.event import Person
from domain.faults import Unacceptable
from ledger.seal import Sealer
from tests.support.bureau import SAMPLE
from tests.support.money import an_id

SEALER = Sealer(b"secret", "445102")
PERMIT = "H12345678"
RESIDENT = "445199199006070099"
OF_15, ITS_18 = "445199850312017", "445199198503120179"
HONG_KONG, MACAO, TAIWAN = "810000198503120010", "820000198503120012", "830000198503120014"
FOREIGN = "944826198503120010"


def member(**person: Any) -> bytes:
    """A case whose only member has such a document."""
    message = examples.message(EVENTS["assistance.case-taken-over.v1"], SAMPLE)
    message["data"]["members"][0]["person"] |= person
    return json.dumps(message, ensure_ascii=False).encode()


def fault(**person: Any) -> tuple[str, str]:
    """Reason code, and field of the person, of why a document is refused."""
    with pytest.raises(Unacceptable) as raised:
        read(member(**person), SAMPLE, replay=True)
    return raised.value.code, raised.value.pointer.rpartition("/")[2]


def ref(kind: str, number: str) -> str:
    """The pseudonym of who is taken into a ledger with such a document."""
    received = read(member(id_kind=kind, id_number=number), SAMPLE, replay=True)
    _, event, _ = SEALER.split(received, SAMPLE)
    pseudonym: str = event.members[0].person.ref  # type: ignore[attr-defined]  # of a case
    return pseudonym


@pytest.mark.parametrize(
    "typed",
    [
        "h12345678",
        "H12345678 ",
        "Ｈ１２３４５６７８",
        "ｈ１２３４ ５６７８",
        "H 1234 5678",
        "H\u30001234\u30005678",
        "H\xa012345678",
        "\u200bH12345678",
        "H1234\u200d5678",
        "\ufeffH12345678",
        "H-1234-5678",
        "H\uff0d12345678",
        "H1234\u20135678",
    ],
)
def test_a_permit_spelled_in_many_ways_is_one_persons(typed: str) -> None:
    assert ref("hk-macao-permit", typed) == ref("hk-macao-permit", PERMIT)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("hk-macao-permit", "H1234\t5678"),
        ("hk-macao-permit", "H12345678\n"),
        ("hk-macao-permit", "H1234\x015678"),
        ("hk-macao-permit", "\u202eH12345678"),
        ("hk-macao-permit", "H1234\ufffd678"),
        ("hk-macao-permit", "Н12345678"),  # the Cyrillic letter
        ("passport", "（无）    "),
        ("other", " \u3000\u200b "),
        ("other", "----"),
    ],
)
def test_what_is_no_number_as_printed_is_refused(kind: str, number: str) -> None:
    assert fault(id_kind=kind, id_number=number) == ("malformed_value", "id_number")


@pytest.mark.parametrize(
    "typed",
    ["445199 19900607 0099", "４４５１９９１９９００６０７００９９", "445199-19900607-0099"],
)
def test_a_resident_number_is_one_persons_however_it_was_typed(typed: str) -> None:
    assert ref("resident-id", typed) == ref("resident-id", RESIDENT)


def test_a_small_x_is_the_check_character() -> None:
    assert ref("resident-id", "44519919900607003x") == ref("resident-id", "44519919900607003X")


def test_the_pseudonym_of_a_number_as_printed_is_the_one_it_always_had() -> None:
    """HMAC over kind and number; every ledger there is holds these."""
    assert ref("resident-id", RESIDENT) == SEALER.pseudonym("resident-id", RESIDENT)
    assert ref("hk-macao-permit", PERMIT) == SEALER.pseudonym("hk-macao-permit", PERMIT)
    assert ref("passport", "E12345678") == SEALER.pseudonym("passport", "E12345678")
    licence = "14401202310123456"
    assert ref("other", licence) == SEALER.pseudonym("other", licence)


def test_the_number_of_15_digits_and_the_longer_one_are_one_persons() -> None:
    """GB 11643-1999: 19 before the year of birth, a check character at the end."""
    assert longer(OF_15) == ITS_18
    for kind in ("resident-id", "resident-id-15", "other"):
        assert identity_of(kind, OF_15) == identity_of("resident-id", ITS_18)
    assert identity_of("passport", OF_15).number == OF_15


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("residence-permit", HONG_KONG),
        ("residence-permit", MACAO),
        ("residence-permit", TAIWAN),
        ("permanent-residence", FOREIGN),
    ],
)
def test_a_number_under_two_kinds_is_one_persons(kind: str, number: str) -> None:
    assert ref(kind, number) == ref("resident-id", number)


@pytest.mark.parametrize(
    ("kind", "number", "code", "field"),
    [
        ("residence-permit", RESIDENT, "malformed_value", "id_number"),
        ("residence-permit", HONG_KONG[:17] + "1", "wrong_check_digit", "id_number"),
        ("residence-permit", PERMIT, "malformed_value", "id_number"),
        ("permanent-residence", RESIDENT, "malformed_value", "id_number"),
        ("permanent-residence", FOREIGN[:17] + "1", "wrong_check_digit", "id_number"),
        ("permanent-residence", "USA110285133101", "no_such_date", "id_number"),
        ("permanent-residence", "USA1102850331", "malformed_value", "id_number"),
        ("other", RESIDENT, "malformed_value", "id_kind"),
        ("other", "445199 19900607 0099", "malformed_value", "id_kind"),
        ("other", OF_15, "malformed_value", "id_kind"),
        ("passport", RESIDENT, "malformed_value", "id_kind"),
    ],
)
def test_a_number_of_another_document_is_refused(
    kind: str, number: str, code: str, field: str
) -> None:
    assert fault(id_kind=kind, id_number=number) == (code, field)


def test_the_permanent_residence_card_of_before_2023_is_taken() -> None:
    assert ref("permanent-residence", "usa110285031201") == SEALER.pseudonym(
        "permanent-residence", "USA110285031201"
    )


@pytest.mark.parametrize(
    "number", ["445199000101010114", "445199102306070118", "445199999912310117"]
)
def test_a_birth_that_nobody_has_is_refused(number: str) -> None:
    assert fault(id_number=number) == ("no_such_date", "id_number")


@pytest.mark.parametrize(
    ("year", "taken"), [("1899", False), ("1900", True), ("2199", True), ("2200", False)]
)
def test_births_are_of_the_years_of_dates(year: str, *, taken: bool) -> None:
    number = an_id(f"{year}0101", 11)
    if taken:
        assert ref("resident-id", number)
    else:
        assert fault(id_number=number) == ("no_such_date", "id_number")


def test_born_in_1908_one_may_be_alive() -> None:
    assert ref("resident-id", "445199190811200115")


blanks = st.text(alphabet=" \u3000\xa0\u200b\u200d\ufeff", max_size=3)
printed = st.text(alphabet=string.ascii_uppercase + string.digits, min_size=4, max_size=9)


@given(printed, st.data())
def test_no_spelling_makes_another_person(number: str, data: st.DataObject) -> None:
    typed = ""
    for character in number:
        wide = chr(ord(character) + 0xFEE0)
        typed += data.draw(blanks) + data.draw(
            st.sampled_from([character, character.lower(), wide, wide.lower()])
        )
    assert identity_of("passport", typed) == identity_of("passport", number) == ("passport", number)


@given(st.sampled_from(["passport", "other"]), st.text(max_size=20))
def test_a_spelling_is_spelled_as_it_is(kind: str, text: str) -> None:
    assert spelled(kind, spelled(kind, text)) == spelled(kind, text)


@given(st.dates(), st.integers(0, 999))
def test_every_resident_number_is_its_own(born: Any, serial: int) -> None:
    number = an_id(f"{born:%Y%m%d}".zfill(8), serial or 1000)
    assert identity_of("resident-id", number) == ("resident-id", number)


def test_two_without_a_number_are_two() -> None:
    nobody = Person(id_kind="none", name="示例", no_id_reason="弃婴，身份不明")
    assert nobody.told_by() != nobody.told_by()
    assert nobody.identity() is None
