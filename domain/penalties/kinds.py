"""What a penalty can be (行政处罚法 art. 9; 登记管理条例), and by which ways it is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from domain.codes import Labels
from domain.distinct import DISTINCT

PenaltyKind = Annotated[
    Literal[
        "warning",
        "criticism",
        "fine",
        "illegal-gains-confiscated",
        "illegal-property-confiscated",
        "activities-suspended",
        "officers-replaced",
        "registration-revoked",
        "certificate-revoked",
        "licence-suspended",
        "qualification-lowered",
        "licence-revoked",
        "operations-restricted",
        "operations-stopped",
        "closure",
        "practice-restricted",
        "detention",
    ],
    Labels(
        "警告",
        "通报批评",
        "罚款",
        "没收违法所得",
        "没收非法财物",
        "限期停止活动",
        "责令撤换直接负责的主管人员",
        "撤销登记",
        "吊销登记证书",
        "暂扣许可证件",
        "降低资质等级",
        "吊销许可证件",
        "限制开展生产经营活动",
        "责令停产停业",
        "责令关闭",
        "限制从业",
        "行政拘留",
    ),
]
Kinds = Annotated[tuple[PenaltyKind, ...], Field(min_length=1, max_length=17), DISTINCT]
Procedure = Annotated[Literal["ordinary", "simple"], Labels("普通程序", "简易程序")]
ClueOrigin = Annotated[
    Literal["annual-check", "inspection", "complaint", "assignment", "other"],
    Labels("年检年报", "行政检查", "投诉举报", "上级交办", "其他"),
]
ServiceMethod = Annotated[
    Literal["in-person", "left", "post", "entrusted", "electronic", "public-notice"],
    Labels("直接送达", "留置送达", "邮寄送达", "委托送达", "电子送达", "公告送达"),
]
ListedGround = Annotated[
    Literal["public-interest", "major-rights", "complex", "other-law"],
    Labels(
        "涉及重大公共利益",
        "直接关系当事人或者第三人重大权益，经过听证程序",
        "案件情况疑难复杂、涉及多个法律关系",
        "法律、法规规定应当进行法制审核的其他情形",
    ),
]
"""The cases in which legal review must come before the decision (行政处罚法 art. 58)."""
MAJOR = (
    "registration-revoked",
    "certificate-revoked",
    "activities-suspended",
    "qualification-lowered",
    "licence-revoked",
    "operations-stopped",
    "closure",
    "practice-restricted",
)
"""Kinds that touch major rights: review is due even when no ground was written down (art. 58), and
a hearing is offered (art. 63)."""
SIMPLE = ("warning", "fine")
"""Kinds that may be decided on the spot (art. 51)."""
OF_THE_POLICE = ("detention",)
"""Kinds that no bureau of civil affairs may decide (art. 18)."""
Collection = Annotated[
    Literal["bank", "electronic", "officers"],
    Labels("指定银行代收", "电子支付系统缴纳", "执法人员当场收缴"),
]
"""How a fine reached the treasury (art. 67)."""
CollectionGround = Annotated[
    Literal["hard-to-collect-later", "remote"],
    Labels("不当场收缴事后难以执行", "边远、水上、交通不便地区，当事人提出"),
]
"""Why officers took a fine of more than 100 元 themselves (arts 68, 69)."""


def is_listed(ground: str | None, kinds: Iterable[str]) -> bool:
    """Whether legal review had to come before a decision (行政处罚法 art. 58)."""
    return ground is not None or any(kind in MAJOR for kind in kinds)
