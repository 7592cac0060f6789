"""报告签发、发布手续不符: reports and releases that were not signed, not over or not whole."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A88",
    name="报告签发、发布手续不符",
    severity="incomplete",
    basis="法治政府建设与责任落实督察工作规定 24; 政府信息公开条例 17",
    breaches=(
        "report/not-drafted",
        "report/not-signed",
        "report/year-not-over",
        "report/already-published",
        "report/written-after-signature",
        "release/release-not-signed",
        "release/period-not-over",
        "release/already-released",
        "release/sections-missing",
    ),
)
