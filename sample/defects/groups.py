"""The cases of a rule, in a module of its group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Group(NamedTuple):
    """The cases of one rule: what plants them, and the law that decides them."""

    rule: str
    basis: str
    plant: Callable[[Any], None]


class Groups(list[Group]):
    """The rules of one module."""

    def of(self, rule: str, basis: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Marks a function that plants cases of a rule."""

        def mark(plant: Callable[[Any], None]) -> Callable[[Any], None]:
            self.append(Group(rule, basis, plant))
            return plant

        return mark
