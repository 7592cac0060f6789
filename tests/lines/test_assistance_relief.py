"""临时救助: who decides how much, what follows 先行救助, and what is counted when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.assistance.relief import (
    ReliefApplied,
    ReliefDecided,
    ReliefPaid,
    ReliefPapersCompleted,
)
from domain.envelope import Door
from domain.event import Event
from domain.faults import Unacceptable
from reports.catalogue import slice_of
from reports.measure import Exact
from reports.moment import Moment, period_of
from reports.table import Asked, tabulate
from tests.support.bureau import SAMPLE, with_rule
from tests.support.ledger import Bench, event
from tests.support.money import TOWN, VILLAGE, a_household, a_person
from tests.support.rulebook import changed, given, revoked

NUMBER = "LJ-1"
LIMIT = with_rule("assistance.township-limit-yuan", 1_000)


def decided(on: str = "2024-05-06", **other: Any) -> ReliefDecided:
    """The township gives a household of three 800 元 in money after an accident."""
    usual: dict[str, Any] = {
        "relief_number": NUMBER,
        "programme": "temporary-relief",
        "kind": "emergency",
        "cause": "accident",
        "manner": "money",
        "area": "rural",
        "township": TOWN,
        "village": VILLAGE,
        "recipient": a_person(7),
        "persons": 3,
        "amount_fen": 80_000,
        "decided_by": "township",
        "decision_number": "示例临救〔2024〕1号",
        "handlers": ("JB-01", "JB-02"),
    }
    return ReliefDecided(decided_on=date.fromisoformat(on), **(usual | other))


def paid(fen: int, on: str = "2024-05-09", number: str = NUMBER) -> ReliefPaid:
    return ReliefPaid(relief_number=number, amount_fen=fen, paid_on=date.fromisoformat(on))


def papers(on: str) -> ReliefPapersCompleted:
    return ReliefPapersCompleted(
        relief_number=NUMBER, completed_on=date.fromisoformat(on), handlers=("JB-01",)
    )


APPLIED = ReliefApplied(
    relief_number=NUMBER,
    programme="temporary-relief",
    township=TOWN,
    village=VILLAGE,
    received_on=date(2024, 4, 28),
    applicant=a_person(7),
)


@pytest.mark.parametrize(
    ("by", "fen", "expected"),
    [
        ("township", 100_000, []),
        ("township", 100_001, ["above-township-limit"]),
        ("district", 100_001, []),
        ("district", 0, ["amount-missing"]),
    ],
)
def test_a_township_decides_up_to_its_limit(by: str, fen: int, expected: list[str]) -> None:
    """1,000 元."""
    told = decided(decided_by=by, amount_fen=fen)
    assert given(APPLIED, bureau=LIMIT).when(told) == expected


def test_where_nothing_is_entrusted_the_district_decides() -> None:
    bureau = with_rule("assistance.township-limit-yuan", 0)
    assert given(bureau=bureau).when(decided(amount_fen=1)) == ["above-township-limit"]


def test_a_referral_costs_nothing() -> None:
    assert given().when(decided(manner="referral", amount_fen=0)) == []


def test_one_application_is_decided_once() -> None:
    first = decided()
    assert given(first).when(decided("2024-06-03")) == ["decided-twice"]
    assert given(first).when(decided("2024-04-30")) == ["decided-twice"]
    assert given(first).when(changed(first, by=decided(persons=2))) == []


@pytest.mark.parametrize(("on", "expected"), [("2024-05-17", []), ("2024-05-18", ["papers-late"])])
def test_papers_follow_what_was_given_at_once(on: str, expected: list[str]) -> None:
    """10 working days from Monday 6 May; Saturday the 11th is worked."""
    bureau = with_rule("assistance.papers-working-days", 10)
    assert given(decided(urgent=True), bureau=bureau).when(papers(on)) == expected


def test_papers_follow_nothing_else() -> None:
    assert given(decided()).when(papers("2024-05-07")) == ["no-papers-to-follow"]
    assert given(APPLIED).when(papers("2024-05-07")) == ["not-decided"]


def test_what_is_given_is_what_was_decided_in_instalments_too() -> None:
    first = paid(50_000)
    book = given(APPLIED, decided(), first)
    assert book.when(paid(30_000, "2024-06-07")) == []
    assert book.when(paid(30_001, "2024-06-07")) == ["paid-more-than-decided"]
    assert given(APPLIED).when(first) == ["not-decided"]
    back = given(decided(), first, revoked(first))
    assert back.when(paid(80_000)) == []


@pytest.mark.parametrize(
    ("fact", "programme"), [(decided(), "dibao"), (a_household("DB-1"), "temporary-relief")]
)
def test_what_pays_once_and_what_pays_monthly_are_kept_apart(fact: Event, programme: str) -> None:
    raw = event("social-assistance", "e-1", fact, data={"programme": programme})
    with pytest.raises(Unacceptable) as refusal:
        Door(SAMPLE, replay=True).read(raw)
    (found,) = refusal.value.faults
    assert (found.code, found.pointer) == ("not_in_bureau", "/data/programme")


async def test_relief_is_counted_when_it_is_decided_and_its_money_when_it_is_given(
    bench: Bench,
) -> None:
    """Two decisions of May, one of June; the money of the second came in June, some not yet."""
    second = decided("2024-05-30", relief_number="LJ-2", kind="expenses", cause="illness")
    third = decided("2024-06-03", relief_number="LJ-3", urgent=True, persons=1, area="urban")
    goods = paid(80_000, "2024-06-04", "LJ-2")
    await bench.tell(decided(), second, third, paid(80_000), goods)
    await bench.tell(paid(30_000, "2024-06-05", "LJ-3"))

    async def counted(name: str, *by: str, period: str = "2024") -> dict[Any, Exact]:
        start, end = period_of(period)
        known = await bench.moment()
        moment = Moment(known.ledger, start, end, known.at)
        asked = [Asked(slice_of(SAMPLE, name, {}), by)]
        (made,) = await tabulate(bench.connection, moment, asked)
        return {cell.codes: cell.exact for cell in made.cells}

    assert await counted("临时救助户次", "月") == {("2024-05",): 2, ("2024-06",): 1}
    assert await counted("临时救助人次", "城乡") == {("rural",): 6, ("urban",): 1}
    assert await counted("临时救助金额", "类型", period="2024-06") == {
        ("expenses",): 80_000,
        ("emergency",): 30_000,
    }
    assert await counted("临时救助户次", "程序", "审批", period="2024-06") == {
        ("urgent", "township"): 1
    }
    assert await counted("临时救助金额", "镇街", period="2024-05") == {(TOWN,): 80_000}


async def test_relief_that_was_not_decided_when_it_was_paid_has_no_kind(bench: Bench) -> None:
    await bench.tell(APPLIED, paid(80_000))
    await bench.tell(decided("2024-05-20"))
    known = await bench.moment()
    asked = [Asked(slice_of(SAMPLE, "临时救助金额", {}), ("类型",))]
    (made,) = await tabulate(bench.connection, known, asked)
    assert {cell.codes: cell.exact for cell in made.cells} == {(None,): 80_000}
