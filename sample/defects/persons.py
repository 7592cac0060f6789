"""Planted: one person in several cases, and the dead (A02 to A08)."""

from __future__ import annotations

from datetime import date

from domain.assistance import benefits
from domain.calendar import months_after
from domain.funeral import CremationRecorded
from sample.days import add_working_days
from sample.defects.case import Case
from sample.defects.grants import Desk, member
from sample.defects.groups import Groups
from sample.defects.ledgers import PAY_WORKING_DAY
from sample.defects.plot import days_after

GROUPS = Groups()
of = GROUPS.of
RECOVERED = ("A01", "A53")
"""It was paid without being due, although the money came back."""


@of("A02", "社会救助暂行办法 9, 14")
def one_person_twice(desk: Desk) -> None:
    plot = desk.plot
    first = desk.tekun()
    first.terminate(10, "moved-away")
    again = desk.tekun(first.person, first=11, decided_on=plot.working(10, 14))
    plot.lawful("10月终止，11月起重新认定", first, again)
    first = desk.tekun()
    first.terminate(11, "moved-away")
    again = desk.tekun(first.person, first=11, decided_on=plot.working(10, 14))
    plot.unlawful("同一人11月有两个特困个案", first, again)
    theirs, shared = desk.dibao(), desk.adult()
    ours = desk.dibao(member(shared), head=desk.adult())
    other = desk.dibao(member(shared), head=desk.adult())
    plot.unlawful("同一人在两户均为保障对象", ours, other, since=other.decided_on)
    outside = desk.dibao(member(theirs.person, covered=False))
    plot.lawful("在另一户为共同生活而非保障对象", theirs, outside)
    twice = desk.dibao()
    twice.pay(10)
    paid = twice.pay(10)
    plot.unlawful("10月发放两次", twice, paid, since=plot.working(10, 8))
    returned = desk.dibao()
    name = returned.pay(10)
    back = add_working_days(plot.working(10, 8), 3)
    returned.give_back(name, 10, back)
    returned.pay(11, of=10, repays=name)
    plot.lawful("10月退票后重发", returned)
    reversed_ = desk.dibao()
    reversed_.pay(10)
    name = reversed_.pay(10, listed=False)
    plot.revoke(name, plot.day(11, 4))
    plot.lawful("重复记入的一笔已撤销", reversed_, name)
    items = desk.dibao()
    items.pay(10)
    items.pay(10, 30_00, item="price-subsidy", batch="JG")
    plot.lawful("同月另发价格补贴", items)


@of("A03", "社会救助暂行办法 9, 14, 15")
def dibao_and_tekun(desk: Desk) -> None:
    plot = desk.plot
    before = desk.dibao()
    before.terminate(10, "to-other-programme")
    then = desk.tekun(before.person, first=11, decided_on=plot.working(10, 14))
    plot.lawful("低保至10月，特困自11月", before, then)
    before = desk.dibao()
    before.terminate(11, "to-other-programme")
    then = desk.tekun(before.person, first=11, decided_on=plot.working(10, 14))
    plot.unlawful("11月同时享受低保和特困", before, then)
    alone = desk.tekun()
    living_with = desk.dibao(member(alone.person, covered=False))
    plot.lawful("特困人员与低保户共同生活，不是保障对象", alone, living_with)
    alone = desk.tekun()
    counted = desk.dibao(member(alone.person))
    plot.unlawful("特困人员又是低保户的保障对象", alone, counted)


@of("A04", "国发〔2015〕52号")
def tekun_and_subsidies(desk: Desk) -> None:
    plot = desk.plot
    for programme, what in (("living-subsidy", "生活补贴"), ("nursing-subsidy", "护理补贴")):
        for last, wrong in ((10, False), (11, True)):
            subsidy = desk.subsidy(programme)
            subsidy.terminate(last, "to-tekun")
            then = desk.tekun(subsidy.person, first=11, decided_on=plot.working(10, 14))
            plot.plant(wrong, f"特困自11月，{what}发至{last}月", subsidy, then)


@of("A05", "国办发〔2010〕54号；国发〔2015〕52号")
def orphans_with_others(desk: Desk) -> None:
    plot = desk.plot
    born = date(plot.year - 9, 4, 5)
    for programme, wrong in (("living-subsidy", True), ("nursing-subsidy", False)):
        holder = plot.folk.holder(born, 4, 2)
        subsidy = desk.subsidy(programme, holder)
        orphan = desk.child(plot.folk.as_child(holder))
        plot.plant(wrong, f"孤儿另享受{programme}", subsidy, orphan)
    for last, wrong in ((10, False), (11, True)):
        child = plot.folk.child(born)
        unattended = desk.child(child, programme="unattended-child")
        unattended.terminate(last, "to-other-programme")
        orphan = desk.child(child, first=11, decided_on=plot.working(10, 14))
        plot.plant(wrong, f"孤儿自11月，事实无人抚养发至{last}月", unattended, orphan)


@of("A06", "社会救助暂行办法 13, 18")
def paid_after_death(desk: Desk) -> None:
    plot, paid_on = desk.plot, desk.plot.working(11, PAY_WORKING_DAY)
    for died, wrong in ((plot.day(10, 31), True), (plot.day(11, 1), False)):
        case = desk.tekun()
        paid = case.pay(11)
        told = add_working_days(paid_on, 3)
        case.terminate(died.month, "died", told, died_on=died)
        plot.plant(wrong, f"{died}死亡，11月仍发放", case, paid, since=told)
    died = plot.day(10, 25)
    cremated = desk.tekun()
    cremated.ends(11)
    record = _cremate(desk, cremated, died)
    paid = cremated.pay(11)
    plot.unlawful(
        "10月死亡并火化，11月仍发放，个案未终止",
        cremated,
        record,
        paid,
        since=paid_on,
        also=("A07", "A01"),
    )
    in_time = desk.tekun()
    record = _cremate(desk, in_time, died)
    in_time.terminate(10, "died", days_after(died, 7), died_on=died)
    plot.lawful("10月死亡并火化，10月后不再发放", in_time, record)
    recovered = desk.tekun()
    paid = recovered.pay(11)
    recovered.terminate(10, "died", add_working_days(paid_on, 2), died_on=died)
    found_on, fen = add_working_days(paid_on, 3), recovered.due(11)
    recovered.overpaid((11,), fen, found_on, "死亡后继续发放")
    recovered.recover(fen, add_working_days(found_on, 2))
    plot.lawful("死亡后多发的11月已追回", recovered, paid, also=RECOVERED)
    returned = desk.tekun()
    paid = returned.pay(11)
    returned.terminate(10, "died", add_working_days(paid_on, 2), died_on=died)
    returned.give_back(paid, 11, add_working_days(paid_on, 1))
    plot.lawful("死亡后多发的11月已退票", returned, paid, also=RECOVERED)
    late = desk.subsidy("nursing-subsidy")
    paid = late.pay(11)
    told = plot.working(12, 3)
    late.terminate(10, "died", plot.working(11, 3), received=told, died_on=plot.day(10, 20))
    plot.unlawful("停发决定迟报，11月已发放", late, paid, since=paid_on)


@of("A07", "社会救助暂行办法 13, 18")
def death_told_late(desk: Desk) -> None:
    plot = desk.plot
    died = plot.day(10, 10)
    month_later = months_after(died, 1)
    for make in (desk.tekun, desk.dibao, desk.nursing):
        for on, wrong in ((month_later, False), (days_after(month_later, 1), True)):
            case = make()
            name = case.terminate(10, "died", on, died_on=died)
            plot.plant(wrong, f"{died}死亡，{on}办理终止", case, name, since=on)


@of("A07", "社会救助暂行办法 13, 18")
def day_of_death_corrected(desk: Desk) -> None:
    plot = desk.plot
    on, early, late = plot.day(11, 8), plot.day(10, 2), plot.day(10, 30)
    for told, right, wrong in ((early, late, False), (late, early, True)):
        case = desk.tekun()
        name = case.terminate(10, "died", on, died_on=told)
        plot.change(name, plot.day(12, 5), died_on=right)
        plot.plant(wrong, f"死亡日期由{told}更正为{right}，{on}办理终止", case, name, since=on)


@of("A08", "社会救助暂行办法 13")
def death_that_was_none(desk: Desk) -> None:
    plot = desk.plot
    for arrears, wrong in ((True, False), (False, True)):
        case = desk.tekun()
        case.terminate(10, "died", plot.working(10, 10), died_on=plot.day(10, 9))
        case.ends(12).skip(11)
        on = plot.working(12, 3)
        resumed = case.say(
            benefits.BenefitResumed, on, first_month=plot.month(11), reason="误报死亡，恢复"
        )
        if arrears:
            case.arrears((11,), plot.working(12, PAY_WORKING_DAY), "correction")
        plot.plant(
            wrong,
            f"误报死亡，12月恢复，11月{'已' if arrears else '未'}补发",
            case,
            resumed,
            also=("A01",),
        )
    never = desk.tekun()
    name = never.terminate(10, "died", plot.working(10, 10), died_on=plot.day(10, 9))
    plot.revoke(name, plot.working(12, 3))
    never.ends(12).skip(11)
    plot.unlawful("误报死亡的终止已撤销，11月未补发", never, name, also=("A01",))


def _cremate(desk: Desk, case: Case, died_on: date) -> str:
    plot = desk.plot
    known = plot.folk.known(case.person)
    on = days_after(died_on, 2)
    return plot.say(
        "funeral", f"HH-{case.number}", CremationRecorded, on, deceased=known, died_on=died_on
    )
