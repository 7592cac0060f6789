"""The money of the sample year: payrolls step by step, settlements, arrears after the raise."""

from __future__ import annotations

from domain.casework import Programme
from sample.assistance.book import FIGURE, Book, Line, Paid
from sample.assistance.broken import send_broken
from sample.assistance.mishaps import send_mishaps, unlisted
from sample.cases.payroll import (
    CARE_STANDARDS,
    GO_LIVE,
    LAGGING,
    Claim,
    arrears,
    pay_day,
    payments,
    raise_batch,
    standard,
)
from sample.cases.plan import Plan
from sample.days import MONTHS, label, working_day
from sample.sender import Sender

YEAR_END_WORKING_DAY = 19
"""Of December: subsidies applied for in that month are paid in a batch of their own."""
FUNERALS = 2
FUNERAL_YUAN = 6720
"""丧葬 (invented amount), an item of its own."""


def send_money(sender: Sender, cases: Plan) -> None:
    """Send the year's money; counts F16, F18, F20, F22, F24, F26 by settlement month."""
    book = Book(sender, frozenset(c.number for c in cases.children if c.mode == "institutional"))
    paid = _pay_months(book, list(cases.claims()))
    _pay_late_december(book, cases)
    _pay_arrears(book, cases)
    _pay_care(book, cases)
    send_mishaps(book, cases, paid)
    send_broken(sender.feed, sender.year, paid[0].name.partition("/")[2])


def _pay_months(book: Book, claims: list[Claim]) -> list[Paid]:
    """Every programme's payroll of every month, at the old standards until the raise goes live."""
    due: dict[tuple[Programme, int, str], list[Line]] = {}
    for claim in claims:
        suffix = "-N" if claim.programme in LAGGING and claim.first == MONTHS[-1] else ""
        for pay_month, months in payments(claim.programme, claim.first, max(claim.dues)).items():
            yuan = sum(claim.dues[month].yuan for month in months)
            if pay_month < GO_LIVE:
                yuan -= sum(claim.dues[month].raised for month in months)
            lines = due.setdefault((claim.programme, pay_month, suffix), [])
            lines.append(Line(claim, months, yuan))
    paid: list[Paid] = []
    for programme in FIGURE:
        for month in MONTHS:
            for suffix in ("", "-N"):
                if (programme, month, suffix) in due:
                    lines = due[programme, month, suffix]
                    paid += _pay_batch(book, programme, month, suffix, lines)
    return paid


def _pay_batch(
    book: Book, programme: Programme, month: int, suffix: str, lines: list[Line]
) -> list[Paid]:
    on = pay_day(book.year, month, programme)
    if suffix:
        on = working_day(book.year, month, YEAR_END_WORKING_DAY)
    batch = f"{programme}-{label(book.year, month)}{suffix}"
    # What the bank told of in the last month was on no list: it never arrived.
    never = unlisted(lines) if (programme, month) == ("dibao", MONTHS[-1]) else None
    amounts = [line.yuan for line in lines if line is not never]
    book.send_payroll(batch, programme, month, amounts, on)
    return [book.pay(line, on, batch) for line in lines]


def _pay_late_december(book: Book, cases: Plan) -> None:
    """低保 of last December that reached the accounts only in January: it is money of this year."""
    late = [h.claim() for h in cases.households if h.late_december]
    on, batch = working_day(book.year, 1, 4), f"dibao-{label(book.year, 0)}-S"
    book.send_payroll(batch, "dibao", 0, [claim.late_december for claim in late], on)
    for claim in late:
        book.pay(Line(claim, (0,), claim.late_december), on, batch)


def _pay_arrears(book: Book, cases: Plan) -> None:
    """One line per case and amount, also to those who have left since January."""
    on, batch = working_day(book.year, GO_LIVE, 14), raise_batch(book.year)
    for claim in cases.claims():
        for months, yuan in arrears(claim):
            book.pay_arrears(Line(claim, months, yuan), on, batch)


def _pay_care(book: Book, cases: Plan) -> None:
    """照料护理费, an item of its own, and one funeral."""
    year = book.year
    office = book.sender.office
    carers = [
        (h.claim(), standard(office, CARE_STANDARDS[h.care]).new)
        for h in cases.tekun
        if h.care in CARE_STANDARDS
    ]
    for month in MONTHS:
        lines = [(claim, yuan) for claim, yuan in carers if month in claim.dues]
        on, batch = pay_day(year, month, "tekun"), f"tekun-care-{label(year, month)}"
        book.send_payroll(batch, "tekun", month, [yuan for _, yuan in lines], on)
        for claim, yuan in lines:
            book.pay(Line(claim, (month,), yuan, "care"), on, batch)
    ended = [c for c in (h.claim() for h in cases.tekun) if c.last is not None and c.last < GO_LIVE]
    for claim in ended[:FUNERALS]:
        last = max(claim.dues)
        on, batch = working_day(year, last + 1, 15), f"tekun-funeral-{claim.number}"
        book.send_payroll(batch, "tekun", last, [FUNERAL_YUAN], on)
        book.pay(Line(claim, (last,), FUNERAL_YUAN, "funeral"), on, batch)
