"""What waits in a period: events in quarantine (未通过校验) and parked events (待关联).

No figure counts them. So whatever shows figures also says how many of them there are and how much
money they claim. Like everything else this is bitemporal: an event waits in the period of the
business date that it claims, from the journal record that put it aside to the one that settled it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg

from domain.money import format_yuan
from ledger import aside, journal
from reports.moment import Moment

MEANING = (
    "未通过校验：格式有误、无权发布或编号冲突，未予接受；待关联：所依据的事项尚未到达。"
    "声称金额是来件自称的数，不计入任何数值。"
)


@dataclass(frozen=True, slots=True)
class Aside:
    """How many events of a period wait, and the amount (分) they claim as far as it is readable."""

    quarantined: int = 0
    parked: int = 0
    claims_fen: int = 0

    def __bool__(self) -> bool:
        return bool(self.quarantined or self.parked)

    def as_json(self) -> dict[str, int]:
        """For machines: always all three."""
        return {
            "quarantined": self.quarantined,
            "parked": self.parked,
            "claims_fen": self.claims_fen,
        }

    @property
    def text(self) -> str:
        """As a page says it; empty when nothing waits."""
        if not self:
            return ""
        counts = "、".join(f"{name} {count} 条" for name, _, count in self._counts())
        claims = "未见金额"
        if self.claims_fen:
            claims = f"声称金额 {format_yuan(self.claims_fen)} 元"
        return f"本期另有{counts}未计入，{claims}"

    @property
    def footnote(self) -> str:
        """As readers of what was published are told of its method; empty when nothing waits."""
        if not self:
            return ""
        count = self.quarantined + self.parked
        money = f"；其中写明的金额共 {format_yuan(self.claims_fen)} 元" if self.claims_fen else ""
        return f"本期另有 {count} 条业务来件尚在核对，未计入任何数值{money}"

    @property
    def english(self) -> str:
        """The same for those who do not read Chinese."""
        if not self:
            return ""
        counts = ", ".join(f"{count} {name}" for _, name, count in self._counts())
        claims = "claiming no amount"
        if self.claims_fen:
            claims = f"claiming {format_yuan(self.claims_fen)} yuan"
        return f"not counted: {counts}, {claims}"

    def _counts(self) -> Iterator[tuple[str, str, int]]:
        for both in (
            ("未通过校验", "quarantined", self.quarantined),
            ("待关联", "parked", self.parked),
        ):
            if both[2]:
                yield both


async def number_of(connection: asyncpg.Connection, moment: Moment) -> int:
    """The last number of the journal that a moment knows."""
    if moment.journal is not None:
        return moment.journal
    return await journal.last_at(connection, moment.ledger, moment.at)


async def at(connection: asyncpg.Connection, moment: Moment) -> Aside:
    """What waits in the moment's period, as known then."""
    number = await number_of(connection, moment)
    claims = await aside.claims_in_period(
        connection, moment.ledger, number, moment.start, moment.end
    )
    quarantined, parked = claims["quarantine"], claims["parked"]
    return Aside(quarantined.events, parked.events, quarantined.fen + parked.fen)
