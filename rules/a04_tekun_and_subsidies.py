"""特困人员另享受残疾人补贴: assistance beside a subsidy for the disabled that it excludes."""

from __future__ import annotations

from domain.bureau.programmes import Programme
from rules.covered import COVERED, TOUCHED, excluding
from rules.rule import Rule


def _are(one: Programme, other: Programme) -> bool:
    return one.line == "assistance" and other.line == "disability"


RULE = Rule(
    code="A04",
    name="特困人员另享受残疾人补贴",
    severity="unlawful",
    basis="国发〔2015〕52号",
    breaches=("case/programmes-exclude-each-other",),
    needs=TOUCHED,
    rows=f"SELECT t.subject, t.at, {COVERED} FROM touched AS t",
    find=excluding(_are),
)
