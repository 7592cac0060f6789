"""特困终止未公示: ten working days, before or after the decision, by the country's parameter.

After Wednesday 20 March 2024 the tenth working day is 3 April.
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.benefits import BenefitTerminated
from rules.a64_end_not_noticed import RULE
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench
from tests.support.money import a_destitute_person, a_household
from tests.support.procedure import end_posted

KEY = "end 2024-03-20"


def ended(number: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number, last_month="2024-03", reason="other", decided_on=date(2024, 3, 20)
    )


@pytest.mark.parametrize("on", ["2024-03-11", "2024-04-03"])
async def test_an_end_that_is_posted_in_time(bench: Bench, on: str) -> None:
    await bench.tell(
        a_destitute_person("TK-1"), ended("TK-1"), end_posted("TK-1", on, "2024-04-12")
    )

    assert await seen(bench, RULE) == []


async def test_an_end_that_is_posted_late_or_never(bench: Bench) -> None:
    never = Seen("case/TK-1", KEY, date(2024, 4, 4))
    await bench.tell(a_destitute_person("TK-1"), ended("TK-1"))
    assert await seen(bench, RULE) == [never]

    await bench.tell(end_posted("TK-1", "2024-04-08", "2024-04-15"))
    late = date(2024, 4, 8)
    assert await seen(bench, RULE) == [never._replace(until=late), never._replace(since=late)]


async def test_the_end_of_a_household_is_not_posted(bench: Bench) -> None:
    await bench.tell(a_household("DB-1"), ended("DB-1"))

    assert await seen(bench, RULE) == []
