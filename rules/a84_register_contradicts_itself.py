"""登记资料相互矛盾: codes that do not fit, one thing registered twice, days the wrong way round."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A84",
    name="登记资料相互矛盾",
    severity="data",
    basis="社会团体登记管理条例 12; 民办非企业单位登记管理暂行条例 12; 社会救助暂行办法 13",
    breaches=(
        "organisation/already-registered",
        "organisation/code-of-another-kind",
        "organisation/wrong-check-digit",
        "organisation/term-reversed",
        "adoption/registered-twice",
        "case/household-names-itself",
        "case/member-already",
        "case/more-than-one-head",
        "case/not-a-member",
        "marriage/archived-with-oneself",
        "standard/area-not-distinguished",
        "village/already-on-register",
        "village/code-used-again",
        "village/not-on-register",
        "*/village-elsewhere",
    ),
)
