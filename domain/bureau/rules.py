"""Dated parameters (参数) of law and of the bureau: day limits, shares, grades, ages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Value = int | bool | str | tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """A value from `since` to `until` (the last day; None = still), and what says so (依据)."""

    since: date
    until: date | None
    value: Value
    basis: str
    checked: bool = True
    """Whether it was read in the text itself; else it is from practice, and to be verified."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All parameters, by name. The bureau's own stand before the country's."""

    by_name: Mapping[str, tuple[Dated, ...]]

    def at(self, name: str, on: date) -> Dated | None:
        """What is in force on a day; None where nothing is. Raises KeyError for no parameter."""
        for dated in self.by_name[name]:
            if dated.since <= on and (dated.until is None or on <= dated.until):
                return dated
        return None

    def number(self, name: str, on: date) -> int | None:
        """The number in force on a day. Raises KeyError, and TypeError where it is no number."""
        dated = self.at(name, on)
        if dated is None:
            return None
        if not isinstance(dated.value, int):
            raise TypeError(f"{name} is no number")
        return int(dated.value)
