"""Builders for cases and money: each names only what a rule is about, the rest is usual."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from domain.assistance.benefits import CaseTakenOver, Member
from domain.assistance.payouts import ArrearsPaid, PaymentReturned, PaymentSettled
from domain.casework import (
    Area,
    ChildProgramme,
    Item,
    Programme,
    StandardKind,
    SubsidyProgramme,
)
from domain.children import Child, ChildCaseTakenOver, Parent, Upbringing
from domain.disability import SubsidyCaseTakenOver, SubsidyHolder
from domain.event import Payee
from domain.identifiers import resident_id_check
from domain.standards import StandardAdopted, StandardRaiseImplemented

TOWN, VILLAGE = "445102100", "445102100001"
PUBLISHED = datetime(2025, 1, 17, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
"""What was known when the report was published, at the end of that day."""
_serial = itertools.count(1)


def an_id(born: str = "19800101", number: int | None = None) -> str:
    """A resident id of a division that was never assigned."""
    body = f"445199{born}{(number or next(_serial)) % 1000:03d}"
    return body + resident_id_check(body)


def a_person(number: int | None = None) -> Payee:
    return Payee(id_kind="resident-id", id_number=an_id(number=number), name="示例甲")


def a_household(
    number: str,
    *,
    covered: int = 1,
    uncovered: int = 0,
    first: str = "2023-01",
    last: str | None = None,
    fen: int | None = None,
    income: int = 20_000,
    standard: int = 70_000,
    area: Area = "rural",
) -> CaseTakenOver:
    """低保; the amount is by the rule where none is given."""
    flags = [True] * covered + [False] * uncovered
    return CaseTakenOver(
        case_number=number,
        programme="dibao",
        area=area,
        township=TOWN,
        village=VILLAGE,
        first_month=first,
        last_month=last,
        monthly_amount_fen=fen or (standard - income) * covered,
        per_capita_income_fen=income,
        standard_fen=standard,
        members=tuple(
            Member(person=a_person(), covered=flag, head=i == 0) for i, flag in enumerate(flags)
        ),
        decision_number="湘民〔2022〕1号",
        decided_on=date(2022, 12, 10),
        taken_over_on=date(2024, 1, 1),
    )


def a_destitute_person(
    number: str, *, person: Payee | None = None, first: str = "2023-01", fen: int = 112_000
) -> CaseTakenOver:
    """特困, rural, 分散供养."""
    return CaseTakenOver(
        case_number=number,
        programme="tekun",
        area="rural",
        township=TOWN,
        village=VILLAGE,
        first_month=first,
        monthly_amount_fen=fen,
        members=(Member(person=person or a_person(), covered=True),),
        mode="home-based",
        care_level="full-care",
        decision_number="湘民〔2022〕2号",
        decided_on=date(2022, 12, 10),
        taken_over_on=date(2024, 1, 1),
    )


def a_child(
    number: str,
    programme: ChildProgramme = "orphan",
    *,
    mode: Upbringing = "home-based",
    fen: int | None = None,
    last: str | None = None,
    parents: tuple[Parent, ...] | None = None,
) -> ChildCaseTakenOver:
    return ChildCaseTakenOver(
        case_number=number,
        programme=programme,
        mode=mode,
        township=TOWN,
        village=VILLAGE,
        first_month="2023-01",
        last_month=last,
        child=Child(id_kind="resident-id", id_number=an_id("20120301"), name="示例童"),
        parents=parents,
        monthly_amount_fen=fen,
        decision_number="湘民〔2022〕3号",
        decided_on=date(2022, 12, 10),
        taken_over_on=date(2024, 1, 1),
    )


def a_holder(number: int | None = None, category: int = 4, grade: int = 1) -> SubsidyHolder:
    id_number = an_id(number=number)
    return SubsidyHolder(
        id_kind="resident-id",
        id_number=id_number,
        name="示例乙",
        card_number=f"{id_number}{category}{grade}",
    )


def a_subsidy(
    number: str,
    programme: SubsidyProgramme = "nursing-subsidy",
    *,
    holder: SubsidyHolder | None = None,
    first: str = "2023-01",
    last: str | None = None,
) -> SubsidyCaseTakenOver:
    return SubsidyCaseTakenOver(
        case_number=number,
        programme=programme,
        township=TOWN,
        village=VILLAGE,
        first_month=first,
        last_month=last,
        holder=holder or a_holder(),
        decision_number="湘民〔2022〕4号",
        decided_on=date(2022, 12, 10),
        taken_over_on=date(2024, 1, 1),
    )


def a_payment(
    number: str,
    fen: int,
    *months: str,
    programme: Programme = "dibao",
    on: str | None = None,
    item: Item = "basic",
    repays: str | None = None,
) -> PaymentSettled:
    """Settled on the 8th of the last month named, if no date is given."""
    return PaymentSettled(
        case_number=number,
        programme=programme,
        item=item,
        months=months,
        amount_fen=fen,
        settled_on=date.fromisoformat(on or f"{months[-1]}-08"),
        township=TOWN,
        repays=repays,
    )


def a_return(
    number: str, payment: str, fen: int, *months: str, on: str, programme: Programme = "dibao"
) -> PaymentReturned:
    return PaymentReturned(
        case_number=number,
        programme=programme,
        months=months,
        amount_fen=fen,
        returned_on=date.fromisoformat(on),
        payment=payment,
        reason="账户已注销",
    )


def arrears(
    number: str,
    fen: int,
    *months: str,
    on: str,
    programme: Programme = "dibao",
    reason: Literal["standard-raise", "late-approval", "correction"] = "standard-raise",
) -> ArrearsPaid:
    return ArrearsPaid(
        case_number=number,
        programme=programme,
        months=months,
        amount_fen=fen,
        settled_on=date.fromisoformat(on),
        reason=reason,
        batch="TB-2024",
    )


def a_standard(
    kind: StandardKind,
    yuan: int,
    area: Area | None = None,
    *,
    since: str = "2024-01-01",
    adopted: str = "",
) -> StandardAdopted:
    return StandardAdopted(
        kind=kind,
        area=area,
        amount_fen=yuan * 100,
        document_number=f"潮民〔{since[:4]}〕示例{kind}号",
        authority="潮州市人民政府",
        adopted_on=date.fromisoformat(adopted or since),
        effective_from=date.fromisoformat(since),
    )


def a_raise(*standards: dict[str, str], go_live: str = "2024-04") -> StandardRaiseImplemented:
    return StandardRaiseImplemented.model_validate(
        {
            "batch": "TB-2024",
            "standards": standards,
            "effective_from": "2024-01-01",
            "go_live_month": go_live,
            "implemented_on": f"{go_live}-08",
            "handlers": ["JB-01"],
        },
        strict=False,
    )
