"""Organisations: who is on the register, how zombies ended, and whether the stock adds up."""

from __future__ import annotations

import asyncpg

from domain.event import Event
from domain.organisations.events import (
    AnnualReportFiled,
    Deregistered,
    LiquidationCompleted,
    RegisterCounted,
    RegistrationRevoked,
    ZombieDisposed,
    ZombieIdentified,
)
from projections.read_model import SCHEMA
from tests.support.enforcement import (
    ASSOCIATION,
    PRIVATE,
    RECORD,
    SECOND,
    a_body,
    afresh,
    established,
    on,
    told,
)
from tests.support.ledger import Bench, event


def liquidated(uscc: str, day: str = "06-09") -> LiquidationCompleted:
    return LiquidationCompleted(uscc=uscc, report=RECORD, completed_on=on(day))


def deregistered(uscc: str, day: str = "06-18") -> Deregistered:
    return Deregistered(
        uscc=uscc,
        reason="自行解散",
        certificate_collected=True,
        seal_collected=True,
        decision_number="示例民社〔2024〕9号",
        decided_on=on(day),
    )


def identified(uscc: str) -> ZombieIdentified:
    return ZombieIdentified(uscc=uscc, ground="unreachable", identified_on=on("03-20"))


def disposed(uscc: str, way: str, day: str, **more: object) -> ZombieDisposed:
    return ZombieDisposed.model_validate(
        {
            "uscc": uscc,
            "way": way,
            "document_number": "示例〔2024〕3号",
            "disposed_on": on(day),
            **more,
        }
    )


def counted(day: str, bodies: int) -> RegisterCounted:
    return RegisterCounted(register_code="445102", bodies=bodies, counted_on=on(day))


async def breaches(connection: asyncpg.Connection, number: int) -> list[str]:
    found = await connection.fetchval(
        "SELECT breaches FROM ledger.entry WHERE event_id = $1", f"e-{number}"
    )
    return list(found or [])


async def test_an_establishment_counts_by_kind_on_the_day_of_its_decision(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        *told(
            a_body(SECOND),
            established(ASSOCIATION, "12-31"),
            established(PRIVATE, "2025-01-02"),
        )
    )

    assert [(await bench.figure(f)).value for f in ("F32", "F33", "F34")] == [1, 1, 0]
    assert [(await bench.figure(f, year=2025)).value for f in ("F32", "F33", "F34")] == [1, 0, 1]


async def test_an_approval_entered_by_mistake_and_revoked_is_no_establishment(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    wrong = established(SECOND)
    await bench.take(
        event("organisations", "o-1", wrong),
        event("organisations", "o-2", wrong, corrects="organisations/o-1", kind="revoked"),
        event("organisations", "o-3", established(PRIVATE)),
    )

    approvals = await connection.fetchval(
        "SELECT count(*) FROM ledger.entry WHERE type LIKE '%establishment-approved%'"
    )
    assert (await bench.figure("F32")).value == 1
    assert approvals == 3


async def test_a_zombie_disposed_twice_counts_once_in_its_last_way_and_one_identified_not(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        *told(
            a_body(ASSOCIATION),
            a_body(SECOND),
            a_body(PRIVATE),
            identified(ASSOCIATION),
            identified(SECOND),
            identified(PRIVATE),
            disposed(ASSOCIATION, "rectification", "04-18", rectify_by=on("10-31")),
            disposed(ASSOCIATION, "deregistered", "11-14"),
            disposed(SECOND, "revoked", "09-03"),
        )
    )

    figure = await bench.figure("F35")
    assert (figure.value, figure.beside) == (2, "撤销登记 1、注销登记 1")
    assert (await bench.figure("F35", asof=on("06-30"))).beside == "限期整改 1"
    # The readings not taken: 3 disposals, 3 bodies identified.
    steps = await connection.fetch(
        f"SELECT step, count(*) FROM {SCHEMA}.zombie_disposal GROUP BY step"
    )
    assert {row[0]: row[1] for row in steps} == {"disposed": 3, "identified": 3}


REGISTER: tuple[Event, ...] = (
    a_body(ASSOCIATION),
    a_body(SECOND),
    counted("2023-12-31", 2),
    established(PRIVATE, "03-07"),
    liquidated(ASSOCIATION),
    deregistered(ASSOCIATION),
    RegistrationRevoked(uscc=SECOND, penalty_case="CF-1", revoked_on=on("09-03")),
    counted("12-31", 1),
)


async def test_the_register_adds_up(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(*told(*REGISTER))

    statement = await bench.statement("S17")
    assert statement.holds
    assert statement.conditions[-1][1] == "期初 2 + 成立 1 − 注销 1 − 撤销 1 = 期末 1"


async def test_without_a_fact_or_a_count_the_register_does_not_add_up(
    connection: asyncpg.Connection,
) -> None:
    for missing in (1, 2, 3, 5, 6, 7):
        bench = await afresh(connection)
        await bench.take(*told(*(fact for n, fact in enumerate(REGISTER) if n != missing)))

        assert not (await bench.statement("S17")).holds, REGISTER[missing]


async def test_unlawful_steps_are_recorded_with_their_breaches(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    tally = await bench.take(
        *told(
            established(ASSOCIATION, "05-20", accepted_on=on("03-01")),
            established(ASSOCIATION, "05-21", sponsoring_authority="示例局"),
            established(SECOND, "05-21", kind="private-non-enterprise"),
            disposed(SECOND, "rectification", "06-01"),
            deregistered(SECOND),
            AnnualReportFiled(uscc=SECOND, year=2023, filed_on=on("07-01")),
        )
    )

    assert tally.accepted == 6
    assert await breaches(connection, 0) == ["decided-late"]
    assert await breaches(connection, 1) == ["already-registered", "no-sponsor-approval"]
    assert await breaches(connection, 2) == ["code-of-another-kind"]
    assert await breaches(connection, 3) == ["not-identified", "no-due-date"]
    assert await breaches(connection, 4) == ["no-liquidation"]
    assert await breaches(connection, 5) == ["already-ended"]


async def test_no_name_of_a_person_enters_a_table(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(*told(a_body()))

    (row,) = await bench.rows("organisation")
    assert "示例甲" not in str(row)
