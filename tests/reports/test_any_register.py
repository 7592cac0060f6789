"""Whatever is written in a definition of registers, it is read, or refused by lines that it has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.bureau.reading import read
from reports import registers
from reports.registers.public import PUBLIC
from tests.support.bureau import SAMPLE

NATIONAL, OWN = "cn/registers.toml", "registers.toml"
BEGUN = '[[register]]\nname = "draws"\nshown = false\n\n[[register]]\nname = "roads"\n'
GOOD = {**SAMPLE.files, OWN: BEGUN.encode() + SAMPLE.files[NATIONAL].partition(b"[[register]]")[2]}
OTHERS = ["1", "-1", "true", '""', '"x"', "[]", "[1]", "{}", "2024-01-01", '["a", "a"]', '["", 1]']
HARMLESS = '{ name = "x", title = "甲" }'


@st.composite
def edited(draw: st.DrawFn) -> dict[str, bytes]:
    """Up to three edits of either file: a line left out, doubled or moved, or a value otherwise."""
    made = dict(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        file = draw(st.sampled_from([NATIONAL, OWN]))
        lines = made[file].decode().split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["out", "twice", "moved", "value", "word"]))
        key, equals, _ = lines[at].partition(" = ")
        if how == "out":
            del lines[at]
        elif how == "twice":
            lines.insert(at, lines[at])
        elif how == "moved":
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        elif how == "word":
            words = ["value", "officers", "legal-representative", "payment", "place_name", "kind"]
            lines[at] = lines[at].replace("name", draw(st.sampled_from(words)))
        elif equals and "{" not in key:
            lines[at] = f"{key} = {draw(st.sampled_from(OTHERS))}"
        else:
            lines[at] = HARMLESS
        made[file] = "\n".join(lines).encode()
    return made


@given(edited())
def test_any_definition_is_read_or_refused(files: dict[str, bytes]) -> None:
    """And what is shown in the end is public, whatever was written."""
    bureau = read(files)
    for wrong in registers.check(bureau):
        assert 1 <= wrong.line <= files[wrong.file].count(b"\n") + 1
    for register in registers.of(bureau).values():
        assert register.key in register.public.columns
        assert register.public.kinds is None or register.only in register.public.kinds[1]
        for column in register.columns.values():
            public = PUBLIC[column.model]
            assert column.column in (*public.columns, *public.worked)
            assert not column.by or public.kinds is None or column.item in public.kinds[1]
        assert register.usual.removeprefix("-") in register.columns
        assert {*register.sort, *register.filters, *register.search} <= register.columns.keys()
