"""The money of the sample year: payrolls step by step, settlements, arrears after the raise.

What goes wrong with money (returns, double payments, recoveries) is in `mishaps`.
"""

from __future__ import annotations

from domain.assistance.payouts import Programme
from sample.book import FIGURE, Book, Line, Paid
from sample.broken import send_broken
from sample.feed import Feed, Truth
from sample.flat import CARE_YUAN
from sample.mishaps import send_mishaps
from sample.outbox import Outbox
from sample.payroll import (
    GO_LIVE,
    LAGGING,
    MONTHS,
    Claim,
    arrears,
    label,
    pay_day,
    payments,
    raise_batch,
    working_day,
)
from sample.register import Register, register

_YEAR_END_WORKING_DAY = 19
"""Of December: subsidies applied for in that month are paid in a batch of their own."""
_FUNERALS = 2
_FUNERAL_YUAN = 6720
"""丧葬 (invented amount), an item of its own."""


def send(feed: Feed, year: int) -> Truth:
    """Send the year's money; the truth of F16, F18, F20, F22, F24, F26 by settlement month."""
    cases = register(year)
    outbox = Outbox(feed, "payouts", year)
    uncounted = frozenset(c.number for c in cases.children if c.mode == "institutional")
    book = Book(outbox, uncounted)
    paid = _pay_months(book, list(cases.claims()))
    _pay_late_december(book, cases)
    _pay_arrears(book, cases)
    _pay_care(book, cases)
    send_mishaps(book, cases, paid)
    send_broken(feed, year, paid[0].name.removeprefix("payouts/"))
    return {label(year, month): book.fen(label(year, month)) for month in MONTHS}


def _pay_months(book: Book, claims: list[Claim]) -> list[Paid]:
    """Every programme's payroll of every month, at the old standards until the raise goes live."""
    due: dict[tuple[Programme, int, str], list[Line]] = {}
    for claim in claims:
        paid_to = max(claim.dues)
        extra = claim.programme in LAGGING and claim.first == MONTHS[-1]
        for pay_month, months in payments(claim.programme, claim.first, paid_to).items():
            yuan = sum(claim.dues[month].yuan for month in months)
            if pay_month < GO_LIVE:
                yuan -= sum(claim.dues[month].raised for month in months)
            key = claim.programme, pay_month, "-N" if extra else ""
            due.setdefault(key, []).append(Line(claim, months, yuan))
    made: list[Paid] = []
    for programme in FIGURE:
        for month in MONTHS:
            for suffix in ("", "-N"):
                lines = due.get((programme, month, suffix))
                if lines is not None:
                    made += _pay_batch(book, programme, month, suffix, lines)
    return made


def _pay_batch(
    book: Book, programme: Programme, month: int, suffix: str, lines: list[Line]
) -> list[Paid]:
    year = book.outbox.year
    on = pay_day(year, month, programme)
    if suffix:
        on = working_day(year, month, _YEAR_END_WORKING_DAY)
    batch = f"{programme}-{label(year, month)}{suffix}"
    book.send_payroll(batch, programme, month, [line.yuan for line in lines], on)
    return [book.pay(line, on, batch) for line in lines]


def _pay_late_december(book: Book, cases: Register) -> None:
    """低保 of last December that reached the accounts only in January: it is money of this year."""
    year = book.outbox.year
    late = [h.claim() for h in cases.households if h.late_december]
    on, batch = working_day(year, 1, 4), f"dibao-{label(year, 0)}-S"
    book.send_payroll(batch, "dibao", 0, [claim.late_december for claim in late], on)
    for claim in late:
        book.pay(Line(claim, (0,), claim.late_december), on, batch)


def _pay_arrears(book: Book, cases: Register) -> None:
    """One line per case and amount, also to those who have left since January."""
    year = book.outbox.year
    on, batch = working_day(year, GO_LIVE, 14), raise_batch(year)
    for claim in cases.claims():
        for months, yuan in arrears(claim):
            book.pay_arrears(Line(claim, months, yuan), on, batch)


def _pay_care(book: Book, cases: Register) -> None:
    """照料护理费, an item of its own, and one funeral."""
    year = book.outbox.year
    carers = [(h.claim(), CARE_YUAN[h.care]) for h in cases.tekun if h.care != "independent"]
    for month in MONTHS:
        lines = [(claim, yuan) for claim, yuan in carers if month in claim.dues]
        on, batch = pay_day(year, month, "tekun"), f"tekun-care-{label(year, month)}"
        book.send_payroll(batch, "tekun", month, [yuan for _, yuan in lines], on)
        for claim, yuan in lines:
            book.pay(Line(claim, (month,), yuan, "care"), on, batch)
    ended = [c for c in (h.claim() for h in cases.tekun) if c.last is not None and c.last < GO_LIVE]
    for claim in ended[:_FUNERALS]:
        last = max(claim.dues)
        on = working_day(year, last + 1, 15)
        batch = f"tekun-funeral-{claim.number}"
        book.send_payroll(batch, "tekun", last, [_FUNERAL_YUAN], on)
        book.pay(Line(claim, (last,), _FUNERAL_YUAN, "funeral"), on, batch)
