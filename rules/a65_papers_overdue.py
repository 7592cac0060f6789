"""先行救助逾期未补办手续: relief was given at once, and its papers followed late or never."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from rules.duties import overdue
from rules.rule import Found, Row, Rule


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        yield from overdue(
            "补办手续",
            bureau.due("assistance.papers-working-days", row["decided_on"]),
            row["papers_on"],
            key="papers",
            position=row["position"],
            on_date=row["decided_on"],
            township=row["township"],
        )


RULE = Rule(
    code="A65",
    name="先行救助逾期未补办手续",
    severity="incomplete",
    basis="社会救助暂行办法 48",
    breaches=("relief/papers-late",),
    needs={"relief": "x.stream"},
    rows="""
        SELECT t.subject, t.at, r.decided_on, r.papers_on, r.township, r.known_from AS position
        FROM touched AS t JOIN relief AS r ON r.stream = t.subject AND {known:r}
        WHERE r.urgent AND r.replaced_on IS NULL
    """,
    find=_find,
)
