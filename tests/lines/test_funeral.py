"""Ash certificates: old and new forms by number, and what is recorded with a breach.

By hand: of 10 old forms 3 are issued and 1 is voided, so 6 are sealed; of 10 new ones 2 are issued,
so 8 are blank at the end of the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import asyncpg
import pytest

from domain.event import Event, Person
from domain.funeral import (
    AshesCertificateIssued,
    AshesPlaced,
    CremationRecorded,
    FormKind,
    FormStockCounted,
    FormStockPrinted,
    FormStockSealed,
    FormVersionActivated,
    FormVoided,
    KeepingBodyClosed,
    KeepingBodyTakenOver,
)
from tests.support.enforcement import PERSON, afresh, told
from tests.support.ledger import Bench, event
from tests.support.money import PUBLISHED, breaches

CHANGE = date(2024, 3, 15)
EARLIER = date(2024, 2, 1)
KINDS: tuple[FormKind, ...] = ("promise", "receipt")


def printed(form: str, kind: FormKind) -> FormStockPrinted:
    return FormStockPrinted(
        form=form, kind=kind, first_number=1, last_number=10, printed_on=date(2024, 1, 2)
    )


def activated(form: str, kind: FormKind, on: date, **more: Any) -> FormVersionActivated:
    return FormVersionActivated(
        form=form, kind=kind, activated_on=on, notice_number="示例殡〔2024〕1号", **more
    )


def issued(form: str, kind: FormKind, number: int, on: date) -> AshesCertificateIssued:
    return AshesCertificateIssued(
        form=form, kind=kind, number=number, deceased=PERSON, issued_on=on, issuer="BY-01"
    )


def sealed(kind: FormKind, on: date = CHANGE, first: int = 5, **more: Any) -> FormStockSealed:
    return FormStockSealed.model_validate(
        {
            "form": f"{kind}-old",
            "kind": kind,
            "first_number": first,
            "last_number": 10,
            "sealed_on": on,
            "count": 11 - first,
            "witnesses": ("BY-01", "JB-03"),
            **more,
        }
    )


def before(kind: FormKind) -> list[Event]:
    """The old version in use: numbers 1, 2 and 4 issued, 3 spoiled."""
    old = f"{kind}-old"
    spoiled = FormVoided(
        form=old, kind=kind, number=3, voided_on=date(2024, 2, 1), reason="填写错误"
    )
    return [
        printed(old, kind),
        activated(old, kind, date(2024, 1, 2)),
        *(issued(old, kind, number, date(2024, 2, 1)) for number in (1, 2, 4)),
        spoiled,
    ]


def changed(kind: FormKind) -> list[Event]:
    """The new version came into use on 15 March; number 1 and 2 issued, the rest blank."""
    new = f"{kind}-new"
    return [
        printed(new, kind),
        activated(new, kind, CHANGE, replaces=f"{kind}-old"),
        issued(new, kind, 1, CHANGE),
        issued(new, kind, 2, date(2024, 6, 3)),
        FormStockCounted(form=new, kind=kind, blank=8, counted_on=date(2024, 12, 31)),
    ]


def whole_year() -> list[Event]:
    return [step for kind in KINDS for step in (*before(kind), *changed(kind), sealed(kind))]


async def given(connection: asyncpg.Connection, facts: Iterable[Event]) -> Bench:
    bench = await afresh(connection)
    await bench.take(*told(*facts))
    return bench


async def faults(bench: Bench) -> list[str]:
    """What is wrong with the old forms."""
    return [what for ok, what, _ in (await bench.statement("S01")).conditions if not ok]


# The day of the change


async def test_both_new_forms_came_into_use_on_one_day(connection: asyncpg.Connection) -> None:
    bench = await given(connection, whole_year())

    assert (await bench.figure("F45")).value == "2024-03-15"
    assert (await bench.figure("F45", year=2023)).value is None
    assert await faults(bench) == []


async def test_two_days_are_no_day(connection: asyncpg.Connection) -> None:
    later = activated("receipt-new", "receipt", date(2024, 3, 18), replaces="receipt-old")
    stock = printed("receipt-new", "receipt")
    steps = [*before("promise"), *changed("promise"), *before("receipt"), stock, later]
    bench = await given(connection, steps)

    assert (await bench.figure("F45")).value is None


async def test_one_of_the_two_forms_is_no_day(connection: asyncpg.Connection) -> None:
    bench = await given(connection, [*before("promise"), *changed("promise"), *before("receipt")])

    assert (await bench.figure("F45")).value is None
    assert "骨灰领取证新版已启用" in await faults(bench)


async def test_a_first_version_replaces_nothing_and_is_no_change(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, before("promise"))

    assert (await bench.figure("F45")).value is None


# The old forms


async def test_nothing_is_said_of_an_empty_year(connection: asyncpg.Connection) -> None:
    assert not (await (await afresh(connection)).statement("S01")).holds


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("promise", "骨灰承诺证旧版于停用当日按号段封存"),
        ("receipt", "骨灰领取证旧版于停用当日按号段封存"),
    ],
)
async def test_old_forms_not_sealed(
    connection: asyncpg.Connection, kind: FormKind, fault: str
) -> None:
    steps = [step for step in whole_year() if step != sealed(kind)]
    bench = await given(connection, steps)

    assert await faults(bench) == [
        fault,
        f"{kind}-old 印制 10 = 开具 3 + 作废 1 + 空白 0 + 封存 0",
    ]


async def test_old_forms_sealed_a_day_later(connection: asyncpg.Connection) -> None:
    steps = [step for step in whole_year() if step != sealed("promise")]
    bench = await given(connection, [*steps, sealed("promise", date(2024, 3, 16))])

    assert await faults(bench) == ["骨灰承诺证旧版于停用当日按号段封存"]


async def test_an_old_form_issued_on_the_day_of_the_change(connection: asyncpg.Connection) -> None:
    """R-AS-01: from 15 March on; the day before is lawful. One form less is sealed."""
    old: list[Event] = [issued("promise-old", "promise", 5, CHANGE), sealed("promise", first=6)]
    steps = [step for step in whole_year() if step != sealed("promise")]
    bench = await given(connection, [*steps, *old])
    assert await faults(bench) == ["promise-old 停用后未再开具"]

    old[0] = issued("promise-old", "promise", 5, date(2024, 3, 14))
    assert await faults(await given(connection, [*steps, *old])) == []


async def test_a_form_unaccounted_for(connection: asyncpg.Connection) -> None:
    """R-AS-02: 10 printed, 3 issued, 1 voided, 5 sealed: one is missing."""
    steps = [step for step in whole_year() if step != sealed("receipt")]
    bench = await given(connection, [*steps, sealed("receipt", first=6)])

    assert await faults(bench) == ["receipt-old 印制 10 = 开具 3 + 作废 1 + 空白 0 + 封存 5"]


async def test_a_number_issued_twice_or_never_printed(connection: asyncpg.Connection) -> None:
    """R-AS-02 goes by number range: the sums are right, the numbers are not."""
    steps = [step for step in whole_year() if step != issued("promise-old", "promise", 4, EARLIER)]
    fault = "promise-old 开具、作废、封存的号码都在印制号段内，没有重号"
    for number in (2, 11):
        wrong = issued("promise-old", "promise", number, EARLIER)
        assert await faults(await given(connection, [*steps, wrong])) == [fault]


async def test_between_two_counts_a_version_in_use_is_settled_as_of_the_last(
    connection: asyncpg.Connection,
) -> None:
    """End of March: 1 issued, 9 blank. One more is issued in June, counted in December."""
    counts = [
        FormStockCounted(form=f"{k}-new", kind=k, blank=9, counted_on=date(2024, 3, 31))
        for k in KINDS
    ]
    bench = await given(connection, [*whole_year(), *counts])

    for asof in (date(2024, 3, 31), date(2024, 7, 1), date(2024, 12, 31)):
        assert (await bench.statement("S01", asof=asof)).holds
    assert not (await bench.statement("S01", asof=date(2024, 3, 30))).holds


async def test_a_seal_told_late_was_not_known_when_the_report_was_published(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, [step for step in whole_year() if step != sealed("promise")])
    await bench.take(event("funeral", "late", sealed("promise"), received=date(2025, 2, 3)))

    assert (await bench.statement("S01")).holds
    assert not (await bench.statement("S01", known=PUBLISHED)).holds


# What is recorded with a breach


async def test_an_old_form_after_the_seal_and_a_new_one_before_it_is_in_use(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(
        connection,
        [
            *before("promise"),
            printed("promise-new", "promise"),
            issued("promise-new", "promise", 1, date(2024, 3, 14)),
            activated("promise-new", "promise", CHANGE, replaces="promise-old"),
            issued("promise-new", "promise", 2, date(2024, 3, 14)),
            issued("promise-new", "promise", 3, CHANGE),
            sealed("promise"),
            issued("promise-old", "promise", 5, CHANGE),
            issued("promise-old", "promise", 6, date(2024, 3, 14)),
        ],
    )

    assert await breaches(connection, "e-7") == ["form-version-not-in-use"]
    assert await breaches(connection, "e-9") == ["form-version-not-in-use"]
    assert await breaches(connection, "e-10") == []
    assert await breaches(connection, "e-12") == ["form-version-stopped"]
    assert await breaches(connection, "e-13") == []
    assert len(await bench.rows("form_movement")) == 12  # all of them recorded


async def test_a_seal_whose_count_is_not_that_of_its_range(connection: asyncpg.Connection) -> None:
    await given(connection, [*before("promise"), sealed("promise", count=7)])

    assert await breaches(connection, "e-6") == ["sealed-count-differs"]


async def test_a_range_that_runs_backwards_is_malformed(connection: asyncpg.Connection) -> None:
    bench = await given(connection, [printed("promise-old", "promise")])
    data = {"first_number": 9, "last_number": 8}
    tally = await bench.take(event("funeral", "x", sealed("promise"), data=data))

    assert tally.quarantined == 1


# Placements


def a_body() -> KeepingBodyTakenOver:
    return KeepingBodyTakenOver(
        body="GH-01",
        name="示例骨灰楼",
        kind="columbarium",
        township="445102100",
        registered_on=date(2008, 6, 1),
    )


def placed(on: date, deceased: Person = PERSON) -> AshesPlaced:
    return AshesPlaced(
        body="GH-01",
        deceased=deceased,
        receipt_form="receipt-old",
        receipt_number=1,
        placed_on=on,
    )


async def test_ashes_wait_for_a_body_that_is_on_the_register(
    connection: asyncpg.Connection,
) -> None:
    bench = await afresh(connection)
    assert (await bench.take(*told(placed(date(2024, 2, 1))))).parked == 1

    await bench.take(*told(a_body(), prefix="later"))
    (placement,) = await bench.rows("ashes_placement")
    assert (placement["body"], placement["receipt_number"]) == ("GH-01", 1)


async def test_ashes_placed_at_a_closed_body(connection: asyncpg.Connection) -> None:
    closed = KeepingBodyClosed(body="GH-01", closed_on=date(2024, 5, 6), reason="迁移完毕")
    bench = await given(
        connection, [a_body(), closed, placed(date(2024, 5, 5)), placed(date(2024, 5, 6))]
    )

    assert await breaches(connection, "e-2") == []
    assert await breaches(connection, "e-3") == ["body-closed"]
    assert len(await bench.rows("ashes_placement")) == 2


async def test_no_open_part_names_the_dead(connection: asyncpg.Connection) -> None:
    cremated = CremationRecorded(
        record="HH-1",
        deceased=PERSON,
        died_on=date(2024, 1, 30),
        cremated_on=date(2024, 2, 1),
    )
    await given(connection, [a_body(), *before("receipt"), cremated, placed(date(2024, 2, 1))])

    stored = await connection.fetch("SELECT convert_from(open, 'UTF8') FROM ledger.entry")
    assert len(stored) == 9
    secret = (PERSON.name, str(PERSON.id_number))
    assert not any(word in row[0] for row in stored for word in secret)
