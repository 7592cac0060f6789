"""The upstream systems (来源系统) of a bureau, and what each may say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """A system, the lines and classes of events it may publish, and for which divisions.

    An event class is its type without prefix and version: assistance.payment-settled. What is not
    listed may not be said: a line is all of its classes but those `except_` names.
    """

    name: str
    title: str
    lines: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    except_: frozenset[str] = frozenset()
    divisions: frozenset[str] = frozenset()
    """Those whose events it may send; the bureau's own, where the folder names none."""
    platform: bool = False
    """Whether enforcement that it sends was done on the province's platform (省执法平台)."""
    numbered: bool | None = None
    """Whether it numbers what it sends (sequence): then each must have a number, and what lacks is
    a finding. False: its numbers mean nothing. None: they may be left out, but those there count.
    """
    _may: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def may(self, type_name: str) -> bool:
        """Whether it may publish events of a type (without prefix, with version)."""
        known = self._may.get(type_name)
        if known is None:
            name = type_name.rpartition(".")[0]
            listed = name in self.classes or type_name.partition(".")[0] in self.lines
            known = self._may[type_name] = listed and name not in self.except_
        return known

    @property
    def says(self) -> Collection[str]:
        """The lines and classes it may publish, for people to read."""
        return sorted(self.lines | self.classes)
