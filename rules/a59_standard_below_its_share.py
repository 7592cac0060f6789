"""特困标准低于规定倍数: a standard is below the share of another that the bureau's folder asks for.

It is looked at on every day on which one of the two changes, and is lawful when it is that share
exactly (R-ST-03: 1.6 is a minimum).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Least, Standard
from rules.rule import Found, Row, Rule

AREAS = {"urban": "城市", "rural": "农村", None: ""}


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for standard in bureau.standards.values():
        if (least := standard.at_least) is not None:
            for area in ("urban", "rural") if standard.by_area else (None,):
                yield from _below(rows, standard, least, area, bureau)


def _below(
    rows: Sequence[Row], standard: Standard, least: Least, area: str | None, bureau: Bureau
) -> Iterator[Found]:
    """The stretches of days on which it is below, a finding for each pair of amounts."""
    ours, theirs = (
        [row for row in rows if row["kind"] == kind and row["area"] in (area, None)]
        for kind in (standard.kind, least.of)
    )
    days = sorted({max(row["effective_from"], row["adopted_on"]) for row in (*ours, *theirs)})
    pairs = [(day, _in_force(ours, day), _in_force(theirs, day)) for day in days]
    for number, (day, our, their) in enumerate(pairs):
        if our is None or their is None:
            continue
        if our["amount_fen"] * 100 >= their["amount_fen"] * least.percent:
            continue
        later = [next_day for next_day, *_ in pairs[number + 1 :]]
        of = bureau.standards[least.of].name
        yield Found(
            key=f"{standard.kind}/{area or 'both'}/{our['document']}/{their['document']}",
            what=f"{AREAS[area]}{standard.name}每月{our['amount_fen'] / 100:g}元，"
            f"低于{of}{their['amount_fen'] / 100:g}元的{least.percent / 100:g}倍",
            valid_from=day,
            valid_to=later[0] if later else None,
            position=max(our["position"], their["position"]),
        )


def _in_force(rows: Sequence[Row], day: date) -> Row | None:
    """Of those that were adopted by then and have taken effect, the one that did so last."""
    taken = [r for r in rows if r["adopted_on"] <= day and r["effective_from"] <= day]
    return max(
        taken, key=lambda r: (r["effective_from"], r["adopted_on"], r["position"]), default=None
    )


RULE = Rule(
    code="A59",
    name="保障标准低于规定倍数",
    severity="unlawful",
    basis="社会救助暂行办法 10, 15",
    needs={"standard": "'standards'"},
    rows="""
        SELECT t.subject, t.at, s.kind, s.area, s.amount_fen, s.effective_from, s.adopted_on,
            s.document_number AS document, s.known_from AS position
        FROM touched AS t JOIN standard AS s ON {known:s}
        WHERE t.subject = 'standards'
    """,
    find=_find,
)
