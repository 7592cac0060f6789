"""Registers, two months of 低保 whose townships a release merged, and an annual report: one ledger.

By hand: in October the street has three households of a person each and the town four; in November
one has come to the street and one has left the town. So November tells both townships together
only, or the one who came and the one who left would be known. What each of the two was paid in
November is a number that stands nowhere else: one household of the town is urban, so it is not
what was paid in urban or rural areas either.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

from domain.assistance.benefits import CaseTakenOver
from domain.assistance.payouts import PaymentSettled
from domain.event import Event
from infra import postgres
from tests.support import bulletins, registering
from tests.support.databases import made
from tests.support.published import PUBLISHED_AT, last_of
from tests.support.releasing import SIGNED, release_report

FEN = dict(
    zip(
        (*bulletins.STREET_CASES, *bulletins.TOWN_CASES),
        (50_117, 50_231, 50_353, 50_479, 50_613, 50_741, 50_877, 51_013),
        strict=True,
    )
)
"""Household → 分 a month; no two sums are the same."""
STREET, TOWN = ("445102007", "桥东街道"), ("445102100", "意溪镇")
HIDDEN_FEN = tuple(
    sum(FEN[case] for case in cases)
    for cases in (bulletins.STREET_CASES, bulletins.TOWN_CASES[:-1])
)
"""What was paid in November in each."""
TOLD_FEN = sum(HIDDEN_FEN)


def facts() -> list[Event]:
    """Those of the bulletins, with other amounts; a household of the town is urban, too."""
    return [_changed(each) for each in bulletins.facts()]


def _changed(told: Event) -> Event:
    if isinstance(told, PaymentSettled):
        return told.model_copy(update={"amount_fen": FEN[told.case_number]})
    if isinstance(told, CaseTakenOver) and told.case_number == bulletins.TOWN_CASES[0]:
        return told.model_copy(update={"area": "urban"})
    return told


async def fill(url: str) -> None:
    """Take it all into the ledger of a database, and publish."""
    async with postgres.connect(url) as connection:
        bench = await registering.fill(connection)
        await bench.tell(*facts(), received=date(2024, 11, 1))
        await bulletins.release(bench, "2024-10", date(2024, 11, 6))
        await bulletins.release(bench, "2024-11", date(2024, 12, 6))
        await release_report(bench, await last_of(connection), PUBLISHED_AT, signature=SIGNED)


def database(server_url: str, name: str) -> AbstractContextManager[str]:
    """URL of a database with this ledger; tests leave it as it is."""
    return made(server_url, name, fill)
