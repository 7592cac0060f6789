"""来源的顺序号有缺或者重复: running numbers of a source that no entry has, or that several have.

That nothing in the ledger was changed, moved or taken out, `mingjian verify` proves; this looks at
what a source says it sent. A number may be missing since the message never came, or since it waits
(待关联) or was refused (未通过校验).
"""

from __future__ import annotations

from ledger.store import RECORDED, SEQUENCE
from rules.rule import Rule

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
)
