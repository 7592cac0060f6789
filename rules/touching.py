"""Which subjects a run of entries touches, and at which positions: there rules look again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from typing import get_args

import asyncpg

from domain.bureau.programmes import Mode
from ledger.adopted import Versions
from projections.catalogue import READ_MODELS
from projections.read_model import MAX_POSITION
from rules import evaluation
from rules.evaluation import Touched
from rules.rule import Rule, Touch

_WARNED = re.compile(r"\{warned:(\w+)\}")
FOLLOWS = (
    "unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])"
    " AS f (kind, programme, level, mode, always)"
)
_NAMED = re.compile(rf"\b(?:FROM|JOIN)\s+({'|'.join(model.name for model in READ_MODELS)})\b")


def reads(rule: Rule) -> set[str]:
    """The read models that a rule looks at; what it needs of the ledger itself is always there."""
    needed = {name for name in rule.needs if not name.startswith("ledger.")}
    return {*needed, *_NAMED.findall(rule.rows)}


async def touched(
    connection: asyncpg.Connection,
    rule: Rule,
    ledger: str,
    span: tuple[int, int],
    warned: Collection[int],
    bureaus: Versions,
) -> list[Touched]:
    """Subjects of rows that began or ended after the first position of a span, up to the second.

    In the order of position. Where the ledger adopted another version of its bureau, all are.
    """
    given = (list(warned), *map(list, zip(*_follows(bureaus), strict=True)))
    rows = await connection.fetch(_query(rule), ledger, *span, *given)
    found = {(row[0], row[1]) for row in rows}
    for at in bureaus.begun(*span):
        for subject in await evaluation.subjects(connection, rule, ledger, at):
            found.add((subject, at))
    return sorted(found, key=lambda one: (one[1], one[0]))


def _follows(bureaus: Versions) -> list[tuple[str | None, str, str | None, str, bool]]:
    """Kind of standard, programme, level (None = any) and mode of the cases that may follow it.

    By any version; and whether these follow no other by any. The kind is None where there is none:
    the decision fixes the amount.
    """
    kinds: dict[tuple[str, str | None, str], set[str | None]] = defaultdict(set)
    for bureau in bureaus.bureaus:
        for programme in bureau.programmes.values():
            if programme.pays in ("flat", "graded"):
                for level in (None, *(level.code for level in programme.levels)):
                    for mode in ("", *get_args(Mode)):
                        kind = programme.follows(mode or None, level)
                        kinds[programme.code, level, mode].add(kind)
    none: list[tuple[str | None, str, str | None, str, bool]] = [(None, "", None, "", False)]
    return none + [(kind, *case, len(its) == 1) for case, its in kinds.items() for kind in its]


def _query(rule: Rule) -> str:
    """$1 ledger, $2 after, $3 up to, $4 positions of entries taken with warnings or correcting.

    $5 to $9 say which cases may follow which standards.
    """
    parts: list[str] = []
    for table, touch in rule.needs.items():
        subject, where, _ = touch if isinstance(touch, Touch) else Touch(touch)
        for column, when in (
            ("known_from", _WARNED.sub(r"(\1.known_from = ANY($4::bigint[]))", where)),
            ("known_to", f"x.known_to <> {MAX_POSITION} AND ({_WARNED.sub('true', where)})"),
        ):
            which = when.replace("{at}", f"x.{column}").replace("{follows}", FOLLOWS)
            whom = subject.replace("{follows}", FOLLOWS)
            parts.append(
                f"SELECT {whom} AS subject, x.{column} AS at FROM {table} AS x"
                f" WHERE x.ledger = $1 AND x.{column} > $2 AND x.{column} <= $3 AND ({which})"
            )
    return (
        f"SELECT DISTINCT subject, at FROM ({' UNION ALL '.join(parts)}) AS x"
        " WHERE subject IS NOT NULL AND cardinality($4::bigint[]) >= 0"
        " AND cardinality($5::text[]) + cardinality($6::text[]) + cardinality($7::text[])"
        " + cardinality($8::text[]) + cardinality($9::boolean[]) >= 0"
    )
