"""儿童保障个案公示: a notice was posted in the case of an orphan or of an unattended child.

Whether a child's name stands on a published page is not seen here: of pages the ledger keeps
digests only.
"""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A14",
    name="孤儿、事实无人抚养儿童个案公示",
    severity="unlawful",
    basis="未成年人保护法 4; 民发〔2019〕62号",
    breaches=("case/child-noticed",),
)
