"""Planted: how cases are decided, reviewed and ended (A13 to A21, A26, A45)."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import children, disability
from domain.adoption import AdoptionApplied, AdoptionRegistered, AssessmentCompleted
from domain.assistance import benefits, households
from domain.assistance.payouts import PayeeChanged
from domain.calendar import months_after
from sample.days import add_working_days, working_days_before
from sample.defects.case import HANDLERS, Case
from sample.defects.grants import Desk
from sample.defects.groups import Groups
from sample.defects.plot import days_after

GROUPS = Groups()
of = GROUPS.of


@of("A13", "社会救助暂行办法 11(2), 16")
def notice_before_the_decision(desk: Desk) -> None:
    plot = desk.plot
    days = plot.limit("assistance.notice-days")
    for name, make in (("低保", desk.dibao), ("特困", desk.tekun)):
        case = make(notice=False)
        plot.unlawful(f"{name}未公示即确认", case, since=case.decided_on)
        posted = plot.working(8, 2)
        for more, wrong in ((0, False), (-1, True)):
            until = days_after(posted, days + more)
            case = make(posted_on=posted, until=until, decided_on=plot.working(8, 14))
            plot.plant(wrong, f"{name}公示{days + more}日", case, since=posted)
        for more, wrong in ((1, False), (0, True)):
            until = days_after(posted, days + 1)
            on = days_after(until, more)
            case = make(posted_on=posted, until=until, decided_on=on)
            what = "期满次日" if more else "期满当日"
            plot.plant(wrong, f"{name}公示{what}确认", case, since=on)
    late = desk.dibao(notice_received=plot.day(10, 8))
    plot.lawful("公示记录两个月后补报", late, also=("A26",))
    undone = desk.dibao()
    plot.revoke(undone.told[benefits.NoticePosted], plot.day(11, 5))
    plot.unlawful("公示记录后来撤销", undone, since=undone.decided_on)
    for told, right, wrong in ((days - 1, days, False), (days, days - 1, True)):
        start = plot.working(8, 2)
        until = days_after(start, told)
        closed = days_after(start, right)
        case = desk.dibao(
            posted_on=start, until=until, closed_on=closed, decided_on=plot.working(8, 14)
        )
        name = case.told[benefits.NoticePosted]
        plot.change(name, plot.day(9, 12), until=closed)
        what = f"公示{told}日，后更正为{right}日"
        plot.plant(wrong, what, case, since=start)
    taken = desk.taken_over("dibao", plot.day(7, 3).replace(year=plot.year - 1))
    taken.say(benefits.ReviewCompleted, plot.day(6, 20), handlers=HANDLERS, outcome="keep")
    plot.lawful("期初接收的个案，步骤在账本之前", taken)


@of("A14", "未成年人保护法 4, 103; 个人信息保护法 28")
def notice_of_a_child(desk: Desk) -> None:
    plot = desk.plot
    desk_case = desk.child()
    on = working_days_before(desk_case.decided_on, 12)
    until = add_working_days(on, 7)
    name = plot.say(
        "social-assistance",
        desk_case.number,
        benefits.NoticePosted,
        on,
        handlers=HANDLERS,
        until=until,
    )
    plot.unlawful("孤儿个案张贴公示", desk_case, name, since=on)
    plot.lawful("孤儿个案未公示", desk.child())


@of("A15", "社会救助暂行办法 11(2); 民发〔2021〕57号")
def objection(desk: Desk) -> None:
    plot = desk.plot
    for visit, notice in ((True, True), (False, False), (True, False), (False, True)):
        on = plot.working(8, 20)
        applied = plot.working(7, 15)
        case = desk.dibao(
            decided_on=on,
            accepted_on=add_working_days(applied, 1),
            posted_on=plot.working(8, 1),
            until=add_working_days(plot.working(8, 1), 7),
        )
        filed = plot.working(8, 4)
        case.say(benefits.ObjectionFiled, filed, handlers=HANDLERS)
        if visit:
            case.say(benefits.HomeVisitRecorded, plot.working(8, 8), handlers=HANDLERS)
        if notice:
            posted = plot.working(8, 9)
            until = add_working_days(posted, 7)
            case.say(benefits.NoticePosted, posted, handlers=HANDLERS, until=until)
            case.say(benefits.NoticeClosed, until, handlers=HANDLERS)
        wrong = not (visit and notice)
        what = f"{'已' if visit else '未'}重新调查，{'已' if notice else '未'}重新公示"
        plot.plant(wrong, f"有异议，{what}", case, since=on)


@of("A16", "民发〔2021〕57号")
def too_long(desk: Desk) -> None:
    plot = desk.plot
    days = plot.limit("assistance.decide-working-days")
    accepted = plot.working(7, 3)
    for name, make in (("低保", desk.dibao), ("特困", desk.tekun)):
        for more, wrong in ((0, False), (1, True)):
            on = add_working_days(accepted, days + more)
            first = on.month + 1
            case = make(accepted_on=accepted, decided_on=on, first=first)
            plot.plant(wrong, f"{name}受理后{days + more}个工作日确认", case, since=on)
    autumn = plot.working(9, 3)
    for more, wrong in ((0, False), (1, True)):
        on = add_working_days(autumn, days + more)
        case = desk.dibao(accepted_on=autumn, decided_on=on, first=on.month + 1)
        plot.plant(wrong, f"跨国庆假期，第{days + more}个工作日确认", case, since=on)
    longer = plot.limit("assistance.deferred-working-days")
    for within, wrong in ((longer, False), (longer + 1, True)):
        on = add_working_days(accepted, within)
        case = desk.dibao(accepted_on=accepted, decided_on=on, first=on.month + 1)
        deferred = {"handlers": HANDLERS, "reason": "情况复杂"}
        case.say(benefits.DecisionDeferred, add_working_days(accepted, days - 2), **deferred)
        plot.plant(wrong, f"已延长，第{within}个工作日确认", case, since=on)
    applied = plot.working(7, 3)
    longest = plot.limit("children.decide-working-days")
    for within, wrong in ((longest, False), (longest + 1, True)):
        on = add_working_days(applied, within)
        child = desk.child(applied_on=applied, decided_on=on, first=on.month + 1)
        plot.plant(wrong, f"孤儿申请后{within}个工作日确认", child, since=on)
    for refused, wrong in ((days, False), (days + 1, True), (0, True)):
        person, number = desk.adult(), plot.number()
        said = {"programme": "dibao", **plot.place(), "applicant": person}
        applied = working_days_before(accepted, 1)
        plot.say("social-assistance", number, benefits.ApplicationReceived, applied, **said)
        name = plot.say(
            "social-assistance",
            number,
            benefits.ApplicationAccepted,
            accepted,
            handlers=HANDLERS,
        )
        if refused:
            on = add_working_days(accepted, refused)
            told = {"notified_on": add_working_days(on, 1), "reason": "收入高于标准"}
            plot.say("social-assistance", number, benefits.BenefitRefused, on, **told)
        what = f"受理后{refused}个工作日不予确认" if refused else "受理后至今未作决定"
        since = days_after(add_working_days(accepted, days), 1)
        plot.plant(wrong, what, f"case/{number}", name, since=None if refused else since)


@of("A17", "社会救助暂行办法 13; 民发〔2021〕57号")
def review(desk: Desk) -> None:
    plot = desk.plot
    decided = plot.day(3, 12).replace(year=plot.year - 1)
    due = months_after(decided, 12)
    for programme in ("dibao", "tekun"):
        for more, wrong in ((0, False), (1, True)):
            case = desk.taken_over(programme, decided)
            on = days_after(due, more)
            name = case.say(benefits.ReviewCompleted, on, handlers=HANDLERS, outcome="keep")
            what = f"{decided}确认，{on}核查"
            plot.plant(wrong, what, case, name, since=days_after(due, 1))
        never = desk.taken_over(programme, decided)
        plot.unlawful(f"{decided}确认，至今未核查", never, since=days_after(due, 1))
        ended = desk.taken_over(programme, decided)
        ended.terminate(2, "moved-away", plot.day(3, 4))
        plot.lawful("核查期满前已终止", ended)
    half = plot.day(9, 12).replace(year=plot.year - 1)
    due_soon = months_after(half, 6)
    for more, wrong in ((0, False), (1, True)):
        case = desk.taken_over("dibao", half, review_months=6)
        on = days_after(due_soon, more)
        case.say(benefits.ReviewCompleted, on, handlers=HANDLERS, outcome="keep")
        case.say(benefits.ReviewCompleted, months_after(on, 6), handlers=HANDLERS, outcome="keep")
        what = f"每半年核查，{half}确认，{on}核查"
        plot.plant(wrong, what, case, since=days_after(due_soon, 1))
    late = desk.taken_over("dibao", decided)
    late.say(
        benefits.ReviewCompleted,
        due,
        received=plot.day(9, 20),
        handlers=HANDLERS,
        outcome="keep",
    )
    plot.lawful("按期核查，半年后补报", late, also=("A26",))


@of("A18", "国办发〔2010〕54号; 民发〔2020〕125号")
def grown_up_or_adopted(desk: Desk) -> None:
    plot = desk.plot

    def of_eighteen_in(month: int) -> children.Child:
        return plot.folk.child(date(plot.year - 18, month, 17))

    for last, wrong in ((10, False), (11, True)):
        case = desk.child(of_eighteen_in(10))
        case.terminate(last, "of-age")
        paid = case.pay(11) if wrong else ""
        since = plot.working(11, 8)
        plot.plant(wrong, f"10月满18周岁，发放至{last}月", case, paid or case, since=since)
    studying = desk.child(of_eighteen_in(10))
    studying.say(
        children.SupportExtendedWhileStudying,
        plot.working(10, 9),
        until_month=plot.month(18),
        stage="secondary",
        handlers=HANDLERS,
    )
    plot.lawful("10月满18周岁，在读延续", studying)
    for last, wrong in ((10, False), (11, True)):
        child = plot.folk.child(date(plot.year - 4, 4, 5))
        case = desk.child(child)
        adopted = _adopt(desk, child, plot.working(10, 12))
        ended: dict[str, Any] = {"adoption_number": f"示例收〔{plot.year}〕{case.number}号"}
        case.terminate(last, "adopted", plot.working(last + 1, 1), **ended)
        paid = case.pay(11) if wrong else ""
        what = f"10月被收养，孤儿保障发至{last}月"
        plot.plant(wrong, what, case, adopted, paid or case, since=plot.working(11, 8))


def _adopt(desk: Desk, child: children.Child, on: date) -> str:
    """A lawful adoption of an orphan; returns its stream."""
    plot, key = desk.plot, desk.plot.number()
    known = plot.folk.known(child)
    adopter = plot.folk.person(date(plot.year - 40, 3, 4), man=False).model_dump()
    applied = days_after(on, -25)
    plot.say(
        "adoption",
        key,
        AdoptionApplied,
        applied,
        child_kind="orphan",
        adopters=({**adopter, "residence_division": plot.office.division},),
        child=known.model_dump(),
        children_before=0,
    )
    assessed = {"assessors": ("PG-01", "PG-02"), "suitable": True}
    plot.say("adoption", key, AssessmentCompleted, days_after(on, -9), **assessed)
    plot.say(
        "adoption",
        key,
        AdoptionRegistered,
        on,
        certificate_number=f"示例收〔{plot.year}〕{key}号",
        registrars=("HY-01", "HY-02"),
    )
    return f"adoption/{key}"


@of("A19", "国发〔2015〕52号")
def grade_does_not_fit(desk: Desk) -> None:
    plot = desk.plot
    found = plot.bureau.rules.at("disability.nursing-grades", plot.day(6, 1))
    entitled = found.value if found is not None and isinstance(found.value, tuple) else ()
    for category, grade in ((4, 1), (4, 2), (4, 3), (5, 3), (5, 4), (6, 4), (1, 3)):
        lawful = bool({f"*/{grade}", f"{category}/{grade}"} & set(entitled))
        case = desk.subsidy("nursing-subsidy", card=(category, grade))
        what = f"护理补贴，残疾类别{category}、等级{grade}"
        plot.plant(not lawful, what, case, case.confirmed, since=case.decided_on)
    living = desk.subsidy("living-subsidy", card=(4, 4))
    plot.lawful("生活补贴，四级", living)
    for until, wrong in ((plot.day(11, 1), False), (plot.day(10, 31), True)):
        case = desk.subsidy("nursing-subsidy", card_valid_until=until)
        case.ends(11)
        paid = case.pay(11)
        case.terminate(11, "card-expired")
        plot.plant(wrong, f"残疾人证有效期至{until}，发放至11月", case, paid)
    for on, wrong in ((plot.working(11, 1), False), (plot.working(10, 16), True)):
        case = desk.nursing()
        paid = case.pay(11)
        case.say(disability.CardCancelled, on, reason="本人申请注销")
        case.terminate(11, "card-expired")
        plot.plant(wrong, f"残疾人证{on}注销，发放至11月", case, paid)
    for last, wrong in ((10, False), (12, True)):
        case = desk.subsidy("nursing-subsidy", card=(4, 2))
        person = case.person.model_dump(exclude={"card_number"})
        changed = plot.working(10, 10)
        holder = {**person, "card_number": f"{person['id_number']}43"}
        name = case.say(disability.CardChanged, changed, holder=holder)
        if not wrong:
            case.terminate(last, "grade-changed")
        what = f"10月换证为三级，发放至{last}月"
        plot.plant(wrong, what, case, name)


@of("A20", "社会救助暂行办法 13")
def moved_out(desk: Desk) -> None:
    plot = desk.plot
    case = desk.dibao()
    case.terminate(10, "moved-away")
    plot.lawful("户籍迁出，10月后停发", case)


@of("A21", "社会救助暂行办法 5, 58")
def one_account_for_many(desk: Desk) -> None:
    plot = desk.plot
    most = plot.limit("assistance.account-persons")
    for persons, wrong in ((2, False), (most, False), (most + 1, True)):
        account = plot.folk.account()
        cases: list[Case] = []
        for _ in range(persons):
            person = plot.folk.payee(date(plot.year - 72, 5, 6))
            cases.append(desk.tekun(person.model_copy(update={"account": account})))
        what = f"{persons}人的待遇汇入同一账户"
        plot.plant(wrong, what, *cases)
    changed = desk.tekun()
    own = changed.person.model_copy(update={"account": plot.folk.account()})
    on = plot.working(10, 3)
    plot.say("payouts", changed.number, PayeeChanged, on, payee=own, reason="换卡")
    plot.lawful("换为本人另一账户", changed)
    for whose, wrong in (("本人", False), ("他人", True)):
        case = desk.tekun()
        payee = desk.adult() if wrong else case.person
        payee = payee.model_copy(update={"account": plot.folk.account()})
        paid = case.pay(10, payee=payee)
        since = plot.working(10, 8)
        plot.plant(wrong, f"未变更领款账户，汇入{whose}账户", case, paid, since=since)


@of("A26", "社会救助暂行办法 11; 审计法 34")
def told_long_after(desk: Desk) -> None:
    plot = desk.plot
    told = plot.day(12, 20)
    late = desk.dibao(first=3)
    name = late.say(
        households.IncomeChanged, plot.day(3, 5), received=told, per_capita_income_fen=100_00
    )
    plot.unlawful("3月的收入变化12月才录入", late, name)
    same = desk.dibao(first=3)
    name = same.say(households.IncomeChanged, plot.day(3, 5), per_capita_income_fen=100_00)
    plot.lawful("收入变化当日录入", same, name)
    days, on = plot.limit("reporting.record-days"), plot.day(9, 4)
    for after, wrong in ((days, False), (days + 1, True)):
        case = desk.dibao(first=3)
        told = days_after(on, after)
        name = case.say(households.IncomeChanged, on, received=told, per_capita_income_fen=100_00)
        plot.plant(wrong, f"收入变化{after}日后录入", case, name)


@of("A45", "社会救助暂行办法 11; 会计法 27")
def one_hand(desk: Desk) -> None:
    plot = desk.plot
    for approver, wrong in (("SP-01", False), (HANDLERS[0], True)):
        for name, make in (("低保", desk.dibao), ("特困", desk.tekun)):
            case = make(approver=approver)
            what = f"{name}经办人{'' if wrong else '不'}兼审批人"
            plot.plant(wrong, what, case, case.confirmed, since=case.decided_on)
        case = desk.subsidy("nursing-subsidy", approver=approver)
        what = f"护理补贴经办人{'' if wrong else '不'}兼审批人"
        plot.plant(wrong, what, case, case.confirmed, since=case.decided_on)
    for approver, wrong in (("SP-01", False), ("JB-02", True)):
        case = desk.tekun()
        batch = case.own_batch(10)
        batch.approved_by = approver
        what = f"清册编制人{'' if wrong else '不'}兼审批人"
        since = working_days_before(plot.working(10, 8), 5)
        plot.plant(wrong, what, batch, since=since)
