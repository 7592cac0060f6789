"""All business lines in one place: event type → class, stream kind → aggregate, sources.

Importing this module fails when two classes claim one type.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType

from domain.aggregate import Aggregate
from domain.event import TYPE_PREFIX, Event

LINES = (
    "assistance.benefits",
    "children",
    "disability",
    "standards",
    "assistance.payouts",
    "cases",
    "organisations.events",
    "organisations.state",
    "inspection",
    "penalties.events",
    "penalties.state",
    "officers",
    "disclosure",
    "outreach.events",
    "outreach.charity",
    "villages",
    "reporting",
    "marriage.marriages",
    "marriage.divorces",
    "funeral",
    "placename",
    "adoption",
)
"""Modules of the business lines (业务条线)."""


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"domain.{line}") for line in LINES]


def _events() -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for module in _modules():
        for value in vars(module).values():
            if not (isinstance(value, type) and issubclass(value, Event)):
                continue
            if value.__module__ != module.__name__ or "TYPE" not in vars(value):
                continue
            if value.TYPE in found:
                raise ValueError(f"two classes claim {value.TYPE}")
            found[value.TYPE] = value
    return found


def _aggregates() -> dict[str, type[Aggregate]]:
    """Stream kind → the most derived aggregate that names it."""
    found: dict[str, type[Aggregate]] = {}
    for module in _modules():
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Aggregate) and value.STREAM:
                other = found.get(value.STREAM)
                if other is None or issubclass(value, other):
                    found[value.STREAM] = value
                elif not issubclass(other, value):
                    raise ValueError(f"two aggregates claim the streams {value.STREAM}/…")
    return found


EVENTS: dict[str, type[Event]] = _events()
"""Type without the cn.mingjian. prefix → event class."""
AGGREGATES: dict[str, type[Aggregate]] = _aggregates()


def aggregate_of(stream: str) -> type[Aggregate]:
    """The aggregate class of a stream name "<kind>/<key>"."""
    return AGGREGATES.get(stream.partition("/")[0], Aggregate)


def full_type(event: type[Event]) -> str:
    """The type as it stands on the wire."""
    return TYPE_PREFIX + event.TYPE


@dataclass(frozen=True, slots=True)
class Source:
    """An upstream system (来源系统) and the event types it may publish, by prefix."""

    name: str
    title: str
    types: tuple[str, ...]

    def may(self, type_name: str) -> bool:
        """Whether this source may publish events of the type (without prefix)."""
        return type_name.startswith(self.types)


SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("social-assistance", "社会救助信息系统", ("assistance.",)),
        Source(
            "payouts",
            "惠民惠农补贴资金发放系统",
            (
                "assistance.pay",
                "assistance.funds-",
                "assistance.arrears-",
                "assistance.overpayment-",
                "assistance.recovery-",
            ),
        ),
        Source("child-welfare", "儿童福利信息系统", ("children.",)),
        Source("disability", "残疾人两项补贴信息系统", ("disability.",)),
        Source("standards", "保障标准管理", ("standards.",)),
        Source("organisations", "社会组织法人库", ("organisations.",)),
        Source("enforcement", "粤执法平台", ("inspection.", "penalties.")),
        Source("bureau-enforcement", "局内执法台账", ("inspection.", "penalties.")),
        Source("personnel", "人事与执法资格管理", ("officers.",)),
        Source("marriage", "婚姻登记系统", ("marriage.",)),
        Source("adoption", "收养登记系统", ("adoption.",)),
        Source("funeral", "殡葬管理系统", ("funeral.",)),
        Source("placenames", "地名信息系统", ("placename.",)),
        Source("website", "政府网站集约化平台", ("disclosure.",)),
        Source("office", "局办公室台账", ("outreach.", "reporting.", "villages.")),
    )
}
