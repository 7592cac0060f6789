"""What rules find by the breaches of the domain: facts of streams, judged anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import asyncpg

from domain.aggregate import Aggregate, Entry, breaches_of
from domain.catalogue import AGGREGATES, EVENTS, breaches_in
from ledger import warned
from ledger.adopted import Versions
from rules.judged import Breached, Stream
from rules.rule import Found, Rule

ANY = "*"
"""In the place of a kind: the breach of any stream."""


def kinds(rules: Iterable[Rule]) -> set[str] | None:
    """The kinds of streams that rules look into; None = all."""
    found = {name.partition("/")[0] for rule in rules for name in rule.breaches}
    return None if ANY in found else found


def deciding(rules: Sequence[Rule]) -> set[str]:
    """Types of the facts that may change how others are judged, wherever they come in a stream.

    Of streams of which judges name something that the rules find.
    """
    return {
        name
        for state in AGGREGATES.values()
        if _judged(state, state.judging.keys(), rules)
        for name in state.evolvers
    }


def unjudged(rules: Sequence[Rule]) -> set[str]:
    """Types of contributions of which no judge names anything that the rules find."""
    return {
        name
        for state in AGGREGATES.values()
        if not _judged(state, state.counters.keys() & state.judging.keys(), rules)
        for name in state.counters
    }


def _judged(state: type[Aggregate], types: Collection[str], rules: Sequence[Rule]) -> bool:
    """Whether judges of these types of facts may name what one of the rules finds."""
    codes = {code for name in types for code in breaches_of(state.judging[name])}
    named = {f"{kind}/{code}" for kind in (state.STREAM, ANY) for code in codes}
    return any(not named.isdisjoint(rule.breaches) for rule in rules)


class Watch:
    """Rules by the breaches that they find."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_name: dict[str, list[Rule]] = {}
        for rule in rules:
            for name in rule.breaches:
                self._by_name.setdefault(name, []).append(rule)

    def found(self, stream: str, breaches: Sequence[Breached]) -> dict[str, list[Found]]:
        """Code of a rule → what it finds among the breaches of a stream, if anything."""
        its: dict[str, list[Found]] = {}
        kind = stream.partition("/")[0] if breaches else ""
        for each in breaches:
            for of in (kind, ANY):
                for rule in self._by_name.get(f"{of}/{each.code}", ()):
                    if rule.covers(_on(each)):
                        its.setdefault(rule.code, []).append(_found(each, rule))
        return its


def _on(breach: Breached) -> date:
    return breach.entry.data.occurred_on()


def _found(breach: Breached, rule: Rule) -> Found:
    entry = breach.entry
    event = EVENTS[entry.type]
    return Found(
        key=f"{breach.name} {breach.code}",
        what=f"{event.TITLE}：{breaches_in(entry.type)[breach.code]}",
        valid_from=breach.valid_from,
        position=entry.position,
        valid_to=breach.valid_to,
        on_date=_on(breach),
        amount_fen=getattr(entry.data, "amount_fen", None) if event.PAYS else None,
        township=getattr(entry.data, "township", None),
        severity=rule.severity,
    )


def judged(stream: str, entries: Iterable[Entry]) -> list[Breached]:
    """The breaches that stand after all entries of a stream."""
    made = Stream(stream)
    for entry in entries:
        made.tell(entry)
    return made.breaches


async def whole(
    connection: asyncpg.Connection, rule: Rule, ledger: str, at: int, bureaus: Versions
) -> list[tuple[str, Found]]:
    """All that a rule finds in streams as known at a position, each with its stream."""
    streams = await warned.of_kinds(connection, ledger, kinds([rule]), at)
    whole_ones = dict.fromkeys(streams, True)
    told = await warned.read_streams(connection, ledger, whole_ones, at, bureaus)
    watch = Watch([rule])
    return [
        (stream, each)
        for stream in streams
        for each in watch.found(stream, judged(stream, told[stream])).get(rule.code, ())
    ]
