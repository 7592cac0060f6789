"""Who entered a fact cannot close its finding."""

from __future__ import annotations

from datetime import date

import asyncpg
import pytest

from domain.rectification import FindingDismissed, FindingUpheld
from projections.snapshot import snapshot
from rules import asked, working
from rules.answers import Answer, answers
from rules.asked import Finding
from tests.support.bureau import adopt, sample_but
from tests.support.enforcement import a_body, an_inspection
from tests.support.ledger import LEDGER, Bench, event

ON = date(2024, 7, 1)
UNSHOWN = an_inspection("JC-1", licences_shown=False)


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """Licences were not shown; the platform that says so may say of findings what they are, too."""
    made = await Bench.open(connection)
    lines = '"inspection", "penalties"'
    both = f"[{lines}]\nplatform", f'[{lines}, "rectification"]\nplatform'
    await adopt(connection, sample_but("sources.toml", *both))
    made = await Bench.join(connection)
    await made.take(event("organisations", "o-1", a_body()), event("enforcement", "i-1", UNSHOWN))
    return made


async def finding(bench: Bench) -> Finding:
    await working.follow(bench.connection, LEDGER)
    async with snapshot(bench.connection):
        (found,) = await asked.standing(bench.connection, LEDGER, 9, codes=["A48"])
    return found


async def answer(bench: Bench) -> Answer:
    found = await finding(bench)
    async with snapshot(bench.connection):
        (said,) = (await answers(bench.connection, LEDGER, 9, ON, [found])).values()
    return said


async def dismissed(bench: Bench, source: str, by: str = "HC-01") -> None:
    said = FindingDismissed(
        finding=(await finding(bench)).id, decided_by=by, decided_on=ON, reason="执法记录仪有出示"
    )
    await bench.take(event(source, "d-1", said))


async def test_somebody_else_may_dismiss_it(bench: Bench) -> None:
    await dismissed(bench, "audit")

    assert (await answer(bench)).called == "不属实"


async def test_the_system_that_entered_it_may_not(bench: Bench) -> None:
    await dismissed(bench, "enforcement")

    said = await answer(bench)
    assert (said.called, said.void) == ("疑点待核实", "结论由录入该事实的系统报送，不算数")


async def test_who_was_there_may_not(bench: Bench) -> None:
    await dismissed(bench, "audit", by="ZF-03")

    said = await answer(bench)
    assert (said.called, said.void) == ("疑点待核实", "结论由该事实的经办人作出，不算数")


async def test_who_entered_it_may_own_up(bench: Bench) -> None:
    said = FindingUpheld(
        finding=(await finding(bench)).id,
        decided_by="ZF-03",
        decided_on=ON,
        reason="确未出示",
        unit="执法股",
        due_on=date(2024, 7, 31),
    )
    await bench.take(event("enforcement", "u-1", said))

    assert (await answer(bench)).called == "属实待整改"
