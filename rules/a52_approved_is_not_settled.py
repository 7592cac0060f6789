"""审批清册与到账不符: the approved list of a batch against the lines that reached accounts."""

from __future__ import annotations

from rules.batches import NEEDS, ROWS, against
from rules.rule import Rule

RULE = Rule(
    code="A52",
    name="审批清册与到账不符",
    severity="unlawful",
    basis="社会救助暂行办法 5, 11",
    needs=NEEDS,
    rows=ROWS,
    find=against(("approved",), lines=True),
)
