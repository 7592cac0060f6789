"""What inspections and penalties share: officers on the spot, objects, legal limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.bureau.bureau import Bureau
from domain.codes import Labels, labels_of
from domain.distinct import DISTINCT
from domain.event import Code

Officers = Annotated[tuple[Code, ...], Field(min_length=1, max_length=12), DISTINCT]
"""Officer codes of those on the spot. One is too few, but is recorded (R-IN-02, R-PN-01)."""
ObjectStream = Annotated[
    str, Field(max_length=120, pattern=r"^[a-z][a-z-]*/[A-Za-z0-9][A-Za-z0-9._-]*$")
]
"""Who or what is inspected or punished, by stream: organisation/<uscc>, keeping-body/<code>,
inspected-object/<code>."""
REGISTERED = ("organisation", "keeping-body", "inspected-object")
"""Kinds of streams that hold what is registered. Of no other can anything become known."""
ObjectKind = Annotated[
    Literal[
        "elderly-home",
        "children-home",
        "minors-protection",
        "relief-station",
        "funeral-service",
        "cemetery",
        "charity",
        "social-work",
        "lottery-outlet",
        "other",
    ],
    Labels(
        "养老机构",
        "儿童福利机构",
        "未成年人救助保护机构",
        "救助管理机构",
        "殡葬服务机构",
        "公墓",
        "慈善组织",
        "社会工作服务机构",
        "福利彩票销售场所",
        "其他",
    ),
]
"""What is inspected beside social organisations and keeping bodies."""
OBJECTS: Mapping[str, str] = {
    "organisation": "社会组织",
    "keeping-body": "骨灰存放机构",
    **{str(code): name for code, name in labels_of(ObjectKind).items()},
}
"""All that is inspected: the kind of its stream, or its own among the inspected objects → name."""
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Time of day, Asia/Shanghai, "HH:MM"."""
ExemptionCause = Annotated[
    Literal["deregistered", "revoked", "certificate-revoked"],
    Labels("注销登记", "撤销登记", "吊销登记证书"),
]
PublicationStage = Annotated[
    Literal["before", "supervision"],
    Labels("事前公开", "监督检查结果公开"),
]
InformationKind = Annotated[
    Literal[
        "subject",
        "officers",
        "powers",
        "basis",
        "procedure",
        "remedies",
        "catalogue",
        "supervision",
    ],
    Labels(
        "执法主体",
        "执法人员",
        "执法权限",
        "执法依据",
        "执法程序",
        "救济渠道",
        "抽查事项清单",
        "执法监督检查结果",
    ),
]
OnTheSpot = Annotated[
    Literal["fewer-than-two-officers", "licences-not-shown", "record-incomplete"],
    Labels("执法人员少于两名", "未出示执法证件", "文字或者音像记录不全"),
]
"""Breaches that an inspection and the taking of evidence can show alike."""


def registered(*objects: str) -> tuple[str, ...]:
    """Those that are, or will be, on a register: what is said of them waits for that."""
    return tuple(each for each in objects if each.partition("/")[0] in REGISTERED)


def too_few(officers: Iterable[str], on: date, bureau: Bureau) -> bool:
    """Whether fewer were on the spot than must be (行政处罚法 art. 42; R-IN-02)."""
    least = bureau.rules.number("inspection.least-officers", on)
    return least is not None and len(set(officers)) < least
