"""Making a bureau of the files of its folder.

`read` takes the folder's files by their paths in it and the national ones under cn/. It does not
stop at the first mistake: all that is wrong is raised together, so that a folder is mended in one
go. A bureau that was read is whole: what one part names, another part defines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping

from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Programme
from domain.bureau.reading import national, office, places
from domain.bureau.reading.lists import rows
from domain.bureau.reading.programmes import read_programmes, read_standards
from domain.bureau.reading.retention import read_retention
from domain.bureau.reading.rules import read_rules
from domain.bureau.reading.tables import Document, Table, listed, shown
from domain.bureau.reading.wrong import FolderWrong, Wrong
from domain.bureau.sources import Source

NATIONAL = "cn/"
"""Where the national files stand among those of a folder."""
REGISTERS = "registers.toml"
"""Which registers are public: read where pages are made (reports.registers)."""
DISCLOSURE = "disclosure.toml"
"""What is to be made public, by when and to whom: read there, too (reports.disclosure)."""
THEMES = "themes.toml"
"""Which numbers stand on pages of themes (reports.themes)."""
WORDING = "wording.toml"
"""Words that reports get wrong (reports.prose)."""
RETURNS = "returns.toml"
"""The statistics returns (reports.plans.returns)."""
RETENTION = "retention.toml"
NATIONAL_FILES = (
    *("holidays.toml", "laws.toml", "rules.toml", "divisions.csv"),
    RETENTION,
    REGISTERS,
    DISCLOSURE,
    THEMES,
    WORDING,
    RETURNS,
)
NEEDED = ("bureau.toml", "townships.toml", "sources.toml", "programmes.toml")
OPTIONAL = (
    *("rules.toml", "laws.toml", "holidays.toml", "divisions.csv", "villages.csv"),
    RETENTION,
    REGISTERS,
    DISCLOSURE,
    THEMES,
    WORDING,
    RETURNS,
)
"""What they say stands before the national files, or beside them."""
LATER = tuple(
    NATIONAL + file for file in (RETENTION, REGISTERS, DISCLOSURE, THEMES, WORDING, RETURNS)
)
"""National files that a folder adopted by an earlier program may lack."""
REPORTING = "reporting"
"""The line of what a bureau publishes."""
PUBLISHED = "published/"
PUBLISHED_COLUMNS = ("id", "name", "expected", "unit", "compare", "follows")
COMPARISONS = ("=", ">", "range", "open-range")
FOLDERS = ("plans/", PUBLISHED)
SAMPLE = "sample/"
"""What the invented year of a bureau is made of: no part of the bureau, and not read."""
APART = (SAMPLE, "rosters/")
"""Beside the bureau: they say how something becomes events, and the events are the record."""
_YEAR = re.compile(r"(19|20|21)[0-9]{2}\.csv")

__all__ = ["FolderWrong", "Wrong", "digest_of", "read"]


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over all paths and contents, 64 hex characters."""
    over = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode(), files[path]):
            over.update(len(part).to_bytes(8, "big") + part)
    return over.hexdigest()


def read(files: Mapping[str, bytes], now: bytes | None = None) -> Bureau:
    """The bureau that the files say. Raises `FolderWrong` with all that is wrong.

    `now` is given for a folder that was adopted, perhaps by an earlier program: the country's rules
    of this one, for the parameters that are new since.
    """
    wrong: list[Wrong] = []
    _check_names(files, wrong, LATER if now is not None else ())

    def document(path: str) -> Document:
        # Of a file that is missing, nothing else is said.
        return Document(path, files.get(path, b""), wrong if path in files else [])

    divisions = national.divisions(files, wrong)
    top = document("bureau.toml").top
    names = office.names(top, divisions)
    sources = office.sources(document("sources.toml").top, names.division, divisions)
    _check_publisher(top, sources)
    townships = places.townships(document("townships.toml").top, names.division)
    granted = document("programmes.toml").top
    standards = read_standards(granted)
    programmes = read_programmes(granted, standards)
    granted.end()
    _check_lines(granted, programmes, sources)
    bureau = Bureau(
        **names._asdict(),
        townships=townships,
        villages=places.villages(files, townships, wrong),
        sources=sources,
        programmes=programmes,
        standards=standards,
        rules=read_rules(
            document("rules.toml"),
            document(f"{NATIONAL}rules.toml"),
            None if now is None else Document(f"{NATIONAL}rules.toml", now, []),
        ),
        retention=read_retention(document(RETENTION), document(f"{NATIONAL}{RETENTION}")),
        calendar=national.calendar(document("holidays.toml"), document(f"{NATIONAL}holidays.toml")),
        laws=national.laws(document("laws.toml"), document(f"{NATIONAL}laws.toml")),
        divisions=divisions,
        files=dict(files),
        digest=digest_of(files),
    )
    if wrong:
        raise FolderWrong(wrong)
    return bureau


def _check_names(
    files: Mapping[str, bytes], wrong: list[Wrong], missing: Collection[str] = ()
) -> None:
    """Notes files that are missing, but for some that may be, and those that nobody reads."""
    needed = (*NEEDED, *(NATIONAL + file for file in NATIONAL_FILES))
    lacking = (file for file in needed if file not in files and file not in missing)
    wrong.extend(Wrong(file, 1, "no such file") for file in lacking)
    known = sorted((*NEEDED, *OPTIONAL))
    expected = f"one of {listed(known)}, or one in plans/"
    for file in files:
        if file.endswith("/"):
            wrong.append(Wrong(file[:-1], 1, "no file that can be read", expected))
        elif file.startswith(PUBLISHED):
            _check_published(file, files, wrong)
        elif file not in {*needed, *known} and not file.startswith(FOLDERS):
            wrong.append(Wrong(file, 1, "nobody reads this file", expected))


def _check_published(file: str, files: Mapping[str, bytes], wrong: list[Wrong]) -> None:
    """Notes what is no list of the numbers that a report of a year printed."""
    if not _YEAR.fullmatch(file.removeprefix(PUBLISHED)):
        wrong.append(Wrong(file, 1, "nobody reads this file", f"{PUBLISHED}<year>.csv"))
        return
    for row in rows(file, files, PUBLISHED_COLUMNS, wrong):
        for column in PUBLISHED_COLUMNS[:3]:
            if not row[column]:
                row.note(f"{column} is missing", "the figure's id, its name and what was printed")
        if row["compare"] not in COMPARISONS:
            row.note(f"compare = {shown(row['compare'])}", f"one of {listed(COMPARISONS)}")


def _check_lines(
    top: Table, programmes: Mapping[str, Programme], sources: Mapping[str, Source]
) -> None:
    """Notes programmes of which no source may say anything."""
    said = set().union(*(source.lines for source in sources.values()))
    said |= {name.partition(".")[0] for source in sources.values() for name in source.classes}
    for table in top.tables("programme"):
        programme = programmes.get(table.raw("code"))
        if said and programme is not None and programme.line not in said:
            what = f"no source may say anything of {programme.line}"
            table.note("line", what, f"a source in sources.toml whose lines hold {programme.line}")


def _check_publisher(top: Table, sources: Mapping[str, Source]) -> None:
    name = top.text("publisher", needed=False)
    if not name or not sources:
        return
    if name not in sources:
        top.note("publisher", f"no source {name!r}", f"one of {listed(sources)}")
    elif not sources[name].lines & {REPORTING}:
        expected = f"a source whose lines hold {REPORTING}"
        top.note("publisher", f"the source {name} says nothing of reports", expected)
