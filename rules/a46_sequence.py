"""来源的顺序号有缺或者重复: running numbers of a source that no entry has, or that several have.

That nothing in the ledger was changed, moved or taken out, `mingjian verify` proves; this looks at
what a source says it sent. A number may be missing since the message never came, or since it waits
(待关联) or was refused (未通过校验). Numbers of a source that does not number its events
(`numbered = false` in its bureau's folder) say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.bureau.bureau import Bureau
from ledger.store import RECORDED, SEQUENCE
from rules.rule import Found, Row, Rule, as_found


def of_numbered(rows: Sequence[Row], bureau: Bureau) -> Iterable[Found]:
    """Those of sources whose numbers mean something."""
    unnumbered = {name for name, source in bureau.sources.items() if source.numbered is False}
    return as_found([row for row in rows if row["subject"] not in unnumbered], bureau)


RULE = Rule(
    code="A46",
    name="来源的顺序号有缺或者重复",
    severity="data",
    basis="审计法 34; 统计法 24",
    needs={SEQUENCE: "x.source"},
    rows=f"""
        SELECT t.subject, t.at, b.first || CASE WHEN b.again THEN ' again' ELSE '' END AS key,
            '顺序号' || CASE WHEN b.first = b.last THEN b.first::text
                ELSE b.first || '至' || b.last END
            || CASE WHEN b.again THEN '用于不止一条来件'
                ELSE '未记入账本：未收到、待关联或者未通过校验' END AS what,
            (e.recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS valid_from, b.entry AS position
        FROM touched AS t
            JOIN {SEQUENCE} AS b ON b.source = t.subject AND {{known:b}}
            JOIN {RECORDED} AS e ON e.position = b.entry
    """,
    find=of_numbered,
)
