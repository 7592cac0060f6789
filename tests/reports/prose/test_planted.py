"""Pages of a clerk's prose with planted faults: all of them are found, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.prose import CODES
from tests.reports.prose.planted import TEXTS, differences, read


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_planted_faults_are_found_and_no_others(path: Path) -> None:
    missed, more = differences(path.read_text(encoding="utf-8"))

    assert (missed, more) == ([], [])


def test_there_are_ten_texts_and_more() -> None:
    assert len(TEXTS) >= 10
    assert all(len(read(path.read_text(encoding="utf-8")).faults) > 9 for path in TEXTS)


@pytest.mark.parametrize("code", [code for code, rule in CODES.items() if rule.weight == "fault"])
def test_each_kind_of_fault_is_planted_in_a_text(code: str) -> None:
    planted = [fault.code for path in TEXTS for fault in read(path.read_text("utf-8")).faults]

    assert code in planted
