"""What a sender is told: the field itself, what is expected there, and never a worse advice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.envelope import read
from domain.faults import Fault, Unacceptable
from tests.support.bureau import SAMPLE
from tests.support.engine import altered
from tests.support.ledger import event
from tests.support.money import a_household, a_payment, an_id

PAYMENT = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))
CASE = event("social-assistance", "c-1", a_household("DB-1"))


def faults(raw: bytes) -> list[Fault]:
    with pytest.raises(Unacceptable) as refused:
        read(raw, SAMPLE, replay=True)
    return list(refused.value.faults)


def fault(raw: bytes) -> Fault:
    """The only one."""
    (found,) = faults(raw)
    return found


def paid(**data: Any) -> bytes:
    return altered(PAYMENT, data)


def member(**person: Any) -> bytes:
    message = json.loads(CASE)
    message["data"]["members"][0]["person"] |= person
    return json.dumps(message, ensure_ascii=False).encode()


# Money.

FEN = "an integer number of 分（1/100 元）"


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("65000", f"{FEN}, without quotes"),
        ("650.50", f"{FEN}, without quotes"),
        (65000.0, f"{FEN}, without a fraction, an exponent, or the sign of zero"),
        (650.5, f"{FEN}: multiply 元 by 100"),
        (True, FEN),
        ([65000], FEN),
    ],
)
def test_advice_about_money_never_makes_it_worse(amount: Any, expected: str) -> None:
    """Who sent "65000", an amount of 分 in quotes, was told to multiply it by 100."""
    assert fault(paid(amount_fen=amount)) == ("amount_not_integer", "/data/amount_fen", expected)


def test_only_less_than_nothing_is_negative() -> None:
    message = examples.message(EVENTS["standards.standard-adopted.v1"], SAMPLE)
    for amount, code in ((0, "malformed_value"), (-1, "negative_amount")):
        message["data"]["amount_fen"] = amount
        found = fault(json.dumps(message).encode())
        assert (found.code, found.pointer) == (code, "/data/amount_fen")
    assert "send a return" not in fault(paid(amount_fen=10**14)).expected


# Dates.

MISSPELT = (
    *("2024/5/1", "20260501", "2024-5-1", "2024-W10-1", "1709251200", "0", "", " 2024-05-01"),
    *("2024-05-01\n", "2024-05-01T00:00:00Z", "２０２４-05-01", 7, [2024, 5]),
)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        *((day, "malformed_value") for day in MISSPELT),
        *((day, "malformed_value") for day in ("1899-12-31", "2200-01-01")),
        *((day, "no_such_date") for day in ("2024-02-30", "2023-02-29", "2024-13-01")),
    ],
)
def test_a_wrong_spelling_is_not_a_day_that_does_not_exist(day: Any, code: str) -> None:
    found = fault(paid(settled_on=day))
    assert (found.code, found.pointer) == (code, "/data/settled_on")
    assert "YYYY-MM-DD" in found.expected


def test_a_month_and_a_code_say_how_they_are_written() -> None:
    assert fault(paid(months=["2024-5"])) == (
        "malformed_value",
        "/data/months/0",
        "a month, YYYY-MM, of the years 1900 to 2199",
    )
    assert "no space" in fault(paid(case_number="a b")).expected
    assert "dibao 最低生活保障, tekun" in fault(paid(programme="低保")).expected


# Persons.

OLD = "445199900607003"


@pytest.mark.parametrize(
    ("person", "code", "field"),
    [
        ({"id_number": OLD}, "malformed_value", "id_number"),
        ({"id_number": "445190200203150011"}, "wrong_check_digit", "id_number"),
        ({"id_number": None}, "missing_field", "id_number"),
        ({"id_kind": "none"}, "malformed_value", "id_number"),
        ({"id_kind": "none", "id_number": None}, "missing_field", "no_id_reason"),
        ({"id_kind": "身份证"}, "malformed_value", "id_kind"),
        ({"name": None}, "malformed_value", "name"),
    ],
)
def test_what_is_wrong_with_a_person_names_the_field(
    person: dict[str, Any], code: str, field: str
) -> None:
    """The pointer was that of the person, and the sender could not know which field it was."""
    found = fault(member(**person))
    assert (found.code, found.pointer) == (code, f"/data/members/0/person/{field}")


def test_the_remedy_of_an_old_number_is_told() -> None:
    expected = fault(member(id_number=OLD)).expected
    assert "15 digits" in expected
    assert "give that of 18 (GB 11643-1999)" in expected
    assert "2013-01-01" in expected


def test_a_range_names_the_field() -> None:
    message = examples.message(EVENTS["funeral.form-stock-printed.v1"], SAMPLE)
    message["data"] |= {"first_number": 9, "last_number": 1}
    assert fault(json.dumps(message).encode())[:2] == ("malformed_value", "/data/last_number")


# Names.


@pytest.mark.parametrize(
    ("name", "pointer", "expected"),
    [
        ("amuont_fen", "/data/amuont_fen", "amount_fen?"),
        ("amountFen", "/data/amountFen", "amount_fen?"),
        ("settledOn", "/data/settledOn", "settled_on?"),
        ("张三", "/data", "no other fields than case_number, programme"),
        ("zhangsan", "/data", "no other fields than case_number, programme"),
        ("amount_fen_13800138000", "/data", "no other fields than case_number, programme"),
    ],
)
def test_an_unknown_field_is_named_where_it_is_one_of_ours_misspelt(
    name: str, pointer: str, expected: str
) -> None:
    found = fault(paid(**{name: 1}))
    assert (found.code, found.pointer) == ("unknown_field", pointer)
    assert found.expected.startswith(expected)


def test_an_unknown_field_of_a_person_is_compared_with_those_of_a_person() -> None:
    found = fault(member(idNumber=an_id()))
    assert found == ("unknown_field", "/data/members/0/person/idNumber", "id_number?")


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ("cn.mingjian.assistance.payment-setled.v1", "cn.mingjian.assistance.payment-settled.v1?"),
        ("assistance.payment-settled.v1", "cn.mingjian.assistance.payment-settled.v1?"),
        ("cn.mingjian.assistance.payment-settled.v2", "cn.mingjian.assistance.payment-settled.v1?"),
        ("cn.mingjian.payment-settled.v1", "cn.mingjian.assistance.payment-settled.v1?"),
        ("payment-settled", "cn.mingjian.assistance.payment-settled.v1?"),
        ("cn.mingjian.application-received", "contracts export"),
        ("cn.mingjian.nothing.of-the-kind.v1", "contracts export"),
        ("cn.mingjian.assistance." + "x" * 60_000, "contracts export"),
        ("", "contracts export"),
    ],
)
def test_a_type_misspelt_is_told_the_next_one(claimed: str, expected: str) -> None:
    found = fault(altered(PAYMENT, type=claimed))
    assert (found.code, found.pointer) == ("unknown_type", "/type")
    assert expected in found.expected


# Nothing of what was sent.


@pytest.mark.parametrize("name", EVENTS)
def test_no_fault_repeats_what_was_sent(name: str) -> None:
    """Every field of every type with a name in it that must not be stored in clear."""
    message = examples.message(EVENTS[name], SAMPLE)
    message["data"] = dict.fromkeys(EVENTS[name].model_fields, "张三") | {"张三": "张三"}
    message |= {"time": "张三", "subject": 7, "tags": ["张三"], "张三": 1}
    assert "张三" not in json.dumps(faults(json.dumps(message).encode()), ensure_ascii=False)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"data": ""}, "/data"), ({"data": {"registrars": [""]}}, "/data/registrars/0")],
)
def test_an_empty_text_where_no_field_is_is_refused_like_others(
    change: dict[str, Any], pointer: str
) -> None:
    """Who asked whether the field might be left out asked for one that does not exist."""
    message = examples.message(EVENTS["marriage.marriage-registered.v1"], SAMPLE)
    data = change["data"]
    message["data"] = {**message["data"], **data} if isinstance(data, dict) else data

    with pytest.raises(Unacceptable) as refused:
        read(json.dumps(message).encode(), SAMPLE, replay=True)
    assert pointer in {fault.pointer for fault in refused.value.faults}
