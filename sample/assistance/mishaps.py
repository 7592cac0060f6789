"""What goes wrong with money in a real year.

Returns, double payments, money paid after the end of entitlement, re-deliveries, cases nobody
knows, and what is found out only in the next year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from domain.assistance import payouts as facts
from domain.casework import Programme
from domain.event import Payee
from sample.assistance.book import Book, Line, Paid
from sample.cases.plan import Plan
from sample.days import add_working_days, label, working_day
from sample.feed import dice
from sample.people import People

RETURNS: dict[Programme, int] = {
    "dibao": 12,
    "tekun": 6,
    "orphan": 1,
    "unattended-child": 2,
    "nursing-subsidy": 13,
    "living-subsidy": 6,
}
MONTHS_WITH_RETURNS = (1, 2, 3, 6, 7, 8, 9, 10)
"""Made good within the year, and not across the raise."""
MONTH_PAID_TWICE = 8
NEVER_ARRIVED_BELOW_YUAN = 1500
RETURN_REASONS = ("账户已销户", "户名不符", "账户久悬", "账户冻结")
UNKNOWN_CASES = (
    (4, "DB-99001", "dibao"),
    (5, "TK-99001", "tekun"),
    (6, "HL-99001", "nursing-subsidy"),
)
"""Month of payment, case, programme; the cases never turn up, so the payments stay parked."""
REDELIVERED = 9


def unlisted(lines: Sequence[Line]) -> Line:
    """The line of the last month that the bank told of though it was on no list."""
    return max(lines, key=lambda line: (line.yuan < NEVER_ARRIVED_BELOW_YUAN, line.yuan))


def send_mishaps(book: Book, cases: Plan, paid: Sequence[Paid]) -> None:
    """Send them all; what stands in the book stays the truth as known at the end."""
    chance = dice("mishaps", book.year)
    ordinary = [p for p in paid if not p.claim.overpaid and not p.claim.late_december]
    ordinary = [p for p in ordinary if p.claim.number != cases.miscounted.number]
    _return_and_repay(book, chance, cases, ordinary)
    _pay_twice(book, chance, ordinary)
    after_the_end = [p for p in paid if p.claim.overpaid and p.line.months[-1] in p.claim.overpaid]
    for claim in cases.claims():
        if claim.overpaid:
            _recover(book, [p for p in after_the_end if p.claim.number == claim.number])
    _recover_miscounted(book, cases)
    _pay_unknown(book)
    for again in chance.sample(ordinary, REDELIVERED):
        book.sender.feed.send_again(again.name, again.on + timedelta(days=chance.randint(1, 20)))
    _find_out_next_year(book, ordinary)


def _return_and_repay(book: Book, chance: Random, cases: Plan, paid: Sequence[Paid]) -> None:
    """退票, and the same months paid again to a new account some weeks later in the year."""
    people = People(chance, 9)
    persons = {h.number: h.members[0][0] for h in cases.households}
    persons |= {h.number: h.person for h in cases.holders()}
    for programme, count in RETURNS.items():
        may = [p for p in paid if p.claim.programme == programme]
        may = [p for p in may if p.on.month in MONTHS_WITH_RETURNS]
        for payment in chance.sample(may, count):
            person = persons[payment.claim.number]
            known = person.model_dump(include={"id_kind", "id_number", "name"})
            payee = Payee(**known, account=people.account())
            returned_on = add_working_days(payment.on, chance.randint(2, 5))
            book.send_back(payment, returned_on, chance.choice(RETURN_REASONS))
            on = add_working_days(returned_on, chance.randint(8, 24))
            batch = f"{programme}-{on:%Y-%m}-R{payment.name[-6:]}"
            line = payment.line
            book.send_payroll(batch, programme, line.months[-1], [line.yuan], on)
            book.pay(line, on, batch, payee, repays=payment.name)


def _pay_twice(book: Book, chance: Random, paid: Sequence[Paid]) -> None:
    """The bank booked one line twice; two weeks later the second was reversed (撤销)."""
    may = [p for p in paid if p.claim.programme == "nursing-subsidy"]
    once = chance.choice([p for p in may if p.on.month == MONTH_PAID_TWICE])
    twice = book.pay(once.line, once.on, str(once.event.batch))
    book.revoke(twice, once.on + timedelta(days=14))


def _recover(book: Book, over: Sequence[Paid]) -> None:
    """Money paid after the end: found, ordered back, received. It never lowers 发放金额."""
    claim = over[0].claim
    line = Line(claim, claim.overpaid, sum(p.line.yuan for p in over))
    found_on = working_day(book.year, claim.overpaid[-1] + 1, 5)
    reason = "收入超标后继续发放" if claim.programme == "dibao" else "死亡后继续发放"
    basis = "社会救助暂行办法 13"
    book.sender.feed.breaks("A53", reason, basis, f"case/{claim.number}")
    _order_back(book, line, found_on, reason, over[0].name if len(over) == 1 else None)


def _order_back(
    book: Book, line: Line, found_on: date, reason: str, corrects: str | None = None
) -> None:
    """追回 names the payment it corrects when there is only one."""
    claim, months, yuan, _ = line
    case = book.sender.about(claim.number)
    money = {"programme": claim.programme, "amount_fen": 100 * yuan}
    labels = tuple(label(book.year, month) for month in months)
    case.send(facts.OverpaymentFound, found_on, "df", **money, months=labels, reason=reason)
    ordered_on = add_working_days(found_on, 5)
    due_on = ordered_on + timedelta(days=30)
    case.send(facts.RecoveryOrdered, ordered_on, "zj", **money, due_on=due_on)
    received_on = add_working_days(ordered_on, 12)
    received = case.make(facts.RecoveryReceived, received_on, **money, township=claim.township)
    kind = None if corrects is None else "recovered"
    case.tell(received, "zh", corrects=corrects, kind=kind)


def _recover_miscounted(book: Book, cases: Plan) -> None:
    """What the household got for the member without 保障 status comes back in the next year."""
    household = cases.miscounted
    months = tuple(household.paid_months())
    each = household.standard.new - household.income
    found_on = working_day(book.year + 1, 2, 14)
    what, basis = "更正保障人数后，发放金额超过标准", "社会救助暂行办法 12"
    book.sender.feed.breaks("A11", what, basis, f"case/{household.number}")
    _order_back(book, Line(household.claim(), months, each * len(months)), found_on, "多计保障人数")


def _pay_unknown(book: Book) -> None:
    feed = book.sender.feed
    what = "所指个案从未报送，付款一直待关联，其顺序号未记入账本"
    feed.breaks("A46", what, "统计法 24", feed.office.sources["payouts"])
    for month, number, programme in UNKNOWN_CASES:
        book.sender.about(number).send(
            facts.PaymentSettled,
            working_day(book.year, month, 9),
            "dz",
            programme=programme,
            months=(label(book.year, month),),
            amount_fen=43_100,
            township=book.sender.office.rural_township,
        )


def _find_out_next_year(book: Book, paid: Sequence[Paid]) -> None:
    """Known only after the year's report was out; both move a figure of the year."""
    year, december, plant = book.year, 12, book.sender.feed.plant
    last = [p for p in paid if p.claim.programme == "dibao" and p.on.month == december]
    listed = unlisted([p.line for p in last])
    (never,) = (p for p in last if p.line is listed)
    known = date(year + 1, 3, 6)
    book.revoke(never, known)
    plant(f"低保 {never.claim.number} 12月一笔对账发现未到账，撤销", known, "F16")
    feed = book.sender.feed
    nursing = [p for p in paid if p.claim.programme == "nursing-subsidy"]
    back = [p for p in nursing if p.on.month == december and len(p.line.months) == 1][-1]
    known = date(year + 1, 2, 18)
    book.send_back(back, date(year, 12, 30), "账户已销户", received=known)
    plant(f"护理补贴 {back.claim.number} 12月30日退票，银行次年2月才报送", known, "F24")
    case = f"case/{back.claim.number}"
    feed.told_late(date(year, 12, 30), known, case)
    feed.breaks("A22", "12月30日退票，至今未重发", "社会救助暂行办法 5", case)
