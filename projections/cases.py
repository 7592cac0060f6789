"""Who is entitled to what in which months: one row per case and stretch of months (a stock)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.aggregate import Entry
from domain.assistance import BenefitAdjusted, BenefitConfirmed, BenefitTerminated, CaseTakenOver
from projections.read_model import ReadModel


class Case(NamedTuple):
    """A case is active at D when first_month ≤ month(D) ≤ last_month (None = open-ended).

    `persons` counts members with 保障 status, `members` all of them.
    """

    case_number: str
    programme: str
    area: str | None
    township: str
    village: str
    first_month: str
    last_month: str | None
    monthly_amount_fen: int | None
    persons: int
    members: int
    decision_number: str


cases = ReadModel(
    "case_entitlement",
    Case,
    indexes=("programme, first_month", "case_number"),
    doc="entitlement of each case by months",
)


@cases.folds(CaseTakenOver, BenefitConfirmed)
def confirmed(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    yield from rows
    data = entry.data
    yield Case(
        data["case_number"],
        data["programme"],
        data["area"],
        data["township"],
        data["village"],
        data["first_month"],
        data.get("last_month"),
        data["monthly_amount_fen"],
        sum(member["covered"] for member in data["members"]),
        len(data["members"]),
        data["decision_number"],
    )


@cases.folds(BenefitAdjusted)
def adjusted(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    """From a month on the case has another amount; the row before it ends the month before."""
    data = entry.data
    for row in rows:
        if row.last_month is None or row.last_month >= data["from_month"]:
            if row.first_month < data["from_month"]:
                yield row._replace(last_month=_month_before(data["from_month"]))
            yield row._replace(
                first_month=max(row.first_month, data["from_month"]),
                monthly_amount_fen=data["monthly_amount_fen"],
                persons=data["covered_persons"],
            )
        else:
            yield row


@cases.folds(BenefitTerminated)
def terminated(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    last = entry.data["last_month"]
    for row in rows:
        if row.first_month > last:
            continue
        ends = row.last_month is None or row.last_month > last
        yield row._replace(last_month=last) if ends else row


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"
