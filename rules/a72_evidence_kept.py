"""先行登记保存证据逾期未处理: evidence that was preserved, and not dealt with in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from rules.duties import overdue
from rules.rule import Found, Row, Rule


def _kept(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    for row in rows:
        on = row["preserved_on"]
        due = bureau.due("penalties.evidence-working-days", on)
        yield from overdue(
            "处理先行登记保存的证据", due, row["handled_on"], key=str(on), position=row["position"]
        )


RULE = Rule(
    code="A72",
    name="先行登记保存证据逾期未处理",
    severity="unlawful",
    basis="行政处罚法 56, 85",
    breaches=("penalty/evidence-kept-too-long",),
    needs={"preserved_evidence": "x.stream"},
    rows="""
        SELECT t.subject, t.at, e.preserved_on, e.handled_on, e.known_from AS position
        FROM touched AS t JOIN preserved_evidence AS e ON e.stream = t.subject AND {known:e}
    """,
    find=_kept,
)
