"""All that waits stands in one list: who must act, and since when."""

from __future__ import annotations

from datetime import date, datetime

from domain.dates import Instant
from domain.reporting import ReportDrafted, ReportPublished
from ledger.store import Ledger, find_ledger
from projections.read_model import SCHEMA
from reports.waiting import Waits, waiting
from tests.support.engine import altered
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment
from tests.support.releasing import draft, households, publish

BEGIN_CASES = ("child-welfare", "disability", "elderly", "rosters", "social-assistance")
"""The sources that tell of the first fact of a case."""


async def ledger_of(bench: Bench) -> Ledger:
    """The counters of the ledger."""
    found = await find_ledger(bench.connection, LEDGER)
    assert found is not None
    return found


async def listed(bench: Bench) -> list[tuple[str, int, str, tuple[str, ...]]]:
    """What waits: what it is, how many, who must act, and which sources."""
    found = await waiting(bench.connection, await ledger_of(bench))
    return [(each.what, each.rows, each.who, each.names) for each in found]


async def the(bench: Bench, what: str) -> Waits:
    """The only thing of its kind that waits."""
    (found,) = [
        each
        for each in await waiting(bench.connection, await ledger_of(bench))
        if each.what == what
    ]
    return found


async def test_nothing_waits_in_an_empty_ledger(bench: Bench) -> None:
    assert await listed(bench) == []


async def test_whoever_may_begin_the_case_must_act_where_payments_wait_for_it(
    bench: Bench,
) -> None:
    lines = [
        event(
            "payouts",
            f"p-{day}",
            a_payment("DB-1", 50_000, "2024-01"),
            received=date(2024, 2, day),
        )
        for day in (5, 6)
    ]
    await bench.take(*lines)
    found = await the(bench, "parked")
    assert (found.rows, found.claims_fen, found.who) == (2, 100_000, "source")
    assert found.names == BEGIN_CASES
    systems = (
        "儿童福利信息系统",
        "残疾人两项补贴信息系统",
        "老年人补贴信息系统",
        "各股室月度花名册",
        "社会救助信息系统",
    )
    assert found.actor == f"来源系统：{'或'.join(systems)}"
    assert found.since is not None
    await bench.take(
        event("social-assistance", "c-1", a_household("DB-1"), received=date(2024, 2, 7))
    )
    assert await listed(bench) == [], "the case came, and both were taken"


async def test_the_source_of_the_event_that_is_waited_for_must_act(bench: Bench) -> None:
    case = event("social-assistance", "c-1", a_household("DB-1"))
    late = event(
        "payouts",
        "p-2",
        a_payment("DB-1", 40_000, "2024-01"),
        corrects="payouts/p-1",
        kind="changed",
    )
    await bench.take(case, late)
    assert await listed(bench) == [("parked", 1, "source", ("payouts",))]


async def test_a_source_mends_what_it_sent_and_the_clerk_what_nobody_seems_to_have_sent(
    bench: Bench,
) -> None:
    wrong = altered(
        event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01")), {"programme": "pension"}
    )
    await bench.take(wrong, b"{")
    assert sorted(await listed(bench)) == [
        ("quarantined", 1, "clerk", ()),
        ("quarantined", 1, "source", ("payouts",)),
    ]


async def test_a_report_published_without_its_values_waits_for_the_clerk(bench: Bench) -> None:
    told = Instant.read(datetime.fromisoformat("2025-01-17T16:52:00+08:00"))
    await bench.tell(
        ReportDrafted(report_year=2024, drafted_on=date(2024, 12, 25), drafted_by="BG-01"),
        ReportPublished(report_year=2024, published_at=told, path="/report/2024.html"),
        received=date(2025, 1, 18),
    )
    found = await the(bench, "unfit")
    assert (found.rows, found.who) == (1, "clerk")
    assert "没有发布内容" in found.about
    assert found.since == datetime.fromisoformat("2025-01-17T16:52:00+08:00")


async def test_a_release_that_cannot_stand_waits_for_the_clerk(bench: Bench) -> None:
    await bench.take(event("social-assistance", "c-1", a_household("DB-1")))
    await publish(bench, draft(households(1), at=1))
    await bench.connection.execute(f"DELETE FROM {SCHEMA}.plan_signature")
    found = await the(bench, "unfit")
    assert (found.about, found.who) == (
        "monthly 2024-11 第 1 版（记录 5）：尚未签发即发布",
        "clerk",
    )


async def test_a_halted_read_model_waits_for_the_operator(bench: Bench) -> None:
    await bench.take(event("social-assistance", "c-1", a_household("DB-1")))
    await bench.connection.execute(
        f"UPDATE {SCHEMA}.checkpoint SET position = 0, halted = 'ValueError payouts.py:7',"
        " halted_at = '2024-03-01T00:00:00+08:00' WHERE read_model = 'payment'"
    )
    found = await the(bench, "halted")
    assert (found.about, found.rows, found.who) == (
        "payment，记录 1：ValueError payouts.py:7",
        1,
        "operator",
    )


async def test_bytes_that_a_restore_lacks_wait_for_their_source(bench: Bench) -> None:
    await bench.take(event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01")))
    await bench.connection.execute("UPDATE ledger.parked SET sealed = NULL")
    assert sorted(await listed(bench)) == [
        ("lacking", 1, "source", ("payouts",)),
        ("parked", 1, "source", BEGIN_CASES),
    ]
