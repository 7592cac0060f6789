"""低保、特困重复享受: two programmes of assistance that exclude each other, in one month."""

from __future__ import annotations

from domain.bureau.programmes import Programme
from rules.covered import COVERED, TOUCHED, excluding
from rules.rule import Rule


def _are(one: Programme, other: Programme) -> bool:
    return one.line == "assistance" and other.line not in ("disability", "children")


RULE = Rule(
    code="A03",
    name="低保、特困重复享受",
    severity="unlawful",
    basis="社会救助暂行办法 9, 14",
    breaches=("case/programmes-exclude-each-other",),
    needs=TOUCHED,
    rows=f"SELECT t.subject, t.at, {COVERED} FROM touched AS t",
    find=excluding(_are),
)
