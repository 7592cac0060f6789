"""What is lawful in a decision on a case: what it says against what the programme is.

The programme, and the rules it names, are those of the bureau's folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Literal

from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitConfirmed,
    BenefitTerminated,
    CaseTakenOver,
    Entitlement,
)
from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Programme
from domain.calendar import month_number, month_of
from domain.children import GONE, ChildEntitlement, ChildSupportTerminated
from domain.codes import Labels
from domain.disability import (
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyStopped,
)
from domain.elderly import AllowanceApproved, AllowanceStopped, AllowanceTakenOver
from domain.money import FEN_PER_YUAN

PARENTS = 2
ROUNDING: dict[str, Callable[[int], int]] = {
    "up": lambda fen: -(-fen // FEN_PER_YUAN),
    "down": lambda fen: fen // FEN_PER_YUAN,
    "half-up": lambda fen: (fen + FEN_PER_YUAN // 2) // FEN_PER_YUAN,
}
"""Ways to make whole 元 of 分."""

Breach = Annotated[
    Literal[
        "first-month-too-early",
        "more-than-one-person",
        "amount-differs",
        "granted-amount-differs",
        "above-standard",
        "income-not-below-standard",
        "phase-out-too-long",
        "parents-situation-differs",
        "upbringing-differs",
        "first-month-differs-from-application",
        "card-grade-differs",
        "age-differs",
        "level-differs",
        "item-differs",
        "programme-differs",
        "month-not-entitled",
        "month-already-paid",
        "paid-in-advance",
        "end-reason-differs",
        "moved-within-division",
        "notice-too-short",
        "decided-late",
        "notice-missing",
        "notice-not-over",
        "notice-closed-early",
        "objection-not-investigated",
        "objection-not-noticed",
        "not-accepted",
        "not-checked",
        "not-visited",
        "not-assessed",
        "no-opinion",
        "approver-handled",
        "child-noticed",
        "child-of-age",
        "paid-though-of-age",
        "card-not-valid",
    ],
    Labels(
        "起始月份不晚于决定当月",
        "按人保障的个案不止一人",
        "金额与应发不符",
        "确定的金额与规定不符",
        "超过标准乘以保障人数与分类施保之和",
        "人均收入不低于标准",
        "渐退期超过规定月数",
        "父母情形与保障类别不符",
        "养育方式与保障类别不符",
        "起始月份不是申请当月",
        "残疾类别、等级不符合补贴条件",
        "年龄不符合该档次",
        "档次与保障类别不符",
        "发放项目与保障类别不符",
        "保障类别与个案不符",
        "所发月份不在保障期内",
        "所发月份已发放过",
        "提前发放以后的月份",
        "载有迁入地而停发原因不是迁出",
        "迁入地仍在本区县",
        "公示期不足",
        "受理后超过期限作出决定",
        "未经公示即作出决定",
        "公示期未满即作出决定",
        "公示提前结束",
        "公示有异议，未重新调查",
        "公示有异议，重新调查后未重新公示",
        "未经受理",
        "未经核对（查验、残联审核）",
        "未经入户调查",
        "未经生活自理能力评估",
        "未经初审",
        "审批人参与了该个案的受理、调查或者初审",
        "儿童保障个案不得公示",
        "确认时已满18周岁，无成年在读延续",
        "满18周岁后仍发放，无成年在读延续",
        "残疾人证已过期或者注销",
    ),
]


def amount_breaches(
    event: CaseTakenOver | BenefitConfirmed | BenefitAdjusted,
    programme: Programme,
    bureau: Bureau,
    covered: int,
) -> tuple[Breach, ...]:
    """R-DB-01, R-DB-02: what the decision says of money fits the way the programme pays."""
    amount, standard = event.monthly_amount_fen, event.standard_fen
    if (amount is None) is not (programme.pays == "none"):
        return ("granted-amount-differs",)
    if amount is None or standard is None or programme.pays == "decided":
        return ()
    if programme.pays != "top-up":
        return () if amount == standard else ("granted-amount-differs",)
    above: tuple[Breach, ...] = ()
    if amount > standard * covered + event.supplement_fen:
        above = ("above-standard",)
    if event.per_capita_income_fen >= standard:
        return (*_phase_out_breaches(event, bureau), *above)
    due = (standard - event.per_capita_income_fen) * covered + event.supplement_fen
    fits = amount in _rounded(due, event.decided_on, bureau)
    return above if fits else ("granted-amount-differs", *above)


def _phase_out_breaches(
    event: CaseTakenOver | BenefitConfirmed | BenefitAdjusted, bureau: Bureau
) -> tuple[Breach, ...]:
    """渐退: for some months of the rule a household keeps what its income no longer entitles to."""
    until: str | None = getattr(event, "phase_out_until", None)
    first: str | None = getattr(event, "from_month", None)
    if until is None or first is None:
        return ("income-not-below-standard",)
    months = month_number(until) - month_number(first) + 1
    most = bureau.rules.number("assistance.phase-out-months", event.decided_on) or 0
    return ("phase-out-too-long",) if months > most else ()


def end_breaches(
    event: BenefitTerminated | ChildSupportTerminated | SubsidyStopped | AllowanceStopped,
    bureau: Bureau,
) -> tuple[Breach, ...]:
    """迁出 has its reason, and leads to another division."""
    if event.moved_to is None:
        return ()
    if event.reason != "moved-away":
        return ("end-reason-differs",)
    return ("moved-within-division",) if event.moved_to == bureau.division else ()


def _rounded(fen: int, on: date, bureau: Bureau) -> set[int]:
    """What an amount may come to: itself, or the whole 元 by each of the ways of the rule."""
    whole = bureau.rules.at("assistance.whole-yuan", on)
    if whole is None or not whole.value:
        return {fen}
    ways = bureau.rules.at("assistance.rounding", on)
    listed = ways.value if ways is not None and isinstance(ways.value, tuple) else ROUNDING
    return {FEN_PER_YUAN * ROUNDING[way](fen) for way in listed if way in ROUNDING}


def begin_breaches(
    event: Entitlement | ChildEntitlement, programme: Programme
) -> tuple[Breach, ...]:
    """R-DB-06, R-CH-04."""
    early = event.first_month <= month_of(event.decided_on)
    early = early and programme.first_month == "after-decision"
    return ("first-month-too-early",) if early else ()


def grant_breaches(
    event: SubsidyApproved | SubsidyCaseTakenOver | AllowanceApproved | AllowanceTakenOver,
    programme: Programme,
) -> tuple[Breach, ...]:
    """First month, level and amount of what is granted to one person."""
    breaches = list(level_breaches(event.level, programme))
    if (event.monthly_amount_fen is not None) is not (programme.pays == "decided"):
        breaches.append("granted-amount-differs")
    applied_on = getattr(event, "applied_on", None)
    if programme.first_month == "after-decision" and event.first_month <= month_of(
        event.decided_on
    ):
        breaches.append("first-month-too-early")
    if (
        programme.first_month == "of-application"
        and applied_on is not None
        and event.first_month != month_of(applied_on)
    ):
        breaches.append("first-month-differs-from-application")
    return tuple(breaches)


def level_breaches(level: str | None, programme: Programme) -> tuple[Breach, ...]:
    """A graded programme has a level of its own in each decision, any other none."""
    fits = level is None if programme.pays != "graded" else programme.level(level) is not None
    return () if fits else ("level-differs",)


def card_breaches(
    category: int, grade: int, on: date, bureau: Bureau, rules: Iterable[str]
) -> tuple[Breach, ...]:
    """R-DS-06: each rule lists "category/grade", * for any category."""
    has = {f"{category}/{grade}", f"*/{grade}"}
    for rule in rules:
        entitled = bureau.rules.at(rule, on)
        listed = () if entitled is None else entitled.value
        if isinstance(listed, tuple) and listed and has.isdisjoint(listed):
            return ("card-grade-differs",)
    return ()


def parents_fit(event: ChildEntitlement, programme: Programme) -> bool:
    """Orphan: both parents gone. 事实无人抚养: both in a listed situation, not both gone."""
    parents = event.parents or ()
    gone = [parent.situation in GONE for parent in parents]
    if programme.parents == "gone":
        return all(gone)
    return len({parent.parent for parent in parents}) == PARENTS and not all(gone)
