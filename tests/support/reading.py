"""A small ledger with all that the read API tells: registers, a report, two editions of a bulletin.

The bulletin of November 2024 said 3 households, and in its second edition 4.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta

from domain.funeral import FormStockPrinted, FormVersionActivated
from domain.inspection import (
    EnforcementInformationPublished,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
)
from domain.placename import BatchAdopted
from infra import postgres
from reports.release import Signature
from tests.support import registering
from tests.support.databases import made
from tests.support.enforcement import ASSOCIATION, on
from tests.support.published import PUBLISHED_AT, last_of
from tests.support.releasing import ACT, draft, households, publish, release_report

SIGNED = Signature(date(2025, 1, 10), "ZF-01")
MORE = (
    FormStockPrinted(
        form="receipt-2024",
        kind="receipt",
        first_number=1,
        last_number=10,
        printed_on=on("04-01"),
    ),
    FormVersionActivated(
        form="receipt-2024",
        kind="receipt",
        activated_on=on("05-06"),
        notice_number="示例殡〔2024〕1号",
    ),
    BatchAdopted(plan="DM-9", batch=9, places=("R9",), adopted_on=on("09-02")),
    PopulationSnapshotTaken(
        draw_number="CQ-1",
        baseline_on=on("05-31"),
        bodies=3,
        list_digest="0" * 64,
        taken_on=on("06-03"),
    ),
    RandomDrawPerformed(
        draw_number="CQ-1",
        drawn_on=on("06-04"),
        population=3,
        list_digest="0" * 64,
        algorithm="示例",
        seed="seed-1",
        drawn_objects=(f"organisation/{ASSOCIATION}",),
        drawn_officers=("JB-77", "JB-78"),
    ),
    EnforcementInformationPublished(
        item_number="GS-1",
        stage="before",
        kinds=("subject",),
        title="执法主体",
        place="示例网站",
        published_on=on("02-01"),
    ),
)
"""What the ledger of registers has not."""


async def fill(url: str) -> None:
    """Take it all into the ledger of a database."""
    async with postgres.connect(url) as connection:
        bench = await registering.fill(connection)
        await bench.tell(*MORE, received=date(2024, 11, 5))
        at = await last_of(connection)
        await publish(bench, draft(households(3), at))
        again = replace(ACT, at=ACT.at + timedelta(days=1), why="更正户数", signature=None)
        await publish(bench, draft(households(4), at), again)
        await release_report(bench, await last_of(connection), PUBLISHED_AT, signature=SIGNED)


def database(server_url: str, name: str) -> AbstractContextManager[str]:
    """URL of a database with this ledger; tests leave it as it is."""
    return made(server_url, name, fill)
