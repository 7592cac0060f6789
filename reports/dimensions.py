"""The ways to cut that several lines share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from domain.bureau.bureau import Bureau
from domain.casework import Area
from domain.codes import labels_of
from reports.measure import Dimension


def of_list(codes: Any) -> Callable[[Bureau], Mapping[str, str]]:
    """Labels of a code list of the contract, the same for every bureau."""
    labels = {str(code): name for code, name in labels_of(codes).items()}
    return lambda _: labels


def of(**labels: str) -> Callable[[Bureau], Mapping[str, str]]:
    """Labels that are written here; a code with hyphens has underscores."""
    made = {code.replace("_", "-"): name for code, name in labels.items()}
    return lambda _: made


def _townships(bureau: Bureau) -> Mapping[str, str]:
    return {code: place.name for code, place in bureau.townships.items()}


def _levels(bureau: Bureau) -> Mapping[str, str]:
    return {
        level.code: level.name
        for programme in bureau.programmes.values()
        for level in programme.levels
    }


def _items(bureau: Bureau) -> Mapping[str, str]:
    return {
        item.code: item.name for programme in bureau.programmes.values() for item in programme.items
    }


PROGRAMME = Dimension(
    "保障类别",
    "programme",
    lambda bureau: {code: item.short for code, item in bureau.programmes.items()},
    lambda bureau: {item.name: code for code, item in bureau.programmes.items()},
)
AREA = Dimension("城乡", "area", of_list(Area), none="未分城乡")
TOWNSHIP = Dimension("镇街", "township", _townships, none="未分镇街")
VILLAGE = Dimension(
    "村（居）",
    "village",
    lambda bureau: {code: place.name for code, place in bureau.villages.items()},
    none="未分村（居）",
    pattern="[0-9]{12}",
)
MODE = Dimension(
    "供养方式",
    "mode",
    of(home_based="分散", institutional="集中"),
    lambda _: {"散居": "home-based", "集中养育": "institutional", "分散供养": "home-based"},
    none="不分供养方式",
)
LEVEL = Dimension("档次", "level", _levels, none="不分档")
ITEM = Dimension("项目", "item", _items)
SOURCE = Dimension(
    "平台",
    "platform",
    lambda bureau: {name: source.title for name, source in bureau.sources.items()},
)
MONTH = Dimension("月", "to_char(on_date, 'YYYY-MM')", pattern="[0-9]{4}-[0-9]{2}", none="日期不详")
"""Of a flow, the month of its rows; a stock has its value at the end of each."""
DAY = Dimension("日", "to_char(on_date, 'MM-DD')", pattern="[0-9]{2}-[0-9]{2}", none="日期不详")
"""Month and day of an event that comes back every year."""


def coded(name: str, column: str, labels: Callable[[Bureau], Mapping[str, str]]) -> Dimension:
    """A dimension of one line, with its labels."""
    return Dimension(name, column, labels)


def open_code(name: str, column: str) -> Dimension:
    """A dimension whose codes the upstream system gives (项目, 栏目)."""
    return Dimension(name, column, pattern="[a-z0-9-]+")
