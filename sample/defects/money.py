"""Planted: money of all programmes (A01, A09 to A12, A22 to A24, A52)."""

from __future__ import annotations

from domain.assistance import benefits
from domain.assistance import payouts as facts
from sample.days import add_working_days
from sample.defects.base import living_standard
from sample.defects.case import Case
from sample.defects.grants import Desk, member
from sample.defects.groups import Groups
from sample.defects.ledgers import PAY_WORKING_DAY
from sample.defects.plot import days_after

GROUPS = Groups()
of = GROUPS.of
PAYMENT = "社会救助暂行办法 5, 12"


@of("A01", "社会救助暂行办法 11, 12")
def paid_is_not_what_is_due(desk: Desk) -> None:
    plot = desk.plot
    lawful = desk.dibao()
    lawful.terminate(10, "income-above-standard")
    plot.lawful("最后享受月份为10月，发放至10月", lawful)
    after = desk.dibao()
    after.terminate(10, "income-above-standard")
    paid = after.pay(11)
    on = plot.working(11, PAY_WORKING_DAY)
    plot.unlawful("10月后停保，11月仍发放", after, paid, since=on)
    before = desk.tekun(first=10)
    paid = before.pay(10, of=9)
    plot.unlawful("10月起享受，10月补发9月", before, paid, since=plot.working(10, 8), also=("A12",))
    unpaid = desk.dibao()
    unpaid.skip(10)
    plot.unlawful("10月应发未发", unpaid, unpaid.confirmed)
    late = desk.dibao()
    late.skip(10)
    late.arrears((10,), plot.working(11, PAY_WORKING_DAY), "late-approval")
    plot.lawful("10月漏发，11月补发", late)
    suspended = desk.tekun()
    suspended.say(
        benefits.BenefitSuspended,
        plot.working(10, 2),
        from_month=plot.month(10),
        reason="下落不明",
    )
    suspended.ends(10)
    paid = suspended.pay(10)
    plot.unlawful("10月起暂停，10月仍发放", suspended, paid, since=plot.working(10, 8))
    kept = desk.tekun()
    kept.say(
        benefits.BenefitSuspended,
        plot.working(10, 2),
        from_month=plot.month(10),
        reason="下落不明",
    )
    kept.ends(9)
    plot.lawful("10月起暂停，发放至9月", kept)


@of("A09", PAYMENT)
def another_amount(desk: Desk) -> None:
    plot, on = desk.plot, desk.plot.working(10, PAY_WORKING_DAY)
    makers = (
        ("特困", desk.tekun),
        ("孤儿", desk.child),
        ("护理补贴", desk.nursing),
    )
    for name, make in makers:
        for more, wrong in ((0, False), (1, True), (-1, True)):
            case = make()
            paid = case.pay(10, case.fen + more)
            plot.plant(wrong, f"{name}10月按标准{more:+d}分发放", case, paid, since=on)
    for first, right, wrong in ((1, 0, False), (0, 1, True)):
        case = desk.tekun()
        own = case.own_batch(10, case.fen + first)
        plot.change(case.paid[10], plot.day(11, 6), amount_fen=case.fen + right)
        own.amounts = [case.fen + right]
        what = f"10月按标准{first:+d}分发放，更正为{right:+d}分"
        plot.plant(wrong, what, case, case.paid[10], since=on)
    topped_up = desk.child(programme="unattended-child", fen=500_00)
    plot.lawful("事实无人抚养儿童享受低保，按确认的补差额发放", topped_up)
    in_place = desk.tekun()
    in_place.skip(10)
    batch, township = desk.rolls.batch(in_place.programme, 11), in_place.place["township"]
    desk.rolls.pay(in_place.number, township, batch, (10, 11), 2 * in_place.fen)
    in_place.skip(11)
    plot.lawful("10月、11月合并一笔发放", in_place)
    levels = [v.code for v in plot.bureau.programmes[desk.aged].levels]
    for born, level, wrong in (
        (plot.day(9, 30), levels[1], False),
        (plot.day(9, 30), levels[0], True),
    ):
        elder = desk.elder(born.replace(year=plot.year - 90), levels[1], first=9)
        fen = desk.standard(desk.aged, level=level)
        paid = elder.pay(10, fen)
        plot.plant(wrong, f"90周岁，按{level}档发放", elder, paid, since=on)
    graded = plot.bureau.programmes[desk.code("nursing-subsidy")].levels
    if graded:
        second = desk.subsidy("nursing-subsidy", card=(4, 2))
        first = desk.standard("nursing-subsidy", level=graded[0].code)
        paid = second.pay(10, first)
        plot.unlawful("二级按一级的标准发放", second, paid, since=on)


@of("A10", "社会救助暂行办法 10; 国发〔2015〕52号")
def raise_not_completed(desk: Desk) -> None:
    plot = desk.plot
    kind = living_standard(plot)
    old, new = (100 * yuan for yuan in plot.office.amounts(kind))

    def holder(arrears: tuple[int, ...], last: int | None = None, until: int = 9) -> Case:
        case = desk.subsidy("living-subsidy", first=6, fen=old)
        case.later = {until: new}
        if last is not None:
            case.terminate(last, "withdrawn")
        if arrears:
            owed = (new - old) * len(arrears)
            batch = f"TB-{plot.year}"
            case.arrears(arrears, plot.working(9, 12), "standard-raise", owed, batch=batch)
        return case

    plot.lawful("9月起执行新标准，7月、8月已补发", holder((7, 8)))
    plot.unlawful("9月起执行新标准，7月、8月未补发", holder(()))
    plot.unlawful("只补发7月，8月未补发", holder((7,)))
    plot.lawful("8月后停发，7月、8月已补发", holder((7, 8), last=8))
    plot.unlawful("8月后停发，7月、8月未补发", holder((), last=8))
    plot.unlawful("提标执行后10月前仍按旧标准发放", holder((7, 8), until=10), also=("A09",))
    plot.lawful("9月新批，自始按新标准发放", desk.subsidy("living-subsidy"))


@of("A11", "社会救助暂行办法 12")
def more_than_the_standard(desk: Desk) -> None:
    plot, standard = desk.plot, desk.standard("dibao")
    for persons in (1, 2):
        for more, wrong in ((0, False), (1, True)):
            others = [member(desk.adult()) for _ in range(persons - 1)]
            case = desk.dibao(*others, income=0, fen=standard * persons + more)
            what = f"{persons}人，每月标准×{persons}{more:+d}分"
            plot.plant(wrong, what, case, case.confirmed, since=case.decided_on)
    for more, wrong in ((0, False), (1, True)):
        case = desk.dibao(income=0, supplement=105_00, fen=standard + 105_00 + more)
        what = f"另有分类施保105元，合计{more:+d}分"
        plot.plant(wrong, what, case, case.confirmed, since=case.decided_on)
    paid_more = desk.dibao(income=0)
    paid = paid_more.pay(10, standard + 1)
    on = plot.working(10, PAY_WORKING_DAY)
    plot.unlawful("10月实发超过标准1分", paid_more, paid, since=on, also=("A01",))


@of("A12", "社会救助暂行办法 11, 16; 国发〔2015〕52号")
def paid_too_early(desk: Desk) -> None:
    plot = desk.plot
    for name, make in (("低保", desk.dibao), ("特困", desk.tekun), ("孤儿", desk.child)):
        for first_month, wrong in ((9, False), (8, True)):
            case = make(first_month=first_month)
            if wrong:
                case.pay(9, of=8)
            plot.plant(wrong, f"{name}8月确认，{first_month}月起发放", case, case.confirmed)
    for first_month, wrong in ((9, False), (8, True)):
        case = desk.subsidy("nursing-subsidy", first_month=first_month)
        if wrong:
            case.pay(10, of=8)
            case.pay(10, of=9)
        plot.plant(wrong, f"护理补贴9月申请，{first_month}月起发放", case, case.confirmed)


@of("A22", "社会救助暂行办法 5, 58")
def returned_and_not_repaid(desk: Desk) -> None:
    plot = desk.plot
    for programme in ("tekun", "dibao"):
        make = desk.tekun if programme == "tekun" else desk.dibao
        never = make(first=3)
        paid = never.pay(3)
        back = never.give_back(paid, 3, add_working_days(plot.working(3, 8), 3))
        plot.unlawful("3月退票，至今未重发", never, back, also=("A01",))
        again = make(first=3)
        paid = again.pay(3)
        back = again.give_back(paid, 3, add_working_days(plot.working(3, 8), 3))
        again.pay(4, of=3, repays=paid)
        plot.lawful("3月退票，下月重发", again, back)
    days = plot.limit("assistance.repay-days")
    back_on = add_working_days(plot.working(3, 8), 3)
    for within, wrong in ((days, False), (days + 3, True)):
        case = desk.tekun(first=3)
        paid = case.pay(3)
        back = case.give_back(paid, 3, back_on)
        on = days_after(back_on, within)
        case.repay_on(on, 3, paid)
        what = f"退票后{within}日重发"
        since = days_after(back_on, days + 1)
        plot.plant(wrong, what, case, back, since=since, until=on, also=("A01",))


@of("A23", "社会救助暂行办法 68")
def overpaid_and_not_recovered(desk: Desk) -> None:
    plot, fen = desk.plot, 100_00
    found_on = plot.working(5, 10)

    def overpaid() -> tuple[Case, str]:
        case = desk.dibao(first=3)
        case.pay(4, case.fen + fen)
        return case, case.overpaid((4,), fen, found_on, "收入核减后未调整")

    for amount, wrong, what in (
        (0, True, "5月发现多发，至今未责令退回"),
        (fen, False, "5月发现多发，当月责令退回并已追回"),
        (fen - 1, True, "责令退回少1分"),
    ):
        case, found = overpaid()
        if amount:
            case.recover(amount, add_working_days(found_on, 3))
        plot.plant(wrong, what, case, found, also=("A01",))
    days = plot.limit("assistance.recovery-order-days")
    for within, wrong in ((days, False), (days + 3, True)):
        case, found = overpaid()
        on = days_after(found_on, within)
        case.recover(fen, on)
        since = days_after(found_on, days + 1)
        what = f"发现多发后{within}日责令退回"
        plot.plant(wrong, what, case, found, since=since, until=on, also=("A01",))
    for approved, wrong in ((fen, False), (fen - 1, True)):
        case, found = overpaid()
        plot.say(
            "payouts",
            case.number,
            facts.OverpaymentWrittenOff,
            add_working_days(found_on, 5),
            programme=case.programme,
            amount_fen=approved,
            approved_by="SP-01",
            reason="家庭确有困难，经批准不再追回",
        )
        plot.plant(wrong, f"多发{fen}分，批准核销{approved}分", case, found, also=("A01",))


@of("A24", "社会救助暂行办法 5")
def released_is_not_settled(desk: Desk) -> None:
    plot = desk.plot
    for more, wrong in ((0, False), (1, True), (-1, True)):
        case = desk.dibao()
        batch = case.own_batch(10)
        batch.released_fen = more
        plot.plant(wrong, f"拨付比到账{more:+d}分", batch, case)


@of("A52", "社会救助暂行办法 5, 11")
def approved_is_not_settled(desk: Desk) -> None:
    plot = desk.plot
    for more, wrong in ((0, False), (1, True), (-1, True)):
        case = desk.tekun()
        batch = case.own_batch(10)
        batch.approved_fen = more
        plot.plant(wrong, f"审批清册比到账{more:+d}分", batch, case)
    two = desk.tekun()
    batch = two.own_batch(10)
    batch.approved_fen = two.fen
    plot.unlawful("审批两笔，到账一笔", batch, two)
