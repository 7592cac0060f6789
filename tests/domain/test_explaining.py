"""What a sender is told beside the fault: what stood there and what was meant, and never who."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from domain import examples
from domain.catalogue import EVENTS
from domain.envelope import read
from domain.explaining import explained
from domain.faults import Unacceptable, remedy
from tests.support.bureau import SAMPLE
from tests.support.engine import altered
from tests.support.ledger import event
from tests.support.money import a_household, a_payment, an_id

PAYMENT = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))
CASE = event("social-assistance", "c-1", a_household("DB-1"))
PHONE, ACCOUNT = "13800138000", "6222020200012345678"


def told(raw: bytes, *, replay: bool = True) -> list[dict[str, Any]]:
    try:
        read(raw, SAMPLE, replay=replay)
    except Unacceptable as refusal:
        return explained(refusal.faults, json.loads(raw), SAMPLE)
    return []


def of(**data: Any) -> dict[str, Any]:
    """What is told of one wrong field of a payment, without its code and pointer."""
    (found,) = told(altered(PAYMENT, data))
    return {name: found[name] for name in ("kind", "received", "meant") if name in found}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"amount_fen": "65000"}, {"kind": "string of 5", "received": "65000", "meant": 65_000}),
        ({"amount_fen": 65000.0}, {"kind": "number", "received": 65000.0, "meant": 65_000}),
        ({"amount_fen": 650.5}, {"kind": "number", "received": 650.5}),
        ({"amount_fen": "650.50元"}, {"kind": "string of 7", "received": "650.50元"}),
        ({"amount_fen": [65000]}, {"kind": "array of 1"}),
        ({"settled_on": "2024/5/1"}, {"kind": "string of 8", "received": "2024/5/1"}),
        ({"settled_on": "20240501"}, {"kind": "string of 8", "received": "20240501"}),
        ({"settled_on": 20240501}, {"kind": "integer", "received": 20240501}),
        (
            {"settled_on": "２０２４年５月１日"},
            {"kind": "string of 9", "received": "２０２４年５月１日"},
        ),
        ({"settled_on": 1714492800000}, {"kind": "integer", "received": 1714492800000}),
        ({"settled_on": "2024-04-30T16:00:00Z"}, {"kind": "string of 20"}),
        ({"settled_on": [2024, 5, 1]}, {"kind": "array of 3"}),
        ({"settled_on": [2024, 5, 1, 0, 0]}, {"kind": "array of 5"}),
    ],
)
def test_what_is_plainly_meant_is_said(data: dict[str, Any], said: dict[str, Any]) -> None:
    if "settled_on" in data:
        said |= {"meant": "2024-05-01"}
        if data["settled_on"] == "2024-04-30T16:00:00Z":
            said |= {"received": "2024-04-30T16:00:00Z"}
    assert of(**data) == said


@pytest.mark.parametrize(
    "day", ["05/01/2024", "1/5/2024", "2024-05", "May 1, 2024", "24-5-1", "2024-02-31", 17, True]
)
def test_where_it_is_not_plain_nothing_is_guessed(day: Any) -> None:
    assert "meant" not in of(settled_on=day)


def test_codes_are_told_with_their_names_and_known_by_them() -> None:
    (found,) = told(altered(PAYMENT, {"programme": "最低生活保障"}))
    assert found["allowed"]["dibao"] == "最低生活保障"
    assert (found["received"], found["meant"]) == ("最低生活保障", "dibao")
    message = json.loads(CASE)
    message["data"]["members"][0]["person"]["id_kind"] = "居民身份证"
    (found,) = told(json.dumps(message).encode())
    assert (found["pointer"], found["meant"]) == ("/data/members/0/person/id_kind", "resident-id")


@pytest.mark.parametrize(
    ("called", "code"),
    [
        ("最低生活保障", "dibao"),
        ("低保", "dibao"),
        ("特困", "tekun"),
        ("孤儿", "orphan"),
        ("临时救助", "temporary-relief"),
        (" 高龄补贴 ", "old-age"),
    ],
)
def test_a_programme_is_known_by_the_name_that_it_goes_by(called: str, code: str) -> None:
    assert of(programme=called)["meant"] == code


def test_a_name_of_two_codes_means_neither() -> None:
    two = {code: replace(SAMPLE.programmes[code], short="补贴") for code in ("dibao", "tekun")}
    bureau = replace(SAMPLE, programmes={**SAMPLE.programmes, **two})
    raw = altered(PAYMENT, {"programme": "补贴"})
    with pytest.raises(Unacceptable) as refused:
        read(raw, SAMPLE, replay=True)
    (found,) = explained(refused.value.faults, json.loads(raw), bureau)
    assert "meant" not in found


def test_a_field_that_is_spelt_otherwise_is_renamed_and_not_removed() -> None:
    message = json.loads(PAYMENT)
    message["data"]["settledOn"] = message["data"].pop("settled_on")
    found = next(each for each in told(json.dumps(message).encode()) if "meant" in each)
    assert (found["code"], found["meant"]) == ("unknown_field", "settled_on")
    assert remedy(found["code"], found["meant"]) == (
        "请将该字段改名为 settled_on",
        "rename it to settled_on",
    )
    assert "删去" in remedy("unknown_field").zh


def test_a_time_of_receipt_in_a_live_ledger_is_to_be_left_out() -> None:
    (found,) = told(PAYMENT, replay=False)
    assert (found["pointer"], found["meant"]) == ("/receivedat", None)


def test_a_moment_without_its_offset_is_one_of_china() -> None:
    (found,) = told(altered(PAYMENT, time="2024-01-08 10:00:00"))
    assert found["meant"] == "2024-01-08T10:00:00+08:00"


# Never who.


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, each in value.items() for leaf in leaves(each, (*path, name))]
    if isinstance(value, list):
        return [leaf for n, each in enumerate(value) for leaf in leaves(each, (*path, n))]
    return [path]


@pytest.mark.parametrize(
    "secret",
    ["张三", "zhangsan", "Zhang San", PHONE, int(PHONE), an_id(), an_id()[:15], ACCOUNT],
    ids=["name", "latin", "blank", "phone", "number", "resident", "old", "account"],
)
def test_whatever_field_it_stands_in_a_person_is_not_repeated(secret: str | int) -> None:
    """In each field, sealed or open, and in each attribute but those of systems."""
    for name in sorted(EVENTS)[::15]:
        message = examples.message(EVENTS[name], SAMPLE)
        for path in leaves(message):
            if path[0] in ("type", "source", "specversion", "datacontenttype"):
                continue
            made = copy.deepcopy(message)
            place = made
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = secret
            said = json.dumps(told(json.dumps(made).encode()), ensure_ascii=False)
            assert str(secret) not in said, (name, path)


@pytest.mark.parametrize(
    "written",
    ["138-0013-8000", "138 0013 8000", "138.0013.8000", "6222 0202 0001 2345 678", "0768-2345678"],
)
def test_a_number_that_is_parted_is_no_time(written: str) -> None:
    for name in ("time", "receivedat"):
        message = json.loads(PAYMENT) | {name: written}
        assert written not in json.dumps(told(json.dumps(message).encode())), name


@pytest.mark.parametrize("beside", ["张三", "13800138000", "湘桥区枫春路3号", "10:00 张三"])
def test_what_stands_beside_a_date_is_not_repeated(beside: str) -> None:
    for name in ("settled_on", "months"):
        value = f"2024-05-10 {beside}"
        said = of(**{name: [value] if name == "months" else value})
        assert beside not in json.dumps(said, ensure_ascii=False)
        message = json.loads(PAYMENT) | {"time": value}
        assert beside not in json.dumps(told(json.dumps(message).encode()), ensure_ascii=False)


def test_a_telephone_is_no_sum_however_it_is_parted() -> None:
    assert of(amount_fen="1380013,8000") == {"kind": "string of 12"}
    assert of(amount_fen="1,234,567.00")["received"] == "1,234,567.00"


def test_a_refusal_is_explained_in_well_under_a_millisecond() -> None:
    """While it is, a gateway answers nobody else: the contract is not read again for each fault."""
    wrong = altered(CASE, {name: [] for name in json.loads(CASE)["data"]})
    assert len(told(wrong)) > 5
    with pytest.raises(Unacceptable) as refusal:
        read(wrong, SAMPLE, replay=True)
    message = json.loads(wrong)
    begun = time.process_time()
    for _ in range(200):
        explained(refusal.value.faults, message, SAMPLE)
    assert (time.process_time() - begun) / 200 < 0.001
