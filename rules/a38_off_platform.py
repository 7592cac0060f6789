"""未在执法平台办理: enforcement that was entered in other books than the province's platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.bureau.bureau import Bureau
from rules.rule import Found, Row, Rule


def _elsewhere(rows: Sequence[Row], bureau: Bureau) -> Iterator[Found]:
    """Of a bureau that has no platform nothing is asked."""
    sources = bureau.sources
    if not any(source.platform for source in sources.values()):
        return
    for row in rows:
        source = sources.get(row["platform"])
        if source is None or not source.platform:
            name = row["platform"] if source is None else source.title
            what = f"{row['on_date']}的{row['act']}由“{name}”报送，未在执法平台办理"
            yield Found("platform", what, row["on_date"], row["position"], township=row["township"])


# Patrols are not counted as enforcement.
RULE = Rule(
    code="A38",
    name="未在执法平台办理",
    severity="incomplete",
    basis="国办发〔2018〕118号",
    needs={"inspection": "x.stream", "penalty_case": "x.stream", "enforcement_act": "x.stream"},
    rows="""
        SELECT t.subject, t.at, i.platform, i.township, i.inspected_on AS on_date,
            '行政检查' AS act,
            (SELECT min(a.known_from) FROM enforcement_act AS a
             WHERE {known:a} AND a.stream = i.stream AND a.kind = 'inspection') AS position
        FROM touched AS t JOIN inspection AS i ON i.stream = t.subject AND {known:i}
        WHERE i.inspected_on IS NOT NULL AND i.mode <> 'patrol'
        UNION ALL
        SELECT t.subject, t.at, p.platform, p.township, p.decided_on, '行政处罚',
            (SELECT min(a.known_from) FROM enforcement_act AS a
             WHERE {known:a} AND a.stream = p.stream AND a.kind = 'decision')
        FROM touched AS t JOIN penalty_case AS p ON p.stream = t.subject AND {known:p}
        WHERE p.decided_on IS NOT NULL
    """,
    find=_elsewhere,
)
