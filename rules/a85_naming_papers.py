"""地名命名程序不符: approved without assessment or twice, announced without a particular."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A85",
    name="地名命名程序不符",
    severity="incomplete",
    basis="地名管理条例 11-12, 14",
    breaches=(
        "place-name/approved-without-assessment",
        "place-name/approved-twice",
        "place-name/announcement-incomplete",
    ),
)
