"""Standards of the sample: those of the year before, and the raise, back to January."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.assistance.payouts import Programme
from domain.casework import Area
from domain.standards import (
    STANDARD_KINDS,
    ArrearsBatchApproved,
    StandardAdopted,
    StandardKind,
    StandardName,
    StandardRaiseImplemented,
)
from sample.feed import Feed, Truth
from sample.flat import CARE_YUAN
from sample.outbox import Outbox
from sample.payroll import (
    CHILD,
    CHILD_IN_INSTITUTION,
    DIBAO,
    GO_LIVE,
    LIVING,
    MONTHS,
    NURSING,
    TEKUN,
    Standard,
    arrears,
    label,
    raise_batch,
    working_day,
)
from sample.register import register

_NUMBERS = tuple(STANDARD_KINDS)
_PROVINCE = "广东省民政厅"
_CITY = "潮州市人民政府"


class _Raised(NamedTuple):
    kind: StandardKind
    area: Area | None
    standard: Standard
    authority: str


_RAISED = (
    _Raised("dibao", "rural", DIBAO["rural"], _CITY),
    _Raised("dibao", "urban", DIBAO["urban"], _CITY),
    _Raised("tekun", "rural", TEKUN["rural"], _CITY),
    _Raised("tekun", "urban", TEKUN["urban"], _CITY),
    _Raised("orphan", None, CHILD, _PROVINCE),
    _Raised("orphan-institutional", None, CHILD_IN_INSTITUTION, _PROVINCE),
    _Raised("unattended-child", None, CHILD, _PROVINCE),
    _Raised("living-subsidy", None, LIVING, _PROVINCE),
    _Raised("nursing-subsidy", None, NURSING, _PROVINCE),
)
_CARE: tuple[tuple[StandardKind, int], ...] = (
    ("care-partial", CARE_YUAN["partial-care"]),
    ("care-full", CARE_YUAN["full-care"]),
)


def send(feed: Feed, year: int) -> Truth:
    """Send the standards and the raise; the truth is what was in force in each month (F04-F10)."""
    outbox = Outbox(feed, "standards", year)
    before = date(year - 1, 1, 1)
    adopted_on = working_day(year, GO_LIVE - 1, 14)
    for raised in _RAISED:
        outbox.send("bz", _adopted(raised, raised.standard.old, before, before))
    for kind, yuan in _CARE:
        care = _Raised(kind, None, Standard(yuan, yuan), _CITY)
        outbox.send("bz", _adopted(care, yuan, before, before))
    for raised in _RAISED:
        outbox.send("bz", _adopted(raised, raised.standard.new, adopted_on, date(year, 1, 1)))
    _send_raise(outbox)
    in_force = {
        "F04": 100 * DIBAO["rural"].new,
        "F05": 100 * DIBAO["urban"].new,
        "F06": 100 * TEKUN["rural"].new,
        "F07": 100 * TEKUN["urban"].new,
        "F08": 100 * LIVING.new,
        "F09": 100 * NURSING.new,
        "F10": 100 * CHILD.new,
    }
    return {label(year, month): dict(in_force) for month in MONTHS}


def _adopted(raised: _Raised, yuan: int, adopted_on: date, effective_from: date) -> StandardAdopted:
    prefix = "潮府函" if raised.authority == _CITY else "粤民规字"
    return StandardAdopted(
        kind=raised.kind,
        area=raised.area,
        amount_fen=100 * yuan,
        document_number=f"{prefix}〔{adopted_on.year}〕示例{_NUMBERS.index(raised.kind) + 1}号",
        authority=raised.authority,
        adopted_on=adopted_on,
        effective_from=effective_from,
    )


def _send_raise(outbox: Outbox) -> None:
    """The raise goes live; then the arrears of each programme are approved."""
    year = outbox.year
    batch = raise_batch(year)
    outbox.send(
        "tb",
        StandardRaiseImplemented(
            batch=batch,
            standards=tuple(StandardName(kind=kind, area=area) for kind, area, _, _ in _RAISED),
            effective_from=date(year, 1, 1),
            go_live_month=label(year, GO_LIVE),
            implemented_on=working_day(year, GO_LIVE, 1),
            handlers=("JB-01", "JB-02"),
        ),
    )
    lines: dict[Programme, list[int]] = {}
    for claim in register(year).claims():
        lines.setdefault(claim.programme, []).extend(yuan for _, yuan in arrears(claim))
    for programme, yuan in lines.items():
        outbox.send(
            "bf",
            ArrearsBatchApproved(
                batch=batch,
                programme=programme,
                months=tuple(label(year, month) for month in range(1, GO_LIVE)),
                lines=len(yuan),
                amount_fen=100 * sum(yuan),
                approved_on=working_day(year, GO_LIVE, 11),
                prepared_by="JB-01",
                approved_by="SP-01",
            ),
        )
