"""Whatever is done to a folder's files, it is read, or refused with lines that are in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.bureau.reading import FolderWrong, digest_of, read
from infra.bureaus import files
from tests.support.bureau import FOLDER

VILLAGES = (
    "code,name,area,since,until\n445102100001,河内村,,2020-01-01,\n445102007001,示例社区,urban,,\n"
)
DIVISIONS = "code,name\n440000,广东省\n445100,潮州市\n445102,湘桥区\n"
GOOD = files(FOLDER) | {"villages.csv": VILLAGES.encode(), "cn/divisions.csv": DIVISIONS.encode()}
OTHERS = [
    "1",
    "-1",
    "true",
    '""',
    '"x"',
    "[]",
    "[1]",
    "{}",
    "2024-01-01",
    "1.5",
    '["a", "a"]',
    "nan",
]
NAMES = st.sampled_from(
    sorted(path for path in GOOD if not path.startswith(("plans/", "published/")))
)


@st.composite
def edited(draw: st.DrawFn) -> dict[str, bytes]:
    """Up to three edits: a line left out, doubled, moved, its value or its bytes changed."""
    made = dict(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        file = draw(NAMES)
        lines = made[file].splitlines(keepends=True) or [b""]
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["out", "twice", "moved", "value", "bytes", "cut"]))
        if kind == "out":
            del lines[at]
        elif kind == "twice":
            lines.insert(at, lines[at])
        elif kind == "moved":
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        elif kind == "value":
            key, equals, _ = lines[at].partition(b" = ")
            lines[at] = key + equals + draw(st.sampled_from(OTHERS)).encode() + b"\n"
        elif kind == "bytes":
            lines[at] = draw(st.binary(max_size=8)) + lines[at]
        else:
            lines = lines[:at]
        made[file] = b"".join(lines)
    return made


@given(edited())
def test_a_folder_is_read_or_refused_by_lines_that_it_has(folder: dict[str, bytes]) -> None:
    try:
        bureau = read(folder)
    except FolderWrong as error:
        refused = error.all
    else:
        assert bureau.digest == digest_of(folder)
        assert all(code.startswith(bureau.division) for code in bureau.townships)
        kinds = {p.standard for p in bureau.programmes.values()} - {None}
        assert kinds <= set(bureau.standards)
        return
    assert refused
    for wrong in refused:
        length = len(folder.get(wrong.file, b"").splitlines())
        assert 1 <= wrong.line <= max(1, length + 1), wrong
