"""拨付资金与到账不符: released or ordered to be paid, against what reached accounts, by batch."""

from __future__ import annotations

from rules.batches import NEEDS, ROWS, against
from rules.rule import Rule

RULE = Rule(
    code="A24",
    name="拨付资金与到账不符",
    severity="unlawful",
    basis="社会救助暂行办法 5",
    needs=NEEDS,
    rows=ROWS,
    find=against(("released", "instructed"), lines=False),
)
