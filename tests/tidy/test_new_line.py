"""A new line (养老服务) in a copy of the checkout: whole, then with each piece left out in turn."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.test_tidy import ROOMS, ROOT

DOMAIN = '''
"""养老服务: care homes (养老机构) put on file with the bureau, and closed."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, evolves, judges
from domain.codes import Labels
from domain.event import Code, Count, Day, Event, Text, Township


class HomeEvent(Event):
    """A fact about one care home."""

    STREAM: ClassVar[str] = "care-home"
    KEY: ClassVar[str] = "home"

    home: Code


class HomeFiled(HomeEvent):
    """备案: the home told the bureau that it takes people in."""

    TYPE: ClassVar[str] = "homes.home-filed.v1"
    TITLE: ClassVar[str] = "养老机构备案"
    BASIS: ClassVar[str] = "养老机构管理办法 9"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "filed_on"

    name: Text
    township: Township
    beds: Count
    filed_on: Day


class HomeClosed(HomeEvent):
    """终止服务."""

    TYPE: ClassVar[str] = "homes.home-closed.v1"
    TITLE: ClassVar[str] = "养老机构终止服务"
    BASIS: ClassVar[str] = "养老机构管理办法 36"
    ON: ClassVar[str] = "closed_on"

    closed_on: Day


Breach = Annotated[Literal["already-on-file"], Labels("该机构已备案")]


class CareHome(Aggregate):
    """State of one care home."""

    STREAM: ClassVar[str] = "care-home"

    filed: bool = False

    @judges
    def judge_filing(self, _event: HomeFiled) -> tuple[Breach, ...]:
        """A home is put on file once."""
        return ("already-on-file",) if self.filed else ()

    @evolves
    def on_filed(self, _event: HomeFiled) -> None:
        self.filed = True
'''
PROJECTION = '''
"""Care homes on file, from day to day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.homes import HomeClosed, HomeFiled
from projections.read_model import ReadModel


class CareHome(NamedTuple):
    """A care home, with its beds; `closed_on` None = still open."""

    home: str
    township: str
    beds: int
    filed_on: date
    closed_on: date | None


care_homes = ReadModel("care_home", CareHome, doc="care homes on file")


@care_homes.folds
def filed(rows: Sequence[CareHome], entry: Entry[HomeFiled]) -> Iterator[CareHome]:
    yield from rows
    data = entry.data
    yield CareHome(data.home, data.township, data.beds, data.filed_on, None)
'''
FOLD = """

@care_homes.folds
def closed(rows: Sequence[CareHome], entry: Entry[HomeClosed]) -> Iterator[CareHome]:
    for row in rows:
        yield row._replace(closed_on=entry.data.closed_on)
"""
REPORT = '''
"""养老机构: beds on file at D."""

from __future__ import annotations

from reports.dimensions import TOWNSHIP
from reports.measure import Measure

MEASURES = (
    Measure(
        name="养老机构床位数",
        unit="张",
        kind="stock",
        definition="截止日在备案养老机构的床位数",
        rows="""
SELECT known_from AS position, beds AS contribution, township, home AS what
FROM care_home
WHERE {known} AND filed_on <= $4 AND (closed_on IS NULL OR closed_on > $4)
""",
        dimensions=(TOWNSHIP,),
        cells="open",
    ),
)
'''
SAMPLE = '''
"""养老机构 of a year: one home put on file."""

from __future__ import annotations

from datetime import date

from domain.homes import HomeFiled
from sample.feed import Feed
from sample.sender import Sender


def send(feed: Feed, year: int) -> None:
    """Send the year; counts F65."""
    home = Sender(feed, "homes", year, "home-{key}").about("YL-01")
    on = date(year, 3, 1)
    home.send(HomeFiled, on, name="示例养老院", township="445102100", beds=60)
    feed.count("F65", on, 60)
'''
TEST = '''
"""养老机构: put on file once, on file until closed."""

from __future__ import annotations

from datetime import date

from domain.homes import HomeClosed, HomeFiled
from projections.homes import CareHome, care_homes
from sample.feed import Feed
from sample.homes import send
from tests.support.rulebook import given

FILED = HomeFiled(
    home="YL-01",
    name="示例养老院",
    township="445102100",
    beds=60,
    filed_on=date(2024, 3, 1),
)


def test_a_home_is_put_on_file_once() -> None:
    assert given(FILED).when(FILED) == ["already-on-file"]


def test_a_home_is_on_file_until_it_closes() -> None:
    closed = HomeClosed(home="YL-01", closed_on=date(2024, 9, 1))

    assert given(FILED, closed).rows(care_homes) == [
        CareHome("YL-01", "445102100", 60, date(2024, 3, 1), date(2024, 9, 1))
    ]


def test_the_sample_year_puts_a_home_on_file() -> None:
    feed = Feed()
    send(feed, 2024)
    (line,) = feed.lines()

    assert b"cn.mingjian.homes.home-filed.v1" in line
'''
FILES = {
    "domain/homes.py": DOMAIN,
    "projections/homes.py": PROJECTION + FOLD,
    "reports/lines/homes.py": REPORT,
    "sample/homes.py": SAMPLE,
    "tests/lines/test_homes.py": TEST,
}
SOURCES = "bureaus/445102/sources.toml"
LABELS, LIVES = "domain/contract/labels.py", "domain/contract/lives.py"
LINES = {
    LABELS: "home 养老机构编号\nbeds 床位数\n",
    LIVES: "homes.home-filed homes.home-closed\n\n",
    SOURCES: 'name = "homes"\ntitle = "养老服务信息系统"\nlines = ["homes"]\n\n[[source]]\n',
    "sample/office.py": '    "homes": "homes.home-filed",\n',
    "docs/glossary.md": "| 养老服务 | `homes` | care homes on file |\n",
}
"""Lines added to files that there are, before the line that names the line `funeral`, or at the
head of a list."""
FIRST = re.compile(r"[\"`]funeral[\"`]|^about |^adoption\.", re.MULTILINE)
WIRE_FORMS = "tests/contract/events.lock.json"
READ_MODELS = "tests/upkeep/read_models.lock.sql"
CHECKS = (
    "tests/tidy/test_registration.py",
    "tests/contract/test_lock.py",
    "tests/contract/test_glossary.py",
    "tests/lines/test_homes.py",
)
VERSION = "tests/upkeep/test_versions.py::test_other_tables_need_another_version"
"""Looks only at the lock of read models."""

REGISTRATION, LOCK, GLOSSARY, LINE = CHECKS
THERE = f"{REGISTRATION}::test_a_line_is_there_for_readers_testers_and_developers"
LEFT_OUT = {
    "domain/homes.py": (REGISTRATION, "no business line 'homes'"),
    "projections/homes.py": (
        f"{REGISTRATION}::test_a_figure_reads_what_there_is",
        "no read model care_home",
    ),
    "the fold of a fact": (
        f"{REGISTRATION}::test_a_fact_is_handled_or_says_that_it_is_record_only",
        "homes.home-closed.v1: handled nowhere",
    ),
    "reports/lines/homes.py": (
        f"{REGISTRATION}::test_something_reads_each_read_model",
        "projections/homes: nothing reads care_home",
    ),
    "sample/homes.py": (THERE, "Failed: sample/homes.py"),
    "tests/lines/test_homes.py": (THERE, "Failed: tests/lines/test_homes.py"),
    SOURCES: (
        f"{REGISTRATION}::test_some_source_may_send_each_fact",
        "homes.home-filed.v1: no source may send it",
    ),
    "sample/office.py": (LINE, "KeyError: 'homes'"),
    "docs/glossary.md": (THERE, "docs/glossary.md: a row of `homes`"),
    WIRE_FORMS: (LOCK, "cn.mingjian.homes.home-filed.v1 : a new type"),
    LABELS: (LOCK, "homes.home-filed.home has no Chinese label"),
    LIVES: (
        "tests/domain/test_examples.py::test_every_fact_is_told_in_some_story",
        "homes.home-filed.v1",
    ),
    READ_MODELS: (VERSION, "care_home"),
}
"""Piece → the check that fails without it, of those that pass with the whole line, and how it names
it."""


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in a checkout, without what this one has installed of itself."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTEST_ADDOPTS": ""}
    return subprocess.run(  # noqa: S603  our own commands
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def checked(folder: Path, *checks: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "pytest", "-q", "--noconftest", "-p", "no:cacheprovider", *checks)


def pieces(left_out: str) -> dict[str, str]:
    """The files of the line but for one piece."""
    files = {name: text for name, text in FILES.items() if name != left_out}
    if left_out == "the fold of a fact":
        files["projections/homes.py"] = PROJECTION.replace("HomeClosed, ", "")
    return files


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the checks look at, whose locks know the new line."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in (*ROOMS, "bureaus", "docs", "tests"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml", "Makefile"):
        shutil.copy2(ROOT / name, folder / name)
    numbered = folder / "projections/read_model.py"
    text = numbered.read_text(encoding="utf-8")
    raised = re.sub(r"(?<=^VERSION = )\d+", lambda n: str(int(n[0]) + 1), text, flags=re.MULTILINE)
    assert raised != text
    numbered.write_text(raised, encoding="utf-8")
    made = [folder / "domain/homes.py", folder / "projections/homes.py"]
    for path in made:
        path.write_text(FILES[path.relative_to(folder).as_posix()].lstrip(), encoding="utf-8")
    for name in (SOURCES, LABELS, LIVES):  # a contract has names, an example and a source
        add(folder, name)
    for lock in ("tests.contract.lock", "tests.upkeep.lock"):
        done = run(folder, lock)
        assert done.returncode == 0, done.stderr
    for path in made:
        path.unlink()
    for name in (SOURCES, LABELS, LIVES):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def add(folder: Path, name: str) -> None:
    """Put the lines that belong in a file there."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
    lines.insert(next(n for n, line in enumerate(lines) if FIRST.search(line)), LINES[name])
    (folder / name).unlink()
    (folder / name).write_text("".join(lines), encoding="utf-8")


def line_in(checkout: Path, folder: Path, left_out: str = "") -> Path:
    """A checkout to which the line was added, but for one piece.

    Its files are those of the copy until they are written anew.
    """
    shutil.copytree(checkout, folder, copy_function=os.link)
    for name, text in pieces(left_out).items():
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    for name in LINES.keys() - {left_out}:
        add(folder, name)
    if left_out in (WIRE_FORMS, READ_MODELS):
        (folder / left_out).unlink()
        shutil.copy2(ROOT / left_out, folder / left_out)
    return folder


def test_a_whole_line_passes(checkout: Path, tmp_path: Path) -> None:
    folder = line_in(checkout, tmp_path / "whole")
    tests = checked(folder, *CHECKS, VERSION)
    assert tests.returncode == 0, tests.stdout

    for command in (("ruff", "check", *FILES), ("ruff", "format", "--check", *FILES)):
        lint = run(folder, *command)
        assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize("piece", LEFT_OUT)
def test_a_piece_left_out_is_named(checkout: Path, tmp_path: Path, piece: str) -> None:
    check, named = LEFT_OUT[piece]
    tests = checked(line_in(checkout, tmp_path / "partial", piece), check)

    assert tests.returncode != 0
    assert named in tests.stdout
