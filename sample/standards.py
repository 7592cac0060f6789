"""Standards of the sample: those of the year before, and the raise, back to January."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain import standards as facts
from sample.cases.payroll import GO_LIVE, Standard, arrears, raise_batch, standard
from sample.cases.plan import plan
from sample.days import MONTHS, first_day, label, working_day
from sample.feed import Feed
from sample.office import Office
from sample.sender import Sender

FIGURES = {
    ("dibao", "rural"): "F04",
    ("dibao", "urban"): "F05",
    ("tekun", "rural"): "F06",
    ("tekun", "urban"): "F07",
    ("unattended-child", None): "F10",
    ("living-subsidy", None): "F08",
    ("nursing-subsidy", None): "F09",
}


class _Standard(NamedTuple):
    """A standard of the office; `number` is its place in the folder."""

    number: int
    kind: str
    area: str | None
    amounts: Standard

    @property
    def is_raised(self) -> bool:
        """Whether the year raises it."""
        return self.amounts.raised > 0

    @property
    def of_the_city(self) -> bool:
        """The city sets those of 城乡 and of care, the province the others."""
        return self.area is not None or not self.is_raised


def _standards(office: Office) -> list[_Standard]:
    return [
        _Standard(number, kind.kind, area, standard(office, kind.kind, area))
        for number, kind in enumerate(office.bureau.standards.values(), 1)
        for area in (("rural", "urban") if kind.by_area else (None,))
        if standard(office, kind.kind, area).new
    ]


def send(feed: Feed, year: int) -> None:
    """Send the standards and the raise; counts what was in force in each month (F04-F10)."""
    sender = Sender(feed, "standards", year, "{name}-{year}-{number:06d}")
    standards, before = _standards(feed.office), date(year - 1, 1, 1)
    for one in standards:
        _adopt(sender, one, one.amounts.old, before, before)
    adopted_on = working_day(year, GO_LIVE - 1, 14)
    raised = [one for one in standards if one.is_raised]
    for one in raised:
        _adopt(sender, one, one.amounts.new, adopted_on, sender.day(1, 1))
        if figure := FIGURES.get((one.kind, one.area)):
            for month in MONTHS:
                feed.count(figure, first_day(year, month), 100 * one.amounts.new)
    _send_raise(sender, raised)


def _adopt(
    sender: Sender, one: _Standard, yuan: int, adopted_on: date, effective_from: date
) -> None:
    office, level = sender.office, "city" if one.of_the_city else "province"
    bureau = office.bureau
    authority = f"{bureau.city}人民政府" if one.of_the_city else f"{bureau.province}民政厅"
    prefix = office.word(f"{level}_prefix", authority[0] + "府函")
    sender.send(
        facts.StandardAdopted,
        adopted_on,
        "bz",
        kind=one.kind,
        area=one.area,
        amount_fen=100 * yuan,
        document_number=f"{prefix}〔{adopted_on.year}〕示例{one.number}号",
        authority=office.word(level, authority),
        effective_from=effective_from,
    )


def _send_raise(sender: Sender, raised: Sequence[_Standard]) -> None:
    """The raise goes live; then the arrears of each programme are approved."""
    year, batch = sender.year, sender.about(raise_batch(sender.year))
    batch.send(
        facts.StandardRaiseImplemented,
        working_day(year, GO_LIVE, 1),
        "tb",
        standards=tuple(
            facts.StandardName.model_validate({"kind": one.kind, "area": one.area})
            for one in raised
        ),
        effective_from=sender.day(1, 1),
        go_live_month=label(year, GO_LIVE),
        handlers=("JB-01", "JB-02"),
    )
    lines: dict[str, list[int]] = {}
    for claim in plan(sender.office, year).claims():
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
