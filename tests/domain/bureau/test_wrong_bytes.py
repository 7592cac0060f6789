"""Files that are no plain text are refused by file and line, and never with a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.bureau.reading import FolderWrong, read
from infra.bureaus import files
from tests.support.bureau import FOLDER

VILLAGES = "code,name,area,since,until\n445102100001,河内村,,,\n"
GOOD = files(FOLDER) | {"villages.csv": VILLAGES.encode()}


def wrong_with(changed: dict[str, bytes]) -> list[tuple[str, int, str]]:
    """What is said of the good folder with some files replaced."""
    with pytest.raises(FolderWrong) as raised:
        read(GOOD | changed)
    return [(each.file, each.line, str(each)) for each in raised.value.all]


@pytest.mark.parametrize(
    "character",
    ["\u202e", "\u2066", "\u200b", "\u200f", "\u00ad", "\ufeff", "\x07", "\x85", "\x00"],
)
@pytest.mark.parametrize(
    ("file", "line"), [("townships.toml", 3), ("villages.csv", 2), ("rules.toml", 1)]
)
def test_what_nobody_sees_is_refused_in_every_file(file: str, line: int, character: str) -> None:
    """It turns or hides what stands around it: in names, and in remarks too."""
    lines = GOOD[file].decode().split("\n")
    lines[line - 1] = lines[line - 1] + character
    found = wrong_with({file: "\n".join(lines).encode()})
    assert (file, line) in [(name, at) for name, at, _ in found]
    assert f"U+{ord(character):04X}" in found[0][2]


@pytest.mark.parametrize("escape", ["\\u0007", "\\u202e", "\\t", "\\u2028"])
def test_nor_may_a_name_be_written_with_it_escaped(escape: str) -> None:
    old, new = 'short = "湘桥区"', f'short = "湘{escape}桥区"'
    text = GOOD["bureau.toml"].decode()
    assert old in text
    ((file, line, said),) = wrong_with({"bureau.toml": text.replace(old, new).encode()})
    assert (file, line) == ("bureau.toml", text.split("\n").index(old) + 1)
    assert said.isprintable()


@pytest.mark.parametrize(
    ("tail", "says"),
    [
        ("x = " + "[" * 5_000 + "]" * 5_000, "nested too deep"),
        ("x = " + "9" * 10_000, "a number is too long"),
        ("y" * 100_000 + " = 1", "unknown key"),
    ],
)
def test_what_would_break_the_reader_is_refused_in_a_short_line(tail: str, says: str) -> None:
    raw = GOOD["bureau.toml"].rstrip() + b"\n" + tail.encode() + b"\n"
    ((file, line, said),) = wrong_with({"bureau.toml": raw})
    assert (file, line) == ("bureau.toml", raw.count(b"\n"))
    assert says in said
    assert len(said) < 400


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('445102100002,"河内村,,,', "no CSV"),
        ("445102100002," + "长" * 100_000 + ",,,", "too long"),
    ],
)
def test_a_row_that_is_none_is_named(row: str, says: str) -> None:
    """A quote that stays open would swallow all rows after it."""
    raw = f"{VILLAGES}{row}\n445102100003,河外村,,,\n"
    ((file, line, said),) = wrong_with({"villages.csv": raw.encode()})
    assert (file, line) == ("villages.csv", 3)
    assert says in said


def test_a_number_beyond_all_measure_is_refused() -> None:
    rule = '[[assistance.notice-days]]\nsince = 2020-01-01\nvalue = 99999999999\nbasis = "示例"\n'
    assert [(f, n) for f, n, _ in wrong_with({"rules.toml": rule.encode()})] == [("rules.toml", 3)]


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("published/abc.csv", "id,name\n", 1),
        ("published/2023.csv", "x,y\n1,2\n", 1),
        ("published/2023.csv", "id,name,expected,unit,compare\nF01,户数,3,户,about\n", 2),
        ("published/2023.csv", "id,name,expected,unit,compare\nF01,户数,,户,=\n", 2),
    ],
)
def test_published_numbers_are_read_with_the_folder(file: str, text: str, line: int) -> None:
    assert [(f, n) for f, n, _ in wrong_with({file: text.encode()})] == [(file, line)]


@pytest.mark.parametrize("kind", ["folder", "dead link", "loop", "strange folder", "link out"])
def test_what_is_no_file_is_not_passed_over(tmp_path: Path, kind: str) -> None:
    """A list that cannot be read is not a list that is not there."""
    folder = tmp_path / "b"
    folder.mkdir()
    for name, raw in GOOD.items():
        if "/" not in name and name != "villages.csv":
            (folder / name).write_bytes(raw)
    read(files(folder))
    name = {"strange folder": "notes", "link out": "published"}.get(kind, "villages.csv")
    if kind == "link out":
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "2024.csv").write_text("id,name\n")
        (folder / name).symlink_to(tmp_path / "elsewhere")
    elif kind in ("loop", "dead link"):
        (folder / name).symlink_to(name if kind == "loop" else "nowhere")
    else:
        (folder / name).mkdir()
    with pytest.raises(FolderWrong) as raised:
        read(files(folder))
    assert [(each.file, each.line) for each in raised.value.all] == [(name, 1)]


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    """As a platform for containers lays out what it mounts."""
    inner = tmp_path / "b" / "..data"
    (inner / "plans").mkdir(parents=True)
    for name, raw in GOOD.items():
        if "/" not in name:
            (inner / name).write_bytes(raw)
            (tmp_path / "b" / name).symlink_to(Path("..data") / name)
    (inner / "plans" / "x.md").write_text("x")
    (tmp_path / "b" / "plans").symlink_to("..data/plans")
    assert files(tmp_path / "b")["plans/x.md"] == b"x"
