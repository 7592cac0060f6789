"""The faults, shortened: `make faults` plays all of them, with five hundred kills."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

import pytest

from tests.faults import feeds, kills, outages, poisons, proofs
from tests.faults.harness import Fault, Harness, Outcome, Scenario, play
from tests.faults.servers import Servers

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

QUICK = (
    kills.named_points,
    kills.zombie,
    outages.lost_commit,
    outages.stalled_copy,
    feeds.duplicates,
    poisons.in_the_intake,
    poisons.in_folding,
    proofs.sees_lazy_commits,
    proofs.sees_early_acknowledgement,
)
SEED = 20240101


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, kafka_bootstrap: str) -> Iterator[Servers]:
    """The broker of the test run, and a PostgreSQL that may be killed."""
    made = Servers(tmp_path_factory.mktemp("faults"), kafka_bootstrap)
    asyncio.run(made.__aenter__())
    yield made
    asyncio.run(made.__aexit__())


@pytest.mark.parametrize("scenario", QUICK, ids=lambda scenario: scenario.__name__)
async def test_nothing_is_lost_doubled_or_invented(servers: Servers, scenario: Scenario) -> None:
    harness = Harness(servers, random.Random(SEED), print, quick=True, kills=9)  # noqa: S311
    outcome: Outcome = await play(harness, Fault("", "", scenario))
    assert outcome.broken == []
    assert outcome.runs > 0
