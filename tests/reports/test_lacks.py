"""An answer is as old as the oldest read model it reads, and says which of them has halted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projections.assistance import payments
from reports.breakdown import breakdowns
from reports.lacks import Lacks, Of
from reports.moment import resolve
from reports.render import html, markdown
from tests.projections.test_halts import leaves_out
from tests.support import defined, documents
from tests.support.defined import FIGURES, STATEMENTS
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment
from tests.support.poison import poisoned

CASE = a_household("DB-1")
JANUARY = a_payment("DB-1", 50_000, "2024-01")
FEBRUARY = a_payment("DB-1", 60_000, "2024-02")
MARCH = a_payment("DB-1", 70_000, "2024-03")
HALTED = Lacks(halted=(Of("payment", 3),))
LEFT_OUT = Lacks(left_out=(Of("payment", 3),))


@pytest.fixture
async def halted(bench: Bench) -> Bench:
    """Payments of January, February and March; that of February cannot be folded."""
    with poisoned(payments, 3):
        await bench.tell(CASE, JANUARY, FEBRUARY, MARCH)
    return bench


@pytest.fixture
async def going_on(bench: Bench) -> Bench:
    """The same, once the payment of February is left out."""
    with poisoned(payments, 3):
        await bench.tell(CASE, JANUARY, FEBRUARY, MARCH)
        await leaves_out(bench.connection, payments, 3)
    return bench


async def test_a_figure_is_of_the_position_before_the_halt(halted: Bench) -> None:
    paid = await halted.figure("F16")
    assert (paid.exact, paid.moment.at, paid.moment.final) == (50_000, 2, False)
    assert paid.lacks == HALTED


async def test_a_figure_that_reads_other_read_models_knows_all(halted: Bench) -> None:
    households = await halted.figure("F14")
    assert (households.exact, households.moment.at, households.lacks) == (1, 4, Lacks())


async def test_a_question_about_what_was_known_before_lacks_nothing(halted: Bench) -> None:
    moment = await resolve(halted.connection, LEDGER, "2024", at=2)
    (paid,) = await defined.figures(halted.connection, moment, ["F16"])
    assert (paid.exact, paid.moment, paid.lacks) == (50_000, moment, Lacks())


async def test_figures_asked_together_are_each_of_its_own_moment(halted: Bench) -> None:
    moment = await resolve(halted.connection, LEDGER, "2024")
    assert moment.at == 4
    values = await defined.figures(halted.connection, moment)
    assert [value.figure.id for value in values] == list(FIGURES)
    assert {value.moment.at for value in values} == {2, 4}
    alone = [(await defined.figures(halted.connection, moment, [name]))[0] for name in FIGURES]
    assert alone == values


async def test_a_statement_is_as_old_as_what_it_reads(halted: Bench) -> None:
    moment = await resolve(halted.connection, LEDGER, "2024")
    values = await defined.statements(halted.connection, moment)
    assert [value.statement.id for value in values] == list(STATEMENTS)
    lacking = {value.statement.id for value in values if value.lacks}
    assert "S16" in lacking
    assert lacking < set(STATEMENTS)
    assert {value.moment.at for value in values if value.lacks} == {2}


async def test_rows_and_cells_are_those_of_the_figure(halted: Bench) -> None:
    assert len(await halted.behind("F16")) == 1
    moment = await resolve(halted.connection, LEDGER, "2024")
    paid = await halted.figure("F16")
    part = FIGURES["F16"].slice
    part = replace(part, measure=replace(part.measure, cells="open"))
    openly = replace(FIGURES["F16"], slice=part)
    (by_month, *_) = await breakdowns(halted.connection, moment, openly, paid.exact)
    assert by_month.difference == 0


async def test_what_is_left_out_stays_told(going_on: Bench) -> None:
    paid = await going_on.figure("F16")
    assert (paid.exact, paid.moment.at, paid.lacks) == (120_000, 4, LEFT_OUT)
    moment = await resolve(going_on.connection, LEDGER, "2024", at=2)
    (before,) = await defined.figures(going_on.connection, moment, ["F16"])
    assert before.lacks == Lacks()


async def test_the_report_says_what_it_lacks(halted: Bench) -> None:
    moment = await resolve(halted.connection, LEDGER, "2024")
    made = await documents.build(halted.connection, moment)
    assert made.lacks == HALTED
    told = "汇总表 payment 停在第 3 条记录之前"
    assert told in html.render(made)
    assert told in markdown.render(made)


def test_what_several_answers_lack_is_told_once() -> None:
    one, other = Of("payment", 3), Of("village", 7)
    found = Lacks.of([Lacks((one,)), Lacks((other, one)), Lacks(), Lacks((), (one,))])
    assert found == Lacks((one, other), (one,))
    assert found.english.count("payment") == 2
    assert not Lacks.of([Lacks(), Lacks()])
