"""The page of remarks on prose lists every rule as it is registered, in order."""

from __future__ import annotations

from pathlib import Path

from reports.prose import CODES

PAGE = (Path(__file__).parents[2] / "docs" / "prose.md").read_text(encoding="utf-8")


def test_every_code_has_its_row_in_the_page() -> None:
    weights = {"fault": "须改", "ask": "请核实"}
    rows = [
        f"| `{rule.code}` | {rule.name} | {weights[rule.weight]} | {rule.why} |"
        for rule in CODES.values()
    ]

    assert [row for row in PAGE.splitlines() if row.startswith("| `")] == rows
