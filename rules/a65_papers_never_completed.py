"""先行救助未补办手续: relief was given at once, and its papers never followed.

Papers that came late are looked at by A63.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from rules.duties import overdue
from rules.rule import Found, Row, Rule


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        found = overdue(
            "补办手续",
            bureau.due("assistance.papers-working-days", row["decided_on"]),
            row["papers_on"],
            key="papers",
            position=row["position"],
            on_date=row["decided_on"],
            township=row["township"],
        )
        open_only = (each for each in found if row["papers_on"] is None or each.valid_to)
        yield from open_only


RULE = Rule(
    code="A65",
    name="先行救助未补办手续",
    severity="incomplete",
    basis="社会救助暂行办法 48",
    needs={"relief": "x.stream"},
    rows="""
        SELECT t.subject, t.at, r.decided_on, r.papers_on, r.township, r.known_from AS position
        FROM touched AS t JOIN relief AS r ON r.stream = t.subject AND {known:r}
        WHERE r.urgent
    """,
    find=_find,
)
