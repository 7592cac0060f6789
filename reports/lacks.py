"""What an answer lacks of the moment asked about, since a read model of it lacks entries.

A read model that has halted holds back what is read from it, and nothing else: the moment of an
answer is the least of the positions of those it reads. An entry that was left out stays told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import asyncpg

from projections.checkpoint import Stand
from projections.snapshot import reached
from reports.moment import Moment


class Of(NamedTuple):
    """An entry that a read model lacks."""

    read_model: str
    position: int


@dataclass(frozen=True, slots=True)
class Lacks:
    """What the read models of an answer lack of the moment asked about."""

    halted: tuple[Of, ...] = ()
    """Where they have halted: the answer is of the position before the first of these."""
    left_out: tuple[Of, ...] = ()
    """Entries that a person has decided to leave out of them."""

    def __bool__(self) -> bool:
        return bool(self.halted or self.left_out)

    @classmethod
    def of(cls, answers: Iterable[Lacks]) -> Lacks:
        """What any of these lacks."""
        lacking = [each for each in answers if each]
        halted = {item for each in lacking for item in each.halted}
        left_out = {item for each in lacking for item in each.left_out}
        return cls(tuple(sorted(halted)), tuple(sorted(left_out)))

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "halted": [item._asdict() for item in self.halted],
            "left_out": [item._asdict() for item in self.left_out],
        }

    @property
    def text(self) -> str:
        """As a page says it; empty where nothing lacks."""
        halted = [
            f"汇总表 {name} 停在第 {at} 条记录之前，所涉数值截至其前一条"
            for name, at in self.halted
        ]
        left_out = [f"汇总表 {name} 已决定略去第 {at} 条记录" for name, at in self.left_out]
        return "；".join(halted + left_out)

    @property
    def english(self) -> str:
        """The same for those who do not read Chinese."""
        halted = [
            f"{name} has halted before entry {at}, its values end there" for name, at in self.halted
        ]
        left_out = [f"entry {at} is left out of {name}" for name, at in self.left_out]
        return "; ".join(halted + left_out)


class Answerable(NamedTuple):
    """What can be answered: a moment no later than the one asked about, and what lacks of that."""

    moment: Moment
    lacks: Lacks


async def answerable(
    connection: asyncpg.Connection, moment: Moment, models: Collection[str]
) -> Answerable:
    """The least of a moment and of where these read models stand; asked in a snapshot."""
    return within(await reached(connection, moment.ledger), moment, models)


def parted(
    stands: Mapping[str, Stand], moment: Moment, reading: Mapping[str, Collection[str]]
) -> dict[Answerable, list[str]]:
    """What can be answered → the names of what reads such read models; one, but where one halted.

    `reading`: name → the read models that it reads.
    """
    parts: dict[Answerable, list[str]] = {}
    for name, models in reading.items():
        parts.setdefault(within(stands, moment, models), []).append(name)
    return parts


def within(stands: Mapping[str, Stand], moment: Moment, models: Collection[str]) -> Answerable:
    """The least of a moment and of where these read models stand.

    One that no table of the version that serves stands for is passed over.
    """
    read = [stands[name] for name in sorted(models) if name in stands]
    at = min([moment.at, *(stand.position for stand in read)])
    halts = [stand.halt for stand in read if stand.position < moment.at]
    lacks = Lacks(
        tuple(Of(halt.read_model, halt.position) for halt in halts if halt is not None),
        tuple(Of(s.read_model, p) for s in read for p in sorted(s.without) if p <= at),
    )
    return Answerable(moment if at == moment.at else replace(moment, at=at, final=False), lacks)
