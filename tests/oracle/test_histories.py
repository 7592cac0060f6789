"""Random histories of cases: the program and a naive reading of the law say the same.

`python -m tests.oracle` compares a thousand of them and more.
"""

from __future__ import annotations

import pytest

from tests.oracle.comparison import compare
from tests.oracle.delivery import of_cases
from tests.support.ledger import rolled_back

CASES = 30
MOMENTS = (0.2, 0.6, 1)


@pytest.mark.parametrize(
    ("seed", "batches"), [(1, (1_000,)), (2, (1, 13, 70)), (3, (5,))], ids=["one", "mixed", "small"]
)
async def test_who_is_entitled_and_what_was_paid(
    ledger_url: str, seed: int, batches: tuple[int, ...]
) -> None:
    """Month by month, in figures, and as it was known before the half and later corrections."""
    async with rolled_back(ledger_url) as bench:
        lines = of_cases(seed, CASES)
        found = await compare(bench.connection, bench.intake, lines, batches, MOMENTS)
    assert found.corrections > 5 * CASES
    assert found.months > 20 * CASES
    assert found.differences == []
