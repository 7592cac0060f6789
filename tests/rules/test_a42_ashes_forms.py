"""Certificates for ashes: versions, numbers that add up, and what one deceased was given."""

from __future__ import annotations

from datetime import date

from domain.event import Event, Person
from domain.funeral import (
    AshesCertificateIssued,
    AshesPlaced,
    FormKind,
    FormStockCounted,
    FormStockPrinted,
    FormStockSealed,
    FormVersionActivated,
    FormVoided,
    KeepingBodyTakenOver,
)
from rules.a42_ashes_forms import RULE
from tests.support.enforcement import OTHER, PERSON, on
from tests.support.findings import findings
from tests.support.ledger import Bench
from tests.support.money import an_id

SWITCH = "03-15"


def printed(form: str, kind: FormKind, first: int, last: int) -> FormStockPrinted:
    return FormStockPrinted(
        form=form, kind=kind, first_number=first, last_number=last, printed_on=on("01-02")
    )


def in_use(form: str, kind: FormKind, day: str, replaces: str | None = None) -> Event:
    return FormVersionActivated(
        form=form,
        kind=kind,
        activated_on=on(day),
        notice_number="示例〔2024〕4号",
        replaces=replaces,
    )


def issued(form: str, kind: FormKind, number: int, whom: Person, day: str) -> Event:
    return AshesCertificateIssued(
        form=form, kind=kind, number=number, deceased=whom, issued_on=on(day), issuer="BY-01"
    )


def voided(number: int, day: str = "02-01") -> FormVoided:
    return FormVoided(
        form="promise-old", kind="promise", number=number, voided_on=on(day), reason="填写错误"
    )


def counted(blank: int, day: str) -> FormStockCounted:
    return FormStockCounted(form="promise-old", kind="promise", blank=blank, counted_on=on(day))


def sealed(first: int, last: int, count: int | None = None, day: str = SWITCH) -> FormStockSealed:
    return FormStockSealed(
        form="promise-old",
        kind="promise",
        first_number=first,
        last_number=last,
        sealed_on=on(day),
        count=last - first + 1 if count is None else count,
        witnesses=("BY-01",),
    )


def somebody(number: int) -> Person:
    return Person(id_kind="resident-id", id_number=an_id("19400101", number), name="示例")


OLD = (printed("promise-old", "promise", 1, 10), in_use("promise-old", "promise", "2016-04-01"))
RECEIPTS = (printed("receipt-1", "receipt", 1, 10), in_use("receipt-1", "receipt", "2016-04-01"))


async def keys(bench: Bench) -> list[str]:
    return sorted(one.key for _, one in await findings(bench, RULE))


async def whats(bench: Bench) -> list[str]:
    return [one.what for _, one in await findings(bench, RULE)]


# Versions


async def test_the_old_version_until_the_day_before_the_switch_the_new_one_from_it(
    bench: Bench,
) -> None:
    new = (
        printed("promise-new", "promise", 1, 10),
        in_use("promise-new", "promise", SWITCH, "promise-old"),
    )
    await bench.tell(
        *OLD,
        *new,
        issued("promise-old", "promise", 1, somebody(1), "03-14"),
        issued("promise-new", "promise", 1, somebody(2), SWITCH),
    )
    assert await keys(bench) == []

    await bench.tell(issued("promise-old", "promise", 2, somebody(3), SWITCH))
    assert await keys(bench) == ["stopped"]
    await bench.tell(issued("promise-new", "promise", 2, somebody(4), "03-14"))
    assert await keys(bench) == ["not in use", "stopped"]


async def test_a_switch_told_late_makes_what_was_issued_since_wrong(bench: Bench) -> None:
    await bench.tell(*OLD, issued("promise-old", "promise", 1, PERSON, SWITCH))
    assert await keys(bench) == []

    await bench.tell(
        printed("promise-new", "promise", 1, 10),
        in_use("promise-new", "promise", SWITCH, "promise-old"),
    )
    assert await keys(bench) == ["stopped"]


# Numbers


async def test_what_was_printed_is_issued_voided_sealed_or_blank(bench: Bench) -> None:
    first = issued("promise-old", "promise", 1, PERSON, "02-01")
    await bench.tell(*OLD, first, voided(2), counted(8, "02-29"), sealed(3, 10))
    assert await keys(bench) == []

    await bench.tell(counted(7, "02-28"))
    assert await whats(bench) == ["应结存空白证件8份，盘点为7份"]


async def test_one_issued_and_told_after_the_count_changes_what_was_to_be_left(
    bench: Bench,
) -> None:
    await bench.tell(*OLD, counted(10, "02-29"))
    assert await keys(bench) == []

    await bench.tell(issued("promise-old", "promise", 1, PERSON, "02-29"))
    assert await keys(bench) == ["counted 2024-02-29"]


async def test_what_is_left_is_sealed_whole(bench: Bench) -> None:
    await bench.tell(*OLD, sealed(1, 9))
    assert await whats(bench) == ["封存后应无空白证件，差额1份"]


async def test_as_many_are_under_seal_as_the_numbers_say(bench: Bench) -> None:
    await bench.tell(*OLD, sealed(1, 10, count=9))
    assert await whats(bench) == ["封存号段1至10共10份，封存9份"]


async def test_a_number_is_used_once_and_was_printed(bench: Bench) -> None:
    await bench.tell(*OLD, issued("promise-old", "promise", 10, PERSON, "02-01"))
    assert await keys(bench) == []

    await bench.tell(issued("promise-old", "promise", 11, somebody(1), "02-01"))
    assert await keys(bench) == ["unprinted"]
    await bench.tell(issued("promise-old", "promise", 10, OTHER, "02-02"))
    assert await keys(bench) == ["again", "unprinted"]


# Persons


async def test_a_promise_comes_before_the_receipt(bench: Bench) -> None:
    receipt = issued("receipt-1", "receipt", 1, PERSON, "02-02")
    await bench.tell(*OLD, *RECEIPTS, receipt)
    assert await keys(bench) == ["no promise"]

    await bench.tell(issued("promise-old", "promise", 1, PERSON, "02-03"))
    assert await keys(bench) == ["no promise"]


async def test_a_promise_of_the_same_day_will_do(bench: Bench) -> None:
    promise = issued("promise-old", "promise", 1, PERSON, "02-02")
    await bench.tell(*OLD, *RECEIPTS, promise, issued("receipt-1", "receipt", 1, PERSON, "02-02"))

    assert await keys(bench) == []


async def test_each_deceased_is_given_one_and_placed_once_against_it(bench: Bench) -> None:
    body = KeepingBodyTakenOver(
        body="GH-1",
        name="示例骨灰楼",
        kind="columbarium",
        township="445102100",
        registered_on=date(2010, 6, 1),
    )
    placed = AshesPlaced(
        body="GH-1",
        deceased=PERSON,
        receipt_form="receipt-1",
        receipt_number=1,
        placed_on=on("02-05"),
    )
    await bench.tell(
        *(*OLD, *RECEIPTS, body),
        issued("promise-old", "promise", 1, PERSON, "02-02"),
        issued("receipt-1", "receipt", 1, PERSON, "02-02"),
        placed,
    )
    assert await keys(bench) == []

    await bench.tell(
        issued("promise-old", "promise", 2, PERSON, "02-06"),
        placed.model_copy(update={"placed_on": on("02-07"), "receipt_number": 2}),
    )
    assert await keys(bench) == ["no receipt", "placed again", "promise again"]
