"""What differs: kinds of differences, how many there are of each, and where the first one is."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from domain.codes import Labels, labels_of

Kind = Annotated[
    Literal[
        "position",
        "time",
        "leaf",
        "mac",
        "sealed",
        "digest",
        "content",
        "unreadable",
        "head",
        "alias",
        "version",
        "correction",
        "state",
        "journal",
        "parked",
        "quarantine",
        "books",
        "read-model",
        "secret",
    ],
    Labels(
        "账本位置有缺",
        "记录时间倒退",
        "记录与其叶值不符",
        "校验码不是用本账本密钥生成的",
        "封存的个人信息打不开",
        "与收到的原字节不符",
        "与收到的内容不符",
        "记录读不出",
        "账本末端不符",
        "人员的曾用假名与封存的个人信息不符",
        "业务对象的版本有缺",
        "更正的对应不符",
        "业务对象的状态不符",
        "经办日志有缺或被改",
        "待关联的来件与经办日志不符",
        "未通过校验的来件与经办日志不符",
        "接收账目不平",
        "读模型与记录不符",
        "账本密钥的校验值不符",
    ),
]


UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
    struct.error,
)
"""What reading or folding may raise where something was altered: it counts, and the rest goes on.
"""


def comparable(at: datetime) -> datetime:
    """A recording time, also one without end, which the driver gives without a time zone."""
    return at.replace(tzinfo=UTC)


class Where(NamedTuple):
    """Where a difference is: a place to order by, and in words."""

    place: int
    text: str


@dataclass(slots=True)
class Count:
    """How many differences of a kind there are, and where the first one is."""

    count: int
    first: Where


@dataclass(slots=True)
class Differences:
    """All differences by kind, in the order of kinds in which they are looked for."""

    kinds: dict[Kind, Count] = field(default_factory=dict)

    def add(self, kind: Kind, place: int, text: str, times: int = 1) -> None:
        """Another one; the first is the one with the lowest place."""
        where = Where(place, text)
        if (known := self.kinds.get(kind)) is None:
            self.kinds[kind] = Count(times, where)
            return
        known.count += times
        known.first = min(known.first, where)

    def count(self, kind: Kind) -> int:
        """How many there are of a kind."""
        return self.kinds[kind].count if kind in self.kinds else 0

    def __bool__(self) -> bool:
        return bool(self.kinds)

    @property
    def total(self) -> int:
        """How many there are of all kinds."""
        return sum(found.count for found in self.kinds.values())

    def as_json(self) -> list[dict[str, Any]]:
        """For machines; `place` of the first is a position, or a number of the journal or a row."""
        return [
            {
                "kind": kind,
                "name": labels_of(Kind)[kind],
                "count": found.count,
                "place": found.first.place,
                "first": found.first.text,
            }
            for kind, found in self.kinds.items()
        ]
