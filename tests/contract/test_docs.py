"""What the documents say of contracts is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from domain.envelope import REASONS

DOCS = Path(__file__).parents[2] / "docs"


def test_every_reason_of_quarantine_is_explained_to_vendors() -> None:
    text = (DOCS / "events.md").read_text().partition("## Reasons of quarantine")[2]
    told = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)

    assert dict(told) == REASONS
