"""无审批记录，仅据期初接收: a decision of the ledger's own time that a roster alone tells of.

Nobody told the case's application, notice and approval. What was decided before the records of the
bureau are complete (`complete_since` of its folder) is taken over by right; where the folder names
no such day nothing is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from rules.rule import Found, Row, Rule, Touch


def _find(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    since = bureau.complete_since
    # A decision that was taken over twice is one matter, from the first time on.
    earliest = sorted(rows, key=lambda row: (row["on_date"], row["position"]), reverse=True)
    for row in {row["decided_on"]: row for row in earliest}.values():
        decided_on = row["decided_on"]
        if since is None or decided_on < since:
            continue
        yield Found(
            key=f"approval {decided_on}",
            what=f"{decided_on}审批，账本没有当日的审批记录，仅据期初接收",
            valid_from=max(decided_on, row["on_date"]),
            position=row["position"],
            on_date=decided_on,
            township=row["township"],
        )


RULE = Rule(
    code="A99",
    name="新批保障无审批记录，仅据期初接收",
    severity="incomplete",
    basis="社会救助暂行办法 11, 16; 国发〔2015〕52号",
    needs={"case_step": Touch("x.stream", "x.step IN ('taken-over', 'granted')")},
    rows="""
        SELECT t.subject, t.at, s.on_date, s.decided_on, s.township, s.known_from AS position
        FROM touched AS t
            JOIN case_step AS s ON s.stream = t.subject AND {known:s} AND s.step = 'taken-over'
        WHERE s.decided_on IS NOT NULL AND NOT EXISTS (
            SELECT FROM case_step AS g
            WHERE {known:g} AND g.stream = s.stream AND g.step = 'granted'
                AND g.on_date = s.decided_on
        )
    """,
    find=_find,
)
