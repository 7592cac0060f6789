"""Planted: what follows from the law beyond the list of auditors (A60 to A65, A71 to A73)."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.assistance import benefits, relief
from domain.children import SupportExtendedWhileStudying
from domain.penalties import events as penalties
from sample.days import add_working_days, working_days_before
from sample.defects.acts import Acts
from sample.defects.case import HANDLERS as CLERKS
from sample.defects.grants import Desk
from sample.defects.groups import Groups
from sample.defects.plot import days_after

CASES = Groups()
ACTS = Groups()
YUAN = 100


@CASES.of("A60", "社会救助暂行办法 11, 16")
def without_a_step(desk: Desk) -> None:
    plot = desk.plot
    plot.lawful("步骤齐全", desk.dibao(), desk.tekun())
    for step, what in (
        (benefits.ApplicationAccepted, "受理"),
        (benefits.EconomicCheckReported, "信息核对"),
        (benefits.HomeVisitRecorded, "入户调查"),
        (benefits.PreliminaryOpinionGiven, "初审意见"),
    ):
        case = desk.dibao()
        plot.revoke(case.told[step], plot.day(11, 7))
        plot.unlawful(f"未经{what}即确认", case, since=case.decided_on)
    case = desk.tekun()
    plot.revoke(case.told[benefits.CareLevelAssessed], plot.day(11, 7))
    plot.unlawful("特困未经自理能力评估即确认", case, since=case.decided_on)


@CASES.of("A61", "社会救助暂行办法 9; 国办发〔2010〕54号; 老年人权益保障法 33")
def conditions_not_met(desk: Desk) -> None:
    plot, standard = desk.plot, desk.standard("dibao")
    for less, wrong in ((YUAN, False), (0, True)):
        case = desk.dibao(income=standard - less, fen=max(less, YUAN))
        what = f"人均月收入{'等于' if wrong else '低于'}保障标准"
        plot.plant(wrong, what, case, since=case.decided_on)
    on = plot.working(8, 14)
    for days, wrong in ((1, False), (0, True)):
        born = days_after(on.replace(year=on.year - 18), days)
        case = desk.child(plot.folk.child(born))
        if not wrong:
            months = {"until_month": plot.month(18), "stage": "secondary"}
            studies = SupportExtendedWhileStudying
            case.say(studies, plot.working(8, 18), handlers=CLERKS, **months)
        what = f"确认时{'已满' if wrong else '差一日满'}18周岁"
        plot.plant(wrong, what, case, since=on, also=("A18", "A01", "A53"))


@CASES.of("A63", "社会救助暂行办法 48")
def relief_decided(desk: Desk) -> None:
    plot = desk.plot
    limit = YUAN * plot.limit("assistance.township-limit-yuan")
    on = plot.working(4, 3)
    for fen, by, wrong in (
        (limit, "township", False),
        (limit + 1, "township", True),
        (limit + 1, "district", False),
    ):
        number = _relief(desk, on, fen, decided_by=by)
        who = "镇街" if by == "township" else "民政局"
        plot.plant(wrong, f"{who}审批{fen}分", f"relief/{number}", since=on)


@CASES.of("A65", "社会救助暂行办法 48")
def papers_after_relief(desk: Desk) -> None:
    plot, on = desk.plot, desk.plot.working(4, 3)
    days = plot.limit("assistance.papers-working-days")
    for within, wrong in ((days, False), (days + 1, True), (None, True)):
        number = _relief(desk, on, 500_00, urgent=True)
        if within is not None:
            done = add_working_days(on, within)
            completed = relief.ReliefPapersCompleted
            plot.say("social-assistance", number, completed, done, handlers=CLERKS)
        what = f"先行救助后第{within}个工作日补办手续" if within else "先行救助后至今未补办手续"
        plot.plant(wrong, what, f"relief/{number}")


@CASES.of("A64", "社会救助暂行办法 18")
def end_not_posted(desk: Desk) -> None:
    plot = desk.plot
    for posted, wrong in ((True, False), (False, True)):
        case = desk.tekun()
        case.terminate(10, "withdrawn")
        if not posted:
            plot.revoke(case.told[benefits.TerminationNoticePosted], plot.day(12, 3))
        plot.plant(wrong, f"终止供养{'已' if posted else '未'}公示", case)


def _relief(desk: Desk, on: date, fen: int, **fields: Any) -> str:
    """Applied for, decided and handed over; returns its number."""
    plot, number, person = desk.plot, desk.plot.number(), desk.adult()
    place, programme = plot.place(), {"programme": "temporary-relief"}
    asked = {**programme, **place, "applicant": person}
    applied = working_days_before(on, 3)
    plot.say("social-assistance", number, relief.ReliefApplied, applied, **asked)
    usual = {
        "kind": "emergency",
        "cause": "fire",
        "manner": "money",
        "area": "rural",
        "persons": 2,
        "decided_by": "district",
        "handlers": CLERKS,
        "decision_number": f"示例临〔{plot.year}〕{number}号",
        "amount_fen": fen,
    }
    given = {**programme, **place, "recipient": person, **usual, **fields}
    plot.say("social-assistance", number, relief.ReliefDecided, on, **given)
    paid = add_working_days(on, 2)
    plot.say("payouts", number, relief.ReliefPaid, paid, amount_fen=fen)
    return number


@ACTS.of("A71", "行政处罚法 51, 52")
def on_the_spot(acts: Acts) -> None:
    plot, on = acts.plot, acts.plot.working(7, 18)
    for name in ("person", "body"):
        limit = YUAN * plot.limit(f"penalties.simple-{name}-yuan")
        for fen, wrong in ((limit, False), (limit + 1, True)):
            act = acts.simple(on, fen, to_person=name == "person")
            what = f"对{'公民' if name == 'person' else '组织'}当场罚款{fen}分"
            plot.plant(wrong, what, act, since=on)
    act = acts.simple(on, 0, handed_over=False)
    plot.unlawful("当场处罚，未当场交付决定书", act, since=on)


@ACTS.of("A72", "行政处罚法 56")
def evidence_kept(acts: Acts) -> None:
    plot = acts.plot
    days = plot.limit("penalties.evidence-working-days")
    on = plot.working(9, 18)
    due = add_working_days(on, days)
    for after, wrong in ((days, False), (days + 1, True), (None, True)):
        kept: tuple[Any, ...] = (penalties.EvidencePreserved, on, {"items": "账簿三册"})
        steps = [kept]
        if after is not None:
            done = add_working_days(on, after)
            steps.append((penalties.PreservedEvidenceHandled, done, {"how": "returned"}))
        act = acts.penalty(plot.working(11, 5), between=tuple(steps))
        what = f"第{after}个工作日处理" if after else "至今未处理"
        plot.plant(wrong, f"先行登记保存，{what}", act, since=days_after(due, 1))


@ACTS.of("A73", "行政处罚法 67, 68")
def fine_collected(acts: Acts) -> None:
    plot = acts.plot
    limit, on = YUAN * plot.limit("penalties.collect-yuan"), plot.working(8, 20)
    for fen, how, wrong in (
        (limit, "officers", False),
        (limit + 1, "officers", True),
        (limit + 1, "bank", False),
    ):
        if how == "officers":
            act, paid = acts.simple(on, fen), on
        else:
            act = acts.penalty(on, kinds=("fine",), decision={"amount_fen": fen})
            paid = add_working_days(on, 3)
        fine = {"amount_fen": fen, "collected": how}
        plot.say("enforcement", act.key, penalties.FinePaid, paid, **fine)
        who = "执法人员当场收缴" if how == "officers" else "银行代收"
        plot.plant(wrong, f"{who}罚款{fen}分", act, since=paid)
