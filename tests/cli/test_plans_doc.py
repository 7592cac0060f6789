"""What docs/bureau.md shows of report plans is read as it stands, and its tables are whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from domain.bureau.reading.wrong import Wrong
from reports.catalogue import CHECKS, MEASURES
from reports.plans import reading
from reports.plans.phrases import NAMES, PERIOD_WORDS
from reports.plans.plan import Audience, Kind, PeriodKind
from reports.plans.quantities import Known
from reports.plans.spans import SHIFTS
from tests.support.bureau import SAMPLE

TEXT = (Path(__file__).parents[2] / "docs/bureau.md").read_text(encoding="utf-8")
PART = TEXT.partition("\n## Report plans\n")[2].partition("\n## ")[0]
KNOWN = Known(SAMPLE, MEASURES, CHECKS)
HEAD = """\
+++
title = "{period}"
kind = "bulletin"
periods = ["month"]
audience = "public"
"""


def blocks(language: str) -> list[str]:
    """The fenced blocks of the part in a language."""
    fenced = re.compile(rf"^(`{{3,}}){language}\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
    return [match[2] for match in fenced.finditer(PART)]


def wrong_with(written: str) -> list[Wrong]:
    wrong: list[Wrong] = []
    reading.read(KNOWN, "plans/x.md", {"plans/x.md": written.encode()}, wrong)
    return wrong


def test_the_plan_it_begins_with_is_one() -> None:
    plan = next(text for text in blocks("markdown") if text.startswith("+++"))
    assert wrong_with(plan) == []


@pytest.mark.parametrize(
    "table", [text for text in blocks("markdown") if text.startswith("```table")]
)
def test_its_tables_are_tables(table: str) -> None:
    figure = '\n[figures.F16]\nmeasure = "发放金额"\nwhere = "保障类别=低保"\n'
    assert wrong_with(f"{HEAD}{figure}+++\n\n{table}") == []


def test_its_figures_and_statements_are_such() -> None:
    """Those that they are worked out from are put beside them."""
    shown = "\n".join(blocks("toml"))
    held = tomllib.loads(shown)
    used = {name for f in held["figures"].values() for name in f.get("formula", "").split()}
    needed = {name for name in used if name[0].isalpha()} - held["figures"].keys()
    beside = "".join(f'\n[figures."{name}"]\nmeasure = "在保人数"\n' for name in sorted(needed))
    assert wrong_with(f"{HEAD}{shown}{beside}+++\n") == []


def test_words_periods_and_kinds_are_all_named() -> None:
    told = set(re.findall(r"`\{(\w+)\}`", PART))
    assert {*NAMES, *PERIOD_WORDS} <= told
    assert set(re.findall(r"^\| `@(\w+)` \|", PART, re.MULTILINE)) == SHIFTS.keys()
    for code in (*get_args(Kind), *get_args(PeriodKind), *get_args(Audience)):
        assert f"`{code}`" in PART or f'"{code}"' in PART or f" {code}" in PART, code
