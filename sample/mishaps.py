"""What goes wrong with money in a real year.

Returns, double payments, money paid after the end of entitlement, re-deliveries, cases nobody
knows, and what is found out only in the next year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from domain.assistance.payouts import (
    OverpaymentFound,
    PaymentSettled,
    Programme,
    RecoveryOrdered,
    RecoveryReceived,
)
from domain.calendar import add_working_days
from domain.event import Payee
from sample.book import Book, Line, Paid
from sample.feed import dice
from sample.payroll import Claim, label, working_day
from sample.people import People
from sample.register import Register

_RETURNS: dict[Programme, int] = {
    "dibao": 12,
    "tekun": 6,
    "orphan": 1,
    "unattended-child": 2,
    "nursing-subsidy": 13,
    "living-subsidy": 6,
}
_MONTHS_WITH_RETURNS = (1, 2, 3, 6, 7, 8, 9, 10)
"""Made good within the year, and not across the raise."""
_MONTH_PAID_TWICE = 8
_NEVER_ARRIVED_BELOW_YUAN = 1500
_REASONS = ("账户已销户", "户名不符", "账户久悬", "账户冻结")
_UNKNOWN_CASES = ("DB-99001", "TK-99001", "HL-99001")
_REDELIVERED = 9


def send_mishaps(book: Book, cases: Register, paid: Sequence[Paid]) -> None:
    """Send them all; what stands in the book stays the truth as known at the end."""
    chance = dice("mishaps", book.outbox.year)
    ordinary = [p for p in paid if not p.claim.overpaid and not p.claim.late_december]
    ordinary = [p for p in ordinary if p.claim.number != cases.miscounted.number]
    _return_and_repay(book, chance, cases, ordinary)
    _pay_twice(book, chance, ordinary)
    for claim in cases.claims():
        if claim.overpaid:
            _recover(book, claim, [p for p in paid if p.claim.number == claim.number])
    _recover_miscounted(book, cases)
    _pay_unknown(book)
    for again in chance.sample(ordinary, _REDELIVERED):
        book.outbox.feed.send_again(again.name, again.on + timedelta(days=chance.randint(1, 20)))
    _find_out_next_year(book, ordinary)


def _persons(cases: Register) -> Mapping[str, Payee]:
    """Case number → who gets the money."""
    heads = {h.number: h.members[0][0] for h in cases.households}
    lines = (cases.tekun, cases.children, cases.living, cases.nursing)
    return heads | {h.number: h.person for line in lines for h in line}


def _return_and_repay(book: Book, chance: Random, cases: Register, paid: Sequence[Paid]) -> None:
    """退票, and the same months paid again to a new account some weeks later in the year."""
    persons, people = _persons(cases), People(chance, 9)
    for programme, count in _RETURNS.items():
        may = [
            p for p in paid if p.claim.programme == programme and p.on.month in _MONTHS_WITH_RETURNS
        ]
        for payment in chance.sample(may, count):
            person = persons[payment.claim.number]
            payee = Payee(
                id_kind=person.id_kind,
                id_number=person.id_number,
                name=person.name,
                account=people.account(),
            )
            returned_on = add_working_days(payment.on, chance.randint(2, 5))
            book.send_back(payment, returned_on, chance.choice(_REASONS))
            on = add_working_days(returned_on, chance.randint(8, 24))
            batch = f"{programme}-{on:%Y-%m}-R{payment.name[-6:]}"
            line = payment.line
            book.send_payroll(batch, programme, line.months[-1], [line.yuan], on)
            book.pay(line, on, batch, payee, repays=payment.name)


def _pay_twice(book: Book, chance: Random, paid: Sequence[Paid]) -> None:
    """The bank booked one line twice; two weeks later the second was reversed (撤销)."""
    may = [p for p in paid if p.claim.programme == "nursing-subsidy"]
    once = chance.choice([p for p in may if p.on.month == _MONTH_PAID_TWICE])
    twice = book.pay(once.line, once.on, str(once.event.batch))
    book.revoke(twice, once.on + timedelta(days=14))


def _recover(book: Book, claim: Claim, paid: Sequence[Paid]) -> None:
    """Money paid after the end: found, ordered back, received. It never lowers 发放金额."""
    months = claim.overpaid
    over = [p for p in paid if p.line.months[-1] in months]
    line = Line(claim, months, sum(p.line.yuan for p in over))
    found_on = working_day(book.outbox.year, months[-1] + 1, 5)
    reason = "收入超标后继续发放" if claim.programme == "dibao" else "死亡后继续发放"
    _order_back(book, line, found_on, reason, over[0].name if len(over) == 1 else None)


def _order_back(
    book: Book, line: Line, found_on: date, reason: str, corrects: str | None = None
) -> None:
    """追回 names the payment it corrects when there is only one."""
    claim, months, yuan, _ = line
    number, programme = claim.number, claim.programme
    labels = tuple(label(book.outbox.year, month) for month in months)
    book.outbox.send(
        "df",
        OverpaymentFound(
            case_number=number,
            programme=programme,
            months=labels,
            amount_fen=100 * yuan,
            found_on=found_on,
            reason=reason,
        ),
    )
    ordered_on = add_working_days(found_on, 5)
    book.outbox.send(
        "zj",
        RecoveryOrdered(
            case_number=number,
            programme=programme,
            amount_fen=100 * yuan,
            ordered_on=ordered_on,
            due_on=ordered_on + timedelta(days=30),
        ),
    )
    received = RecoveryReceived(
        case_number=number,
        programme=programme,
        amount_fen=100 * yuan,
        received_on=add_working_days(ordered_on, 12),
        township=claim.township,
    )
    how = None if corrects is None else "recovered"
    book.outbox.send("zh", received, corrects=corrects, how=how)


def _recover_miscounted(book: Book, cases: Register) -> None:
    """What the household got for the member without 保障 status comes back in the next year."""
    household = cases.miscounted
    months = tuple(household.paid_months())
    each = household.standard.new - household.income
    found_on = working_day(book.outbox.year + 1, 2, 14)
    line = Line(household.claim(), months, each * len(months))
    _order_back(book, line, found_on, "多计保障人数")


def _pay_unknown(book: Book) -> None:
    """Payments for cases that never turn up: they stay parked."""
    year = book.outbox.year
    programmes: tuple[Programme, ...] = ("dibao", "tekun", "nursing-subsidy")
    for month, (number, programme) in enumerate(zip(_UNKNOWN_CASES, programmes, strict=True), 4):
        event = PaymentSettled(
            case_number=number,
            programme=programme,
            months=(label(year, month),),
            amount_fen=43_100,
            settled_on=working_day(year, month, 9),
            township="445102100",
        )
        book.outbox.send("dz", event)


def _find_out_next_year(book: Book, paid: Sequence[Paid]) -> None:
    """Known only after the year's report was out; both move a figure of the year."""
    year, december = book.outbox.year, 12
    never = max(
        (p for p in paid if p.claim.programme == "dibao" and p.on.month == december),
        key=lambda p: (p.line.yuan < _NEVER_ARRIVED_BELOW_YUAN, p.line.yuan),
    )
    known = date(year + 1, 3, 6)
    book.revoke(never, known)
    _plant(book, f"低保 {never.claim.number} 12月一笔对账发现未到账,撤销", known, "F16")
    nursing = [p for p in paid if p.claim.programme == "nursing-subsidy"]
    back = [p for p in nursing if p.on.month == december and len(p.line.months) == 1][-1]
    known = date(year + 1, 2, 18)
    book.send_back(back, date(year, 12, 30), "账户已销户", received=known)
    _plant(book, f"护理补贴 {back.claim.number} 12月30日退票,银行次年2月才报送", known, "F24")


def _plant(book: Book, what: str, known: date, figures: str) -> None:
    book.outbox.feed.planted.append(
        {"what": what, "known_since": known.isoformat(), "figures": figures}
    )
