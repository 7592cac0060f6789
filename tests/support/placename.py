"""A road and its name, as the tests of several rooms tell of it."""

from __future__ import annotations

from domain.placename import NameApproved, NameChanged, NamingProposed
from tests.support.enforcement import on


def a_name(name: str, romanised: str) -> dict[str, str]:
    return {"standard_name": name, "romanised_name": romanised}


def an_approval(day: str, name: str = "示例路") -> NameApproved:
    return NameApproved.model_validate(
        {
            "place": "R1",
            "batch": 1,
            **a_name(name, "Shili Lu"),
            "township": "445102100",
            "authority": "市人民政府",
            "document_number": "示例府函〔2024〕1号",
            "approved_on": on(day),
        }
    )


def a_proposal(name: str, day: str) -> NamingProposed:
    return NamingProposed(
        place="R1",
        batch=1,
        proposed_name=name,
        reason="新建道路",
        location="示例片区内",
        township="445102100",
        proposed_on=on(day),
    )


RENAMED = NameChanged(
    place="R1",
    **a_name("新名路", "Xinming Lu"),
    authority="市人民政府",
    document_number="示例府函〔2024〕2号",
    approved_on=on("09-03"),
    reason="与另一道路同音",
)
