"""What is particular stands in bureaus/: no code names a bureau, a place, a holiday or a report.

What must not stand in code is taken from the folders themselves, so another folder is protected
as soon as it is there.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from infra import bureaus

ROOT = Path(__file__).resolve().parents[2]
FREE = ("bureaus/", "sample/", "tests/", "docs/", ".ci/")
"""Where a bureau may be named: its folder, its invented year, tests, what people read."""
CODE = (".py", ".html", ".sql", ".toml", ".yml", ".css", ".js", ".properties", ".xml")
FOLDERS = sorted(
    folder for folder in bureaus.SHIPPED.iterdir() if (folder / "bureau.toml").is_file()
)
OFFICES = [folder for folder in FOLDERS if folder.name.isdecimal()]
SENTENCE = re.compile(r"[\u4e00-\u9fff，。；、：“”（）]{12,}")
"""So many Chinese characters in a row, without a reference between them, are a report's own."""


@cache
def code() -> dict[str, str]:
    """Path → text of each file of code that may name no bureau."""
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = [n for n in listed.stdout.splitlines() if not n.startswith(FREE)]
    names = [n for n in found if n.endswith(CODE) or n in ("Makefile", "Dockerfile")]
    return {n: (ROOT / n).read_text("utf-8") for n in names if (ROOT / n).is_file()}


def named(words: Iterator[str]) -> list[str]:
    """Where one of the words stands in code."""
    wanted = sorted(set(words))
    return [
        f"{path}: {word}"
        for path, text in code().items()
        for word in wanted
        if re.search(rf"(?<![0-9]){re.escape(word)}(?![0-9])", text)
    ]


def identity(folder: Path) -> Iterator[str]:
    """What names a bureau: its codes and names, its townships, the systems that report to it."""
    bureau = bureaus.load(folder)
    yield from (bureau.division, bureau.name, bureau.short)
    yield from bureau.townships
    yield from (place.name for place in bureau.townships.values() if len(place.name) > 2)
    yield from (s.title for s in bureau.sources.values() if bureau.province[:1] in s.title)


def sentences(folder: Path) -> Iterator[str]:
    """What a bureau's plans say in words of their own."""
    for plan in sorted((folder / "plans").glob("*.md")):
        text = plan.read_text("utf-8").rpartition("+++")[2]
        for line in text.splitlines():
            if not line.startswith(("#", "%")) and " = " not in line:
                yield from SENTENCE.findall(line)


@pytest.mark.parametrize("folder", OFFICES, ids=lambda folder: folder.name)
def test_no_code_names_a_bureau(folder: Path) -> None:
    assert named(identity(folder)) == []


@pytest.mark.parametrize("folder", OFFICES, ids=lambda folder: folder.name)
def test_no_code_has_a_sentence_of_a_report(folder: Path) -> None:
    said = list(sentences(folder))

    assert len(said) > 2  # there are sentences to look for
    assert named(iter(said)) == []


def test_no_code_has_the_holidays_of_a_year() -> None:
    holidays = (bureaus.SHIPPED / "cn" / "holidays.toml").read_text("utf-8")
    numbers = re.findall(r"国办发明电〔\d{4}〕\d+号", holidays)

    assert len(numbers) > 3
    assert named(iter(numbers)) == []


def test_a_bureau_named_in_code_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    office = bureaus.load(OFFICES[0])
    seen = {"reports/lines/x.py": f'WHERE = "{office.division}"', "cli/y.py": f"# {office.short}"}
    monkeypatch.setattr(f"{__name__}.code", lambda: seen)

    assert named(identity(OFFICES[0])) == [
        f"reports/lines/x.py: {office.division}",
        f"cli/y.py: {office.short}",
    ]
