"""No number of a person stands where everybody may read it."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import examples
from domain.catalogue import EVENTS
from domain.envelope import read
from domain.faults import Unacceptable
from domain.identifiers import holds_resident_id
from domain.misplaced import holds_number, masked
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench, event
from tests.support.money import a_household, a_payment, an_id

NUMBER = "445199199006070099"
WITH_X = "44519919900607003X"
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}


def message_of(name: str, **data: Any) -> dict[str, Any]:
    message = copy.deepcopy(examples.message(EVENTS[name], SAMPLE))
    message["data"] |= data
    return message


def refused(message: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and pointers of why a message is refused; nothing of it is repeated."""
    with pytest.raises(Unacceptable) as raised:
        read(json.dumps(message, ensure_ascii=False).encode(), SAMPLE, replay=True)
    assert NUMBER[:12] not in repr(raised.value.faults)
    return [found[:2] for found in raised.value.faults]


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        WITH_X,
        WITH_X.lower(),
        NUMBER.translate(FULL_WIDTH),
        "4451 9919 9006 0700 99",
        "445199\u300019900607\u30000099",
        "445199\u200b199006070099",
        "445199\u00ad19900607\u180e0099",
        "445199\u2063199006070099\ufe0f",
        NUMBER.translate({ord(c): 0x0660 + int(c) for c in "0123456789"}),
        NUMBER.translate(HAN),
        f"身份证{WITH_X.translate(HAN)}",
        f"DB-{NUMBER}",
        f"DB{NUMBER}-2024",
        f"身份证{NUMBER}，电话从略",
        f"2024 {NUMBER} 5",
        f"{NUMBER}41",  # the number of a 残疾人证
    ],
)
def test_a_number_is_found_however_it_stands_there(text: str) -> None:
    assert holds_number(text)
    assert holds_resident_id(text)
    assert "…" in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER[:17] + "0",
        NUMBER[:17],
        "445102-20240301-0012",
        "44510220240301123045000123",
        "DB-2024-000123",
        "9144030071526726XG",
        "0" * 20_000,
        "1" * 20_000,
        "",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert not holds_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "6222 0202 0001 2345 678",
        "６２２２０２０２０００１２３４５６７８",
        "445199-19900607-0099",
        "4451991990-06070099",
        "445199.19900607.0099",
        "445199‐19900607‐0099",
        f"/streams/case/{WITH_X.lower()}",
    ],
)
def test_no_log_repeats_what_may_be_a_number(text: str) -> None:
    told = masked(text)
    assert sum(map(str.isdigit, told)) < 4
    assert "…" in told


def test_a_text_that_is_long_on_purpose_takes_no_time() -> None:
    """Whoever asks may send 64 kB of anything."""
    for text in ("1" + " " * 60_000, "1-" * 30_000, "1 " * 30_000 + "甲", "4" * 60_000):
        masked(text)
        holds_number(text)


@pytest.mark.parametrize(
    "text", ["/streams/case/DB-2024-000123", "445199-20240301-0012", "２０２４年，示例", "①②③", ""]
)
def test_a_log_repeats_other_texts_as_they_are(text: str) -> None:
    assert masked(text) == text


@given(
    born=st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    serial=st.integers(1, 999),
    beside=st.text("年月日-_.,;abc", max_size=5),
    wide=st.booleans(),
)
def test_a_number_beside_other_text_is_found(
    born: date, serial: int, beside: str, *, wide: bool
) -> None:
    number = an_id(f"{born:%Y%m%d}", serial)
    assert holds_number(beside + (number.translate(FULL_WIDTH) if wide else number) + beside)


@pytest.mark.parametrize(
    ("name", "field", "text"),
    [
        ("marriage.certificate-voided.v1", "reason", f"补录 {NUMBER}"),
        ("assistance.case-taken-over.v1", "case_number", f"DB-{NUMBER}"),
        ("assistance.case-taken-over.v1", "decision_number", f"示例〔2024〕{NUMBER}号"),
        ("funeral.cremation-recorded.v1", "record", NUMBER),
    ],
)
def test_a_number_in_a_field_is_refused_there(name: str, field: str, text: str) -> None:
    assert refused(message_of(name, **{field: text}))[0] == (
        "personal_data_misplaced",
        f"/data/{field}",
    )


@pytest.mark.parametrize("attribute", ["id", "subject"])
def test_a_number_in_an_attribute_is_refused_there(attribute: str) -> None:
    message = message_of("marriage.certificate-voided.v1")
    message[attribute] = f"case-{NUMBER}"
    assert refused(message) == [("personal_data_misplaced", f"/{attribute}")]


def test_each_place_is_told() -> None:
    message = message_of("placename.assessment-reported.v1", same_sounding=["示例路", NUMBER])
    message["id"] = NUMBER
    found = [each for each in refused(message) if each[0] == "personal_data_misplaced"]
    assert [pointer for _, pointer in found] == ["/id", "/data/same_sounding/1"]


def test_a_number_in_the_fields_of_a_person_is_right() -> None:
    message = message_of("assistance.case-taken-over.v1")
    message["data"]["members"][0]["person"] |= {"id_number": NUMBER, "address": f"示例 {NUMBER}"}
    read(json.dumps(message).encode(), SAMPLE, replay=True)


async def test_nothing_that_is_told_of_the_refusal_holds_the_number(bench: Bench) -> None:
    case = a_household("DB-1")
    line = event("social-assistance", f"id-{NUMBER}", case)
    await bench.take(line)

    row = await bench.connection.fetchrow("SELECT * FROM ledger.quarantine")
    assert row is not None
    assert row["reason"] == "personal_data_misplaced"
    assert NUMBER not in repr([value for name, value in row.items() if name != "sealed"])
    told = await bench.connection.fetch("SELECT detail FROM ledger.journal")
    assert not any(NUMBER.encode() in each[0] for each in told)


async def test_what_would_wait_for_a_number_is_refused(bench: Bench) -> None:
    """What a parked event waits for is told in clear."""
    payment = a_payment("DB-1", 50_000, "2024-05")
    await bench.tell(a_household("DB-1"))
    await bench.take(event("payouts", "p-1", payment, corrects=f"payouts/{NUMBER}", kind="changed"))

    assert await bench.connection.fetchval("SELECT count(*) FROM ledger.parked") == 0
    found = await bench.connection.fetchrow("SELECT reason, pointer FROM ledger.quarantine")
    assert tuple(found) == ("personal_data_misplaced", "/corrects")


def test_what_was_taken_before_it_was_refused_is_known_again() -> None:
    """Sent again, an entry of an earlier release is a duplicate and no new fault."""
    before = message_of("marriage.certificate-voided.v1", reason=" ")
    before["id"] = NUMBER
    couple = message_of("marriage.marriage-registered.v1")
    couple["data"]["parties"][0] |= {"name": " ", "id_number": "445199000101010114"}
    couple["data"]["registrars"] *= 2

    for message in (before, couple):
        with pytest.raises(Unacceptable) as raised:
            read(json.dumps(message).encode(), SAMPLE, replay=True)
        assert raised.value.as_before is not None
        assert raised.value.as_before.id == message["id"]
