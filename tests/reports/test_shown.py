"""How values and codes are written for reading."""

from __future__ import annotations

import re

import pytest

from domain.codes import labels_of
from domain.corrections import CorrectionKind
from domain.envelope import REASONS
from reports.shown import label


@pytest.mark.parametrize(
    ("code", "of", "said"),
    [
        ("not_json", "reason", "不是 JSON 对象"),
        ("id_conflict", "reason", "同一 source 与 id 已有不同内容"),
        ("changed", "correction", "更正"),
        ("recovered", "correction", "追回"),
        ("of-a-later-version", "correction", "of-a-later-version"),
    ],
)
def test_a_code_is_shown_by_its_chinese_name(code: str, of: str, said: str) -> None:
    assert label(code, of) == said


def test_every_reason_and_every_kind_of_correction_has_a_chinese_name() -> None:
    names = [label(code, "reason") for code in REASONS]
    names += [label(code, "correction") for code in labels_of(CorrectionKind)]
    assert [name for name in names if not re.search("[\u4e00-\u9fff]", name)] == []
    assert not [name for name in names if "；" in name]
