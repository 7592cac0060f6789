"""Standards of the sample: those of the year before, and the raise, back to January."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain import standards as facts
from domain.codes import labels_of
from sample.cases.payroll import (
    CARE_YUAN,
    CHILD,
    CHILD_IN_INSTITUTION,
    DIBAO,
    GO_LIVE,
    LIVING,
    NURSING,
    TEKUN,
    Standard,
    arrears,
    raise_batch,
)
from sample.cases.plan import plan
from sample.days import MONTHS, first_day, label, working_day
from sample.feed import Feed
from sample.sender import Sender

PROVINCE, CITY = "广东省民政厅", "潮州市人民政府"


class _Raised(NamedTuple):
    kind: str
    area: str | None
    standard: Standard
    authority: str
    figure: str | None = None


RAISED = (
    _Raised("dibao", "rural", DIBAO["rural"], CITY, "F04"),
    _Raised("dibao", "urban", DIBAO["urban"], CITY, "F05"),
    _Raised("tekun", "rural", TEKUN["rural"], CITY, "F06"),
    _Raised("tekun", "urban", TEKUN["urban"], CITY, "F07"),
    _Raised("orphan", None, CHILD, PROVINCE),
    _Raised("orphan-institutional", None, CHILD_IN_INSTITUTION, PROVINCE),
    _Raised("unattended-child", None, CHILD, PROVINCE, "F10"),
    _Raised("living-subsidy", None, LIVING, PROVINCE, "F08"),
    _Raised("nursing-subsidy", None, NURSING, PROVINCE, "F09"),
)
CARE = {"care-partial": CARE_YUAN["partial-care"], "care-full": CARE_YUAN["full-care"]}


def send(feed: Feed, year: int) -> None:
    """Send the standards and the raise; counts what was in force in each month (F04-F10)."""
    sender = Sender(feed, "standards", year, "{name}-{year}-{number:06d}")
    before = date(year - 1, 1, 1)
    for raised in RAISED:
        _adopt(sender, raised, raised.standard.old, before, before)
    for kind, yuan in CARE.items():
        _adopt(sender, _Raised(kind, None, Standard(yuan, yuan), CITY), yuan, before, before)
    adopted_on = working_day(year, GO_LIVE - 1, 14)
    for raised in RAISED:
        _adopt(sender, raised, raised.standard.new, adopted_on, sender.day(1, 1))
        for month in MONTHS if raised.figure else ():
            feed.count(str(raised.figure), first_day(year, month), 100 * raised.standard.new)
    _send_raise(sender)


def _adopt(
    sender: Sender, raised: _Raised, yuan: int, adopted_on: date, effective_from: date
) -> None:
    prefix = "潮府函" if raised.authority == CITY else "粤民规字"
    number = tuple(labels_of(facts.StandardKind)).index(raised.kind) + 1
    sender.send(
        facts.StandardAdopted,
        adopted_on,
        "bz",
        kind=raised.kind,
        area=raised.area,
        amount_fen=100 * yuan,
        document_number=f"{prefix}〔{adopted_on.year}〕示例{number}号",
        authority=raised.authority,
        effective_from=effective_from,
    )


def _send_raise(sender: Sender) -> None:
    """The raise goes live; then the arrears of each programme are approved."""
    year, batch = sender.year, sender.about(raise_batch(sender.year))
    batch.send(
        facts.StandardRaiseImplemented,
        working_day(year, GO_LIVE, 1),
        "tb",
        standards=tuple(
            facts.StandardName.model_validate({"kind": raised.kind, "area": raised.area})
            for raised in RAISED
        ),
        effective_from=sender.day(1, 1),
        go_live_month=label(year, GO_LIVE),
        handlers=("JB-01", "JB-02"),
    )
    lines: dict[str, list[int]] = {}
    for claim in plan(year).claims():
        lines.setdefault(claim.programme, []).extend(yuan for _, yuan in arrears(claim))
    for programme, yuan in lines.items():
        batch.send(
            facts.ArrearsBatchApproved,
            working_day(year, GO_LIVE, 11),
            "bf",
            programme=programme,
            months=tuple(label(year, month) for month in range(1, GO_LIVE)),
            lines=len(yuan),
            amount_fen=100 * sum(yuan),
            prepared_by="JB-01",
            approved_by="SP-01",
        )
