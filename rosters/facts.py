"""Comparing a roster of facts: what a row said of its month before is known by its id."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from domain.money import format_yuan
from ledger.rostered import Told as Kept
from rosters import held
from rosters.comparing import Change, Compared, Fact, Mismatch, Told
from rosters.maps import RosterMap
from rosters.messages import Maker, root_of
from rosters.pointers import at


async def told_by_ids(
    connection: asyncpg.Connection,
    ledger: str,
    made: RosterMap,
    maker: Maker,
    told: Sequence[Told],
    known: Sequence[Kept],
) -> list[Compared | Mismatch]:
    """New, corrected, or as it was told. The last thing that a row said is what stands."""
    standing = {root_of(kept.event_id): kept for kept in known}
    own = {kept.position for kept in known}
    elsewhere: dict[tuple[str, str, str], int] = {}
    if made.model.PAYS and "months" in made.model.model_fields:
        numbers = {each.event.case_number for each in told}
        for line in await held.paid(connection, ledger, numbers):
            if line.fact not in own:
                of = (line.case_number, line.months, line.item)
                elsewhere[of] = elsewhere.get(of, 0) + line.amount_fen
    found: list[Compared | Mismatch] = []
    for each in told:
        data = dict(each.record.data)
        key = "\x1f".join(str(at(data, pointer)) for pointer in made.key)
        before = standing.get(maker.name("row", key))
        shown = str(data.get(made.model.KEY))
        if before is not None and before.row == maker.digest(data):
            found.append(Compared("unchanged", shown, record=each.record))
            continue
        if before is None and elsewhere:
            paid = (each.event.case_number, " ".join(each.event.months), each.event.item)
            if (fen := elsewhere.get(paid)) is not None:
                found.append(_paid_elsewhere(each, fen, shown))
                continue
        fact = Fact(made.model, "row", key, data)
        change: Change = "new" if before is None else "changed"
        found.append(Compared(change, shown, (fact,), record=each.record))
    return found


def _paid_elsewhere(each: Told, fen: int, shown: str) -> Compared | Mismatch:
    """Another source has told the money: told again, it would be paid twice."""
    if fen == each.event.amount_fen:
        return Compared("unchanged", shown, record=each.record)
    why = (
        f"账本已有同一个案同月的到账 {format_yuan(fen)} 元，来自别的报送，未重复报送"
        " / the ledger has another amount for the month from elsewhere"
    )
    return Mismatch(each.record, "/amount_fen", why)
