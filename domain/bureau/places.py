"""Townships and villages of a bureau, and from when to when each is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

AreaCode = Literal["urban", "rural"]


@dataclass(frozen=True, slots=True)
class Place:
    """A 街道, 镇, 乡, statistical area (9 digits) or village, community (12 digits).

    `since` is the first day, `until` the last; None = always, still. `area` is 城乡, None where the
    bureau does not say: then what happens there is in no 城乡 column.
    """

    code: str
    name: str
    area: AreaCode | None = None
    since: date | None = None
    until: date | None = None
    statistical: bool = False
    """Counted like a township by statistics, but none (园区、林场)."""

    def stands(self, on: date) -> bool:
        """Whether it is one on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)
