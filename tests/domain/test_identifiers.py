"""All numbers here are made up or printed in the standards; none is a living person's.

Made-up persons are born in 1880, or have the unassigned division code 445190.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import label
from domain.identifiers import (
    MARRIAGE_CERTIFICATE,
    CardCategory,
    CardGrade,
    MarriageCertificateKind,
    body_code_check,
    body_code_fits,
    check_archived_certificate,
    check_disability_card,
    check_marriage_certificate,
    check_old_resident_id,
    check_resident_id,
    check_uscc,
    marriage_certificate,
    resident_id_check,
    uscc_check,
)

USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
RESIDENT_IDS = [
    "11010519491231002X",
    "440524188001010014",
    "445102188001010019",
    "445102188001010027",
    "445102188002290032",
    "445190200203150010",
    "445190200402290024",
]


def made_up_resident_id(born: date, sequence: int) -> str:
    head = f"445190{born:%Y%m%d}{sequence:03}"
    return head + resident_id_check(head)


def made_up_uscc(kind: str, body: str) -> str:
    head = f"{kind}445102{body}{body_code_check(body)}"
    return head + uscc_check(head)


resident_ids = st.builds(
    made_up_resident_id,
    st.dates(date(1880, 1, 1), date(2030, 12, 31)),
    st.integers(0, 999),
)
usccs = st.builds(
    made_up_uscc,
    st.sampled_from(["51", "52", "53", "59"]),
    st.text(USCC_CHARACTERS, min_size=8, max_size=8),
)


@pytest.mark.parametrize("text", RESIDENT_IDS)
def test_resident_id(text: str) -> None:
    assert check_resident_id(text) is None
    assert resident_id_check(text[:17]) == text[17]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("445102188001010018", "wrong_check_digit"),
        ("445102189902290016", "no_such_date"),  # 1899 had no 29 February; the check digit is right
        ("11010519491231002x", "malformed_value"),
        ("11010519491231002", "malformed_value"),
        ("11010519491231002X\n", "malformed_value"),
        (" 11010519491231002X", "malformed_value"),
        ("1101051949123100XX", "malformed_value"),
        ("445102188001010019".translate(FULL_WIDTH), "malformed_value"),
        ("110105491231002", "malformed_value"),  # the 15 digits of before 1999
        ("", "malformed_value"),
    ],
)
def test_wrong_resident_id(text: str, fault: str) -> None:
    assert check_resident_id(text) == fault


@given(resident_ids, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_resident_id_is_found(text: str, place: int, shift: int) -> None:
    assert check_resident_id(text) is None
    slip = str((int(text[place]) + shift) % 10)
    assert check_resident_id(text[:place] + slip + text[place + 1 :]) is not None


@given(resident_ids, st.integers(0, 15))
def test_two_neighbours_swapped_in_a_resident_id_are_found(text: str, place: int) -> None:
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert (check_resident_id(swapped) is None) == (swapped == text)


@given(st.text(max_size=24))
def test_checks_never_raise(text: str) -> None:
    for check in (
        check_resident_id,
        check_uscc,
        check_disability_card,
        check_marriage_certificate,
        check_archived_certificate,
        check_old_resident_id,
    ):
        assert check(text) in {None, "malformed_value", "no_such_date", "wrong_check_digit"}


@pytest.mark.parametrize(
    "text",
    [
        "914403001922038216",
        "9144030071526726XG",
        "91110000802100433B",
        "51445102MJ0000018G",
        "51445102MJ0000026B",
        "52445102MJ0000018D",
        "52445102MJ00000268",
    ],
)
def test_uscc(text: str) -> None:
    assert check_uscc(text) is None
    assert body_code_check(text[8:16]) == text[16]
    assert uscc_check(text[:17]) == text[17]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("51445102MJ00000180", "wrong_check_digit"),  # G would be right
        ("51445102MJ000001IG", "malformed_value"),  # no letter I
        ("51445102mj0000018G", "malformed_value"),
        ("51445102MJ0000018", "malformed_value"),
        ("51445102MJ0000018G\n", "malformed_value"),
        ("51A45102MJ0000018G", "malformed_value"),
        ("", "malformed_value"),
    ],
)
def test_wrong_uscc(text: str, fault: str) -> None:
    assert check_uscc(text) == fault


def test_a_code_issued_with_a_wrong_body_code_is_well_formed() -> None:
    """By GB 11714 its 17th character would be 1; the last fits the 17 before it (GB 32100)."""
    assert check_uscc("52445102MJY000194Q") is None
    assert not body_code_fits("52445102MJY000194Q")
    assert body_code_fits("51445102MJ0000018G")
    assert check_uscc("52445102MJY000194R") == "wrong_check_digit"


@given(usccs, st.integers(0, 17), st.sampled_from(USCC_CHARACTERS))
def test_one_wrong_character_of_a_uscc_is_found(text: str, place: int, slip: str) -> None:
    assert check_uscc(text) is None
    wrong = text[:place] + slip + text[place + 1 :]
    assert (check_uscc(wrong) is None) == (wrong == text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("44510218800101001911", None),
        ("11010519491231002X74", None),
        ("44510218800101001943B", None),  # re-issued
        ("44510218800101001943B1", None),
        ("445102188001010019", "malformed_value"),
        ("4451021880010100191", "malformed_value"),
        ("44510218800101001901", "malformed_value"),  # categories are 1-7
        ("44510218800101001981", "malformed_value"),
        ("44510218800101001915", "malformed_value"),  # grades are 1-4
        ("445102188001010019431", "malformed_value"),
        ("44510218800101001843", "wrong_check_digit"),
        ("44510218990229001643", "no_such_date"),
    ],
)
def test_disability_card(text: str, fault: str | None) -> None:
    assert check_disability_card(text) == fault


def test_category_and_grade_of_a_card_are_called_as_on_the_card() -> None:
    assert label(1, CardCategory) == "视力"
    assert label(7, CardCategory) == "多重"
    assert label(1, CardGrade) == "一级"


@pytest.mark.parametrize(
    ("kind", "division", "year", "serial", "text"),
    [
        ("J", "110105", 2010, 1, "J110105-2010-000001"),
        ("J", "445102", 2024, 2207, "J445102-2024-002207"),
        ("L", "445102", 2024, 442, "L445102-2024-000442"),
        ("BJ", "445102", 2024, 127, "BJ445102-2024-000127"),
        ("BL", "445102", 2024, 8, "BL445102-2024-000008"),
    ],
)
def test_marriage_certificate(
    kind: MarriageCertificateKind, division: str, year: int, serial: int, text: str
) -> None:
    assert check_marriage_certificate(text) is None
    assert marriage_certificate(kind, division, year, serial) == text
    match = MARRIAGE_CERTIFICATE.fullmatch(text)
    assert match is not None
    assert match["kind"] == kind
    assert (int(match["year"]), int(match["serial"])) == (year, serial)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "J445102-2024-00001",
        "J445102-2024-0000001",
        "J44510-2024-000001",
        "B445102-2024-000001",
        "LJ445102-2024-000001",
        "j445102-2024-000001",
        "J445102-2024-000001\n",
        "J445102-2024-000001".translate(FULL_WIDTH),
    ],
)
def test_wrong_marriage_certificate(text: str) -> None:
    assert check_marriage_certificate(text) == "malformed_value"
