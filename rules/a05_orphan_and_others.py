"""孤儿另享受不得兼得的保障: a programme for children and another that exclude each other."""

from __future__ import annotations

from domain.bureau.programmes import Programme
from rules.covered import COVERED, TOUCHED, excluding
from rules.rule import Rule


def _are(one: Programme, _: Programme) -> bool:
    return one.line == "children"


RULE = Rule(
    code="A05",
    name="孤儿另享受不得兼得的保障",
    severity="unlawful",
    basis="国发〔2015〕52号; 民发〔2019〕62号",
    breaches=("case/programmes-exclude-each-other",),
    needs=TOUCHED,
    rows=f"SELECT t.subject, t.at, {COVERED} FROM touched AS t",
    find=excluding(_are),
)
