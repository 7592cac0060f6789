"""Planted: inspections, penalties and their officers (A27, A28, A31 to A38, A48 to A51)."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import officers
from domain.inspection import CaseTransferred
from domain.penalties import events as penalties
from sample.days import add_working_days
from sample.defects import base
from sample.defects.acts import HANDLERS, Acts
from sample.defects.groups import Groups
from sample.defects.plot import days_after, years_before

GROUPS = Groups()
of = GROUPS.of
MAJOR = ("registration-revoked",)


@of("A27", "国办发〔2018〕118号; 行政处罚法 48")
def published_late(acts: Acts) -> None:
    plot = acts.plot
    for what, act, name in (
        ("检查", acts.inspect, "inspection.publish-working-days"),
        ("处罚", acts.penalty, "penalties.publish-working-days"),
    ):
        limit = plot.limit(name)
        for on in (plot.working(4, 18), plot.working(9, 17)):
            due = add_working_days(on, limit)
            for days, wrong in ((limit, False), (limit + 1, True)):
                found = act(on, published=days)
                text = f"{on}{what}，第{days}个工作日公示"
                plot.plant(wrong, text, found, since=days_after(due, 1))
            never = act(on, published=None)
            since = days_after(due, 1)
            plot.unlawful(f"{on}{what}，至今未公示", never, since=since)
    on = plot.working(5, 7)
    told_late = acts.inspect(on, received=plot.day(8, 30))
    plot.lawful("按期公示，检查和公示记录三个月后补报", told_late, also=("A26",))
    recent = acts.inspect(plot.day(12, 26), published=None)
    plot.lawful("12月26日检查，公示期限未满", recent)


@of("A28", "行政处罚法 48")
def withdrawn_late(acts: Acts) -> None:
    plot = acts.plot
    limit = plot.limit("penalties.withdraw-working-days")
    revoked_on = plot.working(9, 18)
    revoked = {"how": "revoked", "authority": "示例人民政府"}
    due = add_working_days(revoked_on, limit)
    for days, wrong in ((limit, False), (limit + 1, True), (None, True)):
        act = acts.penalty(plot.working(6, 5))
        plot.say("enforcement", act.key, penalties.PenaltyRevoked, revoked_on, **revoked)
        if days is not None:
            on = add_working_days(revoked_on, days)
            why = {"reason": "处罚决定已被依法撤销"}
            withdrawn = penalties.PenaltyPublicationWithdrawn
            plot.say("enforcement", act.key, withdrawn, on, **why)
        what = f"撤销后第{days}个工作日撤回公示" if days else "撤销后至今未撤回公示"
        plot.plant(wrong, what, act, since=days_after(due, 1))
    for reason, wrong in (("处罚决定已被依法撤销", False), (None, True)):
        act = acts.penalty(plot.working(6, 5))
        plot.say("enforcement", act.key, penalties.PenaltyRevoked, revoked_on, **revoked)
        withdrawn = penalties.PenaltyPublicationWithdrawn
        plot.say("enforcement", act.key, withdrawn, due, reason=reason)
        what = f"按期撤回公示，{'未' if wrong else '并'}公开说明理由"
        plot.plant(wrong, what, act, since=due)
    unpublished = acts.penalty(plot.working(6, 5), published=None)
    on = plot.working(6, 7)
    plot.say("enforcement", unpublished.key, penalties.PenaltyRevoked, on, **revoked)
    plot.lawful("公示之前已撤销，无可撤回", unpublished)


@of("A31", "行政处罚法 42")
def on_the_spot(acts: Acts) -> None:
    plot, on = acts.plot, acts.plot.working(6, 6)
    expiring, until = "ZF-11", plot.working(6, 6)
    _officer(acts, expiring)
    base.licence(plot, expiring, "示例1101", plot.day(1, 1), until)
    suspended = "ZF-12"
    _officer(acts, suspended)
    number = "示例1201"
    base.licence(plot, suspended, number, plot.day(1, 1), plot.day(12, 31))
    plot.say(
        "personnel",
        suspended,
        officers.LicenceSuspended,
        on,
        licence_number=number,
        reason="接受调查",
    )
    unlicensed = "ZF-13"
    _officer(acts, unlicensed)
    day_before, next_day = plot.working(6, 5), plot.working(6, 7)
    for who, day, wrong, what in (
        (("ZF-03", "ZF-04"), on, False, "两名持证人员"),
        (("ZF-03",), on, True, "一名人员"),
        (("ZF-03", expiring), until, False, "执法证有效期最后一日"),
        (("ZF-03", expiring), next_day, True, "执法证期满次日"),
        (("ZF-03", suspended), day_before, False, "暂扣前一日"),
        (("ZF-03", suspended), on, True, "暂扣当日"),
        (("ZF-03", unlicensed), on, True, "其中一人未持证"),
        (("ZF-03", "ZF-99"), on, True, "其中一人不在册"),
    ):
        act = acts.inspect(day, officers=who)
        plot.plant(wrong, f"检查，{what}", act, act.event, since=day)
    for told, right, wrong in (
        (("ZF-03", unlicensed), ("ZF-03", "ZF-04"), False),
        (("ZF-03", "ZF-04"), ("ZF-03", unlicensed), True),
    ):
        act = acts.inspect(on, officers=told)
        plot.change(act.event, plot.day(7, 9), officers=right)
        what = f"检查人员由{'、'.join(told)}更正为{'、'.join(right)}"
        plot.plant(wrong, what, act, act.event, since=on)
    for who, wrong, what in (
        (("ZF-03", "ZF-04"), False, "两名持证人员"),
        (("ZF-03",), True, "一名人员"),
        (("ZF-03", unlicensed), True, "其中一人未持证"),
    ):
        act = acts.penalty(plot.working(7, 10), evidence={"officers": who})
        plot.plant(wrong, f"取证，{what}", act)


def _officer(acts: Acts, officer: str) -> None:
    """Somebody who came to a post that requires no licence."""
    plot = acts.plot
    plot.say(
        "personnel",
        officer,
        officers.OfficerTakenOver,
        plot.day(1, 1),
        person=plot.folk.person(date(plot.year - 35, 2, 3)),
        post=f"B-{officer}",
        department="ZZ",
        in_post_since=date(plot.year - 2, 1, 1),
    )


@of("A32", "行政处罚法 42")
def at_two_places(acts: Acts) -> None:
    plot = acts.plot
    for number, (start, wrong) in enumerate((("10:30", False), ("10:29", True))):
        on = plot.working(5, 6 + number)
        one = acts.inspect(on, object="keeping-body/GH-01", from_time="09:00", until_time="10:30")
        other = acts.inspect(on, object="keeping-body/GH-02", from_time=start, until_time="11:00")
        what = f"两处检查，前者10:30结束，后者{start}开始"
        plot.plant(wrong, what, one, other, since=on)
    on = plot.working(5, 8)
    one = acts.inspect(on, object="keeping-body/GH-01", from_time="09:00", until_time="11:00")
    inside: dict[str, Any] = {
        "from_time": "09:30",
        "until_time": "10:00",
        "books": "bureau-enforcement",
    }
    other = acts.inspect(on, object="keeping-body/GH-03", **inside)
    plot.unlawful("后一检查在前一检查的时段之内", one, other, since=on, also=("A38",))
    on = plot.working(5, 9)
    one = acts.inspect(on, object="keeping-body/GH-01", from_time="09:00", until_time="10:30")
    officers_two = ("ZF-05", "ZF-06")
    other = acts.inspect(
        on,
        object="keeping-body/GH-02",
        from_time="09:30",
        until_time="11:00",
        officers=officers_two,
    )
    plot.lawful("同一时段，不同人员", one, other)


@of("A35", "行政处罚法 28; 民发〔2017〕45号")
def not_put_right(acts: Acts) -> None:
    plot = acts.plot
    on = plot.working(4, 10)
    due = days_after(on, 30)
    for days, wrong in ((0, False), (3, True), (None, True)):
        act = acts.inspect(on, outcome="rectification")
        acts.rectify(act, on, due, None if days is None else days_after(due, days))
        what = f"整改期满后第{days}日复查" if days else "期满当日复查"
        what = "整改期满至今未复查" if days is None else what
        until = None if days is None else days_after(due, days)
        plot.plant(wrong, what, act, since=days_after(due, 1), until=until)
    act = acts.inspect(plot.working(12, 10), outcome="rectification")
    acts.rectify(act, plot.working(12, 10), days_after(plot.last_day, 10), None)
    plot.lawful("整改期限未满", act)


@of("A36", "行政处罚法 36, 44, 58, 60, 61, 62, 63, 64")
def steps_of_a_penalty(acts: Acts) -> None:
    plot, on = acts.plot, acts.plot.working(7, 12)
    reviewed: dict[str, Any] = {"kinds": MAJOR, "review": {}, "decision": {}}
    plot.lawful("步骤齐全的警告", acts.penalty(on))
    plot.unlawful("未事先告知", acts.penalty(on, notice=False), since=on)
    plot.lawful("撤销登记，步骤齐全", acts.penalty(on, **reviewed))
    plot.unlawful("撤销登记，未告知听证权利", acts.penalty(on, **reviewed, offered=False), since=on)
    plot.unlawful("撤销登记，未经法制审核", acts.penalty(on, kinds=MAJOR), since=on)
    for review, what in (
        ({"reviewer": HANDLERS[0]}, "法制审核人员为办案人员"),
        ({"legally_qualified": False}, "法制审核人员无法律职业资格"),
    ):
        act = acts.penalty(on, kinds=MAJOR, review=review)
        plot.unlawful(f"撤销登记，{what}", act, since=on)
    noticed = plot.working(6, 12)
    asked = (penalties.HearingRequested, add_working_days(noticed, 3), dict[str, Any]())
    held: tuple[Any, Any, dict[str, Any]] = (
        penalties.HearingHeld,
        add_working_days(noticed, 12),
        {"chair": "TZ-01", "record": "0" * 64},
    )
    hearing = {**reviewed, "noticed_on": noticed, "waived": False}
    plot.lawful("要求听证并已举行", acts.penalty(on, **hearing, between=(asked, held)))
    plot.unlawful("要求听证而未举行", acts.penalty(on, **hearing, between=(asked,)), since=on)
    days = plot.limit("penalties.hearing-working-days")
    for more, wrong in ((1, False), (0, True)):
        decided = add_working_days(noticed, days + more)
        act = acts.penalty(decided, **hearing)
        what = f"告知后第{days + more}个工作日决定，听证申请期限{'已' if more else '未'}满"
        plot.plant(wrong, what, act, since=decided)
    days = plot.limit("penalties.decide-days")
    filed = plot.working(3, 5)
    for more, wrong in ((0, False), (1, True)):
        decided = days_after(filed, days + more)
        act = acts.penalty(decided, filed_on=filed)
        plot.plant(wrong, f"立案后{days + more}日决定", act, since=decided)
    days = plot.limit("penalties.serve-working-days")
    decided = plot.working(9, 18)
    due = add_working_days(decided, days)
    for after, wrong in ((days, False), (days + 1, True), (None, True)):
        act = acts.penalty(decided, served=after)
        what = f"决定后第{after}个工作日送达" if after else "决定至今未送达"
        plot.plant(wrong, what, act, since=days_after(due, 1))
    found = days_after(plot.working(6, 3), -2)
    for years, grave, wrong in ((2, False, False), (2, True, False), (5, True, False)):
        _limitation(acts, found, years, 0, grave=grave, wrong=wrong)
    for years, grave in ((2, False), (5, True)):
        _limitation(acts, found, years, 1, grave=grave, wrong=True)


def _limitation(
    acts: Acts, found: date, years: int, days: int, *, grave: bool, wrong: bool
) -> None:
    """Found on the day so many years after the act ended, or days later."""
    plot = acts.plot
    ended = days_after(years_before(found, years), -days)
    act = acts.penalty(
        plot.working(7, 12), filed_on=days_after(found, 2), breach_ended_on=ended, grave=grave
    )
    what = f"违法行为{ended}终了，{found}发现{'，危害生命健康' if grave else ''}"
    plot.plant(wrong, what, act)


@of("A37", "行政处罚法 29; 行政执法数据统计口径")
def counted_twice(acts: Acts) -> None:
    plot = acts.plot
    on = plot.working(5, 14)
    for named, wrong in ((True, False), (False, True)):
        seen = acts.inspect(on, outcome="transferred")
        filed: dict[str, Any] = {"inspection_number": seen.key} if named else {}
        case = acts.penalty(plot.working(7, 15), filed_on=on, subject=seen.object, **filed)
        if named:
            moved = {"penalty_case": case.key}
            plot.say("enforcement", seen.key, CaseTransferred, on, **moved)
        what = "注明检查" if named else "互不注明，检查和处罚各计一宗"
        plot.plant(wrong, f"检查移送立案，立案{what}", seen, case)
    number = f"示例民罚决〔{plot.year}〕双1号"
    party, decision = "示例双罚联谊会（未登记）", {"decision_number": number}
    decided = plot.working(7, 16)
    first = acts.penalty(decided, party=party, decision=decision)
    second = acts.penalty(decided, party=party, decision=decision, kinds=("criticism",))
    plot.unlawful("一份决定书的两种处罚分记两宗", first, second)
    one = acts.penalty(plot.working(7, 16), kinds=("warning", "criticism"))
    plot.lawful("一份决定书的两种处罚记一宗", one)


@of("A38", "国办发〔2018〕118号; 广东省行政执法监督条例")
def off_the_platform(acts: Acts) -> None:
    plot = acts.plot
    for books, wrong in (("enforcement", False), ("bureau-enforcement", True)):
        where = "局内台账" if wrong else "执法平台"
        act = acts.inspect(plot.working(8, 6), books=books)
        plot.plant(wrong, f"检查记入{where}", act, since=plot.working(8, 6))
        act = acts.penalty(plot.working(8, 6), books=books)
        plot.plant(wrong, f"处罚记入{where}", act, since=plot.working(8, 6))


@of("A48", "行政处罚法 55")
def licence_not_shown(acts: Acts) -> None:
    plot, on = acts.plot, acts.plot.working(8, 8)
    for shown in (True, False):
        what = "已" if shown else "未"
        act = acts.inspect(on, licences_shown=shown)
        plot.plant(not shown, f"检查{what}出示执法证件", act, since=on)
        act = acts.penalty(plot.working(10, 16), evidence={"licences_shown": shown})
        plot.plant(not shown, f"取证{what}出示执法证件", act)
        act = acts.simple(on, 0, licences_shown=shown)
        plot.plant(not shown, f"当场处罚{what}出示执法证件", act, since=on)


@of("A49", "行政处罚法 47; 国办发〔2018〕118号")
def record_missing(acts: Acts) -> None:
    plot, on = acts.plot, acts.plot.working(8, 9)
    for missing in (None, "text_record", "recording"):
        lacks: dict[str, Any] = {missing: None} if missing else {}
        what = {"text_record": "无文字记录", "recording": "无音像记录"}.get(
            missing or "", "记录齐全"
        )
        act = acts.inspect(on, **lacks)
        plot.plant(missing is not None, f"检查，{what}", act, since=on)
        act = acts.penalty(plot.working(10, 17), evidence=lacks)
        plot.plant(missing is not None, f"取证，{what}", act)


@of("A50", "行政处罚法 61; 民事诉讼法 87, 95")
def service_receipt_missing(acts: Acts) -> None:
    plot, on = acts.plot, acts.plot.working(9, 4)
    nothing = {"receipt": None, "receipt_number": None}
    served = add_working_days(on, 2)
    for service, wrong, what in (
        ({}, False, "直接送达，有送达回证"),
        (nothing, True, "直接送达，无送达回证"),
        ({**nothing, "method": "left"}, True, "留置送达，无送达回证"),
        ({**nothing, "method": "public-notice"}, False, "公告送达，本无送达回证"),
    ):
        act = acts.penalty(on, service=service)
        plot.plant(wrong, what, act, since=served)


@of("A51", "国办发〔2018〕118号")
def phase_not_public(acts: Acts) -> None:
    """About every act of the year: it is planted last."""
    plot = acts.plot
    kinds = ("inspection/", "penalty/")
    told = [sent.message["subject"] for sent in plot.feed.sent if sent.message]
    done = sorted({stream for stream in told if stream.startswith(kinds)})
    what = "事前公开缺救济渠道" if plot.whole_year else "事前公开齐全"
    plot.plant(plot.whole_year, what, *done)
